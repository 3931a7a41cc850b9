"""Calls as they are fetched: each fetch of a document is a step, taken once and answered alike for ever.

Owns where a call begins, which step is whose turn, and what happens to one fetched twice, late, or never seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Row
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.call.step import ENDS, CallInput, CallLine, CallScript, CallTurn, step_sid
from bot.contacts import service as contacts
from bot.contacts.phone import Address, AddressKind
from bot.conversation import UNUSABLE
from bot.db import writing
from bot.messages.calls import admission as call_admission
from bot.messages.calls import answered as answered_calls
from bot.messages.calls import callbacks, minutes
from bot.messages.calls.callbacks import Budget, RingDecision
from bot.messages.calls.models import CallState, Direction
from bot.messages.inbound import runs
from bot.messages.inbound.received import OvertakenError
from flows import trust
from flows.engine import HOME, Run, Step
from flows.heard import Heard, Intent, Kind
from flows.line.home import KEYS, RESTARTED, WELCOME_BACK
from flows.prompts import say
from flows.proof import Proof

log = structlog.get_logger()

CALLED = Heard("", Intent.CALLED)
T = TypeVar("T")
RESUMES = timedelta(minutes=10)
MOST_STEPS = 99  # a call ends by then, whoever keeps pressing
# Of what an earlier call learned. `today`: a day, and what they asked most when it began.
KEPT = ("asked", "reported", "market", "written", "texts", "texted", "place", "today")
KEPT_OWN = ("draft", "code")  # only for who surely holds the number
OVER = (CallState.ENDED, CallState.FAILED, CallState.BUSY, CallState.NO_ANSWER, CallState.EXPIRED, CallState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Ring:
    """A call as it reaches us: the carrier's sid and who rings."""

    sid: str
    sender: Address


