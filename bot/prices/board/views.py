"""The public page of prices: `/`, by market and by commodity, without script and without sign-in.

Owns how a price is written and drawn there; which price stands is the board's. A database that is away gives
a polite page, an unknown market or commodity likewise; nothing here may answer 500.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.contacts.phone import as_dialled
from bot.db import reading
from bot.language.saying.catalogue import load_catalogue
from bot.language.saying.wording import WORDS, Names, day_and_month, digits
from bot.prices.board import query as price_board
from bot.prices.board.query import Board, Good, Place, PriceRow
from bot.prices.units import from_minor
from bot.web.languages import IN_THIS_LANGUAGE, LANGUAGES, Words, asked_language, choose_language, load_words
from bot.web.layout import NOT_FOUND, notice, page
from flows.prompts import N_, Money

AMOUNTS = {"khr": N_("{amount}៛"), "usd": N_("${amount}"), "thb": N_("{amount} baht"), "vnd": N_("{amount} dong")}
WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
TRENDS = {"up": ("▲", N_("rising")), "down": ("▼", N_("falling")), "same": ("●", N_("unchanged"))}
EXAMPLE = N_("pig price kampong cham")
WIDTH, HEIGHT = 60, 18  # of a two-week line, px
MOST_IN_TABLE = 40  # lines; a longer table would weigh more than the board

NO_SUCH_MARKET = N_("We know no such market. It may have been renamed: choose one from the list.")
NO_SUCH_COMMODITY = N_("We know no such good. Choose one from the board.")
AWAY = N_("The prices cannot be shown right now")
TRY_AGAIN = N_("Please try again in a few minutes. Prices by SMS may still answer.")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the board as it is written on the page."""

    name: str
    link: str
    grade: str
    price: str
    unit: str
    span: str
    level: str
    when: str
    day: date
    old: bool
    trend: str
    change: str
    picture: Markup
    by_day: tuple[str, ...]


