"""The floor: what any webhook of this kind pays, under the same server, driver and pragmas as the line itself.

It checks the signature, reads the sender's row and stores the message by the ORM, commits, and answers a fixed
document. No conversation, no understanding, nothing sealed: the line is measured against it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from flask import Flask, Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.twiml.messaging_response import MessagingResponse

from bot.app import WEB_PATIENCE
from bot.channels.sms import Signature
from bot.config import Settings, load_settings
from bot.contacts.models import Contact
from bot.db import make_engine
from bot.messages.models import Message
from bot.vault import Vault
from bot.web.door import MOST_BYTES, Door

ANSWER = "ជ្រូករស់ 9,500៛/គក លក់ដុំ កំពង់ចាម 22/11 ឡើង។ ព្រៃវែង 9,400"


def create_floor(settings: Settings) -> Flask:
    """The floor application on the line's own tables, engine settings and signature check."""
    app = Flask("floor", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    # As on the line, a transaction that will write says so when it begins: SQLite takes its lock once.
    engine = make_engine(settings.database_url, WEB_PATIENCE).execution_options(writing=True)
    signature = Signature(settings.public_url, settings.auth_token)
    vault = Vault(settings.data_key)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain")

    @app.post("/sms")
    def sms() -> Response:
        if not signature.is_right():
            return Response("forbidden\n", 403, content_type="text/plain")
        with Session(engine) as session:
            sender = vault.look_up(request.form["From"])
            contact = session.scalar(select(Contact).where(Contact.address_hash == sender))
            session.add(
                Message(
                    sid=request.form["MessageSid"],
                    contact_id=contact.id if contact else None,
                    channel="sms",
                    at=datetime.now(UTC),
                    text=request.form["Body"].encode(),
                    answer=ANSWER.encode(),
                    intent="price",
                    commodity="",
                    parts=1,
                )
            )
            session.commit()
        document = MessagingResponse()
        document.message(ANSWER)
        return Response(document.to_xml(), content_type="text/xml; charset=utf-8")

    return app


def serve() -> Door:
    """What the server loads, with the settings of the environment: behind the same door as the line."""
    return Door(create_floor(load_settings(os.environ)).wsgi_app, signed=("/sms",))
