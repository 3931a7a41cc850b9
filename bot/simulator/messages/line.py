"""A text from a phone to the line and the answer that comes back.

Owns the webhook's course: posted, answered or failed, repeated. Draws no page.
"""

from __future__ import annotations

from urllib.parse import urljoin

from bot.simulator.carrier.profile import Answer, new_sid, profile_of, webhook_parameters
from bot.simulator.carrier.webhooks import Webhooks
from bot.simulator.messages.status import StatusReports
from bot.simulator.messages.twiml import AnswerError, Reply, read_answer
from bot.simulator.settings import SimulatorSettings, is_loopback
from bot.simulator.store import INBOUND, Message, NewMessage, Phone, Store

_ANSWERED = ("answered", "same", "different")
BLOCKED = 21610


class Line:
    """The way from a phone to the app behind PUBLIC_URL."""

    def __init__(self, settings: SimulatorSettings, store: Store, webhooks: Webhooks, reports: StatusReports) -> None:
        self._settings = settings
        self._store = store
        self._webhooks = webhooks
        self._reports = reports

    def text(self, phone: Phone, body: str) -> Message:
        """Send a text and wait for the answer, which is then in the phone's thread."""
        sid = new_sid(profile_of(self._store))
        message = self._store.add(NewMessage(sid, phone, INBOUND, self._settings.sms_from, body, "received"))
        self._deliver(message, phone)
        return message

    def again(self, message: Message) -> None:
        """Repeat the webhook of a text as it was, sid and all, as carriers at times do."""
        phone = self._store.phone(message.phone_id)
        if phone is not None and message.direction == INBOUND:
            self._deliver(message, phone)

    def _deliver(self, message: Message, phone: Phone) -> None:
        outcome = message.outcome
        self._store.trying(message.sid)
        form = webhook_parameters(message, self._settings.account_sid, profile_of(self._store))
        for number, answer in enumerate(self._webhooks.post(phone.number, self._settings.webhook_url, form)):
            if number:  # one of two at once is judged as a repeat of the other
                now = self._store.message(message.sid)
                outcome = now.outcome if now else ""
                self._store.trying(message.sid)
            self._hear(message, phone, outcome, answer)

    def _hear(self, message: Message, phone: Phone, before: str, answer: Answer) -> None:
        """Judge an answer by how the webhook went `before`, and bring what it says to its phones."""
        sid = message.sid
        earlier = self._store.replies(sid)
        answered = bool(earlier) or before in _ANSWERED
        if answer.fault:
            self._store.heard(sid, answer.fault)
            return
        if answer.code != 200:
            self._store.heard(sid, "code", str(answer.code))
            return
        try:
            replies = read_answer(answer.body)
        except AnswerError as error:
            self._store.heard(sid, error.fault, error.detail)
            return
        same = answered and [reply.body for reply in replies] == [reply.body for reply in earlier]
        if not same:  # a repeat that is answered alike is one answer, not two
            for reply in replies:
                self._answer(message, phone, reply)
        self._store.heard(sid, "same" if same else "different" if answered else "answered")

    def _answer(self, message: Message, phone: Phone, reply: Reply) -> None:
        """Bring one message of the answer to the phone it is for."""
        if reply.to is not None and reply.to != phone.number:
            phone = self._store.phone_of(reply.to)
        callback = urljoin(self._settings.webhook_url, reply.callback) if reply.callback else None
        elsewhere = callback is not None and not is_loopback(callback)
        sid = new_sid(profile_of(self._store))
        new = NewMessage(
            sid,
            phone,
            "outbound-reply",
            self._settings.sms_from,
            reply.body,
            "failed" if phone.blocked else "queued",
            error_code=BLOCKED if phone.blocked else None,
            callback=None if elsewhere else callback,
            reply_to=message.sid,
        )
        self._store.add(new)
        if elsewhere:
            self._store.callback_failed(sid, "elsewhere")
        self._reports.track(sid)
