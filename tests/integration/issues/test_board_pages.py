"""The public board of problems: what stands there, what is left out, what a filter may tell, how it says no."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, update

from bot.db import make_engine, table, writing
from bot.issues.board import query as board_query
from bot.issues.board.figures import FiguresTeller
from bot.issues.board.views import issue_pages
from bot.issues.models import Category, Issue, IssueEntry
from bot.language.words.lexicon import Lexicon
from bot.vault import Vault
from bot.web.layout import page_frame
from tests.fakes.raised import NOW, Raised
from tests.fakes.raised_pages import ZONE, World, pages_on

HEAVIEST = 60_000  # bytes of page and style sheets
HEADERS_OF_SAFETY = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")


def test_a_problem_stands_on_the_board_with_all_that_belongs_to_it(world: World) -> None:
    raised = world.raised
    raised.people(p0313=9)
    office = raised.office("Office of Prey Chhor", "0313", name_km="ការិយាល័យព្រៃឈរ")
    raised.issue("The well is foul", "shown", place="031303", code="0616500", office_id=office, voices=13)
    english = world.read()
    for part in (
        "water and environment · Prey Chhor, Kampong Cham",
        "The well is foul",
        "● waits for the office",
        "10 people or more",
        "today",
        "Office of Prey Chhor",
        "Text this to 010 000 000",
        "PROBLEM",
    ):
        assert part in english
    khmer = world.read("/issues?lang=km")
    for part in ("ទឹក បរិស្ថាន · ព្រៃឈរ, កំពង់ចាម", "យ៉ាងតិច 10នាក់", "ថ្ងៃនេះ", "ការិយាល័យព្រៃឈរ"):
        assert part in khmer


def test_words_stand_there_once_staff_have_looked_at_them(world: World) -> None:
    raised = world.raised
    raised.issue("Nobody has read this", "waiting", code="1111111")
    raised.issue("Staff hid this", "hidden", code="2222222", category="road")
    raised.issue("", code="3333333", category="licence")
    long = "the river " * 30
    issue = raised.issue("the original", "shown", code="4444444", category="other")
    with writing(raised.engine) as connection:
        reworded = {"public_text": raised.vault.seal(long)}
        connection.execute(update(table(IssueEntry)).where(table(IssueEntry).c.issue_id == issue).values(reworded))
    text = world.read()
    assert "Nobody has read this" not in text
    assert "Staff hid this" not in text
    assert "the original" not in text
    assert text.count("The staff of Phsar still look at the words.") == 1
    assert "the river the river…" in text
    assert len(re.findall("the river", text)) < 20  # its page has them all
    assert len(re.findall("the river", world.read("/issues/4444444?lang=en"))) == 30


def test_only_what_everybody_may_know_of_is_listed(world: World) -> None:
    raised = world.raised
    known = raised.issue(code="1111111")
    for code, values in {
        "2222222": {"hidden": True},
        "3333333": {"office_at": None},
        "4444444": {"state": "rejected"},
        "5555555": {"state": "merged", "merged_into": known},
    }.items():
        raised.issue("secret", "shown", code=code, **values)
    assert world.listed("/issues") == ["1111111"]
    for code in ("2222222", "3333333", "4444444"):
        response = world.client.get(f"/issues/{code}?lang=en")
        assert response.status_code == 404
        assert "No problem with this number is shown here" in response.text
        assert "secret" not in response.text


def test_an_office_is_named_where_its_place_may_be(world: World) -> None:
    raised = world.raised
    small = raised.office("Office of Prey Chhor", "0313")
    province = raised.office("Department of Kampong Cham", "03")
    ministry = raised.office("Ministry of Samples")
    for code, office in {"1111111": small, "2222222": province, "3333333": ministry}.items():
        raised.issue(place="031303", code=code, office_id=office)
    text = world.read()
    assert "Prey Chhor" not in text
    for part in ("the office in charge", "Department of Kampong Cham", "Ministry of Samples"):
        assert part in text
    assert "the office in charge" in world.read("/issues/1111111?lang=en")
    assert "Prey Chhor" not in world.read("/issues/1111111?lang=en")
    raised.people(p0313=5)
    assert "Office of Prey Chhor" in world.read()


def test_the_figures_stand_in_numbers_pictures_and_tables(world: World) -> None:
    raised = world.raised
    office = raised.office("Department of Kampong Cham", "03")
    for number in range(6):
        solved = {"state": "confirmed", "resolved_at": NOW, "ack_minutes": 240, "solve_minutes": 2900}
        raised.issue(place="0313", category="water", office_id=office, **(solved if number else {}))
    raised.issue(place="1201", category="road")
    FiguresTeller(raised.engine, ZONE)(NOW)
    page, text = world.html("/issues?lang=en"), world.read()
    assert re.search(r"raised 1–9 answered 1–9 over the term 0 solved 1–9", text)
    assert "<title>water and environment: 1–9 raised, 1–9 answered, 1–9 solved</title>" in page
    assert '<rect class="told" y="0" width="100.0%"' in page
    assert '<rect class="answered" y="8" width="100.0%"' in page
    assert "<title>Kampong Cham: 1–9 raised, 1–9 answered, 1–9 solved</title>" in page
    assert re.search(r'<a href="/issues\?lang=en&amp;place=03"><title>Kampong Cham', page)
    assert len(re.findall(r'<rect(?: class="s[1-4]")? x=', page)) == 25  # every province has its tile
    assert "acknowledged in 4 hours solved in 2 days" in text
    assert text.count("The numbers as a table") == 2
    # On a board with a filter they would not be those of the list.
    assert "<svg" not in world.html("/issues?lang=en&category=water")


def test_offices_with_most_problems_come_first_page_by_page(world: World) -> None:
    raised = world.raised
    raised.people(p0302=5, p0303=4)
    places = {"0301": 9, "0302": 7, "0303": 8, "03": 6, "": 5, "12": 4}
    for place, count in places.items():
        office = raised.office(f"Office {place or 'of all'}", place)
        for _ in range(count):
            raised.issue(office_id=office, ack_minutes=30)
    for number in range(board_query.OFFICES):
        office = raised.office(f"Department {number:02}", "12")
        for _ in range(6):
            raised.issue(office_id=office)
    FiguresTeller(raised.engine, ZONE)(NOW)
    first = re.findall(r"Office [\w ]+?(?= raised)|Department \d\d", world.read())
    # Few people have told of 0301 and 0303; the office of 12 has too few problems.
    assert first[:2] == ["Office 0302", "Office 03"]
    second = re.findall(r"Office [\w ]+?(?= raised)|Department \d\d", world.read("/issues?lang=en&offices=2"))
    assert second == ["Department 08", "Department 09", "Office of all"]
    assert "under an hour" in world.read()
    assert world.client.get("/issues?offices=1001").status_code == 404


def test_every_filter_lets_through_what_it_says(world: World) -> None:
    raised = world.raised
    raised.people(p0313=9, p031303=5, p031304=4)
    office = raised.office("Department of Kampong Cham", "03")
    of_district = raised.office("Office of Prey Chhor", "0313")
    rows = {
        "1111111": {"place": "03", "category": "road", "state": "sent", "office_id": office},
        "2222222": {"place": "0313", "category": "road", "state": "reopened", "office_id": of_district},
        "3333333": {"place": "031303", "category": "water", "state": "answered", "office_id": of_district},
        "4444444": {"place": "031304", "category": "water", "state": "confirmed", "office_id": of_district},
        "5555555": {"place": "120101", "category": "road", "state": "unconfirmed", "office_id": of_district},
        "6666666": {"place": "1201", "category": "licence", "state": "resolved", "office_id": office},
    }
    for code, values in rows.items():
        raised.issue(code=code, **values)
    for query, expected in {
        "": "666 555 444 333 222 111",
        "category=road": "555 222 111",
        "place=03": "444 333 222 111",
        "place=0313": "444 333 222",
        "place=031303": "333",
        "category=water&place=03": "444 333",
        "category=water&place=0313": "444 333",
        "category=road&place=031303": "",
        "state=waiting": "222 111",
        "state=answered": "666 555 333",
        "state=solved": "444",
        "state=answered&category=water&place=0313": "333",
        # An issue from elsewhere is left out: the office's name would tell less than nothing of where it is.
        f"office={office}": "111",
        f"office={of_district}": "444 333 222",
        f"office={of_district}&state=waiting": "222",
        f"office={of_district}&place=031303&category=water": "333",
        f"office={office}&place=12": "",
        "category=&place=&state=&office=&before=": "666 555 444 333 222 111",
    }.items():
        assert [code[:3] for code in world.listed(f"/issues?{query}")] == expected.split(), query
    form = world.html("/issues?lang=en&place=0313")
    offered = re.findall(r'<option value="(\d+)"', form)
    assert offered[:3] == ["0313", "031303", "01"]  # only what may be named
    assert '<option value="0313" selected>' in form


@pytest.mark.parametrize(
    "query",
    [
        "category=volcano",
        "state=done",
        "place=99",
        "place=0314",  # nobody there
        "place=031304",
        "place=x",
        "place=03130301",  # a village
        "office=1",
        "office=2",
        "office=99",
        "office=x",
        "office=0",
        "office=99999999999999999999",
        "before=x",
        "before=99999999999999999999",
        "before=0",
        "offices=-1",
    ],
)
def test_a_filter_that_is_none_or_would_tell_too_much_gets_a_polite_page(world: World, query: str) -> None:
    world.raised.people(p0313=9, p031304=4)
    world.raised.office("Office of 0314", "0314")
    world.raised.office("Office of a village", "03130301")
    response = world.client.get(f"/issues?lang=en&{query}")
    assert response.status_code == 404
    assert "There is no list of problems like this" in response.text


def test_pages_lead_back_through_all_of_history_and_each_costs_the_same(world: World) -> None:
    raised = world.raised
    ids = [raised.issue(category="road" if number % 3 else "water") for number in range(3 * board_query.PAGE)]
    assert len(world.listed("/issues")) == board_query.PAGE
    for query in ("", "&category=road", "&place=03", "&state=waiting", "&category=water&state=waiting"):
        address, seen = f"/issues?lang=en{query}", []
        while address:
            page = world.html(address)
            seen += re.findall(r'<h3><a href="/issues/(\d{7})', page)
            further = re.search(r'<a rel="next" href="([^"#]+)', page)
            address = html.unescape(further[1]) if further else ""
        expected = len(ids) * 2 // 3 if "road" in query else len(ids) // 3 if "water" in query else len(ids)
        assert (len(seen), len(set(seen))) == (expected, expected), query
    statements: list[str] = []
    event.listen(raised.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    world.html("/issues?category=road")
    few = len(statements)
    with writing(raised.engine) as connection:
        connection.execute(delete(table(IssueEntry)))
        connection.execute(delete(table(Issue)).where(table(Issue).c.id > ids[board_query.PAGE]))
    statements.clear()
    world.html("/issues?category=road")
    assert abs(len(statements) - few) <= 1


def test_where_few_of_many_fit_a_page_may_be_empty_and_leads_further_back(world: World) -> None:
    world.raised.issue(code="1111111", state="confirmed")
    world.raised.many(board_query.LOOKED_AT)
    page = world.html("/issues?lang=en&place=03&state=solved")
    assert "None of these among the newest" in page
    further = re.search(r'<a rel="next" href="([^"#]+)', page)
    assert further
    assert world.listed(html.unescape(further[1])) == ["1111111"]


def test_an_empty_board_says_what_will_be_here(world: World) -> None:
    assert "Problems will stand here as soon as people raise them" in world.read()
    assert "There is no such problem." in world.read("/issues?lang=en&place=03")


def test_pages_are_light_and_safe_however_much_there_is(world: World) -> None:
    raised = world.raised
    rows = {f"p{code}": 9 for code in ("0313", "031303")}
    raised.people(**rows)
    said = "ទ" * 160
    for number in range(board_query.OFFICES + 1):
        office = raised.office("Long name of an invented office " * 3, "03", name_km="ការិយាល័យគំរូឈ្មោះវែង" * 4)
        for _ in range(5):
            issue = raised.issue(said, "shown", place="031303", office_id=office, voices=1000 + number)
    for _ in range(60):
        raised.entry(issue, "answer", words=said, public="shown", office_id=office)
    FiguresTeller(raised.engine, ZONE)(NOW)
    code = world.listed("/issues")[0]
    for address in ("/issues?lang=km", "/issues?lang=km&place=031303", f"/issues/{code}?lang=km"):
        response = world.client.get(address)
        sheets = re.findall(r'<link rel="stylesheet" href="[^"]*?([a-z]+\.css)', response.text)
        styles = [len(Path("bot/web/static", sheet).read_bytes()) for sheet in sheets]
        assert styles
        assert len(response.data) + sum(styles) < HEAVIEST, address
        assert all(name in response.headers for name in HEADERS_OF_SAFETY)
        assert "<script" not in response.text
        assert " style=" not in response.text


def test_words_cannot_break_out_of_the_page(world: World) -> None:
    evil = "<script>alert(1)</script>\"'"
    office = world.raised.office(evil, "03", name_km=evil)
    world.raised.issue(evil, "shown", code="0616500", office_id=office)
    for address in ("/issues?lang=en", "/issues?lang=km", "/issues/0616500", f"/issues?office={office}"):
        assert "<script" not in world.html(address)


def test_a_category_that_staff_named_is_called_so(world: World) -> None:
    with writing(world.raised.engine) as connection:
        named = {"name_km": "ភ្លើងអគ្គិសនី", "name_en": "electricity"}
        connection.execute(update(table(Category)).where(table(Category).c.id == "other").values(named))
    world.raised.issue(category="other")
    assert "electricity · Kampong Cham" in world.read()
    assert "ភ្លើងអគ្គិសនី" in world.read("/issues?lang=km")


def test_without_a_database_a_polite_page_says_so(lexicon: Lexicon, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/nowhere/none.sqlite")
    app = Flask("bot", static_folder=None)
    app.register_blueprint(page_frame())
    app.register_blueprint(issue_pages(engine, Vault("a key for tests only"), lexicon, ZONE, "1234", lambda: NOW))
    for address in ("/issues?lang=en", "/issues/0616500?lang=en"):
        response = app.test_client().get(address)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
        assert "The problems cannot be shown right now" in response.text
    engine.dispose()


def test_another_key_gives_a_polite_page_too(world: World, lexicon: Lexicon) -> None:
    world.raised.issue("The well is foul", "shown")
    other = Raised(world.raised.engine, Vault("another key"))
    assert pages_on(other, lexicon).get("/issues").status_code == 503


def test_the_app_serves_it_and_prices_lead_there(app: Flask) -> None:
    client: Any = app.test_client()
    assert client.get("/issues").status_code == 200
    assert client.get("/open311/v2/services.json").json == []
    assert '<a href="/issues">' in client.get("/").text
    assert '<a href="/issues" aria-current="page">' in client.get("/issues").text
