"""One step of a call: the key that was pressed, the step of the conversation, what is heard next.

What no recording can say here goes by SMS, within limits: a call costs its caller nothing and must not cost us
without end. The step is kept with its answer in the transaction it is handed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Row

from bot.contacts.phone import AddressKind, read_address
from bot.conversation import Conversation
from bot.issues.facts import IssueFacts
from bot.language.intents.keypad import keys_of, pressed, spoken
from bot.language.saying.script import Script, Wait
from bot.language.saying.speaking import Sentence, Speaking
from bot.language.saying.wording import Wording
from bot.meetings.facts import MeetingFacts
from bot.messages.calls import answered as answered_calls
from bot.messages.calls import fallback_sms
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls.models import CallState, Direction
from bot.messages.inbound import received, runs
from bot.messages.models import Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.outbox import Outgoing
from bot.prices.facts import PriceFacts
from bot.prices.knowledge import Known
from bot.prices.notices.alerts import WishFacts
from bot.radio.facts import ProgrammeFacts
from bot.turn import Moment
from flows.engine import Run, Step
from flows.events import AnswerTexted, CallBackAsked, MessageLeft, NumberDisowned
from flows.facts import NO_WISHES, NOWHERE, Can, Facts, Gatherings, Person
from flows.heard import Asked, Heard, Intent, Kind, Option
from flows.issues.events import IssueSpoken
from flows.issues.facts import about_problems
from flows.line.home import BYE, HELLO
from flows.prices.price import one_more_text, texts_left
from flows.prompts import Prompt, say
from flows.proof import Proof

log = structlog.get_logger()

PRICED = "price.after"  # where a call stands once a price was told
ENDS = Script("km", (), Wait("end"))


@dataclass(frozen=True, slots=True)
class CallInput:
    """What came with a step: keys, or words a recogniser wrote down with its confidence, or a recording's address."""

    keys: str = ""
    words: str = ""
    confidence: float = 0.0
    recording: str = ""


@dataclass(frozen=True, slots=True)
class CallScript:
    """What a fetch gets: the script of a step. `wakes`: what a worker now has to do (outbox, recordings)."""

    script: Script
    step: int
    repeated: bool = False
    wakes: tuple[str, ...] = ()


class Voices(Protocol):
    """What can be heard on this line."""

    def can_say(self, voice: str, sentence: Sentence) -> bool:
        """Whether a sentence can be heard: recorded whole, or by a voice of the carrier's."""


@dataclass(frozen=True, slots=True)
class CallLine:
    """What every step needs: the conversations, the catalogues as they are spoken, what can be heard."""

    conversation: Conversation
    catalogues: Mapping[str, Mapping[str, str]]
    voices: Voices
    rings: bool = False  # it has a number to ring people from

    def stored(self, connection: Connection, sid: str, step: int) -> CallScript | None:
        """What a step was answered before; None when it was not."""
        row = connection.execute(received.BY_SID, {"sid": step_sid(sid, step)}).one_or_none()
        return None if row is None else self.again(row.answer, step)

    def again(self, answer: bytes | None, step: int) -> CallScript:
        """The stored answer of a step; one that was forgotten ends the call."""
        script = Script.load(self.conversation.vault.open(answer)) if answer else ENDS
        return CallScript(script, step, repeated=True)


def step_sid(sid: str, step: int) -> str:
    """The name a step is kept under among the messages."""
    return f"{sid}/{step}"


