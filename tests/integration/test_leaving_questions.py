"""A new, complete message is never taken as the answer to the question at hand; CANCEL is heard at all of them."""

from __future__ import annotations

import pytest

from tests.fakes.deployment import Deployment


@pytest.fixture(scope="module")
def line(line: Deployment) -> Deployment:
    """A line with prices of pigs and paddy."""
    line.price(9500)
    line.price(1300, commodity="rice_paddy")
    return line


def english(line: Deployment, **more: object) -> str:
    return line.phone(language="en", **more)  # type: ignore[arg-type]


def alerts(line: Deployment, number: str) -> list[str]:
    rows = line.rows("SELECT commodity FROM price_alert WHERE contact_id = :id", id=line.contact(number))
    return sorted(row[0] for row in rows)


def test_another_alert_is_no_place_of_the_first(line: Deployment) -> None:
    number = english(line)
    assert "place" in line.sms(number, "ALERT PIG").text
    assert "Takeo" in line.sms(number, "ALERT PADDY TAKEO").text
    assert alerts(line, number) == ["rice_paddy"]


@pytest.mark.parametrize("question", ["price of chicken in takeo", "តម្លៃមាន់ តាកែវ", "tlai moan takeo"])
@pytest.mark.parametrize("before", [["ALERT PIG"], ["PROBLEM", "8"]])
def test_a_price_asked_for_is_no_place(line: Deployment, question: str, before: list[str]) -> None:
    number = english(line)
    for words in before:
        line.sms(number, words)
    said = line.sms(number, question).text
    assert "Chicken" in said or "chicken" in said
    assert alerts(line, number) == []
    assert line.one("SELECT count(*) FROM issue_voice WHERE contact_id = :id", id=line.contact(number)) == 0


def test_a_problem_half_told_is_kept_and_gone_on_with(line: Deployment) -> None:
    number = english(line)
    for words in ("PROBLEM", "8"):
        line.sms(number, words)
    said = line.sms(number, "pig price kampong cham").text
    assert "9,500" in said
    assert "PROBLEM" in said
    assert "1 Yes" in line.sms(number, "PROBLEM").text
    assert "Where is it" in line.sms(number, "1").text


@pytest.mark.parametrize(
    "told",
    [
        "rice 1300 kampong cham",
        "beans 5000 kampong cham",
        "meat 20000 kampong cham",
        "ត្រី 8000 កំពង់ចាម",
        "paddy 1300 kampong cham",
    ],
)
@pytest.mark.parametrize("first", ["pig 9500 kampong cham", "ជ្រូក 9500 កំពង់ចាម", "pig 95000 kampong cham"])
def test_a_report_of_another_product_corrects_nothing(line: Deployment, first: str, told: str) -> None:
    number = english(line, may_report=True, place="0305")
    line.sms(number, first)
    before = line.rows("SELECT commodity, usual, state FROM price_report ORDER BY id")
    said = line.sms(number, told).text
    now = line.rows("SELECT commodity, usual, state FROM price_report ORDER BY id")
    assert [tuple(row) for row in now[: len(before)]] == [tuple(row) for row in before]
    if told.startswith("paddy"):
        assert len(now) == len(before) + 1
        return
    assert "1 " in said  # which one is asked
    amount = "".join(letter for letter in told if letter.isdigit())
    line.sms(number, "1")
    assert int(line.rows("SELECT usual FROM price_report ORDER BY id")[-1][0]) == int(amount)


@pytest.mark.parametrize("word", ["CANCEL", "បោះបង់", "boh bong", "លុបចោលវិញ", "never mind"])
@pytest.mark.parametrize(
    "before",
    [
        ["PROBLEM"],
        ["PROBLEM", "8"],
        ["PROBLEM", "8", "1", "The ferry sank on the river and there is no boat"],
        ["ALERT PIG"],
        ["LANGUAGE"],
        ["price"],
    ],
)
def test_cancel_is_heard_everywhere(line: Deployment, word: str, before: list[str]) -> None:
    number = english(line, place="0305" if len(before) > 2 else "")
    for words in before:
        line.sms(number, words)
    contact = line.contact(number)
    said = line.sms(number, word).text
    assert not said.startswith("Sorry")
    assert line.one("SELECT count(*) FROM issue_voice WHERE contact_id = :id", id=contact) == 0
    assert line.one("SELECT count(*) FROM consent WHERE contact_id = :id", id=contact) == 0
    assert "9,500" in line.sms(number, "pig price kampong cham").text


@pytest.mark.parametrize("word", ["បោះបង់", "boh bong", "never mind"])
def test_cancel_where_nothing_is_asked_is_no_fault(line: Deployment, word: str) -> None:
    number = english(line)
    assert line.sms(number, word).text.startswith("All right")
    line.sms(number, "pig price kampong cham")
    assert line.sms(number, word).text.startswith("All right")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("I am afraid they will know it is me", "Do not worry"),
        ("ខ្ញុំខ្លាចគេដឹងថាជាខ្ញុំ", "Do not worry"),
        ("khnhom klach ke doeng", "Do not worry"),
        ("that is all", "not sent yet"),
        ("អស់ហើយ", "not sent yet"),
        ("os hery", "not sent yet"),
    ],
)
def test_what_is_said_beside_the_read_back_is_heard(line: Deployment, word: str, told: str) -> None:
    number = english(line, place="0305")
    for words in ("PROBLEM", "8", "1", "The ferry sank on the river and there is no boat"):
        asked = line.sms(number, words).text
    said = line.sms(number, word).text
    assert told in said
    assert said.endswith(asked)  # and it is asked again
    assert "number" in line.sms(number, "1").text
