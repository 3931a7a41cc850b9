"""All calls of all phones: who rings whom, how long, and what the line is told of it.

Owns the calls under way and the sounds people leave. Draws no page and answers no request.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import partial

from bot.simulator.calls import sounds
from bot.simulator.calls.call import Call
from bot.simulator.calls.course import INBOUND, OUTBOUND, TERMINAL, Ends, Mark, State
from bot.simulator.calls.documents import Record
from bot.simulator.calls.records import CallRecord, Recording, Records
from bot.simulator.calls.reports import CallReports
from bot.simulator.carrier.agenda import Agenda
from bot.simulator.carrier.profile import API_VERSION, Profile, new_sid, profile_of
from bot.simulator.carrier.reports import Reporter
from bot.simulator.carrier.trouble import Channel, TroubleKind, Troubles
from bot.simulator.carrier.webhooks import Webhooks
from bot.simulator.settings import SimulatorSettings
from bot.simulator.store import Phone, Store

# How each carrier writes the number of somebody who withholds it.
WITHHELD = {Profile.TWILIO: "+266696687", Profile.SOMLENG: "ANONYMOUS"}
_KEPT = 100  # calls whose course is remembered


@dataclass(frozen=True, slots=True)
class Order:
    """A call the line asks for; `ring_seconds` is how long the phone rings."""

    to: str
    url: str
    callback: str | None
    events: str
    ring_seconds: int


@dataclass(frozen=True, slots=True)
class _Held:
    phone_id: int
    url: str
    call: Call


class Switchboard:
    """Connects phones with the line. Safe to share between threads."""

    def __init__(
        self,
        settings: SimulatorSettings,
        store: Store,
        records: Records,
        reporter: Reporter,
        webhooks: Webhooks,
        agenda: Agenda,
        troubles: Troubles,
    ) -> None:
        self._settings = settings
        self._store = store
        self._records = records
        self._webhooks = webhooks
        self._agenda = agenda
        self._troubles = troubles
        self._reports = CallReports(records, reporter, agenda)
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}  # by sid, the newest last

    def start(self) -> None:
        """Calls that were under way when the process ended are over, and the line is told."""
        for record in self._records.interrupt():
            self._reports.tell(record)

    # Calls

    def ring(self, phone: Phone, withheld: bool = False) -> None:
        """This phone rings the line; nothing when it is in a call already. Waits for the first answer."""
        profile = profile_of(self._store)
        sender = WITHHELD[profile] if withheld else phone.number
        ends = self._ends(profile, sender, self._settings.line_number, INBOUND)
        url = self._settings.voice_url
        with self._lock:
            if self._talks(phone.id):
                return
            self._records.add(ends, phone.id, "ringing", url, f"{url}/status", "completed")
            call = self._hold(ends, phone.id, url)
        call.begin(url)

    def place(self, order: Order) -> CallRecord:
        """The line rings a phone."""
        profile = profile_of(self._store)
        phone = self._store.phone_of(order.to)
        ends = self._ends(profile, self._settings.line_number, order.to, OUTBOUND)
        record = self._records.add(ends, phone.id, "queued", order.url, order.callback, order.events)
        self._reports.tell(record)
        self._agenda.plan(0.0, partial(self._begin_ringing, ends, phone.id, order))
        return record

    def _begin_ringing(self, ends: Ends, phone_id: int, order: Order) -> None:
        with self._lock:
            record = self._records.call(ends.sid)
            if record is None or record.status in TERMINAL:  # the line thought better of it
                return
            if self._troubles.strikes(TroubleKind.UNDELIVERED, Channel.CALLS, order.to):
                self._records.note(ends.sid, "failed", None, time.time())
            elif self._talks(phone_id):
                self._records.note(ends.sid, "busy", None, time.time())
            else:
                call = self._hold(ends, phone_id, order.url)
                self._records.note(ends.sid, "ringing", None, None)
                self._agenda.plan(order.ring_seconds, partial(self._stop_ringing, call))
        self._tell(ends.sid)

    def _stop_ringing(self, call: Call) -> None:
        if call.state is State.RINGING:
            call.end("no-answer")

    def answer(self, call: Call) -> None:
        """Pick up a phone that the line rings. Waits for the first document."""
        call.begin(self._held[call.ends.sid].url)

    def end(self, sid: str, canceled: bool) -> None:
        """The line ends a call: one that still rings is canceled, whatever word it used."""
        held = self._held.get(sid)
        record = self._records.call(sid)
        if held is not None:
            held.call.end("canceled" if canceled or held.call.state is State.RINGING else "completed")
        elif record is not None and record.status not in TERMINAL:
            self._records.note(sid, "canceled", None, time.time())
            self._tell(sid)

    def now(self, phone_id: int) -> Call | None:
        """The newest call of a phone, over or not."""
        calls = [held.call for held in list(self._held.values()) if held.phone_id == phone_id]
        return calls[-1] if calls else None

    def ringing(self) -> set[int]:
        """The phones that ring."""
        return {held.phone_id for held in list(self._held.values()) if held.call.state is State.RINGING}

    def call(self, sid: str) -> Call | None:
        held = self._held.get(sid)
        return None if held is None else held.call

    # Recordings

    def leave(self, call: Call, sound: bytes, key: str = "") -> None:
        """Leave a sound where the line records; `key` ended it, or "hangup"."""
        if call.state is not State.RECORDING:
            return
        sid = new_sid(call.ends.profile, "RE")
        seconds = sounds.seconds_of(sound)
        self._records.keep(Recording(sid, call.ends.sid, sound, seconds, time.time()))
        call.record(recording_url(self._settings, sid), sid, seconds, key)

    def time_over(self, call: Call) -> None:
        """Nothing was pressed or said. Somleng hands on the recording of silence; Twilio has none."""
        asks = call.asks
        if isinstance(asks, Record) and call.ends.profile is Profile.SOMLENG:
            self.leave(call, sounds.silence(asks.timeout))
        else:
            call.time_over()

    def play(self, call: Call, number: int) -> str | None:
        """The address of the sound that is the `number`th entry of a call's course, from 0."""
        entries = call.entries
        if not 0 <= number < len(entries) or entries[number].mark is not Mark.PLAYED:
            return None
        return entries[number].text

    def _ends(self, profile: Profile, sender: str, recipient: str, direction: str) -> Ends:
        return Ends(new_sid(profile, "CA"), self._settings.account_sid, profile, sender, recipient, direction)

    def _talks(self, phone_id: int) -> bool:
        call = self.now(phone_id)
        return call is not None and call.state is not State.ENDED

    def _hold(self, ends: Ends, phone_id: int, url: str) -> Call:
        theirs = ends.sender if ends.direction == INBOUND else ends.recipient
        call = Call(ends, self._webhooks.of(theirs), self._changed)
        self._held[ends.sid] = _Held(phone_id, url, call)
        over = [sid for sid, held in self._held.items() if held.call.state is State.ENDED]
        for sid in over[: max(0, len(self._held) - _KEPT)]:
            del self._held[sid]
        return call

    def _changed(self, call: Call) -> None:
        self._records.note(call.ends.sid, call.status, call.answered, call.ended)
        self._tell(call.ends.sid)

    def _tell(self, sid: str) -> None:
        record = self._records.call(sid)
        if record is not None:
            self._reports.tell(record)


def recording_url(settings: SimulatorSettings, sid: str) -> str:
    """Where the line finds a recording, with the account's credentials."""
    return f"{settings.api_url}/{API_VERSION}/Accounts/{settings.account_sid}/Recordings/{sid}"
