"""What became of messages: the carrier's answers written back in bulk, its callbacks, and what it never told.

A row whose fate nobody knows is looked for in the carrier's own list before it is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ARRAY, BigInteger, Connection, Row, String, bindparam, func, select, update

from bot.contacts import service as contacts
from bot.contacts.service import Decision
from bot.db import table
from bot.messages import alarms, carrier_errors
from bot.messages.models import Outbound, OutState
from bot.messages.sms.outbox import NEWS_WITHIN, ClaimedMessage
from bot.messages.sms.steps import STEPS
from bot.vault import Vault

FIRST_LOOK = timedelta(seconds=5)  # after an answer that left it open
UNNAMED = "?"  # the sid of a try that is over before anybody told its name
_out = table(Outbound)


class CarrierAnswer(Protocol):
    """What a carrier says of a message: taken, refused, later or ambiguous."""

    @property
    def result(self) -> str:
        """taken, refused, later or ambiguous."""

    @property
    def sid(self) -> str | None:
        """The carrier's name for the message, when taken."""

    @property
    def error(self) -> str:
        """The carrier's code, when not."""

    @property
    def retry_after(self) -> float:
        """Seconds for which the carrier wants to be left alone; 0 when it does not say."""


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """A claimed row and the carrier's word on it; None: it was not handed over after all."""

    row: ClaimedMessage
    handed: CarrierAnswer | None


@dataclass(frozen=True, slots=True)
class MessageReport:
    """A carrier's later word on a message. `attempt` tells the tries of one row apart; 0: it is not known."""

    id: int
    state: OutState
    attempt: int = 0
    sid: str = ""
    error: str = ""


def may_come_from(state: OutState) -> list[OutState]:
    """The states that may lead to this one."""
    return [origin for origin, targets in STEPS.items() if state in targets]


_SETTLE = (
    update(_out)
    .where(_out.c.id == bindparam("row"), _out.c.token == bindparam("held_by"), _out.c.state == str(OutState.SENDING))
    .values(
        state=bindparam("becomes"),
        sid=bindparam("named"),
        error=bindparam("why"),
        attempts=bindparam("tries"),
        rounds=bindparam("failed"),
        due_at=func.coalesce(bindparam("later", type_=_out.c.due_at.type), _out.c.due_at),
        leased_until=bindparam("look_at"),
        changed_at=bindparam("at"),
    )
)
_SENT = update(_out).values(
    state=str(OutState.SENT), error="", leased_until=bindparam("look_at"), changed_at=bindparam("at")
)
_SENT_EACH = _SENT.values(sid=bindparam("named")).where(
    _out.c.id == bindparam("row"), _out.c.token == bindparam("held_by"), _out.c.state == str(OutState.SENDING)
)
_given = (
    func.unnest(
        bindparam("ids", type_=ARRAY(BigInteger)),
        bindparam("tokens", type_=ARRAY(String)),
        bindparam("sids", type_=ARRAY(String)),
    )
    .table_valued("id", "token", "sid", name="given")
    .render_derived()
)
_SENT_TOGETHER = _SENT.values(sid=_given.c.sid).where(
    _out.c.id == _given.c.id, _out.c.token == _given.c.token, _out.c.state == str(OutState.SENDING)
)
_NAME = (
    update(_out)
    .where(_out.c.id == bindparam("row"), _out.c.token == bindparam("held_by"), _out.c.sid.is_(None))
    .values(sid=bindparam("named"))
)


def write_back(connection: Connection, vault: Vault, outcomes: Sequence[SendOutcome], now: datetime) -> None:
    """Write what became of claimed rows, of each only if nobody else holds it by now.

    A status callback may have been quicker than this: then only the sid is added.
    """
    if not outcomes:
        return
    taken = {one.row.id: one for one in outcomes if one.handed is not None and one.handed.sid}
    rest = [_values(outcome, now) for outcome in outcomes if outcome.row.id not in taken]
    if rest:
        connection.execute(_SETTLE, rest)
    if taken and _sent(connection, taken, now) < len(taken):
        overtaken = select(_out.c.id).where(_out.c.id.in_(taken), _out.c.sid.is_(None))
        names = [
            {"row": id, "held_by": taken[id].row.token, "named": taken[id].handed.sid}  # type: ignore[union-attr]
            for id in connection.execute(overtaken).scalars()
        ]
        if names:
            connection.execute(_NAME, names)
    for outcome in outcomes:
        if outcome.handed is not None and outcome.handed.error:
            _consequences(connection, vault, outcome.row.contact, outcome.row.id, outcome.handed.error, now)


