"""The digest as an e-mail through a real mail server: list and charts in both forms, nothing loaded, nobody exposed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from sqlalchemy import update

from bot.db import table, writing
from bot.issues.models import IssueEntry, Office
from tests.fakes.digests import MONDAY, TUESDAY, Mornings, at, days
from tests.fakes.issues import Village
from tests.fakes.mail import Mailbox, mail_server

TO = "sample@office.example"
MAY_BE_THERE = {
    "html",
    "head",
    "meta",
    "title",
    "body",
    "table",
    "tr",
    "td",
    "h1",
    "h2",
    "p",
    "a",
    "b",
    "span",
    "br",
}
KHMER = "អណ្ដូងក្នុងភូមិមានក្លិនស្អុយ ផឹកមិនបាន កូនក្មេងឈឺពោះ យើងសូមមានអណ្ដូងថ្មី ព្រោះគ្មានទឹកស្អាតប្រើប្រាស់ជាយូរមកហើយ "


@pytest.fixture
def mornings(place: Village) -> Mornings:
    """Offices without anybody yet, on a Monday at half past seven."""
    return Mornings(place)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server."""
    with mail_server() as box:
        yield box


class Page(HTMLParser):
    """The tags, links, words and bars of a mail, read as a mail program does."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.widths: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        assert not {name for name in given if name.startswith("on") or name in ("src", "background", "class", "id")}
        assert "url(" not in str(given.get("style"))
        if tag == "a":
            self.links.append(str(given["href"]))
        if tag == "td" and (given.get("width") or "").endswith("%"):
            self.widths.append(str(given["width"]))
        if tag not in ("meta", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words = re.sub(r"\s+", " ", self.words + data)


def forms(message: EmailMessage) -> tuple[str, Page, str]:
    """A mail's text, its HTML as it is read, and that HTML."""
    text, html = (part.get_content() for part in message.iter_parts())
    return text, Page(html), html


def sent(mornings: Mornings, box: Mailbox) -> list[EmailMessage]:
    """The e-mails of this Monday, by way of the mail server."""
    mornings.comes(MONDAY)
    mornings.posts(box.url)
    return [message for _, message in box.mails]


def test_list_charts_and_links_are_in_both_forms(mornings: Mornings, box: Mailbox) -> None:
    mornings.official(mail=TO)
    late = mornings.issue(words="the bridge is gone", category="road", ago=days(20), seen_at=at(MONDAY), overdue=1)
    new = mornings.issue(words=KHMER * 3, place="031303", ago=days(1), voices=13)
    mornings.issue(ago=days(3))
    (message,) = sent(mornings, box)
    assert box.to == [TO]
    assert message["Subject"] == "Problems of Chrey Vien office, 30/11/2026: 2 new, 1 over the term"
    text, page, html = forms(message)
    assert set(page.tags) <= MAY_BE_THERE
    addresses = re.findall(r"https?://\S+", text)
    assert set(addresses) == set(page.links)
    door = min(page.links, key=len)
    assert re.fullmatch(r"https://phsar\.example\.org/o/[\w-]{22}", door)
    for issue in (late, new):
        digits = mornings.code(issue)
        assert f"{door}/{digits.replace('-', '')}" in page.links
        for said in (text, page.words):
            assert digits in said
    for said in (" ".join(text.split()), page.words):
        assert "road or bridge" in said
        assert "Chrey Vien, Prey Chhor, Kampong Cham · yesterday · 10 people or more" in said
        assert "the bridge is gone" in said
        assert "អណ្ដូងក្នុងភូមិមានក្លិនស្អុយ" in said
        assert said.index(mornings.code(late)) < said.rindex(mornings.code(new))  # what is late stands first
    (cut,) = [line for line in text.splitlines() if line.startswith("អណ្ដូង")]
    assert len(cut) <= 121
    assert cut.endswith("…")
    assert "████████████████████ 2 new\n██████████ 1 not read for 2 days\n" in text
    assert {"100%", "50%"} <= set(page.widths)
    assert "<svg" not in html


def test_khmer_unless_they_read_english(mornings: Mornings, box: Mailbox) -> None:
    mornings.official(mail="one@office.example", language="km")
    mornings.official(mail="two@office.example", phone=False, language="")
    mornings.official(mail="three@office.example", language="en")
    mornings.issue()
    subjects = {message["To"]: str(message["Subject"]) for message in sent(mornings, box)}
    assert subjects["one@office.example"] == "បញ្ហាសម្រាប់សាលាឃុំជ្រៃវៀន 30/11/2026៖ ថ្មី 1 ហួសកំណត់ 0"
    assert subjects["two@office.example"] == subjects["one@office.example"]
    assert subjects["three@office.example"].startswith("Problems of Chrey Vien office")
    texts = {message["To"]: forms(message)[0] for message in (mail for _, mail in box.mails)}
    assert "ទឹក បរិស្ថាន" in texts["one@office.example"]
    assert not re.search("[a-z]{3}", re.sub(r"https?://\S+|SMS|the well smells", "", texts["one@office.example"]))


