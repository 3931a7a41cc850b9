"""What a conversation is made of, and the step from one message to the next.

A flow is a table of states. `Ask` puts a question and waits; `Do` decides or tells and moves on at once. A
step takes what was heard and returns the next run, what to say and what was decided; it touches no clock,
database, channel or randomness. A run is plain JSON: it may be saved and loaded between any two messages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flows import trust
from flows.events import Event
from flows.facts import Facts
from flows.heard import ASKS_FIRST, SURE, Asked, Heard, Intent, Kind, Option
from flows.prompts import Prompt
from flows.proof import Proof

HOME = "home.menu"
OFFER = "proving.offer"  # where who is not surely the holder of a number is led instead
VERSION = 1


@dataclass(frozen=True, slots=True)
class Run:
    """Where one person stands. `data` is the conversation's, `memory` outlives it; both hold JSON values."""

    at: str = HOME
    data: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)
    misses: int = 0
    options: tuple[Option, ...] = ()

    def dump(self) -> str:
        """The run as JSON."""
        options = [[option.value, option.words, option.key] for option in self.options]
        body = {"v": VERSION, "at": self.at, "data": self.data, "memory": self.memory}
        body |= {"misses": self.misses, "options": options}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Run:
        """The run a text holds. Raises ValueError for one this release cannot read."""
        try:
            body = json.loads(text)
            if body["v"] != VERSION:
                raise ValueError(f"a run of version {body['v']}")
            options = tuple(Option(str(value), str(words), *map(int, key)) for value, words, *key in body["options"])
            run = cls(str(body["at"]), body["data"], body["memory"], int(body["misses"]), options)
        except (KeyError, TypeError) as error:
            raise ValueError("a run of an unknown shape") from error
        if not (isinstance(run.data, dict) and isinstance(run.memory, dict)):
            raise ValueError("a run of an unknown shape")
        return run


@dataclass(frozen=True, slots=True)
class Turn:
    """What a state may look at: where the person stands, what was heard, the facts and the time."""

    run: Run
    heard: Heard
    facts: Facts
    now: datetime

    @property
    def data(self) -> Mapping[str, Any]:
        """The conversation's own data."""
        return self.run.data

    @property
    def chosen(self) -> str | None:
        """The value of the numbered choice that was made; None when none was."""
        if self.heard.intent is not Intent.CHOICE:
            return None
        number = self.heard.slots.choice
        by_key = {option.key or place: option.value for place, option in enumerate(self.run.options, 1)}
        return by_key.get(number or 0)


