"""One turn of a call: the key that was pressed, the step of the same conversation, what is heard next.

Each fetch of a document is a step; a step that was answered is answered alike for ever, whoever asks again. What
no recording can say here goes by SMS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Row
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.contacts import service as contacts
from bot.contacts.phone import Address, Kind, read_address
from bot.conversation import Conversation, Moment
from bot.db import writing
from bot.language.keypad import keys_of, pressed, spoken
from bot.language.script import Script, Wait
from bot.language.speaking import Sentence, Speaking
from bot.messages import callbacks, calls, outbox, received
from bot.messages.callbacks import Rung
from bot.messages.models import CallState, Direction, Purpose
from bot.messages.received import OvertakenError
from bot.prices.knowledge import Known
from bot.prices.service import PriceFacts
from flows.engine import HOME, Run, Step
from flows.events import AnswerTexted, MessageLeft
from flows.facts import Can, Facts, Person
from flows.heard import Asked, Heard, Intent
from flows.heard import Kind as Asking
from flows.home import BYE, HELLO, WELCOME_BACK
from flows.prompts import Prompt, say

log = structlog.get_logger()

RESUMES = timedelta(minutes=10)
MOST_STEPS = 99  # a call ends by then, whoever keeps pressing
PRICED = "price.after"  # where a call stands once a price was told
KEPT = ("asked", "market", "written")  # of what an earlier call learned
OVER = (CallState.ENDED, CallState.FAILED, CallState.BUSY, CallState.NO_ANSWER, CallState.EXPIRED, CallState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Ring:
    """A call as it reaches us: the carrier's sid and who rings."""

    sid: str
    sender: Address


@dataclass(frozen=True, slots=True)
class Said:
    """What came with a step: keys, or words a recogniser wrote down with its confidence, or a recording's address."""

    keys: str = ""
    words: str = ""
    confidence: float = 0.0
    recording: str = ""


ENDS = Script("km", (), Wait("end"))