@dataclass(frozen=True, slots=True)
class Calls:
    """The line's side of all calls. Built once by the app and shared by threads."""

    line: CallLine
    budget: Budget  # of ringing back

    def rung(self, ring: Ring) -> RingDecision:
        """Whether to pick up or to call back; with the latter the call is queued."""
        if ring.sender.kind is not AddressKind.MOBILE:
            return RingDecision.ANSWER
        return self._safely(lambda connection: self._rung(connection, ring), lambda _: None)

    def _rung(self, connection: Connection, ring: Ring) -> RingDecision:
        line = self.line.conversation
        now = line.clock()
        contact = self._caller(connection, ring.sender, now).contact_id
        midnight = now.astimezone(line.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return callbacks.rung(connection, contact, ring.sender, ring.sid, now, midnight, self.budget)

    def begun(self, ring: Ring) -> CallScript:
        """The first step of a call that came in."""
        return self._step(ring.sid, 0, lambda connection: self._begun(connection, ring))

    def answered(self, id: int, sid: str) -> CallScript:
        """The first step of a call we placed; it ends at once when there is no such call."""
        return self._step(sid, 0, lambda connection: self._answered(connection, id, sid))

    def turn(self, ring: Ring, step: int, said: CallInput) -> CallScript:
        """A later step. A call nobody has seen begins anew, one that is over ends."""
        return self._step(ring.sid, step, lambda connection: self._turn(connection, ring, step, said))

    def _step(self, sid: str, step: int, taken: Callable[[Connection], CallScript]) -> CallScript:
        return self._safely(taken, lambda connection: self.line.stored(connection, sid, step))

    def _safely(self, taken: Callable[[Connection], T], stored: Callable[[Connection], T | None]) -> T:
        """Do something once, also when it is asked for twice at once or the database has just come back."""
        engine = self.line.conversation.engine
        for last in (False, True):
            try:
                with writing(engine) as connection:
                    return taken(connection)
            except (IntegrityError, OvertakenError):
                with writing(engine) as connection:
                    found = stored(connection)
                if found is not None:
                    return found
                if last:
                    raise
            except DBAPIError as error:
                # A connection the database dropped, or two calls of one contact that waited for each other.
                deadlock = getattr(error.orig, "sqlstate", "") == "40P01"
                if last or not (error.connection_invalidated or deadlock):
                    raise
        raise AssertionError("the second try returns or raises")

    def _caller(self, connection: Connection, sender: Address, now: datetime) -> Row[*tuple[Any, ...]]:
        vault = self.line.conversation.vault
        row = answered_calls.caller(connection, vault.look_up(sender.value), now)
        if row is None:
            contacts.add(connection, vault, sender, now)
            row = answered_calls.caller(connection, vault.look_up(sender.value), now)
            assert row is not None
        return row

    def _begun(self, connection: Connection, ring: Ring) -> CallScript:
        if (stored := self.line.stored(connection, ring.sid, 0)) is not None:
            return stored
        now = self.line.conversation.clock()
        if ring.sender.kind is AddressKind.WITHHELD:
            call = answered_calls.open_in(connection, ring.sid, None, now)
            return self._first(
                CallTurn(self.line, connection, ring.sid, 0, call, None, Direction.IN, CallState.OPEN, now)
            )
        row = self._caller(connection, ring.sender, now)
        run = self._left_off(connection, row.contact_id, Proof.SHOWN)
        call = answered_calls.open_in(connection, ring.sid, row.contact_id, now)
        return self._first(
            CallTurn(self.line, connection, ring.sid, 0, call, row, Direction.IN, CallState.OPEN, now), run
        )

    def _answered(self, connection: Connection, id: int, sid: str) -> CallScript:
        if (stored := self.line.stored(connection, sid, 0)) is not None:
            return stored
        now = self.line.conversation.clock()
        placed = callbacks.answered(connection, id, sid, now)
        if placed is None:
            return CallScript(ENDS, 0)
        row = answered_calls.called(connection, placed.contact_id, now)
        run = self._left_off(connection, row.contact_id, Proof.HELD)
        turn = CallTurn(self.line, connection, sid, 0, id, row, placed.direction, CallState.OPEN, now)
        if not placed.opens:
            return self._first(turn, run)
        data = {**_data_of(placed.data), **call_admission.recordings_of(connection, placed.about)}
        return self._tell(turn, replace(run, at=placed.opens, data=data, options=(), misses=0))

    def _first(self, turn: CallTurn, run: Run | None = None) -> CallScript:
        """Greet, or go on where an earlier call broke off."""
        registry = self.line.conversation.registry

        def stepped(begin: Run) -> tuple[Heard, Step]:
            if begin.at == HOME:
                return CALLED, registry.step(begin, CALLED, facts, turn.now)
            step = registry.resume(begin, facts, turn.now)
            return CALLED, replace(step, told=(say(WELCOME_BACK), *step.told))

        run = run or Run()
        facts = turn.facts(run)
        return turn.taken(run, *self.line.conversation.gone_on(run, stepped), facts)

    def _tell(self, turn: CallTurn, run: Run) -> CallScript:
        """Say who rings, then what for; at home, with an apology, where this release does not know how to begin."""
        registry, facts = self.line.conversation.registry, turn.facts(run)
        try:
            step = registry.resume(run, facts, turn.now)
            told = say(KEYS)
        except UNUSABLE as error:
            log.error("call begun anew", call=turn.call, at=run.at, error=type(error).__name__)
            step = registry.step(Run(memory=run.memory), CALLED, facts, turn.now)
            told = say(RESTARTED)
        return turn.taken(run, CALLED, replace(step, told=(told, *step.told)), facts)

    def _left_off(self, connection: Connection, contact: int, proof: Proof) -> Run:
        """Where the contact's last call stood, if that was just now; what is remembered of it in any case.

        Who only shows a number does not go on with what was begun to be told.
        """
        now, found = self.line.conversation.clock(), answered_calls.last(connection, contact)
        earlier = self._run_of(found[0]) if found else Run()
        kept = KEPT if proof is Proof.SHOWN else (*KEPT, *KEPT_OWN)
        at = self.line.conversation.registry.resumes_at(earlier)
        resumes = at != HOME and trust.resumable(at, proof)
        if found and resumes and now - found[1] <= RESUMES:
            known = {name: value for name, value in earlier.memory.items() if name in kept or name not in KEPT_OWN}
            return replace(earlier, misses=0, memory={**known, "pressed": 0})
        by_sms = self._run_of(answered_calls.written(connection, contact)).memory
        asked = dict.fromkeys((*earlier.memory.get("asked", ()), *by_sms.get("asked", ())))
        memory = {name: earlier.memory[name] for name in kept if name in earlier.memory}
        today = now.astimezone(self.line.conversation.zone).date().isoformat()
        if memory.get("today", ("",))[0] != today:
            memory["today"] = (today, *list(asked)[:4])  # the order of choices until midnight
        return Run(memory={**memory, "asked": list(asked)[:4], "script": by_sms.get("script", "")})

    def _turn(self, connection: Connection, ring: Ring, step: int, said: CallInput) -> CallScript:
        now = self.line.conversation.clock()
        row = answered_calls.load(connection, ring.sid, step_sid(ring.sid, step), now)
        if row is None:
            return self._begun(connection, ring)
        if row.repeat_of is not None:
            return self.line.again(row.answer, step)
        run = self._run_of(row.body)
        if self.line.conversation.registry.asked(run).kind is not Kind.WORDS:
            said = replace(said, recording="")
        # Who hangs up while speaking has left a message. A ring that was refused has no conversation at all.
        over = row.body is None or (row.state in OVER and not said.recording)
        if step <= row.step or (step > row.step + 1 and not over):  # answered while we waited, or never asked for
            return self.line.stored(connection, ring.sid, min(step, row.step)) or CallScript(ENDS, step)
        if over:
            return CallScript(ENDS, step)
        person = None if row.contact_id is None else row
        state = row.state if row.state in OVER else CallState.OPEN
        turn = CallTurn(
            self.line, connection, ring.sid, step, row.id, person, row.direction, state, now, said.recording
        )
        return turn.heard(run, said, last=step >= MOST_STEPS or minutes.is_too_long(row.placed_at, now))

    def _run_of(self, body: bytes | None) -> Run:
        try:
            return runs.opened(self.line.conversation.vault, body) if body else Run()
        except ValueError:
            return Run(at="")  # of a release that is not ours, or damaged: restarts from home


def _data_of(text: str) -> dict[str, Any]:
    """The data a call of ours begins with; none where it was written by a release that is not ours."""
    try:
        data = json.loads(text or "{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
