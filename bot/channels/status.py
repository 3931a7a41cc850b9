"""Status callbacks of the carrier: late, early, twice or never, in any order. A state never moves backwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, request
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.channels.sms import Signature
from bot.db import writing
from bot.messages import dialling, settling
from bot.messages.dialling import Told
from bot.messages.models import CallState
from bot.messages.verdicts import STATES
from bot.vault import Vault

log = structlog.get_logger()

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
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Blueprint:
    """The blueprint of POST /sms/status/<id>; id is a row of the outbox."""
    pages = Blueprint("sms_status", __name__)

    @pages.post("/sms/status/<int:id>")
    def status(id: int) -> Response:
        if not signature.is_right():
            return Response("forbidden\n", 403, content_type="text/plain")
        state = STATES.get(request.form.get("MessageStatus", "").lower())
        if state is not None and 0 < id < 2**62:
            told = settling.Told(
                id,
                state,
                attempt=_whole(request.args.get("attempt", "")),
                sid=_name(request.form.get("MessageSid", ""), 64),
                error=_name(request.form.get("ErrorCode", ""), 16),
            )
            try:
                with writing(engine) as connection:
                    settling.note_status(connection, vault, told, clock())
            except DBAPIError as failure:
                # The carrier may come again; if not, the row stays sent, which is true too.
                log.error("status lost", error=type(failure).__name__)
                return Response("try again\n", 503, content_type="text/plain")
        return Response(status=204)

    return pages


def call_status_webhook(
    engine: Engine,
    signature: Signature,
    timezone: ZoneInfo,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Blueprint:
    """The blueprint of POST /voice/status/<id>, a call we placed, and /voice/status, one that came in."""
    pages = Blueprint("voice_status", __name__)

    def note(write: Callable[[Connection, CallState, datetime], None]) -> Response:
        if not signature.is_right():
            return Response("forbidden\n", 403, content_type="text/plain")
        state = ENDS.get(request.form.get("CallStatus", "").lower())
        if state is not None:
            try:
                with writing(engine) as connection:
                    write(connection, state, clock())
            except DBAPIError as failure:
                # The carrier may come again; if not, the clock ends the call.
                log.error("status lost", error=type(failure).__name__)
                return Response("try again\n", 503, content_type="text/plain")
        return Response(status=204)

    @pages.post("/voice/status/<int:id>")
    def back(id: int) -> Response:
        def write(connection: Connection, state: CallState, now: datetime) -> None:
            if not 0 < id < 2**62:
                return
            told = Told(
                id,
                state,
                attempt=_whole(request.args.get("attempt", "")),
                sid=_name(request.form.get("CallSid", ""), 64),
                seconds=_whole(request.form.get("CallDuration", "")),
                error=_name(request.form.get("ErrorCode", ""), 16),
            )
            local = now.astimezone(timezone)
            dialling.note_status(connection, told, now, datetime.combine(local, time(), timezone))

        return note(write)

    @pages.post("/voice/status")
    def came_in() -> Response:
        def write(connection: Connection, _state: CallState, now: datetime) -> None:
            dialling.note_end(connection, _name(request.form.get("CallSid", ""), 64), now)

        return note(write)

    return pages


def _whole(text: str) -> int:
    """A whole number of at most six digits; 0 for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0


def _name(text: str, longest: int) -> str:
    """A sid or a code; empty for anything that is none."""
    return text if len(text) <= longest and re.fullmatch(r"[0-9A-Za-z._:-]+", text) else ""
