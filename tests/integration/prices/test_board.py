"""The public page as a browser and a cache see it: what stands on it, how heavy it is, how it says no."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, insert

from bot.db import make_engine, writing
from bot.language.words.lexicon import Lexicon
from bot.prices.board.views import public_pages
from bot.prices.daily import Key, refresh
from bot.prices.models import Commodity, Market, PriceReport
from bot.prices.reference import commodities, load_reference
from bot.web.layout import page_frame

ZONE = ZoneInfo("Asia/Phnom_Penh")
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)  # half past one at night of the 22nd in Phnom Penh
HEAVIEST = 60_000  # bytes of page and style sheet
HEADERS_OF_SAFETY = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")


class World(NamedTuple):
    """A database and the page on it."""

    engine: Engine
    client: FlaskClient

    def market(self, id: str, name_km: str, name_en: str, place: str, reference: bool = False) -> None:
        row = {"id": id, "name_km": name_km, "name_en": name_en, "place": place, "reference": reference}
        with writing(self.engine) as connection:
            connection.execute(insert(Market), [row])

    def prices(self, *rows: dict[str, Any]) -> None:
        whole = [{**A_REPORT, **row} for row in rows]
        for row in whole:
            row.setdefault("low", row["usual"])
            row.setdefault("high", row["usual"])
        with writing(self.engine) as connection:
            connection.execute(insert(PriceReport), whole)
            refresh(
                connection,
                {(Key(*(row[name] for name in Key._fields)), row["observed_on"]) for row in whole},
            )

    def html(self, address: str = "/?lang=en") -> str:
        response = self.client.get(address)
        assert response.status_code == 200
        return response.text


A_REPORT = {
    "commodity": "pig_live",
    "grade": "",
    "market": "kampong_cham",
    "level": "wholesale",
    "unit": "kg",
    "currency": "khr",
    "observed_on": TODAY,
    "state": "accepted",
    "reason": "",
    "source": "a list for tests",
    "created_at": NOW,
}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


def page_on(engine: Engine, lexicon: Lexicon) -> FlaskClient:
    app = Flask("bot", static_folder=None)
    app.register_blueprint(page_frame())
    app.register_blueprint(public_pages(engine, lexicon, ZONE, "+85510000000", lambda: NOW))
    return app.test_client()


@pytest.fixture
def world(database_url: str, lexicon: Lexicon) -> Iterator[World]:
    engine = make_engine(database_url)
    with writing(engine) as connection:
        load_reference(connection)
    made = World(engine, page_on(engine, lexicon))
    made.market("kampong_cham", "ផ្សារកំពង់ចាម", "Kampong Cham Market", "0305", reference=True)
    made.market("takeo", "ផ្សារតាកែវ", "Takeo Market", "2108")
    yield made
    engine.dispose()


def words(html: str) -> str:
    """What a reader sees and hears of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html.partition("<main")[2]))


def test_a_price_stands_with_all_that_belongs_to_it(world: World) -> None:
    world.prices(
        {"usual": 9300, "observed_on": ago(1)}, {"usual": 9500, "low": 9300, "high": 9700, "observed_on": TODAY}
    )
    english = words(world.html())
    for part in ("Prices at Kampong Cham Market", "9,500៛ /kg", "9,300–9,700", "wholesale", "rising 200"):
        assert part in english
    assert "Sunday 22/11/2026" in english
    assert "Two weeks: from 9,300 to 9,500, lowest 9,300, highest 9,500" in english
    assert "Sources: a list for tests" in english
    assert "010 000 000" in english
    khmer = words(world.html("/?lang=km"))
    for part in ("តម្លៃនៅផ្សារកំពង់ចាម", "9,500៛ /គក", "លក់ដុំ", "ឡើង 200"):
        assert part in khmer


AGES = [
    ("rice_paddy", 0, "1,150៛ /kg", True),
    ("rice_paddy", 1, "wholesale · yesterday", True),
    ("rice_paddy", 2, "wholesale · 20/11", True),
    ("rice_paddy", 3, "3 days old, 19/11", True),
    ("rice_paddy", 7, "7 days old, 15/11", True),
    ("rice_paddy", 8, "paddy rice 14/11", False),
    ("fish_ros", 1, "wholesale · yesterday", True),
    ("fish_ros", 2, "2 days old, 20/11", True),
    ("fish_ros", 3, "3 days old, 19/11", True),
    ("fish_ros", 4, "18/11", False),
]


