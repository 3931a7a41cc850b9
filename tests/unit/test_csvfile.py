"""An operator's CSV: whatever a spreadsheet makes of it is read, or every fault is named by its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.csvfile import Fault, Row, is_place, read_amount, read_csv
from bot.lists import merge_repeats

TODAY = date(2026, 11, 20)


def read(tmp_path: Path, content: str | bytes, private: bool = False) -> tuple[list[Row], list[str]]:
    path = tmp_path / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    rows, faults = read_csv(path, ("id", "name"), ("note",), private)
    return rows, [str(fault) for fault in faults]


@pytest.mark.parametrize(
    "content",
    [
        "id,name\na,ផ្សារ\n",
        "\ufeffid,name\r\na,ផ្សារ\r\n",
        "name , ID\nផ្សារ,\u200ba\u00a0\n",
        '\n\nid,name,note\n,,\n"a","ផ្សារ",\n\n',
        "id,name\na,ផ្សារ,,,\n",
        "id,name\ra,ផ្សារ",
        "id,name,,\na,ផ្សារ,,\n",
        "id,,name,\na,,ផ្សារ\n",
        "id,name,,,\na,ផ្សារ\n",
    ],
)
def test_what_spreadsheets_make_of_a_list(tmp_path: Path, content: str) -> None:
    rows, faults = read(tmp_path, content)
    assert faults == []
    assert [(row.values["id"], row.values["name"]) for row in rows] == [("a", "ផ្សារ")]


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    rows, faults = read(tmp_path, 'id,name,note\r\n\r\na,x,"one\r\ntwo\r\nthree"\r\n\r\nb,y,\r\nc,z\r\n')
    assert [row.line for row in rows] == [3, 7]
    assert rows[0].values["note"] == "one\r\ntwo\r\nthree"
    assert [fault.split(":")[0] for fault in faults] == ["line 8"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "file: is empty"),
        (b"\n\n\r\n", "file: is empty"),
        (b"id,name\n", "no rows"),
        ("id,name\na,é\n".encode("latin-1"), "not UTF-8"),
        ("id,name\na,b\n".encode("utf-16"), "not UTF-8"),
        (b"id;name\na;b\n", "semicolons"),
        (b"id\tname\na\tb\n", "tabs"),
        (b"a,b\n", "line 1: the first line must name the columns: id,name,note"),
        (b"id,nmae\na,b\n", "line 1, name: this column is missing"),
        (b"id,name,price\na,b,c\n", "'price' is no column of this list; use id, name, note"),
        (b"id,name,\na,b,c\n", "a column has no name (column 3)"),
        (b"id,name,,\na,b,,c\n", "a column has no name (column 3)"),
        (b"id,name,id\na,b,c\n", "line 1, id: this column is there more than once"),
        (b'id,name\na,"b\n', "line 2: is not CSV"),
        (b'id,name\na,"b"c\n', "line 2: is not CSV"),
        (b"id,name\na,9,500\n", "line 2: has 3 cells, the first line has 2"),
        (b'id,name\na,"' + b"x" * 200_000 + b'"\n', "line 2: is not CSV"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, content: bytes, says: str) -> None:
    _, faults = read(tmp_path, content)
    assert says in faults[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        rows, faults = read_csv(path, ("id",), ())
        assert rows == []
        assert "cannot be read" in faults[0].message


@given(st.binary(max_size=300))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    rows, faults = read(tmp_path_factory.getbasetemp(), content)
    assert rows or faults


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("9500", "9500"),
        ("៩៥០០", "9500"),
        ("9,500", "9500"),
        ("៩.៥០០", "9500"),
        ("9 500", "9500"),
        ("1,234,567", "1234567"),
        ("1.234,50", "1234.50"),
        ("2.5", "2.5"),
        ("2,50", "2.50"),
        ("0.125", "0.125"),
    ],
)
def test_amounts_as_people_write_them(written: str, meant: str) -> None:
    assert read_amount(written) == Decimal(meant)


@pytest.mark.parametrize("written", ["", "12o0", "-5", "1e4", "9,50,0", "1,234.567", "1,234,5", "9500៛", "NaN", "²"])
def test_what_is_no_amount(written: str) -> None:
    assert read_amount(written) is None


@given(st.text(alphabet="0123456789០៩,. -eE៛", max_size=12))
def test_an_amount_is_never_negative_or_infinite(written: str) -> None:
    amount = read_amount(written)
    assert amount is None or (amount.is_finite() and amount >= 0)


def test_every_fault_has_a_remedy() -> None:
    row = Row(12, {"low": "12o0", "high": "", "usual": "0", "day": "25/12/2026", "late": "2026-11-21"})
    row.values |= {"unit": "kilo", "level": "whole", "place": "9999", "flag": "yes", "name": "x" * 5}
    assert row.amount("low") is row.amount("high") is row.amount("usual") is None
    assert row.day("day", TODAY) is row.day("late", TODAY) is row.day("none", TODAY) is None
    assert row.one_of("unit", ("kg", "piece"), hint="use an id of the vocabulary") is None
    assert row.one_of("level", ("wholesale", "retail")) is None
    assert row.place("place", needed=True) is row.text("name", 4) is None
    assert row.flag("flag") is None
    assert [str(fault) for fault in row.faults] == [
        "line 12, low: '12o0' is no amount; write digits such as 9500",
        "line 12, high: is empty; write digits such as 9500",
        "line 12, usual: '0' cannot be a price; write digits such as 9500",
        "line 12, day: '25/12/2026' is no day; write year-month-day, such as 2026-11-20",
        "line 12, late: '2026-11-21' is in the future; today is 2026-11-20",
        "line 12, none: is empty; write the day as year-month-day, such as 2026-11-20",
        "line 12, unit: 'kilo' is not known; use an id of the vocabulary",
        "line 12, level: 'whole' is not known; use retail or wholesale",
        "line 12, place: '9999' is no official code of a place; write 2, 4, 6 or 8 digits such as 0305",
        "line 12, name: is longer than 4 characters; shorten it",
        "line 12, flag: 'yes' is neither 1 nor 0; write 1 for yes",
    ]


@pytest.mark.parametrize("between", ["\n", "\r\n", "\t", "\0", "\x1b[31m", "\x85", "\u2028", "\u2029"])
def test_a_text_is_one_line_without_control_characters(tmp_path: Path, between: str) -> None:
    ((row,), faults) = read(tmp_path, f'id,name\na,"ផ្សារ{between}លើ"\n')
    assert faults == []
    assert row.text("name", 120) is None
    assert [str(fault) for fault in row.faults] == [
        "line 2, name: has a line break or a control character; take it out"
    ]


@pytest.mark.parametrize(
    "lost",
    [
        "????????",
        "???? ?????",
        "?",
        "??? Market",
        "ផ្សារ ???",
        "(????)",
        "ផ្\ufffdារ",
        "\ufffd",
        "áž•áŸ’ážŸáž¶ážš",
        "Leu????",
    ],
)
def test_letters_that_a_spreadsheet_lost_are_no_name(lost: str) -> None:
    row = Row(2, {"name": lost})
    assert row.text("name", 120) is None
    assert "has lost its letters" in row.faults[0].message


@pytest.mark.parametrize("kept", ["Really??", "What is it?", "ទេ?", "Coming ?", "Ás ž", "Market No. 5?!"])
def test_a_question_is_no_lost_name(kept: str) -> None:
    assert Row(2, {"name": kept}).text("name", 120) == kept


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-30", "1900-01-01", "1970-01-01", "1999-12-31"])
def test_a_day_before_any_sensible_year_is_a_fault(day: str) -> None:
    row = Row(2, {"day": day})
    assert row.day("day", TODAY) is None
    assert "too long ago" in row.faults[0].message


def test_khmer_keeps_what_joins_and_parts_its_words(tmp_path: Path) -> None:
    ((row,), _) = read(tmp_path, "id,name\na,ផ្សារ\u200bលើ\u200c\u200dថ្មី\n")
    assert row.text("name", 120) == "ផ្សារ\u200bលើ\u200c\u200dថ្មី"


def test_of_people_no_fault_repeats_a_value() -> None:
    row = Row(2, dict.fromkeys(("a", "b", "c", "d", "e"), "012345678"), private=True)
    row.amount("a")
    row.day("b", TODAY)
    row.one_of("c", ("km", "en"), hint="see the list")
    row.place("d", needed=False)
    row.flag("e")
    assert len(row.faults) == 4  # it is an amount
    assert not any("012345678" in str(fault) for fault in row.faults)


def test_values_that_are_read() -> None:
    row = Row(2, {"place": "305", "code": "០៣០៥", "day": "២០២៦-១១-២០", "unit": "KG", "flag": "១"})
    assert row.place("place", needed=True) == row.place("code", needed=True) == "0305"
    assert row.day("day", TODAY) == TODAY
    assert row.one_of("unit", ("kg",)) == "kg"
    assert row.flag("flag") is True
    assert row.one_of("missing", ("kg",), needed=False) == row.place("missing", needed=False) == ""
    assert row.faults == []


def test_places_of_every_level() -> None:
    assert all(map(is_place, ("03", "0305", "030501", "03050101")))
    assert not any(map(is_place, ("", "3", "26", "0399", "Kampong Cham", "03050199", "0305010101")))


def test_rows_that_say_the_same_thing_twice() -> None:
    rows = [(2, ("a",), 1), (3, ("b",), 1), (4, ("a",), 1), (5, ("b",), 2)]
    assert merge_repeats(rows, "id") == ({4}, [Fault(5, "id", "contradicts line 3; keep one of the two")])
