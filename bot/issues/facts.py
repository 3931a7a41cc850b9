"""Issues as a conversation asks for them: what one person may know of each. Writes nothing.

Everything is looked up when it is asked for, and once: a price question costs no query here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, select

from bot.db import table
from bot.issues import handling, history, limits, raising, routing, visibility
from bot.issues.board import figures, similar
from bot.issues.history import IssueRow
from bot.issues.models import EntryKind, Issue, IssueEntry, IssueState, Official, Reached
from bot.issues.notifications import ASKED, OFFICIAL, RESOLVED, question_of
from bot.issues.office import pending
from bot.issues.people import Via, Voice
from bot.issues.steps import LIVE, OPEN
from bot.language.words.places import Places
from bot.messages.models import OpenQuestion
from bot.once import Once
from bot.vault import Vault
from flows import codes
from flows.issues import known
from flows.issues.notices import ANOTHER, IN_CHARGE
from flows.prompts import Titled
from flows.questions import Question

WRONG_A_DAY = 10  # codes
GUESTS_A_DAY = 30  # codes that all without a number may name together
MOST_MINE, MOST_ON_DESK, MOST_QUESTIONS, MOST_TARGETS = 9, 9, 9, 20
CODES = 10**codes.SIX
TRIES = 50  # to find a free code; with half of them taken all fail once in 10¹⁵
SAID = (EntryKind.ANSWER, EntryKind.RESOLVED, EntryKind.QUESTION)  # what an office says in words
_issue, _entry, _voice, _official = table(Issue), table(IssueEntry), table(Voice), table(Official)
_question = table(OpenQuestion)
# The most urgent first: what has not been taken up, what is over its term, then by age.
_URGENT = (case((_issue.c.state.in_((IssueState.SENT, IssueState.REOPENED)), 0), else_=1), _issue.c.id)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks about problems; None: nobody known.

    `asked`: whether any question to them is open; where it is known that none is, none is looked for. `anybody`: it is
    not sure that it is them; what they are behind is not looked at.
    """

    contact: int | None
    asked: bool = True
    anybody: bool = False