def test_an_old_price_is_said_to_be_old_and_an_older_one_is_not_shown(world: World) -> None:
    for number, (commodity, age, expected, shown) in enumerate(AGES):
        market = f"m{number}"
        world.market(market, market, market, "0305")
        of = {"commodity": commodity, "market": market}
        world.prices({**of, "usual": 1150, "observed_on": ago(age)}, {**of, "usual": 1100, "observed_on": ago(age + 1)})
        text = words(world.html(f"/?lang=en&market={market}"))
        assert expected in text
        assert ("1,150" in text) is shown
        assert ("rising" in text.partition("Animals")[2] + text.partition("Rice and")[2]) is (
            shown and "old" not in expected
        )


def test_wholesale_stands_unless_another_level_is_asked_for(world: World) -> None:
    world.prices({"usual": 9500}, {"usual": 11_500, "level": "retail"})
    assert "11,500" not in words(world.html())
    assert "11,500" in words(world.html("/?lang=en&level=retail"))
    assert "9,500៛" in words(world.html("/?lang=en&level=farmgate")), "no such price: all are shown"


def test_a_commodity_shows_every_market_the_best_price_first(world: World) -> None:
    world.prices({"usual": 9500}, {"usual": 9800, "market": "takeo"}, {"usual": 500, "commodity": "egg_duck"})
    text = words(world.html("/?lang=en&commodity=pig_live"))
    assert "Prices of live pig" in text
    assert text.index("9,800៛") < text.index("9,500៛")
    assert "500៛ /piece" not in text


def test_other_currencies_are_written_in_their_own_way(world: World) -> None:
    world.prices({"commodity": "cashew", "usual": 130, "currency": "usd"})
    assert "$1.30 /kg" in words(world.html())
    assert "1.30$ /គក" in words(world.html("/?lang=km"))


def test_a_page_without_prices_says_what_will_be_here(world: World) -> None:
    assert "no new price from this market" in words(world.html())
    assert "no new price of this good" in words(world.html("/?lang=en&commodity=pepper"))
    with writing(world.engine) as connection:
        connection.execute(Market.__table__.delete())  # type: ignore[attr-defined]
    assert "Today's prices will stand here" in words(world.html()).replace("&#39;", "'")


def test_without_prices_at_the_reference_market_the_busiest_one_is_shown(world: World) -> None:
    world.prices({"usual": 9800, "market": "takeo"})
    assert "Prices at Takeo Market" in words(world.html())


def test_names_and_sources_cannot_carry_markup(world: World) -> None:
    script = "<script>alert(1)</script>{{7*7}}"
    world.market("odd", script, script, "2108")
    world.prices({"usual": 9500, "market": "odd", "grade": "<i>x</i>", "source": "<b>list</b>"})
    for address in ("/?market=odd", "/?lang=en&commodity=pig_live"):
        html = world.html(address)
        assert "<script" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in html
        assert "<i>x" not in html
        assert "<b>list" not in html


@pytest.mark.parametrize("path", ["/none", "/assets/x/none.css", "/market/<b>", "/none?lang=xx"])
def test_an_unknown_address_is_a_page_of_ours(world: World, path: str) -> None:
    response = world.client.get(path)
    assert response.status_code == 404
    assert "រកមិនឃើញទំព័រនេះទេ" in response.text
    assert 'href="/"' in response.text
    assert "<b>" not in response.text
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["Cache-Control"] == "no-store"


def test_an_unknown_address_in_english(world: World) -> None:
    response = world.client.get("/none?lang=en")
    assert (response.status_code, response.headers["Content-Language"]) == (404, "en")
    assert "There is nothing under this address" in response.text
    assert "begin with today&#39;s prices" in response.text


def test_what_nobody_knows_is_a_friendly_404(world: World) -> None:
    long = "x" * 9000
    for query in ("market=nowhere", "commodity=moon", "market=%00", "commodity=%FF", "market=' OR 1", "market=" + long):
        response = world.client.get(f"/?lang=en&{query}")
        assert response.status_code == 404
        assert "There is nothing under this address" in response.text
        assert "max-age=0" in response.headers["Cache-Control"]


def test_senseless_values_do_no_harm(world: World) -> None:
    for query in ("lang=xx", "level=%00", "market=&commodity=", "lang=en&lang=km", "a[]=1&=&%"):
        assert world.client.get(f"/?{query}").status_code == 200