def _sent(connection: Connection, taken: Mapping[int, SendOutcome], now: datetime) -> int:
    """The path of nearly every message, so on PostgreSQL one statement for all of them. Returns how many it was."""
    rows = [(id, one.row.token, one.handed.sid if one.handed else None) for id, one in taken.items()]
    values = {"at": now, "look_at": now + NEWS_WITHIN}
    if connection.dialect.name == "postgresql":
        ids, tokens, sids = (list(column) for column in zip(*rows, strict=True))
        return connection.execute(_SENT_TOGETHER, {**values, "ids": ids, "tokens": tokens, "sids": sids}).rowcount
    each = [{**values, "row": id, "held_by": token, "named": sid} for id, token, sid in rows]
    return connection.execute(_SENT_EACH, each).rowcount


def _values(outcome: SendOutcome, now: datetime) -> dict[str, object]:
    row, handed = outcome.row, outcome.handed
    values: dict[str, Any] = {
        "row": row.id,
        "held_by": row.token,
        "at": now,
        "becomes": OutState.QUEUED,
        "named": None,
        "why": "",
        "tries": row.attempts,
        "failed": row.rounds,
        "later": None,
        "look_at": None,
    }
    if handed is None:
        return values | {"tries": row.attempts - 1}
    values["why"] = handed.error
    match handed.result:
        case "later":
            return values | {"later": now + carrier_errors.rest_wait(row.attempts - row.rounds, handed.retry_after)}
        case "ambiguous":
            return values | {"becomes": OutState.SENDING, "look_at": now + FIRST_LOOK}
    wait = carrier_errors.delivery_wait(row.rounds + 1) if handed.error in carrier_errors.DELIVERY else None
    if wait is None or now + wait >= row.expires_at:
        return values | {"becomes": OutState.FAILED}
    return values | {"later": now + wait, "failed": row.rounds + 1}


def _consequences(connection: Connection, vault: Vault, contact: int, id: int, code: str, now: datetime) -> None:
    """What a code means beyond its message."""
    if code == carrier_errors.OPTED_OUT:
        proof = f"carrier {code}, outbox {id}"
        contacts.record_consent(
            connection, vault, contact, now, Decision(given=False, channel="sms", words="", proof=proof)
        )
    elif code in carrier_errors.IMPLAUSIBLE:
        told = f"nothing can be sent to contact {contact}: {carrier_errors.explained(code)}"
        alarms.sound(connection, f"carrier {code}", f"{told}; all of them: flask outbox list", now)
    elif code in carrier_errors.ALARMING:
        kept = "; nothing is lost, it is tried again" if code in carrier_errors.LATER else ""
        told = f"the carrier says {carrier_errors.explained(code)}: its account needs a look{kept}"
        alarms.sound(connection, f"carrier {code}", told, now)


def _tried_again(row: Row[Any], code: str, now: datetime) -> dict[str, object]:
    """What becomes of a message that did not arrive, where another try may help before it expires."""
    ours = code in carrier_errors.OURS
    if not ours and code not in carrier_errors.DELIVERY:
        return {}
    wait = carrier_errors.OURS_WAIT if ours else carrier_errors.delivery_wait(row.rounds + 1)
    if wait is None or now + wait >= row.expires_at:
        return {}
    return {"state": OutState.QUEUED, "due_at": now + wait, "rounds": row.rounds + (not ours)}


def note_status(connection: Connection, vault: Vault, told: MessageReport, now: datetime) -> bool:
    """Take a carrier's word on a row. A state never moves backwards and a final one never changes.

    A delivery error that may pass puts the message back, three times. Returns whether anything changed.
    """
    row = connection.execute(select(_out).where(_out.c.id == told.id).with_for_update()).one_or_none()
    if row is None or told.state not in STEPS.get(OutState(row.state), ()):
        return False
    named = row.sid if row.sid != UNNAMED else None
    if (told.attempt and told.attempt != row.attempts) or (told.sid and named and told.sid != named):
        return False  # it is about an earlier try
    if row.state == OutState.QUEUED and not told.attempt and not (told.sid and told.sid == named):
        return False  # nobody knows which try is meant
    if row.state == OutState.QUEUED and row.sid is not None and told.state is not OutState.DELIVERED:
        return False  # that try is known to be over; it may only turn out that it came through after all
    values = {
        "state": told.state,
        "changed_at": now,
        "error": told.error or ("" if told.state is OutState.DELIVERED else row.error),
        "sid": row.sid or told.sid or None,
        "leased_until": now + NEWS_WITHIN if told.state is OutState.SENT else None,
    }
    missed = told.state in (OutState.FAILED, OutState.UNDELIVERED) and row.state != OutState.UNKNOWN
    if missed and (again := _tried_again(row, told.error or row.error, now)):
        # The sid stays: of this try only "delivered" is still news.
        values |= {**again, "sid": values["sid"] or UNNAMED}
    connection.execute(update(_out).where(_out.c.id == told.id).values(values))
    if told.error and told.state is not OutState.DELIVERED:
        _consequences(connection, vault, row.contact_id, row.id, told.error, now)
    return True