class IssueFacts:
    """What a flow may ask about problems, within one turn and its transaction.

    `dice` gives a number below the one it is given.
    """

    def __init__(
        self,
        connection: Connection,
        vault: Vault,
        places: Places,
        asker: Asker,
        now: datetime,
        zone: ZoneInfo,
        dice: Callable[[int], int] = secrets.randbelow,
    ):
        self._connection = connection
        self._dice = dice
        self._vault = vault
        self._places = places
        self._contact = asker.contact
        self._now = now
        self._zone = zone
        self._asked = asker.asked and not asker.anybody
        self._anybody = asker.anybody
        self._once = Once()

    def as_anybody(self) -> IssueFacts:
        asker = Asker(self._contact, anybody=True)
        return IssueFacts(self._connection, self._vault, self._places, asker, self._now, self._zone, self._dice)

    def categories(self) -> tuple[known.Category, ...]:
        offered = (row for row in self._once("rows", self._rows).values() if row.rank)
        return tuple(known.Category(row.id, visibility.label(row), goods=row.goods, above=row.above) for row in offered)

    def fresh_code(self) -> str:
        for _ in range(TRIES):
            code = codes.made(self._dice(CODES))
            if self._connection.execute(select(_issue.c.id).where(_issue.c.code == code)).one_or_none() is None:
                return code
        raise RuntimeError("no code is free")

    def may_raise(self) -> bool:
        return self._contact is not None and limits.raised_today(self._connection, self._by()) < limits.MOST_A_DAY

    def tries_left(self) -> int:
        if self._contact is None:
            today = midnight(self._now, self._zone)
            return limits.guests_tries_left(self._connection, today, GUESTS_A_DAY)
        return limits.tries_left(self._connection, self._by(), WRONG_A_DAY)

    def office_for(self, category: str, place: str, about_office: bool) -> Titled | None:
        row = self._once("rows", self._rows).get(category)
        above = about_office or bool(row is not None and row.above)
        meant = routing.office_for(self._connection, category, place, above=above)
        office = routing.answering(self._connection, meant)
        return None if office is None else visibility.offices(self._connection, [office])[office].name

    def places_in(self, place: str) -> tuple[str, ...]:
        return self._places.within(place)

    def similar(self, category: str, place: str, words: str) -> tuple[known.Issue, ...]:
        if self._contact is None or self._anybody or not limits.seeks_left(self._connection, self._by()):
            return ()
        mine = [issue.id for issue in self.mine()]
        rows = similar.similar(self._connection, self._vault, category, place, words, self._now, mine)
        return tuple(self._as_known(row) for row in rows)

    def with_code(self, code: str) -> known.Issue | None:
        return self._once(f"code {code}", lambda: self._with_code(code))

    def mine(self) -> tuple[known.Issue, ...]:
        return self._once("mine", self._mine)

    def desk(self) -> tuple[known.Office, ...]:
        return self._once("desk", self._desk)

    def on_desk(self) -> tuple[known.Issue, ...]:
        return self._once("on desk", self._on_desk)

    def passed_to(self, office: int) -> Titled | None:
        to = routing.answering(self._connection, office)
        desk = visibility.offices(self._connection, [to]).get(to or 0)
        return None if desk is None else desk.name

    def targets(self, office: int, place: str) -> tuple[known.Office, ...]:
        rows = routing.transfer_targets(self._connection, office, place, MOST_TARGETS)
        return tuple(known.Office(row.id, Titled(row.name_km, row.name_en)) for row in rows)

    def pending(self) -> tuple[known.Pending, ...]:
        desks = {office.official: office for office in self.desk()}
        acts = pending.of_officials(self._connection, self._vault, list(desks), self._now) if desks else []
        return tuple(known.Pending(one.id, one.code, desks[one.official], one.action, one.waits) for one in acts)

    def as_told(self, words: str) -> str:
        return handling.as_told(words)

    def questions(self) -> tuple[Question, ...]:
        return self._once("questions", self._questions) if self._asked and self._contact is not None else ()

    def _rows(self) -> dict[str, IssueRow]:
        return dict(visibility.categories(self._connection))

    def _by(self) -> limits.Author:
        assert self._contact is not None
        return limits.Author(self._contact, self._now, midnight(self._now, self._zone))

    def _with_code(self, code: str) -> known.Issue | None:
        row = history.with_code(self._connection, code)
        if row is None or not (figures.is_public(row) or self._is_theirs(row)):
            return None
        return self._as_known(row, other=code if row.code != code else "")

    def _is_theirs(self, row: IssueRow) -> bool:
        """Whether they are behind an issue, or of the office that has it: else one that is held does not exist."""
        if self._contact is None or self._anybody:
            return False
        if raising.via_of(self._connection, row.id, self._contact) is not None:
            return True
        return any(one.id == row.office_id and row.office_at is not None for one in self.desk())

    def _mine(self) -> tuple[known.Issue, ...]:
        if self._contact is None or self._anybody:
            return ()
        rows = self._connection.execute(
            select(_issue)
            .join(_voice, _voice.c.issue_id == _issue.c.id)
            .where(_voice.c.contact_id == self._contact, _issue.c.state.in_(LIVE))
            .order_by(_issue.c.id.desc())
            .limit(MOST_MINE)
        ).all()
        return tuple(self._as_known(row) for row in rows)

    def _desk(self) -> tuple[known.Office, ...]:
        if self._anybody:
            return ()
        rows = self._connection.execute(
            select(_official.c.id, _official.c.office_id).where(
                _official.c.contact_id == self._contact,
                _official.c.phone == Reached.CONFIRMED,
                _official.c.removed_at.is_(None),
            )
        ).all()
        named = visibility.offices(self._connection, [row.office_id for row in rows])
        return tuple(known.Office(row.office_id, named[row.office_id].name, row.id) for row in rows)

    def _on_desk(self) -> tuple[known.Issue, ...]:
        if not (desks := [office.id for office in self.desk()]):
            return ()
        rows = self._connection.execute(
            select(_issue)
            .where(_issue.c.office_id.in_(desks), _issue.c.state.in_(OPEN), _issue.c.office_at.is_not(None))
            .order_by(*_URGENT)
            .limit(MOST_ON_DESK)
        ).all()
        return tuple(self._as_known(row) for row in rows)

    def _as_known(self, row: IssueRow, other: str = "") -> known.Issue:
        """An issue as this person may know it: the fuller, the nearer they are to it."""
        connection = self._connection
        via = None if self._contact is None or self._anybody else raising.via_of(connection, row.id, self._contact)
        desk = next((one for one in self.desk() if one.id == row.office_id and row.office_at is not None), None)
        near = via in (Via.REPORTER, Via.GROUP) or desk is not None  # who only joined reads what everybody reads
        shown = row.place if near else visibility.shown_places(connection, [row.place])[row.place]
        office = visibility.offices(connection, [row.office_id]).get(row.office_id)
        named = office is not None and (near or visibility.may_be_named(office.place, shown))
        lines = visibility.history(connection, self._vault, row.id, public=not near)
        said = next((line for line in reversed(lines) if line.kind in SAID), None)
        worded = next((line for line in reversed(lines) if line.kind in SAID and line.words), None)
        author = self._author((worded or said), row.office_id, shown, near=near)
        return known.Issue(
            id=row.id,
            code=row.code,
            label=visibility.label(self._once("rows", self._rows)[row.category]),
            place=shown,
            state=row.state,
            since=row.created_at.astimezone(self._zone).date(),
            voices=row.voices_told,
            office=None if office is None else office.name if named else IN_CHARGE,
            mine=str(via or ""),
            desk=desk,
            words=worded.words if worded else "",
            said_by=author,
            added=_added(lines) if desk and row.state == IssueState.REOPENED else "",
            report=next((line.words for line in lines if line.kind == EntryKind.REPORT), "") if desk else "",
            held=row.office_at is None and row.state == IssueState.SENT,
            asked=via is not None and self._is_asked(row.id),
            other=other,
        )

    def _author(
        self, said: visibility.HistoryRow | None, office: int | None, shown: str, *, near: bool
    ) -> Titled | None:
        """Who said it, where it is not the office in charge: what an office said stays its own."""
        if said is None or said.office is None or said.office == office:
            return None
        desk = visibility.offices(self._connection, [said.office])[said.office]
        return desk.name if near or visibility.may_be_named(desk.place, shown) else ANOTHER

    def _is_asked(self, issue: int) -> bool:
        subject = question_of(self._vault, issue)
        return any(row.kind == ASKED and row.subject == subject for row in self._open_questions())

    def _open_questions(self) -> Sequence[Any]:
        return self._once("open questions", self._look_for_questions)

    def _look_for_questions(self) -> Sequence[Any]:
        if not self._asked or self._contact is None:
            return ()
        return self._connection.execute(
            select(_question.c.kind, _question.c.subject, _question.c.answer, _question.c.asked_at)
            .where(
                _question.c.contact_id == self._contact,
                _question.c.kind.in_((RESOLVED, ASKED, OFFICIAL)),
                _question.c.until > self._now,
            )
            .order_by(_question.c.answer != "", _question.c.asked_at.desc(), _question.c.id.desc())
            .limit(MOST_QUESTIONS)
        ).all()

    def _asked_about(self, subjects: set[int]) -> dict[int, known.Issue]:
        """The issues of these questions, by their subjects: only who raised one is asked."""
        if not subjects:
            return {}
        raised = (_voice.c.contact_id == self._contact, _voice.c.via == Via.REPORTER)
        ids = self._connection.execute(select(_voice.c.issue_id).where(*raised)).scalars()
        asked_about = {id: subject for id in ids if (subject := question_of(self._vault, id)) in subjects}
        rows = self._connection.execute(select(_issue).where(_issue.c.id.in_(asked_about))).all() if asked_about else ()
        return {asked_about[row.id]: self._as_known(row) for row in rows}

    def _questions(self) -> tuple[Question, ...]:
        rows = self._open_questions()
        issues = self._asked_about({row.subject for row in rows if row.kind != OFFICIAL})
        asking = [row.subject for row in rows if row.kind == OFFICIAL]
        officials = select(_official.c.id, _official.c.office_id).where(_official.c.id.in_(asking))
        offices = {row.id: row.office_id for row in self._connection.execute(officials)} if asking else {}
        named = visibility.offices(self._connection, offices.values())
        told = []
        for row in rows:
            more: dict[str, Any] = {"answer": row.answer, "asked": row.asked_at}
            if row.kind == OFFICIAL and row.subject in offices:
                office = named[offices[row.subject]]
                told.append(Question(row.kind, office=known.Office(office.id, office.name, row.subject), **more))
            elif row.subject in issues:
                told.append(Question(row.kind, issue=issues[row.subject], **more))
        return tuple(told)


def _added(lines: Sequence[visibility.HistoryRow]) -> str:
    """What people have added since they said that it is not solved: the newest words."""
    since = max((n for n, line in enumerate(lines) if line.kind == EntryKind.REOPENED), default=len(lines))
    words = [line.words for line in lines[since:] if line.kind in (EntryKind.MORE, EntryKind.REPLY) and line.words]
    return words[-1] if words else ""


def midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """When the local day began."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
