"""The issues for programs: Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2) at /open311/v2, for reading only.

Owns the addresses and the parameters; how an answer is written out is open311_formats'. What may be told of an issue
is the board's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, request
from sqlalchemy import ColumnElement, Connection, Engine, Row, select
from sqlalchemy.exc import SQLAlchemyError

from bot.contacts.phone import as_dialled
from bot.db import reading, table
from bot.issues import visibility
from bot.issues.board import query as board_query
from bot.issues.board.figures import KNOWN, PUBLIC
from bot.issues.board.open311_formats import ALLOWED, preflight, refuse, respond, without_control
from bot.issues.board.query import PublicIssue
from bot.issues.board.words import ANOTHER, IssueWriter
from bot.issues.models import EntryKind, Issue, IssueEntry, IssueState, Public
from bot.issues.steps import CLOSED
from bot.issues.visibility import categories
from bot.language.saying.catalogue import load_catalogue
from bot.language.words.lexicon import Lexicon
from bot.vault import Vault, VaultError
from bot.web.languages import LANGUAGES, Words, asked_language, load_words
from flows import codes
from flows.prompts import FEW, N_, in_steps

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-30 00:00"  # when what these addresses offer last changed
SPAN = timedelta(days=90)
MOST = 1000  # requests of one answer
MOST_PAGE = 1_000_000
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WITHIN = N_("The office in charge is to solve it within {days} working days. It is raised by SMS or telephone.")
SAID_BY = N_("{office}: {words}")
GOES_ON = N_("It is the same problem as {code} and goes on under that number.")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_ID = re.compile(r"([0-9]{3})-?([0-9]{4})", re.ASCII)
_issue, _entry = table(Issue), table(IssueEntry)

log = structlog.get_logger(__name__)


class RefusedError(Exception):
    """What was asked for cannot be given: the HTTP status and why."""

    def __init__(self, status: int, description: str):
        super().__init__(description)
        self.status, self.description = status, description


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is said of this interface: where it is, whom to ask, whether its issues are invented."""

    url: str
    sms_from: str
    test: bool


@dataclass(frozen=True, slots=True)
class _Answers:
    """Answers requests out of the database, in both formats and every language."""

    engine: Engine
    lexicon: Lexicon
    timezone: ZoneInfo
    clock: Callable[[], datetime]
    words: Mapping[str, Words]
    terms: Mapping[str, Mapping[str, str]]

    def answer(self, kind: str, root: str, give: Callable[[Connection, IssueWriter], Any]) -> Response:
        """What `give` reads, in the language that is asked for; 503 while the database is away."""
        language = asked_language(request) or "en"
        try:
            with reading(self.engine) as connection:
                named = categories(connection)
                writer = IssueWriter(
                    self.words[language], self.terms[language], self.lexicon, named, self.timezone, self.clock()
                )
                return respond(kind, root, give(connection, writer))
        except RefusedError as refused:
            return refuse(kind, refused.status, refused.description)
        except (SQLAlchemyError, VaultError) as error:
            log.warning("open311_without_database", error=type(error).__name__)
            response = refuse(kind, 503, "The service cannot be reached right now. Please try again in a few minutes.")
            response.headers["Retry-After"] = "30"
            return response


