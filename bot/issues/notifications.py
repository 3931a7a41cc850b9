"""Telling: news of an issue to those behind it, and to the officials of an office; the questions that stay open.

Owns who is told what. What is queued may still be held back when it is sent: a later STOP, the night.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from bot.db import table
from bot.issues import visibility
from bot.issues.models import Issue, Official, Reached
from bot.issues.people import Via, Voice
from bot.messages import notices, questions
from bot.messages.models import Purpose
from bot.messages.notices import Notice, Notices, Recipient, recipients
from bot.vault import Vault
from flows.issues import notices as issue_notices
from flows.prompts import Arg, Titled, say

RESOLVED, ASKED, OFFICIAL = "resolved", "asked", "official"  # kinds of open questions
ANSWERS_WITHIN = timedelta(days=14)  # to a question back
QUESTIONS = 1 << 60  # below are the ids of other things
_voice, _official, _issue = table(Voice), table(Official), table(Issue)
NEAR = (Via.REPORTER, Via.GROUP)  # they read what the office says at once; who joined, what everybody may read
MEMBERS, JOINED = (Via.GROUP,), (Via.JOINED,)
EVERYBODY = (Via.REPORTER, Via.JOINED, Via.GROUP)
WHO_CAME = (Via.REPORTER, Via.JOINED)  # themselves; members of a group that raised it hear answers only


@dataclass(frozen=True, slots=True)
class IssueDeps:
    """What the use cases of issues need: how people are told, and where the offices are."""

    notices: Notices
    zone: ZoneInfo

    @property
    def vault(self) -> Vault:
        """What seals words."""
        return self.notices.vault


def about(issue: int) -> str:
    """What notices of an issue are called; kept as keyed hashes alone."""
    return f"issue:{issue}"


def question_of(vault: Vault, issue: int) -> int:
    """The subject of questions about an issue: from it nobody comes to the issue without the key."""
    return QUESTIONS | int(vault.look_up(f"question about issue {issue}")[:15], 16)


def call_off(connection: Connection, vault: Vault, issue: int, now: datetime, contact: int | None = None) -> None:
    """Tell nothing more of what waits about an issue, to anybody or to one person."""
    everybody = [contact] if contact is not None else _told_of(connection, issue)
    for one in everybody:
        notices.call_off(connection, notices.hidden(vault, about(issue), one), now, one)


def _told_of(connection: Connection, issue: int) -> list[int]:
    """Those behind an issue, and the officials of its office."""
    theirs = select(_official.c.contact_id).join(_issue, _issue.c.office_id == _official.c.office_id)
    officials = connection.execute(theirs.where(_issue.c.id == issue, _official.c.contact_id.is_not(None))).scalars()
    people = connection.execute(select(_voice.c.contact_id).where(_voice.c.issue_id == issue)).scalars()
    return sorted({*officials, *people})


def close_questions(
    connection: Connection, vault: Vault, kinds: Sequence[str], issue: int, now: datetime, contact: int | None = None
) -> None:
    """Take no more answers to these questions about an issue, from anybody or from one person."""
    for kind in kinds:
        questions.close_questions(connection, kind, [question_of(vault, issue)], now, contact)


def behind(connection: Connection, issue: int, via: Collection[Via], but: int | None = None) -> list[Recipient]:
    """Those behind an issue who came to it one of these ways, without one of them.

    Each with when they asked for it: only a later STOP holds back what they are sent.
    """
    rows = connection.execute(
        select(_voice.c.contact_id, _voice.c.at).where(_voice.c.issue_id == issue, _voice.c.via.in_(list(via)))
    )
    since = {row.contact_id: row.at for row in rows if row.contact_id != but}
    return [replace(one, asked=since[one.id]) for one in recipients(connection, since)]


def officials_of(connection: Connection, office: int | None) -> list[Recipient]:
    """The officials of an office who have said, from their telephone, that they are."""
    rows = connection.execute(
        select(_official.c.contact_id, _official.c.phone_at).where(
            _official.c.office_id == office, _official.c.phone == Reached.CONFIRMED, _official.c.removed_at.is_(None)
        )
    )
    since = {row.contact_id: row.phone_at for row in rows}
    # An official is written to, whatever they chose for themselves: there is no call about an issue.
    return [replace(one, asked=since[one.id], reach="sms") for one in recipients(connection, since)]


@dataclass(frozen=True, slots=True)
class News:
    """News of one issue, `entry` of its history, to be told now."""

    connection: Connection
    deps: IssueDeps
    issue: Row[*tuple[Any, ...]]
    entry: int
    now: datetime

    def office(self, id: int | None = None) -> Titled | None:
        """The name of an office; by default of the one in charge."""
        wanted = self.issue.office_id if id is None else id
        desk = visibility.offices(self.connection, [wanted]).get(wanted or 0)
        return desk.name if desk else None

    def tell(
        self,
        sentence: str,
        via: Collection[Via] = WHO_CAME,
        *,
        office: Titled | None = None,
        but: int | None = None,
        **more: Arg,
    ) -> int:
        """Tell those behind it. Returns how many."""
        named, told = office or self.office(), 0
        for those, whom in ((NEAR, "people"), (JOINED, "joined")):
            if which := [one for one in those if one in via]:
                to = behind(self.connection, self.issue.id, which, but)
                self._send(to, whom, sentence, named if whom == "people" else self._as_public(named), more)
                told += len(to)
        return told

    def _as_public(self, office: Titled | None) -> Titled | None:
        """The name of an office, where everybody may read it of this issue: it would tell the place."""
        place = visibility.shown_places(self.connection, [self.issue.place])[self.issue.place]
        public = office is None or visibility.named_there(self.connection, office, place)
        return office if public else issue_notices.IN_CHARGE

    def ask(self, kind: str, sentence: str, until: datetime, *, office: Titled | None = None, **more: Arg) -> None:
        """Ask who raised it, and take their answer until a time; `office`: who says so, if not the one in charge."""
        to = behind(self.connection, self.issue.id, (Via.REPORTER,))
        self._send(to, "asked", sentence, office or self.office(), more)
        subject = question_of(self.deps.vault, self.issue.id)
        questions.open_questions(self.connection, kind, subject, [one.id for one in to], self.now, until)

    def tell_officials(self, office: int | None, sentence: str, *, of: int | None = None, **more: Arg) -> int:
        """Tell the officials of an office; `of` is the office the sentence names, by default that one."""
        to = officials_of(self.connection, office)
        self._send(to, f"office {office}", sentence, self.office(of if of is not None else office), more)
        return len(to)

    def _send(
        self, to: Sequence[Recipient], whom: str, sentence: str, office: Titled | None, more: dict[str, Arg]
    ) -> None:
        if not to:
            return
        prompt = issue_notices.told(sentence, self.issue.code, office, **more)
        ending = (say(issue_notices.NO_NAME),) if sentence in issue_notices.RELAYS else ()
        if "words" in more:
            prompt = self.deps.notices.shortened(prompt, *ending)
        key = f"{about(self.issue.id)}:{self.entry}:{whom}"
        notice = Notice((prompt, *ending), Purpose.OWN, key, about(self.issue.id), hides=True)
        self.deps.notices.tell(self.connection, to, notice, self.now)
