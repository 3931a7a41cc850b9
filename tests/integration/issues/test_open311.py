"""Open311 GeoReport v2 as a program reads it: the shapes of the specification, in both formats, errors and dates.

SHAPES holds what the published specification (wiki.open311.org/GeoReport_v2 and Service_Discovery) demands of each
answer: its root in XML, its repeated element and the fields of each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.db import make_engine
from bot.issues.board.open311 import Endpoint, open311
from bot.language.words.lexicon import Lexicon
from bot.vault import Vault
from tests.fakes.raised import NOW, Raised

ZONE = ZoneInfo("Asia/Phnom_Penh")
SHAPES = {
    "services": ("service", "service_code service_name description metadata type keywords group"),
    "service_definition": (None, "service_code attributes"),
    "service_requests": (
        "request",
        "service_request_id status status_notes service_name service_code description agency_responsible "
        "service_notice requested_datetime updated_datetime expected_datetime address address_id zipcode lat long "
        "media_url",
    ),
    "discovery": (None, "changeset contact key_service endpoints"),
    "errors": ("error", "code description"),
}
ENDPOINT = "specification url changeset type formats"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00")
TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}


class Program:
    """A program that reads issues, and the issues there are."""

    def __init__(self, raised: Raised, client: FlaskClient):
        self.raised = raised
        self.client = client

    def read(self, path: str, root: str, status: int = 200) -> Any:
        """The JSON of an address, once its XML has been found to say the same in the right shape."""
        name, _, query = path.partition("?")
        xml, data = (self.client.get(f"/open311/v2/{name}.{kind}?{query}") for kind in ("xml", "json"))
        for response, kind in ((xml, "xml"), (data, "json")):
            assert response.status_code == status
            assert response.headers["Content-Type"] == TYPES[kind]
            assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert xml.data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
        element, found = ElementTree.fromstring(xml.data), json.loads(data.data)
        assert element.tag == root
        child, fields = SHAPES[root]
        for one in [element] if child is None else list(element):
            assert one.tag == (child or root)
            assert [field.tag for field in one][: len(fields.split())] == fields.split()
        assert spark(element) == text(found)
        return found


def spark(element: ElementTree.Element) -> Any:
    """An element as the specification's convention puts it in JSON, numbers and truth as text."""
    children = list(element)
    if not children:
        return element.text or ""
    if element.tag.endswith("s") and {one.tag for one in children} <= {element.tag[:-1], "request"}:
        return [spark(one) for one in children]
    return {one.tag: spark(one) for one in children}


def text(value: Any) -> Any:
    """JSON with every value as XML writes it; an empty list is an empty element there."""
    if isinstance(value, dict):
        return {name: text(one) for name, one in value.items()}
    if isinstance(value, list):
        return [text(one) for one in value] if value else ""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture
def program(database_url: str, lexicon: Lexicon) -> Iterator[Program]:
    engine = make_engine(database_url)
    raised = Raised(engine)
    app = Flask("bot", static_folder=None)
    endpoint = Endpoint("https://phsar.example.org", "+85510000000", test=True)
    app.register_blueprint(open311(engine, raised.vault, lexicon, ZONE, endpoint, lambda: NOW))
    yield Program(raised, app.test_client())
    engine.dispose()


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [one["service_request_id"] for one in found]


def test_the_services_are_the_categories_in_the_order_in_which_they_are_offered(program: Program) -> None:
    found = program.read("services?jurisdiction_id=example.org", "services")
    assert [one["service_code"] for one in found][:3] == ["licence", "unofficial_fee", "market_access"]
    assert found[0]["service_name"] == "licence"
    assert "15 working days" in found[0]["description"]
    assert (found[0]["metadata"], found[0]["type"]) == (False, "realtime")
    assert program.read("services?lang=km", "services")[0]["service_name"] == "អាជ្ញាប័ណ្ណ"
    assert program.read("services/water", "service_definition") == {"service_code": "water", "attributes": []}
    assert program.read("services/volcano", "errors", 404)[0]["code"] == 404


def test_the_discovery_names_the_endpoint(program: Program) -> None:
    found = program.read("discovery", "discovery")
    (endpoint,) = found["endpoints"]
    assert list(endpoint) == ENDPOINT.split()
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"] == "https://phsar.example.org/open311/v2"
    assert (endpoint["type"], endpoint["formats"]) == ("test", ["text/xml", "application/json"])