def open311(
    engine: Engine,
    vault: Vault,
    lexicon: Lexicon,
    timezone: ZoneInfo,
    endpoint: Endpoint,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Blueprint:
    """The blueprint of /open311/v2."""
    api = Blueprint("open311", __name__, url_prefix="/open311/v2")
    terms = {language: load_catalogue(language) for language in LANGUAGES}
    answers = _Answers(engine, lexicon, timezone, clock, load_words(), terms)

    @api.get("/discovery.<any(xml,json):kind>")
    def discovery(kind: str) -> Response:
        return respond(kind, "discovery", _discovery(endpoint))

    @api.get("/services.<any(xml,json):kind>")
    def services(kind: str) -> Response:
        return answers.answer(kind, "services", lambda _, writer: _services(writer))

    @api.get("/services/<code>.<any(xml,json):kind>")
    def definition(code: str, kind: str) -> Response:
        def give(_connection: Connection, writer: IssueWriter) -> dict[str, Any]:
            if code not in writer.categories:
                raise RefusedError(404, "service_code was not found.")
            return {"service_code": code, "attributes": []}

        return answers.answer(kind, "service_definition", give)

    @api.get("/requests.<any(xml,json):kind>")
    def requests(kind: str) -> Response:
        def give(connection: Connection, writer: IssueWriter) -> list[dict[str, Any]]:
            wanted = _list("service_request_id")
            rows = _by_ids(connection, wanted) if wanted else _by_time(connection, writer)
            return _requests(connection, vault, writer, rows)

        return answers.answer(kind, "service_requests", give)

    @api.get("/requests/<id>.<any(xml,json):kind>")
    def one_request(id: str, kind: str) -> Response:
        def give(connection: Connection, writer: IssueWriter) -> list[dict[str, Any]]:
            found = _requests(connection, vault, writer, _by_ids(connection, [id]))
            if not found:
                raise RefusedError(404, "service_request_id was not found.")
            return found

        return answers.answer(kind, "service_requests", give)

    api.before_request(preflight)
    api.route("/", defaults={"rest": ""}, methods=METHODS)(_nothing)
    api.route("/<path:rest>", methods=METHODS)(_nothing)
    return api


def _nothing(rest: str) -> Response:
    kind = "json" if rest.endswith(".json") else "xml"
    if request.method in ("GET", "HEAD"):
        return refuse(kind, 404, "There is nothing under this address.")
    response = refuse(kind, 405, "This service can only be read. Problems are raised by SMS or telephone.")
    response.headers["Allow"] = ALLOWED
    return response


def _discovery(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "changeset": CHANGESET,
        "contact": f"{endpoint.url}/issues or by SMS or telephone: {as_dialled(endpoint.sms_from)}",
        "key_service": "No key is needed: this service can only be read.",
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{endpoint.url}/open311/v2",
                "changeset": CHANGESET,
                "type": "test" if endpoint.test else "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


def _services(writer: IssueWriter) -> list[dict[str, Any]]:
    return [
        {
            "service_code": id,
            "service_name": writer.category(id),
            "description": str(writer.words(WITHIN, days=row.days)),
            "metadata": False,
            "type": "realtime",
            "keywords": None,
            "group": None,
        }
        for id, row in writer.categories.items()
    ]


def _list(name: str) -> list[str]:
    """The values of a parameter that may be given several times over, with commas between them."""
    return [one for given in request.args.getlist(name) for one in (part.strip() for part in given.split(",")) if one]


def _by_ids(connection: Connection, ids: list[str]) -> list[Row[*tuple[Any, ...]]]:
    """These issues, in this order; one that was merged as long as the other one can be seen."""
    wanted = dict.fromkeys(found[1] + found[2] for found in map(_ID.fullmatch, ids[:MOST]) if found)
    if not wanted:
        return []
    seen = (_issue.c.office_at.is_not(None), ~_issue.c.hidden, _issue.c.state.in_((*KNOWN, IssueState.MERGED)))
    rows = {row.code: row for row in connection.execute(select(_issue).where(_issue.c.code.in_(wanted), *seen))}
    return [rows[code] for code in wanted if code in rows]


def _by_time(connection: Connection, writer: IssueWriter) -> list[Row[*tuple[Any, ...]]]:
    """What the parameters ask for, the newest first."""
    begins, ends = _span(writer.now)
    # Whole days: a finer question would find the hour that is not told.
    first, last = (_midnight(at, writer.zone) for at in (begins, ends))
    span = (_issue.c.created_at >= first, _issue.c.created_at < last + timedelta(days=1))
    conditions: list[ColumnElement[bool]] = [PUBLIC, *span]
    if wanted := _list("service_code"):
        if not writer.categories.keys() >= set(wanted):
            raise RefusedError(404, "service_code was not found.")
        conditions.append(_issue.c.category.in_(wanted))
    if statuses := set(_list("status")):
        if not statuses <= {"open", "closed"}:
            raise RefusedError(400, "status is open or closed.")
        states = [state for state in KNOWN if _status(state) in statuses]
        conditions.append(_issue.c.state.in_(states))
    size, page = _number("page_size", MOST, MOST), _number("page", 1, MOST_PAGE)
    newest = select(_issue).where(*conditions).order_by(_issue.c.created_at.desc(), _issue.c.id.desc())
    return list(connection.execute(newest.offset((page - 1) * size).limit(size)).all())


def _status(state: str) -> str:
    return "closed" if state in CLOSED else "open"


def _number(name: str, default: int, most: int) -> int:
    given = request.args.get(name, "")
    if not given:
        return default
    if not _NUMBER.fullmatch(given) or int(given) > most:
        raise RefusedError(400, f"{name} is a number from 1 to {most}.")
    return int(given)


def _span(now: datetime) -> tuple[datetime, datetime]:
    """From when to when was asked for: 90 days at most, the newest where nothing was said."""
    begins, ends = _time("start_date"), _time("end_date")
    try:
        if begins is None:
            ends = ends or now
            return ends - SPAN, ends
        ends = min(begins + SPAN, max(begins, now)) if ends is None else ends
    except OverflowError:
        raise RefusedError(400, "start_date and end_date are too far away.") from None
    if not timedelta(0) <= ends - begins <= SPAN:
        raise RefusedError(400, "end_date is at most 90 days after start_date.")
    return begins, ends


def _time(name: str) -> datetime | None:
    """A time with its zone; a plus that was not quoted arrives as a blank."""
    given = request.args.get(name, "").strip()
    if not given:
        return None
    try:
        at = datetime.fromisoformat(given.replace(" ", "+"))
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusedError(400, f"{name} is a time with its zone, like 2026-01-01T00:00:00Z.") from None


def _requests(
    connection: Connection, vault: Vault, writer: IssueWriter, rows: list[Row[*tuple[Any, ...]]]
) -> list[dict[str, Any]]:
    said = _notes(connection, vault, [row.id for row in rows])
    desks = visibility.offices(connection, [office for office, _ in said.values()])
    in_charge = {row.id: row.office_id for row in rows}
    told = []
    for item in board_query.told(connection, vault, rows):
        office, note = said.get(item.id, (None, None))
        if note is not None and office not in (None, in_charge[item.id]):  # what an office said stays its own
            author = board_query.named(desks.get(office or 0), item.place)
            name = writer.office(author) if author is not None else str(writer.words(ANOTHER))
            note = str(writer.words(SAID_BY, office=name, words=note))
        if item.state == IssueState.MERGED:
            other = board_query.find(connection, item.code)
            if other is None:
                continue
            note = str(writer.words(GOES_ON, code=codes.shown(other.code)))
        told.append(_request(writer, item, note))
    return told


def _request(writer: IssueWriter, item: PublicIssue, note: str | None) -> dict[str, Any]:
    def said(at: datetime | None) -> str | None:
        if at is None:
            return None
        # The day alone: an hour would tell who was seen to write.
        return _midnight(at, writer.zone).isoformat(timespec="seconds")

    status = _status(item.state)
    more = {
        "extended_attributes": {
            "state": item.state,
            "voices": in_steps(item.voices),
            "voices_fewer_than": FEW if item.voices < FEW else None,
        }
    }
    return {
        "service_request_id": item.code,
        "status": status,
        "status_notes": without_control(note),
        "service_name": writer.category(item.category),
        "service_code": item.category,
        "description": without_control(item.words),
        "agency_responsible": writer.office(item.office) if item.office is not None else None,
        "service_notice": None,
        "requested_datetime": said(item.created_at),
        "updated_datetime": said((item.closed_at if status == "closed" else None) or item.changed_at),
        # A term ends with the offices' day, whoever raised it when.
        "expected_datetime": item.solve_due_at.astimezone(writer.zone).isoformat(timespec="seconds")
        if item.solve_due_at is not None
        else None,
        "address": writer.place(item.place),
        "address_id": item.place or None,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
        **(more if request.args.get("extensions") == "true" else {}),
    }


def _midnight(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _notes(connection: Connection, vault: Vault, issues: list[int]) -> dict[int, tuple[int | None, str]]:
    """The newest words of an office and whose they are, for each issue where everybody may read them."""
    rows = connection.execute(
        select(_entry.c.issue_id, _entry.c.office_id, _entry.c.text, _entry.c.public_text)
        .where(_entry.c.issue_id.in_(issues), _entry.c.kind.in_((EntryKind.ANSWER, EntryKind.RESOLVED)))
        .where(_entry.c.public == Public.SHOWN, _entry.c.text.is_not(None))
        .order_by(_entry.c.id)
    )
    return {row.issue_id: (row.office_id, vault.open(row.public_text or row.text)) for row in rows}
