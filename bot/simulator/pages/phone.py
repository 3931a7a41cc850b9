"""The page with the phone: who you are, the thread, and the few controls of a carrier's test bench.

Owns the addresses a browser uses. The words stand in the templates, in Khmer and English.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.language.text.sms_parts import GSM_BASIC, GSM_EXTENDED, JOINED, SINGLE, parts
from bot.simulator.calls.spoken import turns
from bot.simulator.calls.switchboard import Switchboard
from bot.simulator.carrier.profile import Profile, profile_of
from bot.simulator.carrier.trouble import Troubles
from bot.simulator.messages.line import Line
from bot.simulator.phones import PEOPLE, read_number, tries
from bot.simulator.settings import SimulatorSettings
from bot.simulator.store import Phone, Store
from bot.web.origin import refuse_strangers

_LONGEST = 1600  # characters a phone may send at once
_PHNOM_PENH = timezone(timedelta(hours=7))  # no summer time
# The live counter counts in the browser, by the same alphabets.
_ALPHABET = {
    "basic": "".join(sorted(GSM_BASIC)),
    "extended": "".join(sorted(GSM_EXTENDED)),
    "single": SINGLE,
    "joined": JOINED,
}


@dataclass(frozen=True, slots=True)
class _Page:
    """One method an address, over one store, one line for texts and one switchboard for calls."""

    settings: SimulatorSettings
    store: Store
    line: Line
    switchboard: Switchboard
    troubles: Troubles

    def _found(self, phone_id: int) -> Phone:
        phone = self.store.phone(phone_id)
        if phone is None:
            abort(404)
        return phone

    def _draw(self, template: str, phone: Phone, **more: object) -> str:
        self.store.look(phone.id)
        thread = self.store.thread(phone.id)
        return render_template(
            template,
            settings=self.settings,
            me=phone,
            people=self.store.phones(),
            thread=thread,
            call=self.switchboard.now(phone.id),
            ringing=self.switchboard.ringing(),
            troubles=[standing for standing in self.troubles.now() if standing.on],
            answered={message.reply_to for message in thread if message.reply_to},
            **more,
        )

    @staticmethod
    def _back_to(phone: Phone) -> Response:
        return redirect(url_for("page.show", phone=phone.id), 303)

    def show(self) -> str:
        """The page with one phone: the thread, the call and the controls."""
        phone_id = request.args.get("phone", type=int)
        phone = self._found(phone_id) if phone_id is not None else self.store.phones()[0]
        fault = request.args.get("fault", "")
        return self._draw(
            "page.html",
            phone,
            profile=profile_of(self.store),
            profiles=list(Profile),
            tries=tries().get(phone.number) or tries()[PEOPLE[0].number],
            longest=_LONGEST,
            alphabet=_ALPHABET,
            fault=fault,
        )

    def live(self, phone_id: int) -> str:
        """What changes by itself: the thread, the call and who has something new."""
        return self._draw("live.html", self._found(phone_id))

    def pick_up(self) -> Response:
        """Take another phone, by its number."""
        number = read_number(request.form.get("number", ""))
        if number is None or number in (self.settings.sms_from, self.settings.line_number):
            return redirect(url_for("page.show", phone=request.form.get("me"), fault="number"), 303)
        return self._back_to(self.store.phone_of(number))

    def text(self, phone_id: int) -> Response:
        """Write from a phone."""
        phone = self._found(phone_id)
        body = request.form.get("body", "").replace("\r\n", "\n")
        if len(body) > _LONGEST:
            return redirect(url_for("page.show", phone=phone.id, fault="long"), 303)
        self.line.text(phone, body)
        return self._back_to(phone)

    def again(self, sid: str) -> Response:
        """Send what was written once more, as phones do."""
        message = self.store.message(sid)
        if message is None:
            abort(404)
        self.line.again(message)
        return self._back_to(self._found(message.phone_id))

    def block(self, phone_id: int) -> Response:
        """Block the line, or no longer."""
        phone = self._found(phone_id)
        self.store.block(phone.id, request.form.get("blocked") == "1")
        return self._back_to(phone)

    def choose(self) -> Response:
        """Choose the carrier's profile."""
        profile = request.form.get("profile", "")
        if profile not in list(Profile):
            abort(400)
        self.store.choose("profile", profile)
        return redirect(url_for("page.show", phone=request.form.get("me")), 303)


def create_page(
    settings: SimulatorSettings, store: Store, line: Line, switchboard: Switchboard, troubles: Troubles
) -> Blueprint:
    """The blueprint of the page over one store, one line for texts and one switchboard for calls."""
    page = Blueprint("page", __name__)
    page.add_app_template_filter(parts, "parts")
    page.add_app_template_filter(turns, "turns")
    page.add_app_template_filter(_clock_time, "said")
    page.add_app_template_filter(_exact, "exact")
    page.before_request(refuse_strangers)
    at = _Page(settings, store, line, switchboard, troubles)
    page.get("/")(at.show)
    page.get("/phones/<int:phone_id>/live")(at.live)
    page.post("/phones")(at.pick_up)
    page.post("/phones/<int:phone_id>/messages")(at.text)
    page.post("/messages/<sid>/again")(at.again)
    page.post("/phones/<int:phone_id>/block")(at.block)
    page.post("/carrier")(at.choose)
    return page


def _exact(seconds: float) -> str:
    """The moment in Phnom Penh to the second, as a machine writes it."""
    return datetime.fromtimestamp(seconds, _PHNOM_PENH).isoformat(timespec="seconds")


def _clock_time(seconds: float) -> str:
    """The clock time of today, with the date before it on other days."""
    moment = datetime.fromtimestamp(seconds, _PHNOM_PENH)
    today = datetime.now(_PHNOM_PENH).date()
    return moment.strftime("%H:%M" if moment.date() == today else "%d/%m/%Y %H:%M")
