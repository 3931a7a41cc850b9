"""One turn of a conversation: load, understand, step, write, answer; one transaction, committed once.

The only room that knows both the flows and the subjects. It decides nothing about either: flows decide what
happens, handlers write it down, wording says it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from datetime import time as dtime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.contacts import confirming
from bot.contacts import service as contacts
from bot.contacts.phone import UNANSWERED, AddressKind
from bot.db import glance, writing, writing_now
from bot.issues.facts import Asker, IssueFacts
from bot.language.intents.listening import listen
from bot.language.intents.understand import answering
from bot.language.saying.wording import Wording, voice_of
from bot.language.text.sms_parts import parts
from bot.meetings.facts import MeetingFacts
from bot.messages import alarms
from bot.messages.inbound import received, runs, spool
from bot.messages.inbound.received import Burst, OvertakenError
from bot.messages.inbound.unmeant import Unmeant
from bot.prices.facts import PriceFacts
from bot.prices.knowledge import Knowledge, Known
from bot.prices.notices.alerts import WishFacts
from bot.radio.facts import ProgrammeFacts
from bot.turn import Answer, Handler, Inbound, Moment
from bot.vault import Vault
from flows.engine import HOME, Ask, Registry, Run, Step
from flows.events import Event, HelpNeeded, LanguageChosen, MessageLeft, NumberDisowned, PlaceChosen
from flows.facts import Facts, Person
from flows.heard import Heard, Intent, Kind, Option
from flows.issues.facts import about_problems
from flows.line import proving
from flows.line.home import RESTARTED
from flows.prompts import say
from flows.proof import Proof

log = structlog.get_logger()

SECOND_TRY_WITHIN = 0.5  # seconds; later the person has waited long enough for the apology
DEADLOCK = "40P01"
ENDS = (Intent.STOP, Intent.NOT_ME)  # heard even from a machine, if not answered
# Where digits may be the answer to a question as well as what confirms something.
COUNTED = (Kind.AMOUNT, Kind.COUNT, Kind.CODE, Kind.WHEN, Kind.PHONES, Kind.WORDS)
# What a flow raises over a run whose data has another shape than it expects; never the database's errors.
UNUSABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A message that wants an answer: the transaction of its turn, what is known, and who sent it."""

    connection: Connection
    inbound: Inbound
    known: Known
    row: Row[*tuple[Any, ...]]
    now: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """The line's side of all conversations. Built once by the app and shared by threads."""

    engine: Engine
    vault: Vault
    knowledge: Knowledge
    registry: Registry
    catalogues: Mapping[str, Mapping[str, str]]
    handlers: Mapping[type[Event], Handler]
    zone: ZoneInfo
    unmeant: Unmeant
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    dice: Callable[[int], int] = secrets.randbelow  # a number below another, for the codes of issues

    def turn(self, inbound: Inbound) -> Answer:
        """Answer one message. A repeat gets the stored answer, also when both arrive at once."""
        begun = time.monotonic()
        try:
            return self._take(inbound)
        except DBAPIError as error:
            # A database that was restarted left us a dead connection. The sid makes the second try safe.
            soon = error.connection_invalidated and time.monotonic() - begun <= SECOND_TRY_WITHIN
            # Two that waited for each other, which PostgreSQL sees after a second: the other one goes on now.
            if not soon and getattr(error.orig, "sqlstate", "") != DEADLOCK:
                raise
            return self._take(inbound)

    def _take(self, inbound: Inbound) -> Answer:
        known = self.knowledge.now()
        try:
            if inbound.sender.kind in UNANSWERED:
                with writing(self.engine) as connection:
                    return self._unanswered(connection, inbound)
            with self.engine.connect() as connection:
                glance(connection)
                row = self._loaded(connection, inbound, now := inbound.spooled_at or self.clock())
                run = None if row is None else runs.saved(self.vault, row, now)
                if run is not None:  # understanding takes long enough not to keep others waiting
                    listen(inbound.text, self.registry.asked(run), known.lexicon, known.scorer)
                with writing_now(connection):
                    return self._known_sender(connection, inbound, known, row, now, run)
        except OvertakenError:
            with writing(self.engine) as connection:
                received.lock(connection, self.vault.look_up(inbound.sender.value))
                row = self._loaded(connection, inbound, now := inbound.spooled_at or self.clock())
                return self._known_sender(connection, inbound, known, row, now, None)
        except IntegrityError:
            # The same sid under another sender, or as a guest twice at once: the first one's answer stands.
            with writing(self.engine) as connection:
                stored = connection.execute(received.BY_SID, {"sid": inbound.sid}).one_or_none()
                if stored is None:
                    raise
                return self._stored(stored)

    def _loaded(self, connection: Connection, inbound: Inbound, now: datetime) -> Row[*tuple[Any, ...]] | None:
        address_hash = self.vault.look_up(inbound.sender.value)
        return received.load(connection, address_hash, inbound.channel, inbound.sid, now)

    def _known_sender(
        self,
        connection: Connection,
        inbound: Inbound,
        known: Known,
        row: Row[*tuple[Any, ...]] | None,
        now: datetime,
        run: Run | None,
    ) -> Answer:
        """Answer somebody with a number. `run`: where they stood, if it was read already."""
        if row is None:
            contacts.add(connection, self.vault, inbound.sender, now)
            row = self._loaded(connection, inbound, now)
            assert row is not None
        if row.repeat_of is not None:
            return self._stored(row)
        words_hash = self.vault.look_up(received.wording(inbound.text))
        twice = received.delivered_twice(connection, self.vault, row, inbound.text, words_hash, now)
        if twice is not None:
            received.keep_again(connection, twice, inbound.sid, now)
            return self._stored(twice)
        if self.unmeant.fits(inbound.text):
            nothing = Heard(inbound.text, Intent.UNCLEAR, 0.0)
            connection.execute(received.RECORD, self._message(inbound, row.id, now, nothing, "", Run()))
            return Answer("")
        burst = received.burst_of(row, now).more(words_hash, now, row.saved_at or now)
        person = Person(row.language, row.script, row.place, row.may_report, known=True, reach=row.reach)
        run = run or runs.saved(self.vault, row, now)
        return self._spoken(_Arrived(connection, inbound, known, row, now), person, run, burst)

    def _spoken(self, at: _Arrived, person: Person, run: Run, burst: Burst) -> Answer:
        connection, inbound, known, row, now = at.connection, at.inbound, at.known, at.row, at.now
        contact: int = row.id
        today = now.astimezone(self.zone).date()
        midnight = datetime.combine(today, dtime(), self.zone)
        prices = PriceFacts(connection, known, contact, today, now)
        facts = self._facts(at, person, prices, midnight)
        heard, step = self._proven(at, run, facts, midnight)
        unheard = received.unheard(run, heard, missed=step.missed)
        loop = burst.is_loop(unheard)
        if loop and heard.intent not in ENDS:
            message = self._message(inbound, contact, now, heard, "", run)
            received.keep(connection, row, runs.sealed(self.vault, run), row.hint or "", burst, message)
            return Answer("")
        hint = _hint(heard, str(step.run.memory.get("script") or ""))
        written = self.wording(person, hint, known).text
        moment = Moment(connection, contact, now, today, inbound.sid, inbound.channel, prices, written)
        outcome, person = self.decided(step, moment, person)
        said, after = self._worded(step, self.wording(person, hint, known), outcome)
        said = "" if loop else said
        memory = {**after.memory, "script": hint or after.memory.get("script"), "unheard": unheard}
        after = replace(after, memory=_without_empty(memory))
        message = self._message(inbound, contact, now, heard, said, after)
        received.keep(connection, row, runs.sealed(self.vault, after), hint[:4], burst, message)
        # A short number is a service, no person: it would be written to unasked.
        if inbound.spooled_at is not None and said and inbound.sender.kind is not AddressKind.SHORT:
            spool.queue_answer(connection, self.vault, contact, inbound.sid, said, inbound.spooled_at, self.clock())
        return Answer(said)

    def _unanswered(self, connection: Connection, inbound: Inbound) -> Answer:
        """Somebody without a number to answer to: kept, and nothing is made of it."""
        if connection.execute(received.BY_SID, {"sid": inbound.sid}).one_or_none() is None:
            now, nothing = inbound.spooled_at or self.clock(), Heard(inbound.text, Intent.UNCLEAR, 0.0)
            connection.execute(received.RECORD, self._message(inbound, None, now, nothing, "", Run()))
        return Answer("")

    def _facts(self, at: _Arrived, person: Person, prices: PriceFacts, midnight: datetime) -> Facts:
        """What the flows may ask in this turn; each is looked up when it is asked for."""
        connection, row, now = at.connection, at.row, at.now
        contact, asked = row.id, bool(row.asked)
        return Facts(
            person,
            prices,
            midnight.date(),
            gatherings=MeetingFacts(connection, self.vault, contact, now, self.zone, asked=asked),
            wishes=WishFacts(connection, contact),
            programme=ProgrammeFacts(connection, now, self.zone),
            wrote=row.saved_at,
            problems=self.problems(connection, at.known, contact, now, asked=asked),
            proven=lambda: confirming.proven_since(connection, contact, midnight),
        )

    def _proven(self, at: _Arrived, run: Run, facts: Facts, midnight: datetime) -> tuple[Heard, Step]:
        """One step; what only the holder of the number may decide waits for digits that go there with the answer."""
        connection, inbound, known, now, contact = at.connection, at.inbound, at.known, at.now, int(at.row.id)
        digits = confirming.read_digits(inbound.text)
        back = confirming.released(connection, self.vault, contact, digits, now, midnight) if digits else None
        if isinstance(back, confirming.Held):
            inbound, run = replace(inbound, text=back.text), replace(Run.load(back.run), memory=run.memory)
            facts = replace(facts, proof=Proof.HELD)
        elif back is not None and self.registry.asked(run).kind not in COUNTED:
            if back is confirming.Refused.SPENT:
                alarms.sound(connection, "digits", "somebody sends wrong digits to confirm what they want", now)
            told = (say(proving.NO_MORE if back is confirming.Refused.SPENT else proving.WRONG),)
            return Heard(inbound.text, Intent.UNCLEAR, 0.0), Step(replace(run, misses=0), told)
        heard, step = self._step(inbound, known, run, facts, now)
        if heard.intent in (Intent.NO, Intent.HOME) and run.at == HOME and confirming.drop(connection, contact):
            return heard, Step(replace(run, misses=0), (say(proving.DROPPED),))
        if step.held:
            held = confirming.Held(inbound.text, run.dump())
            digits = confirming.hold(connection, self.vault, contact, held, now, midnight, self.dice)
            step = replace(step, told=proving.asks(step.held, digits, facts))
        return heard, step

    def _step(self, inbound: Inbound, known: Known, run: Run, facts: Facts, now: datetime) -> tuple[Heard, Step]:
        """One step of what was written."""

        def stepped(run: Run) -> tuple[Heard, Step]:
            heard = listen(inbound.text, self.registry.asked(run), known.lexicon, known.scorer)
            ours = facts.questions()
            waiting = {question.kind for question in ours if not question.answer}
            aside = answering(inbound.text, known.lexicon, waiting, known.scorer) if ours else None
            return heard, self.registry.step(run, heard, facts, now, aside)

        return self.gone_on(run, stepped)

    def gone_on(self, run: Run, stepped: Callable[[Run], tuple[Heard, Step]]) -> tuple[Heard, Step]:
        """One step. A run this release cannot go on with (an older one saved it) restarts with an apology."""
        if isinstance(self.registry.states.get(run.at), Ask):
            try:
                return stepped(run)
            except UNUSABLE as error:
                if run == Run():
                    raise  # nothing saved can be the reason
                log.error("run restarted", at=run.at, error=type(error).__name__)
        heard, step = stepped(Run())
        return heard, replace(step, told=(say(RESTARTED), *step.told))

    def problems(
        self, connection: Connection, known: Known, contact: int | None, now: datetime, *, asked: bool
    ) -> IssueFacts:
        """What may be asked about problems for somebody. `asked`: a question to them may be open."""
        asker = Asker(contact, asked)
        return IssueFacts(connection, self.vault, known.lexicon.places, asker, now, self.zone, self.dice)

    def decided(self, step: Step, moment: Moment, person: Person) -> tuple[str, Person]:
        """Write down what was decided. Returns how it ended, and the person as they are now."""
        outcome = ""
        for event in step.events:
            if moment.contact is not None or isinstance(event, HelpNeeded | MessageLeft):
                outcome = self.handlers[type(event)](event, moment) or outcome
            person = _changed(person, event)
        return outcome, person

    def wording(self, person: Person, hint: str, known: Known) -> Wording:
        """The voice for a person: what they chose, else what the message was written in."""
        voice = voice_of(person.language, person.script, hint)
        return Wording(voice, self.catalogues[voice], known.lexicon)

    @staticmethod
    def _worded(step: Step, wording: Wording, outcome: str) -> tuple[str, Run]:
        """The text, and the run with the words of the choices as this person read them."""
        choices = step.question.choices if step.question else ()
        options = tuple(
            Option(choice.value, words) for choice, words in zip(choices, wording.choices(choices), strict=True)
        )
        return wording.text(step.prompts, outcome), replace(step.run, options=options)

    def _message(
        self, inbound: Inbound, contact: int | None, now: datetime, heard: Heard, said: str, run: Run
    ) -> dict[str, object]:
        """The row to keep of this message, said in the log by ids."""
        count = parts(said).parts
        private = about_problems(run.at, heard.intent)
        whose = {} if private else {"contact": contact, "intent": str(heard.intent), "at": run.at}
        log.info("turn", **whose, parts=count)
        return {
            "sid": inbound.sid,
            "contact_id": contact,
            "channel": inbound.channel,
            "at": now,
            "text": self.vault.seal(inbound.text),
            "answer": self.vault.seal(said) if said else None,
            "intent": "" if contact is not None and private else str(heard.intent),
            "commodity": "" if private else heard.slots.commodity or "",
            "parts": count,
        }

    def _stored(self, row: Row[*tuple[Any, ...]]) -> Answer:
        return Answer(self.vault.open(row.answer) if row.answer else "", repeated=True)


def _hint(heard: Heard, before: str) -> str:
    """What somebody writes in, by this message and those before it.

    A single English word (late, stop, radio) and the name of a place are known to everybody: they change nothing.
    """
    one_word = heard.script == "en" and len(heard.text.split()) == 1
    a_place = heard.script == "latn" and before == "en" and heard.intent is Intent.PLACE
    return before if before and (one_word or a_place) else heard.script or before


def _changed(person: Person, event: Event) -> Person:
    """The person as they are after an event, so that the answer is already in the language just chosen."""
    if isinstance(event, LanguageChosen):
        script = person.script if event.script is None else event.script
        return replace(person, language=event.language, script=script)
    if isinstance(event, PlaceChosen):
        return replace(person, place=event.place)
    return Person(known=True, textable=person.textable) if isinstance(event, NumberDisowned) else person


def _without_empty(memory: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in memory.items() if value}
