"""The public pages of issues: `/issues` and `/issues/<code>`, without script and without sign-in.

Owns their addresses and what each page holds. What may be told is the board's; a database that is away gives a polite
page, an unknown code, filter or office likewise; nothing here may answer 500.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from bot.contacts.phone import as_dialled
from bot.db import reading
from bot.issues.board import pictures
from bot.issues.board import query as board_query
from bot.issues.board.figures import CATEGORY, PROVINCE
from bot.issues.board.query import Sieve
from bot.issues.board.words import STATES, IssueWriter
from bot.issues.steps import LIVE, OPEN
from bot.issues.visibility import categories, shown_places
from bot.language.saying.catalogue import load_catalogue
from bot.language.words.lexicon import Lexicon
from bot.vault import Vault, VaultError
from bot.web.languages import IN_THIS_LANGUAGE, LANGUAGES, Words, asked_language, choose_language, load_words
from bot.web.layout import NOT_FOUND, notice, page
from flows import codes
from flows.prompts import FEW, N_

TELL, JOIN = N_("PROBLEM"), N_("ME TOO {code}")  # what to send by SMS
GROUPS = {"waiting": N_("waiting"), "answered": N_("answered"), "solved": N_("solved")}
NO_SUCH_FILTER = N_("There is no list of problems like this. Choose one from the board.")
NO_SUCH_CODE = N_("No problem with this number is shown here. Perhaps the staff of Phsar still look at it.")
AWAY = N_("The problems cannot be shown right now")
TRY_AGAIN = N_("Please try again in a few minutes.")
_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BoardPageDeps:
    """What the pages need. `sms_from`: the line's number in E.164, or a short code."""

    engine: Engine
    vault: Vault
    lexicon: Lexicon
    zone: ZoneInfo
    sms_from: str
    words: Mapping[str, Words]
    terms: Mapping[str, Mapping[str, str]]
    clock: Callable[[], datetime]


