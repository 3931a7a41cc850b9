"""No page tells of a place with few people: whatever issues there are, every page is read and looked through.

Places are known by their names in both languages and their codes, offices by a mark that names their place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product
from pathlib import Path
from shutil import copyfile
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from bot.db import make_engine, table, writing
from bot.issues.board.figures import FiguresTeller
from bot.issues.board.query import GROUPS
from bot.issues.models import Figure, Issue, IssueEntry, PlaceCount
from bot.issues.visibility import FEWEST
from bot.language.words.lexicon import Lexicon
from tests.fakes.raised import NOW, Raised
from tests.fakes.raised_pages import ZONE, World, pages_on

COMMUNES = ("031303", "031304", "031504", "031505", "170601")
DISTRICTS = ("0313", "0315", "1706")
PLACES = (*COMMUNES, *DISTRICTS, "03", "17")
DESKS = ("", "03", "17", *DISTRICTS, *COMMUNES, "03130301")  # the places of the offices, one a village's


class Told(NamedTuple):
    """An issue as it may come about."""

    place: str
    people: frozenset[int]  # who raised or joined it
    desk: int
    before: int  # the desk it was passed on from
    state: str
    hidden: bool
    held: bool


TOLD = st.builds(
    Told,
    st.sampled_from(PLACES),
    st.frozensets(st.integers(0, 7), min_size=1, max_size=6),
    st.integers(0, len(DESKS) - 1),
    st.integers(0, len(DESKS) - 1),
    st.sampled_from(("sent", "acknowledged", "answered", "resolved", "confirmed", "reopened", "merged", "rejected")),
    st.booleans(),
    st.booleans(),
)


def plain(place: str, people: int, desk: str) -> Told:
    number = DESKS.index(desk)
    return Told(place, frozenset(range(people)), number, number, "answered", hidden=False, held=False)


# An office with much to do, of few people; one in whose place there are many, with an issue from where there are few.
BUSY = [plain("031303", 2, "031303")] * 2 * FEWEST
FROM_ELSEWHERE = [plain("0313", FEWEST, "0313"), plain("170601", 1, "0313")]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[World]:
    path = tmp_path_factory.mktemp("widening") / "issues.sqlite"
    copyfile(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    raised = Raised(engine)
    for place in DESKS:
        raised.office(f"desk<{place}>", place, name_km=f"តុ<{place}>")
    yield World(raised, pages_on(raised, lexicon))
    engine.dispose()


def come_about(raised: Raised, issues: Sequence[Told]) -> dict[str, int]:
    """Put these issues into the tables in place of those before. Returns how many people there are where."""
    with writing(raised.engine) as connection:
        for model in (IssueEntry, Issue, Figure, PlaceCount):
            connection.execute(delete(table(model)))
    people: dict[str, set[int]] = {}
    first: int | None = None
    for told in issues:
        for length in (4, 6):
            if len(told.place) >= length:
                people.setdefault(told.place[:length], set()).update(told.people)
        solved = told.state in ("resolved", "confirmed")
        id = raised.issue(
            "The words of this one",
            "waiting" if told.held else "shown",
            place=told.place,
            office_id=told.desk + 1,
            state="answered" if told.state == "merged" and first is None else told.state,
            merged_into=first if told.state == "merged" else None,
            hidden=told.hidden and told.held,
            voices=len(told.people),
            ack_minutes=90,
            solve_minutes=900 if solved else None,
            resolved_at=NOW if solved else None,
            solve_due_at=NOW + timedelta(days=3),
        )
        first = first or id
        raised.entry(id, "acknowledged", office_id=told.before + 1)
        raised.entry(id, "transferred", office_id=told.before + 1, detail=str(told.before + 1))
        raised.entry(id, "answer", words="We see to it", public="shown", office_id=told.desk + 1)
    counts = {place: len(them) for place, them in people.items()}
    if counts:
        raised.people(**{f"p{place}": count for place, count in counts.items()})
    FiguresTeller(raised.engine, ZONE)(NOW)
    return counts


def crawl(world: World, language: str) -> Iterator[tuple[str, str]]:
    """Every page that can be reached, and every filter that can be thought of."""
    filters = {f"&place={place}" for place in PLACES} | {f"&office={number}" for number in range(1, len(DESKS) + 1)}
    filters |= {f"&category=water{place}" for place in filters} | {f"&state={group}" for group in GROUPS}
    filters |= {f"&office={number}&place={place}" for number, place in product((4, 7, 8), COMMUNES[:3])}
    wanted = [f"/issues?lang={language}{one}" for one in ("", *sorted(filters))]
    for kind in ("xml", "json"):
        wanted += [f"/open311/v2/{path}.{kind}?lang={language}&extensions=true" for path in ("requests", "services")]
    seen: set[str] = set()
    while wanted:
        address = wanted.pop()
        if address in seen:
            continue
        seen.add(address)
        response = world.client.get(address)
        assert response.status_code in (200, 404), address
        page = html.unescape(response.text)
        yield address, page
        links = re.findall(r'href="(/issues[^"#]*)', page)
        wanted += [link for link in links if f"lang={language}" in link]
        for code in re.findall(r"/issues/(\d{7})", page):
            wanted += [f"/open311/v2/requests/{code}.{kind}?lang={language}" for kind in ("xml", "json")]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(issues=st.lists(TOLD, max_size=12), language=st.sampled_from(("km", "en")))
@example(issues=BUSY, language="en")
@example(issues=FROM_ELSEWHERE, language="en")
def test_no_page_names_a_place_with_few_people_or_an_office_that_would_tell_it(
    world: World, lexicon: Lexicon, issues: list[Told], language: str
) -> None:
    counts = come_about(world.raised, issues)
    few = [place for place in (*COMMUNES, *DISTRICTS, "03130301") if counts.get(place, 0) < FEWEST]
    names = {lexicon.name("place", place, one) for place in few if len(place) < 8 for one in ("km", "en")}
    for address, page in crawl(world, language):
        told = page.replace(address, "")  # a page may repeat what was asked for
        for place in few:
            assert f"desk<{place}>" not in told, address
            assert f"តុ<{place}>" not in told, address
            assert not re.search(rf"(?<!\d){place}(?!\d)", told), (address, place)
        assert [name for name in names if name in told] == [], address
        if (office := re.match(r"/issues\?.*&office=(\d+)", address)) and (desk := DESKS[int(office[1]) - 1]):
            listed = re.findall(r'<h3><a href="/issues/[^>]+>([^<]+)', page)
            assert all(lexicon.name("place", desk, language) in place for place in listed), address
        if (shown := re.search(r'<p class="where">([^<]+)', page)) is not None:
            named = [lexicon.name("place", desk, language) for desk in re.findall(r"(?:desk|តុ)<(\d+)>", page)]
            assert all(name in shown[1] for name in named), address  # no finer than the place of its own problem


def test_the_crawl_finds_what_it_looks_for(world: World, lexicon: Lexicon) -> None:
    """Where enough people are, the same places and offices are named: the test above is not blind."""
    desk, before = DESKS.index("031303"), DESKS.index("0313")
    issues = [plain("031303", FEWEST, "031303")._replace(desk=desk, before=before)] * FEWEST
    come_about(world.raised, issues)
    pages = dict(crawl(world, "en"))
    told = "".join(pages.values())
    for part in ("desk<031303>", "desk<0313>", lexicon.name("place", "031303", "en"), "031303"):
        assert part in told
    assert any(address.startswith("/open311/v2/requests/") for address in pages)
    assert any(re.match(r"/issues/\d{7}", address) for address in pages)
    assert "/issues?lang=en&place=031303" in pages