@dataclass(frozen=True, slots=True)
class Spoken:
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
class Calls:
    """The line's side of all calls. Built once by the app and shared by threads."""

    conversation: Conversation
    catalogues: Mapping[str, Mapping[str, str]]  # as it is spoken
    voices: Voices
    most_minutes: int  # of calls we place in a day

    def rung(self, ring: Ring) -> Rung:
        """Whether to pick up or to call back; with the latter the call is queued."""
        line = self.conversation
        if ring.sender.kind is not Kind.MOBILE:
            return Rung.ANSWER
        with writing(line.engine) as connection:
            now = line.clock()
            contact = self._caller(connection, ring.sender, now).id
            midnight = now.astimezone(line.zone).replace(hour=0, minute=0, second=0, microsecond=0)
            return callbacks.rung(connection, contact, ring.sender, ring.sid, now, midnight, self.most_minutes)

    def begun(self, ring: Ring) -> Spoken:
        """The first step of a call that came in."""
        return self._safely(ring.sid, 0, lambda connection: self._begun(connection, ring))

    def answered(self, id: int, sid: str) -> Spoken:
        """The first step of a call we placed; it ends at once when there is no such call."""
        return self._safely(sid, 0, lambda connection: self._answered(connection, id, sid))

    def turn(self, ring: Ring, step: int, said: Said) -> Spoken:
        """A later step. A call nobody has seen begins anew, one that is over ends."""
        return self._safely(ring.sid, step, lambda connection: self._turn(connection, ring, step, said))

    def _safely(self, sid: str, step: int, taken: Callable[[Connection], Spoken]) -> Spoken:
        """Take a step once, also when it is fetched twice at once or the database has just come back."""
        engine = self.conversation.engine
        for last in (False, True):
            try:
                with writing(engine) as connection:
                    return taken(connection)
            except (IntegrityError, OvertakenError):
                with writing(engine) as connection:
                    stored = self.stored(connection, sid, step)
                if stored is not None:
                    return stored
                if last:
                    raise
            except DBAPIError as error:
                if last or not error.connection_invalidated:
                    raise
        raise AssertionError("the second try returns or raises")

    def stored(self, connection: Connection, sid: str, step: int) -> Spoken | None:
        """What a step was answered before; None when it was not."""
        row = connection.execute(received.BY_SID, {"sid": _step_sid(sid, step)}).one_or_none()
        return None if row is None else self._again(row.answer, step)

    def _again(self, answer: bytes | None, step: int) -> Spoken:
        script = Script.load(self.conversation.vault.open(answer)) if answer else ENDS
        return Spoken(script, step, repeated=True)

    def _caller(self, connection: Connection, sender: Address, now: datetime) -> Row[*tuple[Any, ...]]:
        vault = self.conversation.vault
        row = calls.caller(connection, vault.look_up(sender.value))
        if row is None:
            contacts.add(connection, vault, sender, now)
            row = calls.caller(connection, vault.look_up(sender.value))
            assert row is not None
        return row

    def _begun(self, connection: Connection, ring: Ring) -> Spoken:
        if (stored := self.stored(connection, ring.sid, 0)) is not None:
            return stored
        now = self.conversation.clock()
        if ring.sender.kind is Kind.WITHHELD:
            call = calls.open_in(connection, ring.sid, None, now)
            return self._first(connection, ring.sid, call, None, Direction.IN, now)
        row = self._caller(connection, ring.sender, now)
        run = self._left_off(connection, row.id)
        call = calls.open_in(connection, ring.sid, row.id, now)
        return self._first(connection, ring.sid, call, row, Direction.IN, now, run)

    def _answered(self, connection: Connection, id: int, sid: str) -> Spoken:
        if (stored := self.stored(connection, sid, 0)) is not None:
            return stored
        now = self.conversation.clock()
        placed = callbacks.answered(connection, id, sid, now)
        if placed is None:
            return Spoken(ENDS, 0)
        row = calls.called(connection, placed.contact_id)
        run = self._left_off(connection, row.id)
        return self._first(connection, sid, id, row, Direction.BACK, now, run)

    def _first(
        self,
        connection: Connection,
        sid: str,
        call: int,
        row: Row[*tuple[Any, ...]] | None,
        direction: str,
        now: datetime,
        run: Run | None = None,
    ) -> Spoken:
        """Greet, or go on where an earlier call broke off."""
        book = self.conversation.book
        heard = Heard("", Intent.CALLED)

        def stepped(begin: Run) -> tuple[Heard, Step]:
            if begin.at == HOME:
                return heard, book.step(begin, heard, facts, now)
            step = book.resume(begin, facts, now)
            return heard, replace(step, told=(say(WELCOME_BACK), *step.told))

        run = run or Run()
        turn = _Turn(self, connection, sid, 0, call, row, direction, CallState.OPEN, now)
        facts = turn.facts(run)
        return turn.taken(run, *self.conversation.gone_on(run, stepped), facts)

    def _left_off(self, connection: Connection, contact: int) -> Run:
        """Where the contact's last call stood, if that was just now; what is remembered of it in any case."""
        now, found = self.conversation.clock(), calls.last(connection, contact)
        earlier = _run_of(found[0]) if found else Run()
        if found and earlier.at != HOME and now - found[1] <= RESUMES:
            return replace(earlier, misses=0)
        written = calls.written(connection, contact)
        asked = [*earlier.memory.get("asked", ()), *(_run_of(written).memory.get("asked", ()) if written else ())]
        memory = {name: earlier.memory[name] for name in KEPT if name in earlier.memory}
        return Run(memory={**memory, **({"asked": list(dict.fromkeys(asked))[:4]} if asked else {})})

    def _turn(self, connection: Connection, ring: Ring, step: int, said: Said) -> Spoken:
        row = calls.load(connection, ring.sid, _step_sid(ring.sid, step))
        if row is None:
            return self._begun(connection, ring)
        if row.repeat_of is not None:
            return self._again(row.answer, step)
        if row.state in OVER and not said.recording:
            return Spoken(ENDS, step)
        if step != row.step + 1:  # never asked for, or answered while we waited for the row
            return self.stored(connection, ring.sid, min(step, row.step)) or Spoken(ENDS, step)
        now = self.conversation.clock()
        person = None if row.contact_id is None else row
        state = row.state if row.state in OVER else CallState.OPEN
        turn = _Turn(self, connection, ring.sid, step, row.id, person, row.direction, state, now, said.recording)
        return turn.heard(_run_of(row.body), said)


def _step_sid(sid: str, step: int) -> str:
    return f"{sid}/{step}"


def _run_of(body: str | None) -> Run:
    try:
        return Run.load(body) if body else Run()
    except ValueError:
        return Run(at="")  # of a release that is not ours: restarts from home


