"""How far an SMS's text walks: the files it is handed to between the webhook and the answer, traced in real turns."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.fakes.deployment import Deployment

ROOT = Path(__file__).parents[2]
OURS = (f"{ROOT}/bot/", f"{ROOT}/flows/")
MOST_FILES = 15
TEXTS = (
    "តម្លៃជ្រូកនៅកំពង់ចាម",
    "tomlai sro nov battambang",
    "price of pigs",
    "ព្រៃវែង",
    "ផ្លូវចូលភូមិខ្ញុំខូចអស់ហើយ រថយន្តដឹកស្រូវចូលមិនបាន",
    "I want to call a meeting on Friday at 3 pm at the pagoda",
    "how are you my friend, did you eat rice today",
    "1",
    "ឈប់",
)


@dataclass
class Way:
    """The files whose functions are handed a text as it is, in the order of the calls."""

    text: str
    stops: list[str] = field(default_factory=list)

    def __call__(self, frame: FrameType, event: str, _arg: Any) -> None:
        """Note a call; what threads call at each event."""
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(OURS):
            return
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        handed = (frame.f_locals.get(name) for name in names)
        if any(isinstance(value, str) and value == self.text for value in handed):
            file = str(Path(code.co_filename).relative_to(ROOT))
            if self.stops[-1:] != [file]:
                self.stops.append(file)

    @property
    def files(self) -> set[str]:
        """Every file once."""
        return set(self.stops)

    @property
    def returns(self) -> int:
        """How often it comes to a file where it was before."""
        return len(self.stops) - len(self.files)


@pytest.fixture(scope="module")
def line(line: Deployment) -> Deployment:
    """A line with prices."""
    line.price(9500)
    return line


def walked(line: Deployment, text: str) -> Way:
    """The way of a text in a turn of somebody who wrote before."""
    number = line.phone(language="km")
    way = Way(text)
    line.sms(number, "price")
    threading.setprofile(way)  # each request is a thread of its own
    try:
        assert line.sms(number, text).status == 200
    finally:
        threading.setprofile(None)
    return way


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_passes_few_files_and_seldom_comes_back(line: Deployment, text: str) -> None:
    way = walked(line, text)
    assert "bot/language/intents/understand.py" in way.files, "nothing was traced"
    assert len(way.files) <= MOST_FILES, way.stops
    assert way.returns <= len(way.stops) / 2, way.stops


def test_a_text_is_read_once_where_nothing_is_open(line: Deployment) -> None:
    text = "tomlai moan nov prey veng"
    calls: list[str] = []

    def reads(frame: FrameType, event: str, _arg: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_name == "read" and code.co_filename.endswith("language/words/reading.py"):
            calls.append(str(frame.f_locals["text"]))

    number = line.phone(language="en")
    threading.setprofile(reads)
    try:
        line.sms(number, text)
        line.sms(number, "price of rice in phnom penh")
    finally:
        threading.setprofile(None)
    assert calls.count(text) == 1, calls
