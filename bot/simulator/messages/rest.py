"""The carrier's REST interface for messages, as the Twilio Python client calls it.

Owns what an order of a message must be and how the list is read. Every answer is JSON.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.language.text.sms_parts import parts
from bot.simulator.carrier.door import Door, RefusalError, guarded
from bot.simulator.carrier.pages import Page, as_date
from bot.simulator.carrier.profile import API_VERSION, Profile, new_sid, profile_of
from bot.simulator.carrier.trouble import Channel
from bot.simulator.messages.line import BLOCKED
from bot.simulator.messages.status import StatusReports
from bot.simulator.phones import is_e164
from bot.simulator.settings import SimulatorSettings, is_loopback
from bot.simulator.store import Message, NewMessage, Search, Store

_LONGEST = 1600  # characters in one message
_LARGEST_PAGE = {Profile.TWILIO: 1000, Profile.SOMLENG: 100}  # messages, whatever is asked for
_FILTERS = ("To", "From", "DateSent", "DateSent>", "DateSent<")


def create_rest(settings: SimulatorSettings, store: Store, reports: StatusReports, door: Door) -> Blueprint:
    """The blueprint of messages over one store."""
    rest = guarded("rest", settings, door)

    @rest.post("/Messages.json")
    def create(account: str) -> tuple[Response, int]:
        profile = profile_of(store)
        to, body, callback, service = _read_order(settings, profile)
        door.enter(Channel.SMS, to)
        phone = store.phone_of(to)
        if phone.blocked and profile is Profile.TWILIO:
            raise RefusalError(BLOCKED, "Attempt to send to unsubscribed recipient")
        new = NewMessage(
            new_sid(profile),
            phone,
            "outbound-api",
            settings.sms_from,
            body,
            "failed" if phone.blocked else "queued",
            service_sid=service,
            callback=callback,
        )
        message = store.add(new)
        reports.track(message.sid)
        door.leave(Channel.SMS, to)
        return jsonify(_as_json(message, account)), 201

    @rest.get("/Messages.json")
    def index(account: str) -> dict[str, Any]:
        return _page(store, account, profile_of(store))

    @rest.get("/Messages/<sid>.json")
    def fetch(account: str, sid: str) -> dict[str, Any]:
        return _as_json(_found(store, sid), account)

    @rest.delete("/Messages/<sid>.json")
    def delete(account: str, sid: str) -> tuple[str, int]:
        store.delete(_found(store, sid).sid)
        return "", 204

    return rest


def _read_order(settings: SimulatorSettings, profile: Profile) -> tuple[str, str, str | None, str | None]:
    """Recipient, text, callback address and messaging service of a message to send; raises RefusalError."""
    to = request.form.get("To", "").strip()
    sender = request.form.get("From", "").strip()
    service = request.form.get("MessagingServiceSid") or None
    body = request.form.get("Body", "")
    callback = request.form.get("StatusCallback") or None
    if not to:
        raise RefusalError(21604, "A 'To' phone number is required.")
    short_code = profile is Profile.SOMLENG and to.isdecimal() and len(to) <= 6
    if not is_e164(to) and not short_code:
        raise RefusalError(21211, "The 'To' number is not a valid phone number.")
    if not sender and service is None:
        raise RefusalError(21603, "A 'From' phone number is required.")
    if sender and sender != settings.sms_from:
        raise RefusalError(21606, "The 'From' number is not one of this account's.")
    if to == settings.sms_from:
        raise RefusalError(21266, "'To' and 'From' number cannot be the same.")
    if not body:
        raise RefusalError(21602, "Message body is required.")
    if len(body) > _LONGEST:
        raise RefusalError(21617, "The concatenated message body exceeds the 1600 character limit.")
    if callback is not None and not is_loopback(callback):
        raise RefusalError(21609, "The 'StatusCallback' URL is not on this machine.")
    return to, body, callback, service


def _found(store: Store, sid: str) -> Message:
    message = store.message(sid)
    if message is None:
        raise RefusalError(20404, "The requested resource was not found", 404)
    return message


def _page(store: Store, account: str, profile: Profile) -> dict[str, Any]:
    """One page of the list, with the addresses of the first and the next."""
    page = Page.asked(_LARGEST_PAGE[profile])
    filters = {name: value for name, value in request.args.items() if name in _FILTERS}
    # Somleng takes the filters and ignores them: who relies on them must find out here.
    sent_from, sent_to = _sent_between(filters) if profile is Profile.TWILIO else (None, None)
    to, sender = (filters.get("To"), filters.get("From")) if profile is Profile.TWILIO else (None, None)
    found = store.search(Search(to or None, sender or None, sent_from, sent_to, page.before, page.size))
    entries = [(message.id, _as_json(message, account)) for message in found]
    return page.answer("messages", f"/{API_VERSION}/Accounts/{account}/Messages.json", filters, entries)


def _sent_between(filters: dict[str, str]) -> tuple[float | None, float | None]:
    """First and last second of DateSent (a day or an instant), DateSent> and DateSent<, all inclusive."""
    day = filters.get("DateSent")
    if day:
        start = _instant(day)
        end = start + timedelta(days=1) if len(day) == len("2026-01-01") else start + timedelta(seconds=1)
        return start.timestamp(), end.timestamp() - 0.001
    after, until = filters.get("DateSent>"), filters.get("DateSent<")
    return (_instant(after).timestamp() if after else None, _instant(until).timestamp() if until else None)


def _instant(words: str) -> datetime:
    try:
        instant = datetime.fromisoformat(words)
    except ValueError:
        raise RefusalError(20001, "A date must look like 2026-01-31 or 2026-01-31T07:00:00Z.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _as_json(message: Message, account: str) -> dict[str, Any]:
    return {
        "sid": message.sid,
        "account_sid": account,
        "api_version": API_VERSION,
        "messaging_service_sid": message.service_sid,
        "from": message.sender,
        "to": message.recipient,
        "body": message.body,
        "num_segments": str(max(1, parts(message.body).parts)),
        "num_media": "0",
        "direction": message.direction,
        "status": message.status,
        "error_code": message.error_code,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "date_created": as_date(message.created),
        "date_updated": as_date(message.updated),
        "date_sent": None if message.sent is None else as_date(message.sent),
        "uri": f"/{API_VERSION}/Accounts/{account}/Messages/{message.sid}.json",
        "subresource_uris": {},
    }