def test_how_many_days_are_left_is_said_and_how_many_it_is_over(mornings: Mornings, box: Mailbox) -> None:
    mornings.official(mail=TO)
    terms = {  # state, until it is acknowledged, until it is resolved
        "due today": ("sent", 0.2, 9),
        "1 day left": ("reopened", 1, -9),
        "12 days left": ("acknowledged", -9, 12),
        "over its term since today": ("sent", -0.2, 9),
        "1 day over its term": ("answered", -9, -1),
        "8 days over its term": ("sent", -8, 1),
    }
    now = at(MONDAY)
    for place, (state, acknowledge, resolve) in enumerate(terms.values(), 1):
        due = {"ack_due_at": now + days(acknowledge), "solve_due_at": now + days(resolve)}
        mornings.issue(ago=days(3), state=state, voices=100 + place, **due)
    mornings.issue(ago=days(3), voices=100)
    text, page, _ = forms(sent(mornings, box)[0])
    for said in (text, page.words):
        for term in terms:
            assert f"· 100 people or more · {term}" in said
        assert not re.search(r"\b10[0-9] people ·", said)


def test_what_people_and_lists_wrote_is_never_markup(mornings: Mornings, box: Mailbox) -> None:
    mornings.official(mail=TO)
    with writing(mornings.place.engine) as connection:
        connection.execute(update(table(Office)).values(name_en="Vets & <b>sons</b> {day}"))
    mornings.issue(words='<script>alert("1")</script> & {link}', ago=days(1))
    text, page, _ = forms(sent(mornings, box)[0])
    assert "script" not in page.tags
    for said in (text, page.words):
        assert '<script>alert("1")</script> & {link}' in said
        assert "Vets & <b>sons</b> {day}" in said


def test_words_that_staff_hold_are_in_no_mail(mornings: Mornings, box: Mailbox) -> None:
    mornings.official(mail=TO)
    held = mornings.issue(words="markword of somebody")
    with writing(mornings.place.engine) as connection:
        connection.execute(update(table(IssueEntry)).where(IssueEntry.issue_id == held).values(office_may=False))
    hidden = mornings.issue(words="markword of another", office_at=None)
    text, page, _ = forms(sent(mornings, box)[0])
    for said in (text, page.words):
        assert mornings.code(held) in said
        assert "markword" not in said
        assert mornings.code(hidden) not in said


def test_each_gets_links_of_their_own_and_one_mail_a_day(mornings: Mornings, box: Mailbox) -> None:
    for name in ("one", "two"):
        mornings.official(mail=f"{name}@office.example")
    mornings.issue()
    first = sent(mornings, box)
    sent(mornings, box)
    assert sorted(box.to) == ["one@office.example", "two@office.example"]
    one, two = (set(forms(message)[1].links) for message in first)
    assert not one & two
    mornings.issue(ago=-days(0.1))
    mornings.comes(TUESDAY)
    mornings.posts(box.url)
    assert len(box.mails) == 4


def test_a_mail_server_that_is_down_for_a_day_delays_it_and_loses_nothing(mornings: Mornings, box: Mailbox) -> None:
    mornings.official(mail=TO)
    mornings.issue()
    box.away = True
    sent(mornings, box)
    for _ in range(25):
        mornings.place.now += timedelta(hours=1)
        mornings.posts(box.url)
    assert box.mails == []
    box.away = False
    mornings.place.now += timedelta(hours=1)
    mornings.posts(box.url)
    assert box.to == [TO]


def test_nothing_new_is_said_on_mondays(mornings: Mornings, box: Mailbox) -> None:
    mornings.official(mail=TO)
    (message,) = sent(mornings, box)
    assert message["Subject"] == "Problems of Chrey Vien office, 30/11/2026: nothing new"
    text, page, _ = forms(message)
    assert "Nothing new since the last time." in text
    assert "Nothing new since the last time." in page.words
    mornings.comes(TUESDAY)
    mornings.posts(box.url)
    assert len(box.mails) == 1


def test_the_largest_mail_is_small_enough_for_every_mail_program(mornings: Mornings, box: Mailbox) -> None:
    mornings.official("ministry", mail=TO, language="km")
    for number in range(40):
        mornings.issue("ministry", KHMER * 5, place="031303", ago=days(9), overdue=3, voices=99_999 + number)
        mornings.issue("commune", KHMER, place=f"{1 + number % 25:02}0101", ago=days(9), overdue=3)
    with writing(mornings.place.engine) as connection:
        connection.execute(update(table(Office)).values(name_km="សាលា" * 40))
    text, page, html = forms(sent(mornings, box)[0])
    assert len(html.encode()) < 60_000
    assert len(text.encode()) < 60_000
    assert "និងមាន 25 ទៀត។" in page.words
    assert "និងមាន 30 ទៀត។" in page.words


def test_a_ministry_reads_its_provinces(mornings: Mornings, box: Mailbox) -> None:
    mornings.official("ministry", mail=TO)
    for _ in range(3):
        mornings.issue("province", place="0305", ago=days(1))
    mornings.issue("commune", place="1201", ago=days(9), overdue=3)
    text, page, _ = forms(sent(mornings, box)[0])
    assert "████████████████████ Kampong Cham: 3 new, 0 unread, 0 over the term, 0 solved\n" in text
    assert "Phnom Penh: 0 new, 1 unread, 1 over the term, 0 solved" in text
    assert "Phnom Penh 0 new, 1 unread, 1 over the term, 0 solved" in page.words