@dataclass(frozen=True, slots=True)
class Next:
    """Where a state leads: the target, what it says on the way, what was decided, what to keep.

    `closes`: nothing more is asked for now; a call ends here.
    """

    to: str
    tell: tuple[Prompt, ...] = ()
    events: tuple[Event, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A question. `take` turns what was heard into the way on, or None when it is no answer.

    `codes`: on a keypad two keys at once name a commodity or a province.
    """

    name: str
    kind: Kind
    prompt: Callable[[Turn], Prompt]
    take: Callable[[Turn], Next | None]
    to: tuple[str, ...]
    silent: bool = False  # where people write, an answer is welcome here, but nothing is asked
    codes: str = ""
    resumes: str = ""  # where somebody who was cut off here goes on; empty: here


@dataclass(frozen=True, slots=True)
class Do:
    """A step without waiting: it decides, tells, and moves on."""

    name: str
    do: Callable[[Turn], Next]
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """A conversation: its name, its states, and the intents that open it (each at a Do)."""

    name: str
    states: tuple[Ask | Do, ...]
    opens: Mapping[Intent, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What a message led to: what is told, then what is asked, with the choices now open.

    `held`: decisions that are not taken before the holder of the number has confirmed them; nothing else is then.
    """

    run: Run
    told: tuple[Prompt, ...]
    question: Prompt | None = None
    events: tuple[Event, ...] = ()
    closes: bool = False
    missed: bool = False  # nothing could be made of what was heard
    held: tuple[Event, ...] = ()

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """All that is said, in order."""
        return self.told if self.question is None else (*self.told, self.question)


class Registry:
    """All conversations together: states by name, and which intent opens which."""

    def __init__(
        self,
        *flows: Flow,
        missed: Callable[[Turn, Ask], Next],
        aside: Callable[[Turn], Next | None],
        asides: tuple[str, ...],
        overtakes: Callable[[Turn], bool],
        leaves: Callable[[Turn, Ask, str], bool],
        left: Callable[[Turn], tuple[Prompt, ...]],
        beside: Callable[[Turn, Ask], Next | None],
    ):
        self.flows = flows
        self._missed = missed
        self._aside = aside
        self._asides = asides
        self._overtakes = overtakes
        self._leaves = leaves
        self._left = left
        self._beside = beside
        self.states: dict[str, Ask | Do] = {}
        self.opens: dict[Intent, str] = {}
        for flow in flows:
            for state in flow.states:
                self.states[f"{flow.name}.{state.name}"] = state
            for intent, name in flow.opens.items():
                if intent in self.opens:
                    raise ValueError(f"{intent} opens both {self.opens[intent]} and {flow.name}.{name}")
                self.opens[intent] = f"{flow.name}.{name}"

    def asked(self, run: Run) -> Asked:
        """The question a run waits at, for whoever reads the next message."""
        state = self.states.get(run.at)
        if not isinstance(state, Ask) or (run.at == HOME and not run.options):
            return Asked()
        return Asked(state.kind, run.options, state.codes)

    def step(self, run: Run, heard: Heard, facts: Facts, now: datetime, aside: Heard | None = None) -> Step:
        """One message further. Raises KeyError for a run at a state this release does not have.

        `aside`: the same message read as the answer to a question we sent, where such a one is open. It is one
        when it does not answer what is being asked; where nothing is, or was left long ago, before it is anything else.
        """
        facts = facts.tellable()
        state = self.states[run.at]
        assert isinstance(state, Ask), f"{run.at} does not wait for anybody"
        turn = Turn(run, heard, facts, now)
        idle = facts.can.type and aside is not None and (state.silent or self._overtakes(turn))
        clear = heard.confidence >= SURE or heard.intent in ASKS_FIRST
        opens = self.opens.get(heard.intent, "") if clear else ""
        leaves = bool(opens) and self._leaves(turn, state, opens)
        way = self._beside(turn, state) if heard.beside else None
        if way is None and not idle and not leaves:
            way = self._taken(turn, state)
        if way is None and aside is not None:
            way = self._aside(replace(turn, heard=aside))
            if way is not None and way.to not in (run.at, *self._asides):
                raise RuntimeError(f"an answer beside {run.at} leads to {way.to}")
            heard = heard if way is None else aside
        if way is None and idle and not leaves:
            way = self._taken(turn, state)
        after: tuple[Prompt, ...] = ()
        if way is None and opens:
            way, after = Next(opens), self._left(turn) if leaves else ()
        missed = way is None
        if way is None:
            way = self._missed(turn, state)
            if heard.intent is not Intent.GUIDE:
                run = replace(run, misses=run.misses + 1 if way.to in (run.at, HOME) else 0)
        else:
            run = replace(run, misses=0)
        step = self._walk(run, way, heard, facts, now)
        return replace(step, told=(*step.told, *after), missed=missed)

    @staticmethod
    def _taken(turn: Turn, state: Ask) -> Next | None:
        """What a state makes of what was heard."""
        way = state.take(turn)
        if way is not None:
            _allowed(turn.run.at, state, way)
        return way

    def resume(self, run: Run, facts: Facts, now: datetime) -> Step:
        """Go on where a run was cut off. Raises KeyError for a state this release does not have."""
        way = Next(self.resumes_at(run), data=run.data)
        return self._walk(run, way, Heard("", Intent.CALLED), facts.tellable(), now)

    def resumes_at(self, run: Run) -> str:
        """Where somebody goes on who was cut off; home for who had nothing left to answer."""
        state = self.states.get(run.at)
        return (state.resumes if isinstance(state, Ask) else "") or run.at

    def _walk(self, run: Run, way: Next, heard: Heard, facts: Facts, now: datetime) -> Step:
        told: list[Prompt] = []
        events: list[Event] = []
        memory = run.memory
        for _ in range(20):
            if held := trust.unproven(way.events, facts):
                if facts.proof > Proof.SHOWN:
                    return Step(Run(memory=memory), (), held=held)
                told, events, way = [], [], Next(OFFER)
            elif trust.room(way.to) > facts.proof:
                to_know = {"opens": way.to, "code": str(way.data.get("code", ""))}
                way = replace(way, to=OFFER, data=to_know, closes=False)
            told += way.tell
            events += way.events
            run = replace(run, at=way.to, data=way.data, memory={**run.memory, **way.memory}, options=())
            turn = Turn(run, heard, facts, now)
            state = self.states[way.to]
            if isinstance(state, Ask):
                question = None
                if not way.closes and not (state.silent and facts.can.type):
                    question = state.prompt(turn)
                    options = tuple(Option(choice.value, "", choice.key) for choice in question.choices)
                    run = replace(run, options=options)
                return Step(run, tuple(told), question, tuple(events), way.closes)
            way = state.do(turn)
            _allowed(run.at, state, way)
        raise RuntimeError(f"the conversation turns in circles at {run.at}")


def _allowed(at: str, state: Ask | Do, way: Next) -> None:
    # The table is what the tests and the diagrams are made from: a way it does not show does not exist.
    if way.to not in state.to:
        raise RuntimeError(f"{at} leads to {way.to}, which its table does not show")