def test_the_language_is_khmer_until_another_is_asked_for(world: World) -> None:
    client = world.client
    assert '<html lang="km">' in client.get("/").text
    assert '<html lang="km">' in client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"}).text
    asked = client.get("/?lang=en")
    assert "HttpOnly" in asked.headers["Set-Cookie"]
    assert "private" in asked.headers["Cache-Control"]
    remembered = client.get("/")
    assert '<html lang="en">' in remembered.text
    assert "Set-Cookie" not in remembered.headers
    assert "Cookie" in remembered.vary


def test_a_page_is_kept_for_a_minute_and_asked_for_again_by_its_tag(world: World) -> None:
    world.prices({"usual": 9500})
    first = world.client.get("/")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = world.client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = world.client.head("/")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.data))
    world.prices({"usual": 9600, "source": "another list"})
    changed = world.client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_pages_load_nothing_from_elsewhere_and_run_no_script(world: World) -> None:
    response = world.client.get("/")
    for header in HEADERS_OF_SAFETY:
        assert header in response.headers
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"<script|style=|https?://|\son[a-z]+=", response.text)


def test_the_style_sheet_is_kept_for_a_year_under_its_version(world: World) -> None:
    address = re.search(r'href="(/assets/[^"]+\.css)"', world.html())
    assert address is not None
    sheet = world.client.get(address[1])
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sheet.mimetype == "text/css"
    other = world.client.get("/assets/0123456789/phsar.css")
    assert (other.data, other.headers["Cache-Control"]) == (sheet.data, "public, max-age=60")
    for wrong in ("/assets/x/nothing.css", "/assets/x/../layout.py", "/assets/x/%2e%2e/layout.py"):
        assert world.client.get(wrong).status_code == 404


def fill(world: World, goods: int, markets: int) -> None:
    """Two weeks of prices with a range for many goods at the reference market, of one good everywhere."""
    for number in range(markets - 2):
        place = f"{number % 24 + 1:02}01"
        world.market(f"far_{number}", f"ផ្សារថ្មីកំពង់ត្រឡាច {number}", f"New Market {number}", place)
    everywhere = ["takeo", *(f"far_{number}" for number in range(markets - 2))]
    keys = [(rule.id, rule.unit, "kampong_cham") for rule in commodities()[:goods]]
    keys += [("pig_live", "kg", market) for market in everywhere]
    world.prices(
        *(
            {
                "commodity": commodity,
                "unit": unit,
                "market": market,
                "observed_on": ago(back),
                "low": 112_000 + back * 100,
                "usual": 112_500 + back * 100,
                "high": 113_000 + back * 100,
            }
            for commodity, unit, market in keys
            for back in range(1, 15)
        )
    )


def test_a_full_page_is_light(world: World) -> None:
    fill(world, goods=50, markets=30)
    sheet = world.client.get("/assets/x/phsar.css")
    for address in ("/?lang=km", "/?lang=en", "/?lang=km&commodity=pig_live"):
        html = world.client.get(address).data
        assert html.count(b"<svg") >= 30
        assert len(html) + len(sheet.data) < HEAVIEST


def test_a_page_takes_few_statements_and_never_reads_all_of_history(world: World) -> None:
    fill(world, goods=20, markets=5)
    run: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            run.append((statement, values))

    event.listen(world.engine, "before_cursor_execute", note)
    for address in ("/?market=kampong_cham", "/?commodity=pig_live"):
        world.client.get(address)
    event.remove(world.engine, "before_cursor_execute", note)
    assert len(run) == 2 * 5
    if world.engine.dialect.name != "sqlite":
        return  # PostgreSQL's plan depends on how full its tables are
    with world.engine.connect() as connection:
        for statement, values in run:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            steps = " ".join(str(step[-1]) for step in plan)
            assert not re.search(r"SCAN (latest_)?price", steps), steps


def test_without_a_database_the_page_is_polite(lexicon: Lexicon) -> None:
    for url in ("sqlite:////nowhere/at/all.sqlite", "postgresql+psycopg://nobody@127.0.0.1:9/none"):
        response = page_on(make_engine(url, patience=1.0), lexicon).get("/?lang=en")
        assert response.status_code == 503
        assert "The prices cannot be shown right now" in response.text
        assert response.headers["Retry-After"] == "30"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "nowhere" not in response.text


def test_every_commodity_has_its_group(world: World) -> None:
    from bot.prices.board.query import GROUPS, OTHER, group_of

    assert {group_of(rule.id) for rule in commodities()} == set(GROUPS.values())
    assert group_of("no_such_good") == OTHER
    assert set(Commodity.metadata.tables) >= {"price", "latest_price"}