def public_pages(
    engine: Engine,
    names: Names,
    timezone: ZoneInfo,
    sms_from: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Blueprint:
    """The blueprint of `/`. `sms_from`: the line's number in E.164, or a short code."""
    pages = Blueprint("prices", __name__, template_folder="../templates")
    words = load_words()
    terms = {language: load_catalogue(language) for language in LANGUAGES}

    @pages.get("/")
    def show_prices() -> Response:
        language = choose_language(request)
        writer = PriceWriter(words[language], terms[language], names, clock().astimezone(timezone).date())
        try:
            with reading(engine) as connection:
                return _answer(connection, writer, words, sms_from)
        except SQLAlchemyError as error:
            log.warning("public_page_without_database", error=type(error).__name__)
            return notice(words[language], 503, AWAY, TRY_AGAIN)

    return pages


def _answer(connection: Connection, writer: PriceWriter, words: Mapping[str, Words], sms_from: str) -> Response:
    markets = price_board.read_markets(connection)
    goods = price_board.read_goods(connection)
    market, commodity = request.args.get("market", ""), request.args.get("commodity", "")
    level = request.args.get("level", "")
    if commodity and commodity not in goods:
        return notice(writer.words, 404, NOT_FOUND, NO_SUCH_COMMODITY)
    if market and market not in markets:
        return notice(writer.words, 404, NOT_FOUND, NO_SUCH_MARKET)
    if commodity:
        found = price_board.of_commodity(connection, goods, commodity, level, writer.today)
        sections = [("", [writer.line(line, "", _market_link(line), markets) for line in found.lines])]
    else:
        market, found = _market_board(connection, markets, goods, market, level, writer.today)
        sections = writer.by_group(found.lines)
    html = render_template(
        "prices/board.html",
        _=writer.words,
        words=words,
        in_this_language=IN_THIS_LANGUAGE,
        writer=writer,
        sections=[(heading, lines) for heading, lines in sections if lines],
        board=found,
        markets=markets,
        market=markets.get(market),
        commodity=commodity,
        level=found.level,
        link=_link,
        number=as_dialled(sms_from),
        trends=TRENDS,
        link_language=asked_language(request),
        sms_link=f"sms:{sms_from}?body={quote(writer.words(EXAMPLE))}",
        example=EXAMPLE,
        weekday=WEEKDAYS[writer.today.weekday()],
        days=[writer.today - timedelta(days=back) for back in range(price_board.DAYS - 1, -1, -1)],
        with_table=bool(commodity) and len(found.lines) <= MOST_IN_TABLE,
    )
    return page(html, writer.words)


def _market_board(
    connection: Connection,
    markets: Mapping[str, Place],
    goods: Mapping[str, Good],
    market: str,
    level: str,
    today: date,
) -> tuple[str, Board]:
    """The market asked for; else the reference market, or where there is most to show."""
    if market or not markets:
        return market, price_board.of_market(connection, goods, market, level, today) if market else Board()
    chosen = next((id for id, place in markets.items() if place.reference), next(iter(markets)))
    found = price_board.of_market(connection, goods, chosen, level, today)
    if not found.lines and (busiest := price_board.busiest_market(connection, today)) in markets:
        assert busiest is not None
        return busiest, price_board.of_market(connection, goods, busiest, level, today)
    return chosen, found


def _link(**chosen: str) -> str:
    """The address of a board; a language that the reader's address names is kept."""
    wanted = {name: value for name, value in chosen.items() if value}
    if (language := asked_language(request)) and "lang" not in wanted:
        wanted["lang"] = language
    return f"{url_for('prices.show_prices')}?{urlencode(wanted)}" if wanted else url_for("prices.show_prices")


def _market_link(line: PriceRow) -> str:
    return _link(market=line.key.market)


@dataclass(frozen=True, slots=True)
class PriceWriter:
    """Writes prices, days and names in one language, as of one day."""

    words: Words
    terms: Mapping[str, str]  # the names of units and levels, shared with the messages
    names: Names
    today: date

    def amount(self, amount: int, currency: str) -> str:
        """9,500៛"""
        money = Money(from_minor(amount, currency), currency)
        return str(self.words(AMOUNTS[currency], amount=digits(money)))

    def bare(self, amount: int, currency: str) -> str:
        """9,500"""
        return digits(Money(from_minor(amount, currency), currency))

    def term(self, what: str, id: str) -> str:
        """The name of a unit or level."""
        word = WORDS.get((what, id), id)
        return self.terms.get(word, word)

    def commodity(self, id: str) -> str:
        """The name of a commodity."""
        return self.names.name("commodity", id, self.words.language)

    def market(self, market: Place) -> str:
        """The name of a market."""
        return market.name_km if self.words.language == "km" else market.name_en

    def provinces(self, markets: Iterable[Place]) -> list[tuple[str, list[Place]]]:
        """The markets under the names of their provinces."""
        under: dict[str, list[Place]] = {}
        for market in markets:
            under.setdefault(market.place[:2], []).append(market)
        return [(self.names.name("place", code, self.words.language), within) for code, within in under.items()]

    def by_group(self, lines: Iterable[PriceRow]) -> list[tuple[str, list[Shown]]]:
        """The lines of a market under the headings of the board."""
        under: dict[str, list[Shown]] = {group: [] for group in (*price_board.GROUPS.values(), price_board.OTHER)}
        for line in lines:
            link = _link(commodity=line.key.commodity)
            under[price_board.group_of(line.key.commodity)].append(
                self.line(line, self.commodity(line.key.commodity), link, {})
            )
        return list(under.items())

    def line(self, line: PriceRow, name: str, link: str, markets: Mapping[str, Place]) -> Shown:
        """A line as it is written; without a name it carries its market's."""
        currency = line.key.currency
        change = abs(line.usual - line.before) if line.before is not None else 0
        spread = f"{self.bare(line.low, currency)}–{self.bare(line.high, currency)}"
        usual = dict(line.days)
        return Shown(
            name=name or self.market(markets[line.key.market]),
            link=link,
            grade=line.key.grade,
            price=self.amount(line.usual, currency),
            unit=self.term("unit", line.key.unit),
            span=spread if line.low != line.high else "",
            level=self.term("level", line.key.level),
            when=self.when(line),
            day=line.day,
            old=line.freshness == "old",
            trend=line.trend,
            change=self.bare(change, currency) if line.trend in ("up", "down") else "",
            picture=self.picture(line),
            by_day=tuple(
                self.bare(usual[day], currency) if day in usual else ""
                for day in (self.today - timedelta(days=back) for back in range(price_board.DAYS - 1, -1, -1))
            ),
        )

    def when(self, line: PriceRow) -> str:
        """The day of a price as a person says it; empty for today's."""
        if line.freshness == "old":
            return str(self.words(N_("{days} days old, {day}"), days=line.age, day=day_and_month(line.day)))
        if line.age == 0:
            return ""
        return str(self.words(N_("yesterday"))) if line.age == 1 else day_and_month(line.day)

    def last_known(self, line: PriceRow, markets: Mapping[str, Place] | None = None) -> str:
        """A price too old to show: what, and the day it is from."""
        name = self.market(markets[line.key.market]) if markets else self.commodity(line.key.commodity)
        return f"{name} {line.key.grade} {day_and_month(line.day)}".replace("  ", " ")

    def picture(self, line: PriceRow) -> Markup:
        """The two weeks as a small line, with the same in words; nothing for a single day."""
        if len(line.days) < 2:
            return Markup("")
        usual = [amount for _, amount in line.days]
        spoken = self.words(
            N_("Two weeks: from {first} to {last}, lowest {low}, highest {high}"),
            first=self.bare(usual[0], line.key.currency),
            last=self.bare(usual[-1], line.key.currency),
            low=self.bare(min(usual), line.key.currency),
            high=self.bare(max(usual), line.key.currency),
        )
        points = drawn(line.days, self.today)
        x, y = points[-1]
        path = " ".join(f"{x},{y}" for x, y in points)
        return Markup(
            '<svg width="{}" height="{}" role="img"><title>{}</title><polyline points="{}"/>'
            '<circle cx="{}" cy="{}" r="2"/></svg>'
        ).format(WIDTH, HEIGHT, spoken, path, x, y)


def drawn(days: Sequence[tuple[date, int]], today: date) -> list[tuple[int, int]]:
    """The points of a two-week line in px: today at the right edge, the highest price on top."""
    low, high = min(amount for _, amount in days), max(amount for _, amount in days)
    room, step = HEIGHT - 5, (WIDTH - 6) / (price_board.DAYS - 1)
    points = []
    for day, amount in days:
        x = WIDTH - 3 - round((today - day).days * step)
        y = HEIGHT // 2 if low == high else 2 + round(room * (high - amount) / (high - low))
        points.append((x, y))
    return points