@dataclass(frozen=True, slots=True)
class _Turn:
    """One step of one call, within its transaction. `row` is the person; nobody is known behind a withheld number."""

    calls: Calls
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
        """The contact's id; both queries that find a person name it, one beside the call's own."""
        if self.row is None:
            return None
        found: int = getattr(self.row, "contact_id", None) or self.row.id
        return found

    def facts(self, run: Run) -> Facts:
        """What may be asked in this step. A machine that picked up, pressing nothing, is not recorded."""
        can = Can(type=False, press=True, record=self.direction == Direction.IN or bool(run.memory.get("pressed")))
        return Facts(self._person(), self._prices(), self._today(), can)

    def _prices(self) -> PriceFacts:
        known = self.calls.conversation.knowledge.now()
        return PriceFacts(self.connection, known, self.contact, self._today(), self.now)

    def _today(self) -> date:
        return self.now.astimezone(self.calls.conversation.zone).date()

    def _person(self) -> Person:
        row = self.row
        if row is None:
            return Person()
        mobile = read_address(self.calls.conversation.vault.open(row.address)).kind is Kind.MOBILE
        return Person(row.language, row.script, row.place, row.may_report, known=True, textable=mobile)

    def heard(self, run: Run, said: Said) -> Spoken:
        """Read what was pressed or said, and go on from there."""
        line = self.calls.conversation
        known = line.knowledge.now()
        facts = self.facts(run)
        if self.step >= MOST_STEPS:
            bye = Step(Run(memory=run.memory), (say(BYE),), closes=True)
            return self.taken(run, Heard("", Intent.SILENCE), bye, facts)
        heard = self._read(said, line.book.asked(run), known)
        if heard.intent is Intent.AGAIN:
            return self._repeated(run, heard)

        def stepped(begin: Run) -> tuple[Heard, Step]:
            return heard, line.book.step(begin, heard, facts, self.now)

        heard, step = line.gone_on(run, stepped)
        if heard.intent is not Intent.SILENCE:
            step = replace(step, run=replace(step.run, memory={**step.run.memory, "pressed": 1}))
        return self.taken(run, heard, step, facts)

    def _read(self, said: Said, asked: Asked, known: Known) -> Heard:
        if said.recording:
            return Heard("", Intent.RECORDED)
        if said.words and not said.keys:
            return spoken(said.words, said.confidence, asked, known.lexicon)
        return pressed(said.keys, asked, known.lexicon)

    def _repeated(self, run: Run, heard: Heard) -> Spoken:
        """The same once more: nothing was decided, nothing is counted."""
        stored = self.calls.stored(self.connection, self.sid, self.step - 1)
        script = stored.script if stored else ENDS
        self._keep(run, str(heard.intent), script, "")
        return Spoken(script, self.step)

    def taken(self, before: Run, heard: Heard, step: Step, facts: Facts) -> Spoken:
        """Write down what a step decided and make its script."""
        line, known = self.calls.conversation, self.calls.conversation.knowledge.now()
        wording = line.wording(facts.person, "", known)
        sid = _step_sid(self.sid, self.step)
        moment = Moment(
            *(self.connection, self.contact, self.now, self._today(), sid, "voice", self._prices()),
            written=wording.text,
            recording=self.recording,
        )
        outcome, person = line.decided(step, moment, facts.person)
        script = self._script(step, person, known, outcome)
        run, texted = self._texted(step, script, person, known, outcome)
        run = replace(run, memory={name: value for name, value in run.memory.items() if value})
        # A price was asked for when the answer is reached, not when its menu is heard again.
        priced = run.at == PRICED != before.at
        commodity = str(run.data.get("commodity") or "") if priced else ""
        self._keep(run, "price" if priced else str(heard.intent), script, commodity, ended=step.closes, text=heard.text)
        wakes = {"outbox"} if texted or any(isinstance(event, AnswerTexted) for event in step.events) else set()
        wakes |= {"recordings"} if any(isinstance(event, MessageLeft) for event in step.events) else set()
        return Spoken(script, self.step, wakes=tuple(sorted(wakes)))

    def _script(self, step: Step, person: Person, known: Known, outcome: str) -> Script:
        voice = "en" if person.language == "en" else "km"
        speaking = Speaking(voice, self.calls.catalogues[voice], known.lexicon, self._today())
        sentences = speaking.sentences(step.prompts, outcome)
        return Script(voice, tuple(sentences), self._wait(step, speaking))

    def _wait(self, step: Step, speaking: Speaking) -> Wait:
        if step.closes or step.question is None:
            return Wait("end")
        asked = self.calls.conversation.book.asked(step.run)
        if asked.kind is Asking.WORDS:
            return Wait("words")
        return Wait("keys", keys_of(asked), tuple(speaking.label(choice) for choice in step.question.choices))

    def _texted(self, step: Step, script: Script, person: Person, known: Known, outcome: str) -> tuple[Run, bool]:
        """What cannot be heard is written instead: each answer, and once a day how to ask by SMS."""
        line, run = self.calls.conversation, step.run
        if all(self.calls.voices.can_say(script.voice, sentence) for sentence in script.sentences):
            return run, False
        wording = line.wording(person, "", known)
        told: list[Prompt] = [prompt for prompt in step.told if prompt.id in wording.catalogue]
        today = self._today().isoformat()
        if not told and run.memory.get("written") != today:
            told = [say(HELLO)]
        if not told or not person.textable or self.contact is None:
            return run, False
        words = wording.text(told, outcome)
        outbox.queue(self.connection, line.vault, self.contact, words, self.now, Purpose.ANSWER)
        return replace(run, memory={**run.memory, "written": today}), True

    def _keep(
        self, run: Run, intent: str, script: Script, commodity: str, *, ended: bool = False, text: str = ""
    ) -> None:
        """Keep the step with its answer; said in the log by ids."""
        vault = self.calls.conversation.vault
        log.info("call", call=self.call, step=self.step, intent=intent, at=run.at)
        message = {
            "sid": _step_sid(self.sid, self.step),
            "contact_id": self.contact,
            "channel": "voice",
            "at": self.now,
            "text": vault.seal(text),
            "answer": vault.seal(script.dump()),
            "intent": intent,
            "commodity": commodity,
            "parts": 0,
        }
        state = CallState.ENDED if ended else self.state
        before = max(self.step - 1, 0)
        calls.keep(self.connection, self.call, before, self.step, run.dump(), state, message)
