"""How issues are written on public pages: places, offices, states, times, numbers, in one language.

Owns the wording of a page's facts; which facts may be told is the board's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from bot.issues import visibility
from bot.issues.board.query import PublicIssue
from bot.issues.models import By, EntryKind, IssueState
from bot.issues.steps import OPEN
from bot.issues.visibility import HistoryRow, OfficeName
from bot.language.saying.wording import day_and_month
from bot.language.words.lexicon import Lexicon
from bot.web.languages import Words
from flows.prompts import FEW, N_, in_steps

HOUR, DAY = 60, 24 * 60  # minutes
KHMER = range(0x1780, 0x1800)
BELOW = "\u17d2"  # the next letter stands below this one
MOST_LETTERS = 140  # of the words of an issue in a list

# A sign, the class of its colour, and the words.
STATES = {
    IssueState.SENT: ("●", "same", N_("waits for the office")),
    IssueState.ACKNOWLEDGED: ("◐", "same", N_("the office works on it")),
    IssueState.ANSWERED: ("◆", "", N_("answered")),
    IssueState.RESOLVED: ("◆", "", N_("solved, says the office")),
    IssueState.REOPENED: ("▼", "down", N_("not solved, says who raised it")),
    IssueState.CONFIRMED: ("▲", "up", N_("solved")),
    IssueState.UNCONFIRMED: ("◇", "", N_("closed; nobody said whether it is solved")),
}
LATE = ("▼", "down", N_("no answer in time"))
IN_CHARGE = N_("the office in charge")
ANOTHER = N_("another office")
STAFF = N_("the staff of Phsar")
EVENTS = {
    EntryKind.REPORT: N_("Raised by SMS or telephone"),
    EntryKind.MORE: N_("Somebody who has this problem too adds"),
    EntryKind.REPLY: N_("The people behind it reply"),
    EntryKind.ACKNOWLEDGED: N_("{office} has it and works on it"),
    EntryKind.ANSWER: N_("{office} answers"),
    EntryKind.QUESTION: N_("{office} asks the people behind it"),
    EntryKind.RESOLVED: N_("{office} says it is solved"),
    EntryKind.TRANSFERRED: N_("Passed on to {office}"),
    EntryKind.OVERDUE: N_("No answer in time: the office above has been told"),
    EntryKind.CONFIRMED: N_("Who raised it says it is solved"),
    EntryKind.REOPENED: N_("Who raised it says it is not solved"),
    EntryKind.UNCONFIRMED: N_("Nobody said within two weeks whether it is solved"),
    EntryKind.MERGED: N_("Another problem that is the same goes on here"),
    EntryKind.REJECTED: N_("Closed by the staff of Phsar"),
    EntryKind.WITHDRAWN: N_("Withdrawn by who raised it"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of a history as it stands on the page."""

    what: str
    at: datetime
    words: str
    held: bool