def test_a_request_says_what_everybody_may_know(program: Program) -> None:
    raised = program.raised
    raised.people(p0313=5)
    office = raised.office("Office of Prey Chhor", "0313", name_km="ការិយាល័យព្រៃឈរ")
    later = NOW - timedelta(hours=1)
    issue = raised.issue(
        "The well is <foul> & \x00 old",
        "shown",
        timedelta(hours=30),
        place="031303",
        code="0616500",
        office_id=office,
        state="answered",
        changed_at=later,
        solve_due_at=NOW + timedelta(days=9),
        voices=13,
    )
    raised.entry(issue, "answer", words="We come on Monday", public="shown")
    raised.entry(issue, "answer", words="We came", public="shown")
    raised.entry(issue, "resolved", words="Nobody has looked at this yet")
    raised.entry(issue, "more", "voice", words="What people add is no note", public="shown")
    (found,) = program.read("requests/0616500", "service_requests")
    assert found == {
        "service_request_id": "0616500",
        "status": "open",
        "status_notes": "We came",
        "service_name": "water and environment",
        "service_code": "water",
        "description": "The well is <foul> &  old",
        "agency_responsible": "Office of Prey Chhor",
        "service_notice": None,
        "requested_datetime": "2026-11-22T00:00:00+07:00",
        "updated_datetime": "2026-11-23T00:00:00+07:00",
        "expected_datetime": "2026-12-02T10:00:00+07:00",
        "address": "Prey Chhor, Kampong Cham",
        "address_id": "0313",  # its commune has few people
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }
    (khmer,) = program.read("requests/061-6500?lang=km", "service_requests")
    assert (khmer["agency_responsible"], khmer["address"]) == ("ការិយាល័យព្រៃឈរ", "ព្រៃឈរ, កំពង់ចាម")
    (more,) = program.read("requests/0616500?extensions=true", "service_requests")
    assert more["extended_attributes"] == {"state": "answered", "voices": 10, "voices_fewer_than": None}


def test_what_is_not_public_is_left_empty_or_out(program: Program) -> None:
    raised = program.raised
    office = raised.office("Office of Prey Chhor", "0313")
    unread = raised.issue("Not looked at yet", "waiting", code="1111111", place="0313", office_id=office)
    raised.entry(unread, "answer", words="Nor this")
    for code, values in {
        "2222222": {"hidden": True},
        "3333333": {"office_at": None},
        "4444444": {"state": "rejected"},
        "5555555": {"state": "merged", "merged_into": None},
    }.items():
        raised.issue("secret", "shown", code=code, **values)
        program.read(f"requests/{code}", "errors", 404)
    (found,) = program.read("requests", "service_requests")
    empty = ("description", "status_notes", "agency_responsible", "expected_datetime")
    assert {found[name] for name in empty} == {None}
    assert found["address"] == "Kampong Cham"
    program.read("requests/7777777", "errors", 404)
    program.read("requests/x", "errors", 404)


def test_a_merged_request_is_closed_and_names_the_other(program: Program) -> None:
    raised = program.raised
    other = raised.issue(code="0616500")
    raised.issue(code="1111111", state="merged", merged_into=other, closed_at=NOW)
    (found,) = program.read("requests/1111111", "service_requests")
    assert (found["status"], found["updated_datetime"]) == ("closed", "2026-11-23T00:00:00+07:00")
    assert found["status_notes"] == "It is the same problem as 061-6500 and goes on under that number."
    assert ids(program.read("requests", "service_requests")) == ["0616500"]
    hidden = raised.issue(code="2222222", hidden=True)
    raised.issue(code="3333333", state="merged", merged_into=hidden)
    program.read("requests/3333333", "errors", 404)


def test_several_ids_override_everything_else(program: Program) -> None:
    for code, days in (("1111111", 1), ("2222222", 200), ("3333333", 3)):
        program.raised.issue(code=code, ago=timedelta(days=days))
    path = "requests?service_request_id=2222222,%20111-1111,9999999,x&status=nonsense&page_size=0"
    assert ids(program.read(path, "service_requests")) == ["2222222", "1111111"]
    assert program.read("requests?service_request_id=9999999", "service_requests") == []


def test_they_are_found_by_status_and_service_a_parameter_left_empty_is_none(program: Program) -> None:
    raised = program.raised
    closed_at = NOW - timedelta(days=1)
    raised.issue(code="1111111", category="road", state="sent")
    raised.issue(code="2222222", category="water", state="resolved")
    raised.issue(code="3333333", category="road", state="confirmed", closed_at=closed_at, changed_at=NOW)
    raised.issue(code="4444444", category="licence", state="unconfirmed", closed_at=closed_at)
    for query, expected in {
        "": "4444444 3333333 2222222 1111111",
        "service_code=&status=&start_date=&end_date=&page=&page_size=&service_request_id=": (
            "4444444 3333333 2222222 1111111"
        ),
        "status=open": "2222222 1111111",
        "status=closed": "4444444 3333333",
        "status=open,closed": "4444444 3333333 2222222 1111111",
        "service_code=road": "3333333 1111111",
        "service_code=road,licence&status=closed": "4444444 3333333",
        "service_code=road&service_code=water": "3333333 2222222 1111111",
        "page_size=3": "4444444 3333333 2222222",
        "page_size=3&page=2": "1111111",
        "page_size=3&page=3": "",
    }.items():
        assert ids(program.read(f"requests?{query}", "service_requests")) == expected.split(), query
    closed = program.read("requests/3333333", "service_requests")[0]
    assert closed["updated_datetime"] == "2026-11-22T00:00:00+07:00"


