"""Status callbacks of the carrier: late, early, twice or never, in any order. A state never moves backwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, request
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.sms import Signature
from bot.db import writing
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls.models import CallState
from bot.messages.calls.outbox import CallReport
from bot.messages.carrier_errors import STATES
from bot.messages.inbound.spool import FullError, Spool, WebhookKind, is_away
from bot.messages.models import OutState
from bot.messages.sms import answers, settling
from bot.vault import Vault

log = structlog.get_logger()

MISSED = (OutState.UNDELIVERED, OutState.FAILED)
# The carriers' words for the states of calls: only their end is news, their beginning is the first document they fetch.
ENDS = {
    "completed": CallState.ENDED,
    "busy": CallState.BUSY,
    "no-answer": CallState.NO_ANSWER,
    "failed": CallState.FAILED,
    "canceled": CallState.FAILED,
}


def status_webhook(
    engine: Engine,
    vault: Vault,
    signature: Signature,
    spool: Spool,
    is_back: Callable[[], None],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Blueprint:
    """The blueprint of POST /sms/status/<id>, a row of the outbox, and /sms/status/answer/<sid>, to their message.

    `is_back`: the database was there.
    """
    pages = Blueprint("sms_status", __name__)

    @pages.post("/sms/status/<int:id>")
    def status(id: int) -> Response:
        if not signature.is_right():
            return Response("forbidden\n", 403, content_type="text/plain")
        state = request.form.get("MessageStatus", "").lower()
        if state not in STATES or not 0 < id < 2**62:
            return Response(status=204)
        told = {
            "id": str(id),
            "state": state,
            "attempt": request.args.get("attempt", "")[:7],
            "sid": _name(request.form.get("MessageSid", ""), 64),
            "error": _name(request.form.get("ErrorCode", ""), 16),
        }
        now = clock()
        return _noted(lambda: note_message(engine, vault, told, now), spool, is_back, WebhookKind.SMS_STATUS, told, now)

    @pages.post("/sms/status/answer/<sid>")
    def answer_status(sid: str) -> Response:
        if not signature.is_right():
            return Response("forbidden\n", 403, content_type="text/plain")
        state = STATES.get(request.form.get("MessageStatus", "").lower())
        if state in MISSED and _name(sid, 64):
            error = _name(request.form.get("ErrorCode", ""), 16)
            try:
                with writing(engine) as connection:
                    answers.missed(connection, vault, sid, state, error, clock())
            except SQLAlchemyError:
                return Response("try again\n", 503, content_type="text/plain")
        return Response(status=204)

    return pages


def answer_told_at(public_url: str, sid: str) -> str:
    """Where the carrier tells what became of the answer to a message; empty for a sid that is no name."""
    return f"{public_url}/sms/status/answer/{sid}" if _name(sid, 64) else ""


def call_status_webhook(
    engine: Engine,
    signature: Signature,
    timezone: ZoneInfo,
    spool: Spool,
    is_back: Callable[[], None],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Blueprint:
    """The blueprint of POST /voice/status/<id>, a call we placed, and /voice/status, one that came in."""
    pages = Blueprint("voice_status", __name__)

    def told_of() -> dict[str, str]:
        form = request.form
        return {
            "state": form.get("CallStatus", "").lower(),
            "attempt": request.args.get("attempt", "")[:7],
            "sid": _name(form.get("CallSid", ""), 64),
            "seconds": form.get("CallDuration", "")[:7],
            "error": _name(form.get("ErrorCode", ""), 16),
        }

    @pages.post("/voice/status/<int:id>")
    def back(id: int) -> Response:
        if not signature.is_right():
            return Response("forbidden\n", 403, content_type="text/plain")
        told = {**told_of(), "id": str(id)}
        if told["state"] not in ENDS or not 0 < id < 2**62:
            return Response(status=204)
        now = clock()
        return _noted(
            lambda: note_call(engine, told, timezone, now), spool, is_back, WebhookKind.CALL_STATUS, told, now
        )

    @pages.post("/voice/status")
    def came_in() -> Response:
        if not signature.is_right():
            return Response("forbidden\n", 403, content_type="text/plain")
        told = told_of()
        if told["state"] not in ENDS:
            return Response(status=204)
        now = clock()
        return _noted(lambda: note_end(engine, told, now), spool, is_back, WebhookKind.CALL_END, told, now)

    return pages


def note_message(engine: Engine, vault: Vault, told: Mapping[str, str], now: datetime) -> None:
    """Write down what became of a message: id, state, attempt, sid, error, in the carrier's words."""
    with writing(engine) as connection:
        news = settling.MessageReport(
            int(told["id"]), STATES[told["state"]], _whole(told["attempt"]), sid=told["sid"], error=told["error"]
        )
        settling.note_status(connection, vault, news, now)


def note_call(engine: Engine, told: Mapping[str, str], timezone: ZoneInfo, now: datetime) -> None:
    """Write down how a call we placed ended: id, state, attempt, sid, seconds, error."""
    with writing(engine) as connection:
        news = CallReport(
            int(told["id"]),
            ENDS[told["state"]],
            attempt=_whole(told["attempt"]),
            sid=told["sid"],
            seconds=_whole(told["seconds"]),
            error=told["error"],
        )
        call_outbox.note_status(connection, news, now, datetime.combine(now.astimezone(timezone), time(), timezone))


def note_end(engine: Engine, told: Mapping[str, str], now: datetime) -> None:
    """Write down that a call that came in is over: sid."""
    with writing(engine) as connection:
        call_outbox.note_end(connection, told["sid"], now)


def _noted(
    note: Callable[[], None],
    spool: Spool,
    is_back: Callable[[], None],
    kind: WebhookKind,
    told: Mapping[str, str],
    now: datetime,
) -> Response:
    """Write it down, or spool it while the database is away: most carriers tell once."""
    try:
        note()
    except SQLAlchemyError as failure:
        try:
            if not is_away(failure):
                raise FullError
            spool.keep(kind, "/".join(told.values()), told, now)
        except FullError:
            # The carrier may come again; if not, the clock asks after it.
            log.error("status lost", error=type(failure).__name__)
            return Response("try again\n", 503, content_type="text/plain")
        log.warning("status spooled", error=type(failure).__name__)
    else:
        is_back()
    return Response(status=204)


def _whole(text: str) -> int:
    """A whole number of at most six digits; 0 for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0


def _name(text: str, longest: int) -> str:
    """A sid or a code; empty for anything that is none."""
    return text if len(text) <= longest and re.fullmatch(r"[0-9A-Za-z._:-]+", text) else ""