@dataclass(frozen=True, slots=True)
class IssueWriter:
    """Writes in one language, as of one time. `terms` is the catalogue of messages: the names of categories."""

    words: Words
    terms: Mapping[str, str]
    lexicon: Lexicon
    categories: Mapping[str, Row[*tuple[Any, ...]]]
    zone: ZoneInfo
    now: datetime

    @property
    def language(self) -> str:
        """The language, km or en."""
        return self.words.language

    def category(self, id: str) -> str:
        """The name of a category."""
        return visibility.category_name(self.categories[id], self.language, self.terms) if id in self.categories else id

    def place(self, code: str) -> str:
        """A place with those around it, the smallest first: Prey Chhor, Kampong Cham."""
        if not code:
            return str(self.words(N_("Cambodia")))
        around = [code[:length] for length in (6, 4, 2) if len(code) >= length]
        # A town bears the name of its province: said twice, it is the town.
        return ", ".join(self.lexicon.name("place", one, self.language) for one in around)

    def bare_place(self, code: str) -> str:
        """The name of a place alone."""
        return self.lexicon.name("place", code, self.language)

    def short_place(self, code: str) -> str:
        """The shortest customary name of a province."""
        return self.lexicon.name("place", code, self.language, short=True)

    def commodity(self, id: str) -> str:
        """The name of a product."""
        return self.lexicon.name("commodity", id, self.language)

    def office(self, desk: OfficeName | None) -> str:
        """An office's name, where it may be told."""
        if desk is None:
            return str(self.words(IN_CHARGE))
        return self.titled(desk.name.km, desk.name.en)

    def titled(self, name_km: str, name_en: str) -> str:
        """A name that people gave."""
        return name_km if self.language == "km" else name_en or name_km

    def tongue(self, text: str) -> str:
        """The language of words in Khmer letters on a page in another one; empty where it needs no saying."""
        return "km" if self.language != "km" and any(ord(letter) in KHMER for letter in text) else ""

    def state(self, item: PublicIssue) -> tuple[str, str, str]:
        """The sign, colour and words of how an issue stands."""
        late = item.overdue and item.state in OPEN and item.state != IssueState.REOPENED
        sign, colour, words = LATE if late else STATES[IssueState(item.state)]
        return sign, colour, str(self.words(words))

    def people(self, count: int) -> str:
        """How many raise an issue: few are not counted out, more in steps."""
        least = in_steps(count)
        if not least:
            return str(self.words(N_("fewer than {count} people"), count=FEW))
        return str(self.words(N_("{count} people or more"), count=f"{least:,}"))

    def number(self, count: int) -> str:
        """A figure of the board: a small one is not counted out."""
        return f"{count:,}" if count >= FEW or not count else f"1–{FEW - 1}"

    def when(self, at: datetime) -> str:
        """A day as a person says it."""
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone).date()
        days = (today - local.date()).days
        if days <= 0:
            return str(self.words(N_("today")))
        if days == 1:
            return str(self.words(N_("yesterday")))
        if days < 7:
            return str(self.words(N_("{days} days ago"), days=days))
        return day_and_month(local.date()) if local.year == today.year else self.day(at)

    def day(self, at: datetime) -> str:
        """A day with its year: 22/11/2026."""
        return f"{at.astimezone(self.zone):%d/%m/%Y}"

    def machine(self, at: datetime) -> str:
        """The same for machines."""
        return at.astimezone(self.zone).date().isoformat()

    def lasting(self, minutes: int | None) -> str:
        """How long something takes, as a person says it."""
        if minutes is None:
            return "–"
        if minutes < HOUR:
            return str(self.words(N_("under an hour")))
        if minutes < 2 * DAY:
            hours = round(minutes / HOUR)
            return str(self.words(N_("1 hour")) if hours == 1 else self.words(N_("{hours} hours"), hours=hours))
        return str(self.words(N_("{days} days"), days=round(minutes / DAY)))

    def cut(self, text: str) -> str:
        """The beginning of words: up to the end of one where there are blanks, never inside a Khmer syllable."""
        if len(text) <= MOST_LETTERS:
            return text
        end = text.rfind(" ", MOST_LETTERS // 2, MOST_LETTERS)
        if end < 0:
            end = MOST_LETTERS
            while end > 1 and (unicodedata.category(text[end]).startswith("M") or text[end - 1] == BELOW):
                end -= 1
        return f"{text[:end].rstrip()}…"

    def event(self, line: HistoryRow, office: OfficeName | None) -> Event:
        """An entry of a history."""
        who = STAFF if line.by == By.STAFF else IN_CHARGE
        if line.kind == EntryKind.TRANSFERRED:
            who = ANOTHER if line.detail else IN_CHARGE
        name = self.office(office) if office is not None else str(self.words(who))
        said = str(self.words(EVENTS[EntryKind(line.kind)], office=name))
        words = "" if line.kind == EntryKind.REPORT else line.words  # what was reported stands on top of the page
        return Event(said[:1].upper() + said[1:], line.at, words, line.held and line.kind != EntryKind.REPORT)