def test_ninety_days_are_looked_at_the_newest_where_nothing_is_said(program: Program) -> None:
    for code, days in (("1111111", 1), ("2222222", 89), ("3333333", 91), ("4444444", 170)):
        program.raised.issue(code=code, ago=timedelta(days=days))
    for query, expected in {
        "": "1111111 2222222",
        f"start_date={ago(100)}": "2222222 3333333",
        f"end_date={ago(90)}": "3333333 4444444",
        f"start_date={ago(92)}&end_date={ago(88)}": "2222222 3333333",
        f"start_date={ago(2).replace('Z', '%2B00:00')}": "1111111",
        "start_date=2026-11-22T10:00:00+07:00": "1111111",  # its plus comes as a blank
        "start_date=2026-11-22T10:00:01%2B07:00": "1111111",  # whole days: no hour can be found out
        "start_date=2026-11-23T00:00:00%2B07:00": "",
        "end_date=2026-11-22T09:59:59%2B07:00": "1111111 2222222 3333333",
        "end_date=2026-11-21T23:59:59%2B07:00": "2222222 3333333",
    }.items():
        found = program.read(f"requests?{query}", "service_requests")
        assert ids(found) == expected.split(), query
        assert all(TIME.fullmatch(one["requested_datetime"]) for one in found)


def ago(days: int) -> str:
    return f"{NOW - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    ("query", "status", "named"),
    [
        ("service_code=volcano", 404, "service_code"),
        ("service_code=road,volcano", 404, "service_code"),
        ("status=done", 400, "status"),
        ("start_date=yesterday", 400, "start_date"),
        ("start_date=2026-11-22", 400, "start_date"),  # without its zone nobody knows when that is
        ("end_date=2026-11-22T10:00:00", 400, "end_date"),
        ("end_date=2026-13-22T10:00:00Z", 400, "end_date"),
        ("end_date=0001-01-01T00:00:00Z", 400, "far away"),
        ("start_date=9999-12-31T23:00:00Z", 400, "far away"),
        ("start_date=0001-01-01T00:00:00%2B07:00", 400, "start_date"),
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z", 400, "90 days"),
        ("start_date=2026-06-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", 400, "90 days"),
        ("page=0", 400, "page"),
        ("page=x", 400, "page"),
        ("page=00000000000000000001", 400, "page"),
        ("page=99999999999999999999", 400, "page"),
        ("page_size=1001", 400, "page_size"),
        ("page_size=-1", 400, "page_size"),
        ("page_size=%D9%A3", 400, "page_size"),
    ],
)
def test_a_senseless_question_is_refused_in_words(program: Program, query: str, status: int, named: str) -> None:
    (error,) = program.read(f"requests?{query}", "errors", status)
    assert error["code"] == status
    assert named in error["description"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("kind", ["xml", "json"])
def test_it_can_only_be_read(program: Program, method: str, kind: str) -> None:
    response = getattr(program.client, method)(f"/open311/v2/requests.{kind}", data={"service_code": "road"})
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.headers["Content-Type"] == TYPES[kind]
    assert b"405" in response.data


def test_a_script_of_another_site_hears_that_it_may_read(program: Program) -> None:
    for path in ("requests.json", "services.xml", "nothing"):
        response = program.client.options(f"/open311/v2/{path}")
        allowed = [response.headers[name] for name in ("Allow", "Access-Control-Allow-Methods")]
        assert (response.status_code, allowed) == (204, ["GET, HEAD, OPTIONS"] * 2)
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_other_addresses_are_unknown_in_words_too(program: Program) -> None:
    program.read("tokens/1", "errors", 404)
    for path in ("", "requests", "requests.csv", "services/road"):
        response = program.client.get(f"/open311/v2/{path}")
        assert response.status_code == 404
        assert ElementTree.fromstring(response.data).tag == "errors"


def test_without_a_database_it_says_so(lexicon: Lexicon, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/nowhere/none.sqlite")
    app = Flask("bot", static_folder=None)
    vault = Vault("a key for tests only")
    endpoint = Endpoint("https://phsar.example.org", "1234", test=False)
    app.register_blueprint(open311(engine, vault, lexicon, ZONE, endpoint, lambda: NOW))
    response = app.test_client().get("/open311/v2/requests.json")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert response.json[0]["code"] == 503
    assert app.test_client().get("/open311/v2/discovery.json").json["endpoints"][0]["type"] == "production"
    engine.dispose()


def test_times_are_those_of_the_country(program: Program) -> None:
    program.raised.issue(ago=timedelta(hours=11))
    (found,) = program.read("requests", "service_requests")
    assert found["requested_datetime"] == "2026-11-22T00:00:00+07:00"  # the day as it is there
