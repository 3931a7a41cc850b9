"""Status callbacks of the carrier: late, early, twice or never, in any order. A state never moves backwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, request
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.channels.sms import Signature
from bot.db import writing
from bot.messages import outbox
from bot.messages.models import OutState

log = structlog.get_logger()

# The carriers' words for the states that matter; what is still on its way is no news.
STATES = {
    "sent": OutState.SENT,
    "delivered": OutState.DELIVERED,
    "read": OutState.DELIVERED,
    "undelivered": OutState.UNDELIVERED,
    "failed": OutState.FAILED,
    "canceled": OutState.FAILED,
}


def status_webhook(
    engine: Engine,
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
        error = request.form.get("ErrorCode", "")[:16]
        if state is not None and 0 < id < 2**62:
            try:
                with writing(engine) as connection:
                    outbox.note_status(connection, id, state, error, clock())
            except DBAPIError as failure:
                # The carrier may come again; if not, the row stays sent, which is true too.
                log.error("status lost", error=type(failure).__name__)
                return Response("try again\n", 503, content_type="text/plain")
        return Response(status=204)

    return pages
