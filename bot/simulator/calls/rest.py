"""The carrier's REST interface for calls and recordings, as the Twilio Python client calls it."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.simulator.calls import sounds
from bot.simulator.calls.records import CallRecord, CallSearch, Recording, Records
from bot.simulator.calls.reports import EVENTS
from bot.simulator.calls.switchboard import Order, Switchboard
from bot.simulator.carrier.door import Door, RefusalError, guarded
from bot.simulator.carrier.pages import Page, as_date, whole
from bot.simulator.carrier.profile import API_VERSION, Profile, profile_of
from bot.simulator.carrier.trouble import Channel
from bot.simulator.phones import is_e164
from bot.simulator.settings import SimulatorSettings, is_loopback
from bot.simulator.store import Store

_LARGEST_PAGE = 1000
_LONGEST_RING = 600  # seconds


def create_call_rest(
    settings: SimulatorSettings, store: Store, records: Records, switchboard: Switchboard, door: Door
) -> Blueprint:
    """The blueprint of calls and recordings over one switchboard."""
    rest = guarded("call_rest", settings, door)

    @rest.post("/Calls.json")
    def create(account: str) -> tuple[Response, int]:
        order = _read_order(settings, profile_of(store))
        door.enter(Channel.CALLS, order.to)
        record = switchboard.place(order)
        door.leave(Channel.CALLS, order.to)
        return jsonify(_as_json(record)), 201

    @rest.get("/Calls.json")
    def index(account: str) -> dict[str, Any]:
        return _page(records, account, profile_of(store))

    @rest.get("/Calls/<sid>.json")
    def fetch(account: str, sid: str) -> dict[str, Any]:
        return _as_json(_found(records, sid))

    @rest.post("/Calls/<sid>.json")
    def change(account: str, sid: str) -> dict[str, Any]:
        record = _found(records, sid)
        status = request.form.get("Status", "")
        if status not in ("completed", "canceled"):
            raise RefusalError(20001, "Only Status=completed and Status=canceled are played here.")
        if record.ended is not None:
            raise RefusalError(21220, "Call is not in-progress. Cannot redirect.")
        switchboard.end(sid, status == "canceled")
        return _as_json(_found(records, sid))

    @rest.get("/Recordings/<name>")
    def recording(account: str, name: str) -> Response:
        """A recording's sound (no extension, .wav) or its description (.json)."""
        sid, _, kind = name.partition(".")
        found = _recorded(records, sid)
        if kind == "json":
            return jsonify(_recording_json(found, account))
        if kind not in ("", "wav") or time.time() < found.created + settings.recording_pause:
            raise RefusalError(20404, "The requested resource was not found", 404)
        kind = "audio/x-wav" if sounds.is_wav(found.sound) else "application/octet-stream"
        return Response(found.sound, content_type=kind)

    @rest.delete("/Recordings/<sid>.json")
    def forget(account: str, sid: str) -> tuple[str, int]:
        records.forget(_recorded(records, sid).sid)
        return "", 204

    return rest


def _read_order(settings: SimulatorSettings, profile: Profile) -> Order:
    """What a request to call asks for; raises RefusalError."""
    form = request.form
    to, sender, url = (form.get(name, "").strip() for name in ("To", "From", "Url"))
    callback = form.get("StatusCallback") or None
    if not to:
        raise RefusalError(21201, "No 'To' number is specified")
    short_code = profile is Profile.SOMLENG and to.isdecimal() and len(to) <= 6
    if not is_e164(to) and not short_code:
        raise RefusalError(21211, "The 'To' number is not a valid phone number.")
    if not sender:
        raise RefusalError(21213, "'From' phone number is required.")
    if sender != settings.line_number:
        raise RefusalError(21210, "The 'From' number is not one of this account's.")
    if not url or not is_loopback(url):
        raise RefusalError(21205, "The 'Url' is missing or not on this machine.")
    if callback is not None and not is_loopback(callback):
        raise RefusalError(21609, "The 'StatusCallback' URL is not on this machine.")
    for name in ("Method", "StatusCallbackMethod"):
        if form.get(name, "POST").upper() != "POST":
            raise RefusalError(21203, f"Only {name}=POST is played here.")
    events = form.getlist("StatusCallbackEvent") or ["completed"]
    if not set(events) <= set(EVENTS.values()):
        raise RefusalError(21626, "A StatusCallbackEvent is unknown.")
    seconds = settings.ring_seconds
    if profile is Profile.TWILIO:  # Somleng takes no Timeout
        seconds = min(max(whole(form, "Timeout", seconds), 1), _LONGEST_RING)
    return Order(to, url, callback, " ".join(events), seconds)


def _found(records: Records, sid: str) -> CallRecord:
    record = records.call(sid)
    if record is None:
        raise RefusalError(20404, "The requested resource was not found", 404)
    return record


def _recorded(records: Records, sid: str) -> Recording:
    recording = records.recording(sid)
    if recording is None:
        raise RefusalError(20404, "The requested resource was not found", 404)
    return recording


def _page(records: Records, account: str, profile: Profile) -> dict[str, Any]:
    """One page of the list of calls, with the addresses of the first and the next."""
    page = Page.asked(_LARGEST_PAGE)
    filters = {name: value for name, value in request.args.items() if name in ("To", "From", "Status")}
    # Somleng takes the filters and ignores them.
    used = filters if profile is Profile.TWILIO else {}
    found = records.search(CallSearch(used.get("To"), used.get("From"), used.get("Status"), page.before, page.size))
    entries = [(record.id, _as_json(record)) for record in found]
    return page.answer("calls", f"/{API_VERSION}/Accounts/{account}/Calls.json", filters, entries)


def _as_json(record: CallRecord) -> dict[str, Any]:
    return {
        "sid": record.sid,
        "account_sid": record.account,
        "api_version": API_VERSION,
        "from": record.sender,
        "to": record.recipient,
        "direction": record.direction,
        "status": record.status,
        "start_time": None if record.answered is None else as_date(record.answered),
        "end_time": None if record.ended is None else as_date(record.ended),
        "duration": None if record.duration is None else str(record.duration),
        "price": None,
        "price_unit": "USD",
        "date_created": as_date(record.created),
        "date_updated": as_date(record.ended or record.answered or record.created),
        "uri": f"/{API_VERSION}/Accounts/{record.account}/Calls/{record.sid}.json",
        "subresource_uris": {},
    }


def _recording_json(recording: Recording, account: str) -> dict[str, Any]:
    return {
        "sid": recording.sid,
        "account_sid": account,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "duration": str(recording.seconds),
        "channels": 1,
        "source": "RecordVerb",
        "status": "completed",
        "date_created": as_date(recording.created),
        "date_updated": as_date(recording.created),
        "uri": f"/{API_VERSION}/Accounts/{account}/Recordings/{recording.sid}.json",
    }
