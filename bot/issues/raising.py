"""What the people behind an issue do: raise one, join one, add words, reply to an office, say whether it is solved.

Owns what an office may read at once and what waits for staff: words of sensitive categories, what was spoken, abuse.
Telephone numbers and the writer's own name are masked before anything is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.contacts.models import Contact
from bot.db import table
from bot.issues import history, limits, routing
from bot.issues.history import IssueRow, NewEntry
from bot.issues.limits import MOST_A_DAY, MOST_WORDS_A_DAY, Author, added_today, raised_today
from bot.issues.models import By, Category, EntryKind, Issue, IssueEntry, IssueState, PlaceCount, Public
from bot.issues.notifications import ASKED, RESOLVED, WHO_CAME, IssueDeps, News, call_off, close_questions, question_of
from bot.issues.people import PlacePerson, Via, Voice
from bot.issues.steps import LIVE
from bot.language.masking import Masked, mask
from bot.language.text.likeness import folded
from bot.language.words.abuse import is_abusive
from bot.messages.inbound import recordings
from bot.messages.models import OpenQuestion, Recording
from bot.upsert import insert_new
from bot.vault import Vault
from flows.issues import notices as issue_notices

_issue, _entry, _category, _contact = table(Issue), table(IssueEntry), table(Category), table(Contact)
_voice, _person, _counted, _question = table(Voice), table(PlacePerson), table(PlaceCount), table(OpenQuestion)


@dataclass(frozen=True, slots=True)
class ReportedIssue:
    """What is reported. `place`: an official code; `recording`: where the carrier keeps what was spoken.

    `group` and `members`: the working group that raises it, and who belongs to it.
    """

    code: str
    category: str
    place: str
    commodity: str = ""
    about_office: bool = False
    words: str = ""
    recording: str = ""
    group: int | None = None
    members: Sequence[int] = ()


def raise_(connection: Connection, deps: IssueDeps, report: ReportedIssue, by: Author) -> str:
    """A new issue. Outcomes: accepted, held (staff look at it before the office), staff (they look for an office),
    full (MOST_A_DAY)."""
    if raised_today(connection, by) >= MOST_A_DAY:
        return "full"
    category = connection.execute(select(_category).where(_category.c.id == report.category)).one()
    clean = _clean(connection, deps, report.words, by.contact)
    words = clean.text
    place = report.place[:6]
    above = report.about_office or category.above
    meant = routing.office_for(connection, report.category, place, above=above)
    office = routing.answering(connection, meant)
    abusive = is_abusive(words)
    held = abusive or bool(report.recording or clean.doubtful) or (category.sensitive and bool(words))
    members = [one for one in dict.fromkeys(report.members) if one != by.contact]
    shows = office is not None and not held
    terms = history.terms(connection, report.category, deps.zone, by.now) if shows else {}
    values: dict[str, Any] = {
        "code": report.code,
        "category": report.category,
        "commodity": report.commodity,
        "place": place,
        "district": place[:4],
        "province": place[:2],
        "about_office": report.about_office,
        "office_id": office,
        "meant_for_id": meant if meant != office else None,
        "state": IssueState.SENT,
        "voices": 1 + len(members),
        "voices_told": 1 + len(members),
        "by_group": report.group is not None,
        "hidden": abusive,
        "overdue": 0,
        "folded": deps.vault.seal(folded(words)),
        "office_at": history.hour(by.now) if shows else None,
        "created_at": history.hour(by.now),
        "changed_at": history.hour(by.now),
        **terms,
    }
    issue = int(connection.execute(insert(_issue).values(values).returning(_issue.c.id)).scalar_one())
    recording = _keep_recording(connection, deps, report.recording, by.now)
    history.add(
        connection,
        deps.vault,
        issue,
        NewEntry(EntryKind.REPORT, By.VOICE, by.now, words=words, recording=recording, office_may=not held),
    )
    voice = {"issue_id": issue, "group_id": report.group, "at": by.now}
    voices = [{**voice, "contact_id": by.contact, "via": Via.REPORTER}]
    voices += [{**voice, "contact_id": one, "via": Via.GROUP} for one in members]
    connection.execute(insert(_voice), voices)
    count_people(connection, place, [by.contact, *members])
    return "held" if held else "accepted" if office is not None else "staff"


def _shared(place: str, other: str) -> str:
    """The finest place around both."""
    return next((place[:length] for length in (6, 4) if len(place) >= length and place[:length] == other[:length]), "")


def join(connection: Connection, deps: IssueDeps, issue: int, by: Author, words: str = "") -> str:
    """One more voice, counted once. Outcomes: accepted, already, closed, gone (none that everybody may know of)."""
    row = history.load(connection, issue)
    if row is None or row.merged_into is not None or row.office_at is None or row.hidden:
        return "gone"
    if row.state not in LIVE:
        return "closed"
    voice = {"issue_id": issue, "contact_id": by.contact, "via": Via.JOINED, "group_id": None, "merged_from": None}
    voice["at"] = by.now
    counted = connection.execute(insert_new(connection, Voice).returning(_voice.c.contact_id), voice)
    if counted.one_or_none() is None:
        return "already"
    history.note(connection, issue, voices=row.voices + 1)
    lives = connection.execute(select(_contact.c.place).where(_contact.c.id == by.contact)).scalar_one() or ""
    # A place is named in public for those who told of it themselves: joining tells of none.
    count_people(connection, _shared(row.place, lives), [by.contact])
    if words:
        _added(connection, deps, row, EntryKind.MORE, by, words, "")
    return "accepted"


def more(connection: Connection, deps: IssueDeps, issue: int, by: Author, words: str, recording: str = "") -> str:
    """Words of somebody behind it; to an office that asked them something they are the reply.

    Outcomes: accepted, held (staff read them first), replied, closed, gone, full.
    """
    row = history.load(connection, issue)
    if row is None or via_of(connection, issue, by.contact) is None:
        return "gone"
    if row.state not in LIVE:
        return "closed"
    if added_today(connection, by) >= MOST_WORDS_A_DAY:
        return "full"
    waiting = (
        _question.c.contact_id == by.contact,
        _question.c.kind == ASKED,
        _question.c.subject == question_of(deps.vault, issue),
        _question.c.until > by.now,
    )
    replies = bool(connection.execute(update(_question).where(*waiting).values(until=by.now, answer="said")).rowcount)
    held = _added(connection, deps, row, EntryKind.REPLY if replies else EntryKind.MORE, by, words, recording)
    limits.note_words(connection, by)
    return "held" if held else "replied" if replies else "accepted"


def _added(
    connection: Connection, deps: IssueDeps, row: IssueRow, kind: EntryKind, by: Author, words: str, recording: str
) -> bool:
    """Keep words of somebody behind an issue. Returns whether staff read them before the office does."""
    before = _said_before(connection, deps, row.id)
    clean = _clean(connection, deps, words, by.contact, before)
    words = clean.text
    sensitive = connection.execute(select(_category.c.sensitive).where(_category.c.id == row.category)).scalar_one()
    held = bool(sensitive or recording or clean.doubtful or is_abusive(words) or row.office_at is None)
    entry = history.add(
        connection,
        deps.vault,
        row.id,
        NewEntry(
            kind,
            By.VOICE,
            by.now,
            words=words,
            recording=_keep_recording(connection, deps, recording, by.now),
            office_may=not held,
        ),
    )
    if not held and kind is EntryKind.REPLY:
        News(connection, deps, row, entry, by.now).tell_officials(row.office_id, issue_notices.REPLIED, words=words)
    return held


def judge(connection: Connection, deps: IssueDeps, issue: int, by: Author, *, solved: bool) -> str:
    """Who raised it says whether it is solved, once the office has said so. Outcomes: accepted, gone."""
    row = history.load(connection, issue)
    if row is None or via_of(connection, issue, by.contact) is not Via.REPORTER:
        return "gone"
    if row.confirm_until is None or by.now > row.confirm_until:
        return "gone"
    state = IssueState.CONFIRMED if solved else IssueState.REOPENED
    values: dict[str, Any] = {"closed_at": by.now, "next_at": None}
    if not solved:
        terms = history.terms(connection, row.category, deps.zone, by.now)
        values = {"closed_at": None, "reopened_at": by.now, "overdue": 0, **terms}
    if row.state != state and not history.step(connection, row, state, by.now, **values):
        return "gone"
    mine = (
        _question.c.kind == RESOLVED,
        _question.c.subject == question_of(deps.vault, issue),
        _question.c.contact_id == by.contact,
    )
    connection.execute(update(_question).where(*mine).values(answer="yes" if solved else "no"))
    if row.state == state:
        return "accepted"
    kind = EntryKind.CONFIRMED if solved else EntryKind.REOPENED
    entry = history.add(connection, deps.vault, issue, NewEntry(kind, By.VOICE, by.now))
    news = News(connection, deps, row, entry, by.now)
    news.tell(issue_notices.CONFIRMED if solved else issue_notices.REOPENED, WHO_CAME, but=by.contact)
    if not solved:
        news.tell_officials(row.office_id, issue_notices.NOT_SOLVED)
    return "accepted"


def withdraw(connection: Connection, deps: IssueDeps, issue: int, by: Author) -> str:
    """Somebody is behind an issue no more. One that nobody else is behind ends with it, and its office is told.

    Outcomes: accepted, goes_on (others are behind it), closed, gone.
    """
    row = history.load(connection, issue)
    if row is None or via_of(connection, issue, by.contact) is None:
        return "gone"
    if row.state not in LIVE:
        return "closed"
    others = (_voice.c.issue_id == issue, _voice.c.contact_id != by.contact)
    call_off(connection, deps.vault, issue, by.now, by.contact)
    close_questions(connection, deps.vault, (RESOLVED, ASKED), issue, by.now, by.contact)
    if connection.execute(select(_voice.c.contact_id).where(*others).limit(1)).one_or_none() is not None:
        # Nobody becomes the reporter in their place: as where a number changed hands.
        connection.execute(delete(_voice).where(_voice.c.issue_id == issue, _voice.c.contact_id == by.contact))
        history.note(connection, issue, voices=max(1, row.voices - 1))
        return "goes_on"
    values = {"closed_at": by.now, "next_at": None, "overdue": 0}
    if not history.step(connection, row, IssueState.WITHDRAWN, by.now, **values):
        return "closed"
    waits = (_entry.c.issue_id == issue, _entry.c.public == Public.WAITING)
    connection.execute(update(_entry).where(*waits).values(public=Public.HIDDEN))
    entry = history.add(connection, deps.vault, issue, NewEntry(EntryKind.WITHDRAWN, By.VOICE, by.now))
    if row.office_at is not None:
        News(connection, deps, row, entry, by.now).tell_officials(row.office_id, issue_notices.WITHDRAWN)
    return "accepted"


def release(connection: Connection, deps: IssueDeps, issue: int, now: datetime) -> bool:
    """Let the office in charge see an issue that staff have looked at: its terms begin. False: nobody is in charge yet,
    words of the report still wait, or the office sees it already."""
    row = history.load(connection, issue)
    if row is None or row.office_at is not None or row.office_id is None or row.state not in LIVE:
        return False
    waits = select(_entry.c.id).where(
        _entry.c.issue_id == issue, _entry.c.kind == EntryKind.REPORT, ~_entry.c.office_may
    )
    if connection.execute(waits.limit(1)).one_or_none() is not None:
        return False
    history.change(connection, issue, now, office_at=now, **history.terms(connection, row.category, deps.zone, now))
    entry = history.add(
        connection, deps.vault, issue, NewEntry(EntryKind.TRANSFERRED, By.STAFF, now, office=row.office_id)
    )
    News(connection, deps, row, entry, now).tell(issue_notices.TRANSFERRED)
    return True


def disown(connection: Connection, vault: Vault, contact: int, now: datetime) -> None:
    """The number changed hands: its owner is told nothing of these issues, and speaks for none.

    The issues stay. One that the former owner raised is judged by nobody from then on, as where nobody says anything:
    it closes unconfirmed. Who joined would else become the reporter by waiting.
    """
    raised = connection.execute(
        delete(_voice).where(_voice.c.contact_id == contact).returning(_voice.c.issue_id, _voice.c.via)
    ).all()
    for row in raised:
        call_off(connection, vault, row.issue_id, now, contact)
        close_questions(connection, vault, (RESOLVED, ASKED), row.issue_id, now, contact)
    connection.execute(delete(_person).where(_person.c.contact_id == contact))  # those it was counted in stay counted
    limits.forget(connection, contact)


def via_of(connection: Connection, issue: int, contact: int) -> Via | None:
    """How somebody came to an issue; None when they are not behind it."""
    found = select(_voice.c.via).where(_voice.c.issue_id == issue, _voice.c.contact_id == contact)
    via = connection.execute(found).scalar_one_or_none()
    return None if via is None else Via(via)


def count_people(connection: Connection, place: str, contacts: Sequence[int]) -> None:
    """Count these people at a district and a commune, each once in each."""
    for code in (place[:length] for length in (4, 6) if len(place) >= length):
        statement = insert_new(connection, PlacePerson).returning(_person.c.contact_id)
        rows = ({"place": code, "contact_id": one} for one in contacts)
        new = sum(connection.execute(statement, row).one_or_none() is not None for row in rows)
        if new:
            insert_ = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(_counted)
            more = insert_.on_conflict_do_update(
                index_elements=[_counted.c.place], set_={"people": _counted.c.people + insert_.excluded.people}
            )
            connection.execute(more.values(place=code, people=new, told=0))


def _clean(connection: Connection, deps: IssueDeps, words: str, contact: int, before: str = "") -> Masked:
    """Words as they are kept: on one line, without what leads to a person and without the writer's own name."""
    sealed = connection.execute(select(_contact.c.name).where(_contact.c.id == contact)).scalar_one_or_none()
    return mask(" ".join(words.split()), [deps.vault.open(sealed)] if sealed else [], after=before)


def _said_before(connection: Connection, deps: IssueDeps, issue: int) -> str:
    """The last words of anybody behind an issue: a number may be told in two messages."""
    said = (_entry.c.issue_id == issue, _entry.c.by == By.VOICE, _entry.c.text.is_not(None))
    sealed = connection.execute(select(_entry.c.text).where(*said).order_by(_entry.c.id.desc()).limit(1)).scalar()
    return deps.vault.open(sealed) if sealed else ""


def _keep_recording(connection: Connection, deps: IssueDeps, url: str, now: datetime) -> int | None:
    """The recording of what was spoken. It names nobody: who spoke stands with the voices alone."""
    if not url:
        return None
    recordings.add(connection, deps.vault, url, None, None, history.hour(now))
    known = select(table(Recording).c.id).where(table(Recording).c.source_hash == deps.vault.look_up(url))
    return int(connection.execute(known).scalar_one())
