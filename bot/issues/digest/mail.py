"""The digest of an office as an e-mail: its list of issues with small charts, once as HTML and once as plain text.

Owns what the mail shows. The charts are cells of tables, since mail programs show neither script nor SVG nor what
would have to be loaded. The open side: nobody behind an issue is known here, and words are those an office may read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import Connection, Row

from bot.issues import visibility
from bot.issues.board.words import STATES, IssueWriter
from bot.issues.digest import figures as digest_figures
from bot.issues.digest.figures import RANKS, DigestFigures
from bot.issues.models import IssueState
from bot.issues.office.words import LEFT, OVER
from bot.issues.visibility import OfficeName
from bot.language.saying.catalogue import load_catalogue
from bot.language.words.lexicon import Lexicon
from bot.vault import Vault
from bot.web.languages import LANGUAGES, Words, load_words
from flows import codes
from flows.prompts import N_, cut

MOST_ISSUES, MOST_BELOW, MOST_CATEGORIES = 15, 10, 8  # lines of a mail; the page behind its link has the rest
MOST_LETTERS = 120  # of the words of an issue
LONGEST_BAR = 20  # letters of plain text
TEMPLATES = Path(__file__).parent.parent / "templates"

NOTHING_NEW = N_("Problems of {office}, {day}: nothing new")
SUBJECT = N_("Problems of {office}, {day}: {new} new, {overdue} over the term")
# What each count is called, and the class of its colour.
COUNTS = {
    "new": (N_("new"), "plain"),
    "unread": (N_("not read for 2 days"), "waits"),
    "overdue": (N_("over the term"), "late"),
    "reopened": (N_("not solved, says who raised it"), "late"),
    "below": (N_("over the term at offices below"), "late"),
    "confirmed": (N_("solved, says who raised it"), "done"),
}
COLOURS = {"plain": "#9b2f57", "waits": "#7d5f0f", "late": "#a3402a", "done": "#2f6b3a", "": "#55605f"}


@dataclass(frozen=True, slots=True)
class Content:
    """What a digest holds for everybody of an office; links and language come with who gets it."""

    desk: OfficeName
    figures: DigestFigures
    issues: Sequence[Row[*tuple[Any, ...]]]
    words: Mapping[int, str]
    below: Sequence[Row[*tuple[Any, ...]]]
    desks: Mapping[int, OfficeName]
    by_category: Mapping[str, int]
    categories: Mapping[str, Row[*tuple[Any, ...]]]
    at: datetime


def gather(
    connection: Connection, vault: Vault, office: int, figures: DigestFigures, since: datetime | None, now: datetime
) -> Content:
    """Look up what stands in a mail besides the counts."""
    issues = digest_figures.urgent(connection, office, since, now, MOST_ISSUES)
    below = digest_figures.undone_below(connection, office, MOST_BELOW) if figures.below else []
    desks = visibility.offices(connection, [office, *(row.office_id for row in below)])
    return Content(
        desks[office],
        figures,
        issues,
        visibility.first_words(connection, vault, [row.id for row in issues], public=False) if issues else {},
        below,
        desks,
        digest_figures.by_category(connection, office),
        visibility.categories(connection),
        now,
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a chart: what it is, how many, in which colour, and how long it is in per cent."""

    label: str
    count: int
    colour: str
    share: int

    @property
    def letters(self) -> str:
        """The bar in plain text."""
        return "█" * max(1, self.share * LONGEST_BAR // 100)


@dataclass(frozen=True, slots=True)
class DigestRow:
    """An issue in the list. `how` it stands, with the class of its colour."""

    code: str
    link: str
    how: str
    colour: str
    what: str
    place: str
    since: str
    term: str  # how many days are left, or it is over
    people: str
    words: str
    tongue: str  # the language of the words, where it is not the mail's


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is queued."""

    subject: str
    text: str
    html: str


class DigestMail:
    """Writes the mails. Built once; `lexicon` gives what knows the names of places now."""

    def __init__(self, lexicon: Callable[[], Lexicon], zone: ZoneInfo):
        self._lexicon = lexicon
        self._zone = zone
        self._words = load_words()
        self._terms = {language: load_catalogue(language) for language in LANGUAGES}
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def write(self, content: Content, language: str, link: str) -> Letter:
        """The mail in km or en for who is led by this link."""
        words = self._words[language]
        writer = IssueWriter(words, self._terms[language], self._lexicon(), content.categories, self._zone, content.at)
        figures, office = content.figures, writer.office(content.desk)
        counts = _counted(figures)
        given = {
            "writer": writer,
            "language": language,
            "office": office,
            "day": writer.day(content.at),
            "counts": _bars((_plain(words, COUNTS[name][0]), count, COUNTS[name][1]) for name, count in counts.items()),
            "categories": _bars(_categories(writer, content.by_category)),
            "provinces": _bars(
                (writer.bare_place(code), sums.overdue + sums.new, "plain") for code, sums in figures.provinces.items()
            ),
            "sums": list(figures.provinces.values()),
            "lines": [_line(row, content, writer, link) for row in content.issues],
            "more": max(0, figures.open - len(content.issues)),
            "below": [_below(row, content, writer, link) for row in content.below],
            "more_below": max(0, figures.below - len(content.below)),
            "joined": codes.shown(figures.joined) if figures.joined else "",
            "joined_people": writer.people(figures.voices),
            "link": link,
            "colours": COLOURS,
        }
        said = SUBJECT if figures.tells else NOTHING_NEW
        subject = _plain(words, said, office=office, day=given["day"], new=counts.get("new", 0), overdue=_late(figures))
        return Letter(
            subject,
            self._templates.get_template("issues/digest.txt").render(_=_plain_words(words), **given),
            self._templates.get_template("issues/digest.html").render(_=words, **given),
        )


def _plain(words: Words, sentence: str, **values: object) -> str:
    """A sentence where nothing is escaped."""
    return words.catalogue.get(sentence, sentence).format(**values)


def _plain_words(words: Words) -> Callable[..., str]:
    return lambda sentence, **values: _plain(words, sentence, **values)


def _late(figures: DigestFigures) -> int:
    return figures.own.overdue + figures.below


def _counted(figures: DigestFigures) -> dict[str, int]:
    own = figures.own
    counts = {"new": own.new, "unread": own.unread, "overdue": own.overdue, "reopened": own.reopened}
    counts |= {"below": figures.below, "confirmed": own.confirmed}
    return {name: count for name, count in counts.items() if count}


def _bars(counted: Iterable[tuple[str, int, str]]) -> list[Bar]:
    """A chart, in which the largest count fills the width and what is there at all can be seen."""
    rows = list(counted)
    most = max((count for _, count, _ in rows), default=0)
    return [Bar(label, count, colour, max(2, 100 * count // most) if count else 0) for label, count, colour in rows]


def _categories(writer: IssueWriter, by_category: Mapping[str, int]) -> Iterable[tuple[str, int, str]]:
    rows = list(by_category.items())
    for id, count in rows[:MOST_CATEGORIES]:
        yield writer.category(id), count, "plain"
    if rest := sum(count for _, count in rows[MOST_CATEGORIES:]):
        yield _plain(writer.words, N_("other kinds")), rest, "plain"


def _line(row: Row[*tuple[Any, ...]], content: Content, writer: IssueWriter, link: str) -> DigestRow:
    rank = RANKS[row.rank]
    how, colour = COUNTS[rank] if rank else (STATES[IssueState(row.state)][2], "")
    words = cut(" ".join(content.words.get(row.id, "").split()), MOST_LETTERS)
    return DigestRow(
        codes.shown(row.code),
        f"{link}/{row.code}",
        _plain(writer.words, how),
        colour,
        writer.category(row.category),
        writer.place(row.place),
        writer.when(row.office_at),
        _term(row, writer),
        writer.people(row.voices_told),
        words,
        writer.tongue(words),
    )


def _term(row: Row[*tuple[Any, ...]], writer: IssueWriter) -> str:
    """In days as the office's page counts them, to the next thing the office has to do."""
    term = row.ack_due_at if row.state in (IssueState.SENT, IssueState.REOPENED) else row.solve_due_at
    if term is None:
        return ""
    days = (term.astimezone(writer.zone).date() - writer.now.astimezone(writer.zone).date()).days
    said, number = (OVER, -days) if term <= writer.now else (LEFT, days)
    return _plain(writer.words, said[min(number, 2)], days=number)


def _below(row: Row[*tuple[Any, ...]], content: Content, writer: IssueWriter, link: str) -> tuple[str, str, str]:
    """A code, its link and the office that left it undone."""
    return codes.shown(row.code), f"{link}/{row.code}", writer.office(content.desks.get(row.office_id))