@dataclass(frozen=True, slots=True)
class CallTurn:
    """One step of one call, within its transaction. `row` is the person; nobody is known behind a withheld number."""

    line: CallLine
    connection: Connection
    sid: str
    step: int
    call: int
    row: Row[*tuple[Any, ...]] | None
    direction: str
    state: str
    now: datetime
    recording: str = ""

    @property
    def contact(self) -> int | None:
        """The contact's id."""
        return None if self.row is None else self.row.contact_id

    def facts(self, run: Run) -> Facts:
        """What may be asked in this step. A machine that picked up, pressing nothing, is not recorded."""
        person = self._person(str(run.memory.get("place") or ""))
        record = self.direction == Direction.IN or bool(run.memory.get("pressed"))
        named = self.line.voices.can_say("en" if person.language == "en" else "km", Sentence("a name", ()))
        can = Can(type=False, record=record, name=named, ring=self.line.rings)
        wishes = NO_WISHES if self.row is None else WishFacts(self.connection, self.row.contact_id)
        programme = ProgrammeFacts(self.connection, self.now, self.line.conversation.zone)
        return Facts(
            person,
            self._prices(),
            self._today(),
            can,
            self._gatherings(),
            wishes,
            programme,
            problems=self._problems(),
            proof=self.proof,
        )

    @property
    def proof(self) -> Proof:
        """How sure it is who is on the line: a call that comes in only shows a number, ours went to it."""
        return Proof.SHOWN if self.direction == Direction.IN else Proof.HELD

    def _gatherings(self) -> Gatherings:
        if self.row is None:
            return NOWHERE
        line = self.line.conversation
        return MeetingFacts(
            self.connection, line.vault, self.row.contact_id, self.now, line.zone, asked=bool(self.row.asked)
        )

    def _problems(self) -> IssueFacts:
        line, asked = self.line.conversation, bool(self.row is not None and self.row.asked)
        return line.problems(self.connection, line.knowledge.now(), self.contact, self.now, asked=asked)

    def _prices(self) -> PriceFacts:
        known = self.line.conversation.knowledge.now()
        return PriceFacts(self.connection, known, self.contact, self._today(), self.now)

    def _today(self) -> date:
        return self.now.astimezone(self.line.conversation.zone).date()

    def _person(self, place: str) -> Person:
        """Who it is. `place`: what was said of that on calls that came in, and counts on those alone."""
        row = self.row
        if row is None:
            return Person()
        mobile = read_address(self.line.conversation.vault.open(row.address)).kind is AddressKind.MOBILE
        where = (place or row.place) if self.proof is Proof.SHOWN else row.place
        return Person(row.language, row.script, where, row.may_report, known=True, textable=mobile, reach=row.reach)

    def heard(self, run: Run, said: CallInput, *, last: bool) -> CallScript:
        """Read what was pressed or said, and go on from there; or say goodbye when this step is the last."""
        line = self.line.conversation
        known = line.knowledge.now()
        facts = self.facts(run)
        if last:
            bye = Step(Run(memory=run.memory), (say(BYE),), closes=True)
            return self.taken(run, Heard("", Intent.SILENCE), bye, facts)
        heard = self._read(said, line.registry.asked(run), known)
        if heard.intent is not Intent.SILENCE and self.direction == Direction.OUT:
            fallback_sms.drop(self.connection, self.call)  # somebody listens: they need not have it in writing
        if heard.intent is Intent.AGAIN:
            return self._repeated(run, heard)

        def stepped(begin: Run) -> tuple[Heard, Step]:
            return heard, line.registry.step(begin, heard, facts, self.now)

        heard, step = line.gone_on(run, stepped)
        if heard.intent is not Intent.SILENCE:
            step = replace(step, run=replace(step.run, memory={**step.run.memory, "pressed": 1}))
        return self.taken(run, heard, step, facts)

    def _read(self, said: CallInput, asked: Asked, known: Known) -> Heard:
        if said.recording:
            return Heard(said.recording, Intent.RECORDED)
        if said.words and not said.keys:
            return spoken(said.words, said.confidence, asked, known.lexicon)
        return pressed(said.keys, asked, known.lexicon)

    def _repeated(self, run: Run, heard: Heard) -> CallScript:
        """The same once more: nothing was decided, nothing is counted."""
        stored = self.line.stored(self.connection, self.sid, self.step - 1)
        script = stored.script if stored else ENDS
        self._keep(run, str(heard.intent), script, "")
        return CallScript(script, self.step)

    def taken(self, before: Run, heard: Heard, step: Step, facts: Facts) -> CallScript:
        """Write down what a step decided and make its script."""
        line, known = self.line.conversation, self.line.conversation.knowledge.now()
        # How somebody writes, where they never chose.
        hint = str(before.memory.get("script", ""))
        moment = Moment(
            self.connection,
            self.contact,
            self.now,
            self._today(),
            step_sid(self.sid, self.step),
            "voice",
            prices=self._prices(),
            written=line.wording(facts.person, hint, known).text,
            recording=self.recording,
        )
        outcome, person = line.decided(step, moment, facts.person)
        speaking = self._speaking(person, known)
        script = Script(speaking.voice, tuple(speaking.sentences(step.prompts, outcome)), self._wait(step, speaking))
        run = _with_words(step, script.wait)
        run, texted = self._texted(run, step, speaking, person, line.wording(person, hint, known), outcome)
        if any(isinstance(event, NumberDisowned) for event in step.events):
            run = Run()
        run = replace(run, memory={name: value for name, value in run.memory.items() if value})
        # A price was asked for when the answer is reached, not when its menu is heard again.
        priced = run.at == PRICED != before.at
        commodity = str(run.data.get("commodity") or "") if priced else ""
        text = "" if heard.intent is Intent.RECORDED else heard.text
        self._keep(run, "price" if priced else str(heard.intent), script, commodity, ended=step.closes, text=text)
        if step.closes:
            call_outbox.is_over(self.connection, self.call, self.now)
        wakes = {"outbox"} if texted or any(isinstance(event, AnswerTexted) for event in step.events) else set()
        wakes |= {"calls"} if any(isinstance(event, CallBackAsked) for event in step.events) else set()
        spoken = any(isinstance(event, MessageLeft | IssueSpoken) for event in step.events)
        wakes |= {"recordings"} if spoken else set()
        return CallScript(script, self.step, wakes=tuple(sorted(wakes)))

    def _speaking(self, person: Person, known: Known) -> Speaking:
        voice = "en" if person.language == "en" else "km"
        return Speaking(voice, self.line.catalogues[voice], known.lexicon, self._today())

    def _wait(self, step: Step, speaking: Speaking) -> Wait:
        if step.closes or step.question is None:
            return Wait("end")
        asked = self.line.conversation.registry.asked(step.run)
        if asked.kind is Kind.WORDS:
            return Wait("words")
        return Wait("keys", keys_of(asked), tuple(speaking.label(choice) for choice in step.question.choices))

    def _texted(
        self, run: Run, step: Step, speaking: Speaking, person: Person, wording: Wording, outcome: str
    ) -> tuple[Run, bool]:
        """What cannot be heard is written instead: each such answer, and once a day how to ask by SMS."""
        already = [prompt for event in step.events if isinstance(event, AnswerTexted) for prompt in event.prompts]
        told = [
            prompt
            for prompt in step.told
            if prompt not in already
            and prompt.by_outcome.get(outcome, prompt).id in wording.catalogue
            and not self._can_say(speaking, prompt, outcome)
        ]
        today = self._today()
        if not told and run.memory.get("written") != today.isoformat():
            asked = step.question is not None and not self._can_say(speaking, step.question, outcome)
            told = [say(HELLO)] if asked else []
        if not told or not person.textable or self.contact is None or not texts_left(run.memory, today):
            return run, False
        words = wording.text(told, outcome)
        sms_outbox.queue(
            self.connection, self.line.conversation.vault, Outgoing(self.contact, words, Purpose.ANSWER), self.now
        )
        memory = {**run.memory, **one_more_text(run.memory, today), "written": today.isoformat()}
        return replace(run, memory=memory), True

    def _can_say(self, speaking: Speaking, prompt: Prompt, outcome: str) -> bool:
        sentences = speaking.sentences([prompt], outcome)
        return all(self.line.voices.can_say(speaking.voice, sentence) for sentence in sentences)

    def _keep(
        self, run: Run, intent: str, script: Script, commodity: str, *, ended: bool = False, text: str = ""
    ) -> None:
        """Keep the step with its answer; said in the log by ids."""
        vault = self.line.conversation.vault
        private = about_problems(run.at, intent)
        log.info("call", **({} if private else {"call": self.call, "step": self.step, "intent": intent, "at": run.at}))
        message = {
            "sid": step_sid(self.sid, self.step),
            "contact_id": self.contact,
            "channel": "voice",
            "at": self.now,
            "text": vault.seal(text),
            "answer": vault.seal(script.dump()),
            "intent": "" if private and self.contact is not None else intent,
            "commodity": "" if private else commodity,
            "parts": 0,
        }
        state = CallState.ENDED if ended else self.state
        before = max(self.step - 1, 0)
        answered_calls.keep(self.connection, self.call, before, self.step, runs.sealed(vault, run), state, message)


def _with_words(step: Step, wait: Wait) -> Run:
    """The run with its choices as this person heard them, so that they can be said as well as keyed."""
    if len(wait.hints) != len(step.run.options):
        return step.run
    named = zip(step.run.options, wait.hints, strict=True)
    return replace(step.run, options=tuple(Option(option.value, words, option.key) for option, words in named))