def issue_pages(
    engine: Engine,
    vault: Vault,
    lexicon: Lexicon,
    timezone: ZoneInfo,
    sms_from: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Blueprint:
    """The blueprint of the public pages of issues."""
    pages = Blueprint("issues", __name__, template_folder="../templates")
    terms = {language: load_catalogue(language) for language in LANGUAGES}
    deps = BoardPageDeps(engine, vault, lexicon, timezone, sms_from, load_words(), terms, clock)

    @pages.get("/issues")
    def show_board() -> Response:
        return _answered(deps, lambda connection, writer: _board(connection, writer, deps))

    @pages.get("/issues/<code>")
    def show_issue(code: str) -> Response:
        bare = codes.in_address(code)
        if bare is None:
            return notice(deps.words[choose_language(request)], 404, NOT_FOUND, NO_SUCH_CODE)
        if bare != code:
            found = redirect(_address("issues.show_issue", code=bare, lang=asked_language(request)), 301)
            assert isinstance(found, Response)
            return found
        return _answered(deps, lambda connection, writer: _issue(connection, writer, deps, code))

    return pages


def _answered(deps: BoardPageDeps, answer: Callable[[Connection, IssueWriter], Response]) -> Response:
    words = deps.words[choose_language(request)]
    try:
        with reading(deps.engine) as connection:
            named = categories(connection)
            terms = deps.terms[words.language]
            return answer(connection, IssueWriter(words, terms, deps.lexicon, named, deps.zone, deps.clock()))
    except (SQLAlchemyError, VaultError) as error:
        log.warning("issue_page_without_database", error=type(error).__name__)
        return notice(words, 503, AWAY, TRY_AGAIN)


def _address(endpoint: str, code: str = "", **chosen: str) -> str:
    wanted = {name: value for name, value in chosen.items() if value}
    path = url_for(endpoint, code=code) if code else url_for(endpoint)
    return f"{path}?{urlencode(wanted)}" if wanted else path


def _link(**chosen: str) -> str:
    """The address of a board; a language that the reader's address names is kept."""
    return _address("issues.show_board", **{"lang": asked_language(request), **chosen})


def _sieve(connection: Connection, writer: IssueWriter) -> Sieve | None:
    """What the reader wants to see; None where there is no such thing, or where it would tell too much."""
    category, place = request.args.get("category", ""), request.args.get("place", "")
    group, office = request.args.get("state", ""), request.args.get("office", "")
    if (category and category not in writer.categories) or (group and group not in board_query.GROUPS):
        return None
    if place and not (writer.lexicon.places.known(place) and board_query.may_be_shown(connection, place)):
        return None
    desk = board_query.office_to_name(connection, int(office)) if _ID.fullmatch(office) else None
    return Sieve(category, place, desk, group) if desk is not None or not office else None


def _number(name: str) -> int | None:
    """A whole number from the address: 0 where none is given, None where it is none."""
    given = request.args.get(name, "")
    return (int(given) if _ID.fullmatch(given) else None) if given else 0


def _board(connection: Connection, writer: IssueWriter, deps: BoardPageDeps) -> Response:
    sieve, before, offices = _sieve(connection, writer), _number("before"), _number("offices")
    if sieve is None or before is None or offices is None or offices > 1000:
        return notice(writer.words, 404, NOT_FOUND, NO_SUCH_FILTER)
    provinces = deps.lexicon.provinces()
    rows, older = board_query.read_page(connection, sieve, before or None, provinces, writer.categories)
    whole = sieve == Sieve() and not before
    figures = board_query.read_figures(connection) if whole else board_query.Figures(None, {})
    desks, more = board_query.read_offices(connection, offices or 1) if whole else ((), False)
    within = _finer(sieve.place, deps.lexicon)
    shown = shown_places(connection, within) if within else {}
    chosen = {
        "category": sieve.category,
        "place": sieve.place,
        "state": sieve.group,
        "office": str(sieve.office.id) if sieve.office else "",
    }
    html = render_template(
        "issues/board.html",
        **_frame(writer, deps, {**chosen, "before": str(before or "")}, "issues.show_board"),
        **(_charts(writer, figures) if figures.total is not None else {}),
        items=board_query.told(connection, deps.vault, rows),
        older=_link(**chosen, before=str(older)) if older else "",
        first=not before,
        whole=whole,
        chosen=chosen,
        sieve=sieve,
        groups=GROUPS,
        total=figures.total,
        desks=desks,
        offices=offices or 1,
        more_offices=more,
        provinces=provinces,
        finer=[code for code in within if shown[code] == code],
        tell=TELL,
        sms_link=_sms(deps, writer.words(TELL)),
    )
    return page(html, writer.words)


def _finer(place: str, lexicon: Lexicon) -> list[str]:
    """The places of the choice below a province or district, with those beside it and around it."""
    if not place:
        return []
    districts = lexicon.places.within(place[:2])
    communes = lexicon.places.within(place[:4]) if len(place) >= 4 else ()
    return [code for district in districts for code in (district, *(c for c in communes if c.startswith(district)))]


def _frame(
    writer: IssueWriter, deps: BoardPageDeps, args: Mapping[str, str], endpoint: str, code: str = ""
) -> dict[str, object]:
    """What every page of issues is given."""
    return {
        "_": writer.words,
        "words": deps.words,
        "in_this_language": IN_THIS_LANGUAGE,
        "in_language": {language: _address(endpoint, code, **{**args, "lang": language}) for language in LANGUAGES},
        "link": _link,
        "issue_link": lambda code: _address("issues.show_issue", code, lang=asked_language(request)),
        "link_language": asked_language(request),
        "writer": writer,
        "number": as_dialled(deps.sms_from).replace(" ", "\N{NO-BREAK SPACE}"),
        "shown_code": codes.shown,
    }


def _sms(deps: BoardPageDeps, text: str) -> str:
    return f"sms:{deps.sms_from}?body={quote(text)}"


def _charts(writer: IssueWriter, figures: board_query.Figures) -> dict[str, object]:
    """The pictures of the board, and the numbers behind them."""
    by_category, by_province = figures.by.get(CATEGORY, {}), figures.by.get(PROVINCE, {})
    most = max((_drawn(row.raised) for row in by_category.values()), default=0)

    def spoken(name: str, raised: int, answered: int, solved: int) -> str:
        sentence = N_("{name}: {raised} raised, {answered} answered, {solved} solved")
        counts = {"raised": raised, "answered": answered, "solved": solved}
        return str(writer.words(sentence, name=name, **{one: writer.number(count) for one, count in counts.items()}))

    def of_province(code: str) -> str:
        row = by_province.get(code)
        counts = (row.raised, row.answered, row.solved) if row is not None else (0, 0, 0)
        return spoken(writer.bare_place(code), *counts)

    return {
        "by_category": [
            (
                row,
                pictures.bars(
                    [(name, _drawn(count)) for name, count in _three(row)],
                    most,
                    spoken(writer.category(id), row.raised, row.answered, row.solved),
                ),
            )
            for id, row in by_category.items()
        ],
        "by_province": [row for code, row in by_province.items() if code],
        "tiles": pictures.tiles(
            {code: _drawn(row.raised) for code, row in by_province.items() if code},
            writer.number,
            writer.short_place,
            lambda code: _link(place=code),
            of_province,
            str(writer.words(N_("Problems raised, by province"))),
        ),
    }


def _three(row: Row[*tuple[Any, ...]]) -> Sequence[tuple[str, int]]:
    return (("told", row.raised), ("answered", row.answered), ("solved", row.solved))


def _drawn(count: int) -> int:
    """How long a bar is: a small count is not to be measured in the picture either."""
    return FEW - 1 if 0 < count < FEW else count


def _issue(connection: Connection, writer: IssueWriter, deps: BoardPageDeps, code: str) -> Response:
    row = board_query.find(connection, code)
    if row is None:
        return notice(writer.words, 404, NOT_FOUND, NO_SUCH_CODE)
    item = board_query.told(connection, deps.vault, [row])[0]
    lines = board_query.read_history(connection, deps.vault, item, row.office_id)
    join = writer.words(JOIN, code=codes.shown(item.code))
    html = render_template(
        "issues/issue.html",
        **_frame(writer, deps, {}, "issues.show_issue", code),
        item=item,
        moved=code if item.code != code else "",
        events=[writer.event(line, desk) for line, desk in lines],
        live=item.state in LIVE,
        due=item.solve_due_at if item.state in OPEN else None,
        join=join,
        sms_link=_sms(deps, join),
        states=STATES,
    )
    return page(html, writer.words)
