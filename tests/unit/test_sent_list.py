"""The carrier's list, newest first, read over several readings: nothing is missed, nothing read for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.sent_list import Listed, SentList, SentPage

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Shelf:
    """A carrier's list with pages that begin behind a message, as both carriers have them. Counts the pages given."""

    def __init__(self, count: int, size: int = 10):
        self.sent = [self._listed(number) for number in range(count)]
        self.size, self.pages, self.fails_at = size, 0, 0

    def _listed(self, number: int) -> Listed:
        return Listed(f"SM{number}", "+85512000001", "x", "sent", "", NOON + timedelta(seconds=number))

    def send(self, count: int) -> None:
        self.sent += [self._listed(len(self.sent) + number) for number in range(count)]

    def first(self) -> SentPage:
        return self._behind(len(self.sent))

    def _behind(self, end: int) -> SentPage:
        self.pages += 1
        if self.pages == self.fails_at:
            raise ConnectionError
        begin = max(0, end - self.size)
        turn: Callable[[], SentPage] | None = (lambda: self._behind(begin)) if begin else None
        shown = self.sent[begin:end][::-1]
        return SentPage(shown, [one.at for one in shown], turn)


def sids(found: list[Listed] | None) -> list[str]:
    assert found is not None
    return [one.sid for one in found]


def names(begin: int, end: int) -> list[str]:
    return [f"SM{number}" for number in range(begin, end)]


def test_it_is_read_as_far_as_asked_for() -> None:
    shelf = Shelf(100)
    assert sids(SentList(shelf.first).since(NOON + timedelta(seconds=85))) == names(85, 100)
    assert shelf.pages == 3  # the last one is older from end to end
    assert sids(SentList(Shelf(0).first).since(NOON)) == []


def test_a_list_too_long_for_one_reading_is_gone_on_with() -> None:
    shelf = Shelf(500)
    known = SentList(shelf.first, lasts=9, now=lambda: float(shelf.pages))  # ten pages a reading
    found, readings = known.since(NOON), 1
    while found is None:
        shelf.send(3)
        found, readings = known.since(NOON), readings + 1
        assert readings < 40
    assert sids(found) == names(0, len(shelf.sent))
    assert readings >= 5
    assert shelf.pages <= 100
    before = shelf.pages
    shelf.send(5)
    while (found := known.since(NOON + timedelta(seconds=20))) is None:
        pass
    assert sids(found) == names(20, len(shelf.sent))
    assert shelf.pages - before <= 9, "what is known is not read again, but for a minute"


def test_a_page_that_fails_is_asked_for_again_and_no_other() -> None:
    shelf = Shelf(100)
    shelf.fails_at = 6
    known = SentList(shelf.first)
    with pytest.raises(ConnectionError):
        known.since(NOON)
    assert sids(known.since(NOON)) == names(0, 100)
    assert shelf.pages <= 6 + 5 + 8


def test_what_is_asked_for_from_before_or_behind_what_is_known_is_read_anew() -> None:
    shelf = Shelf(300)
    known = SentList(shelf.first)
    assert sids(known.since(NOON + timedelta(seconds=250))) == names(250, 300)
    assert sids(known.since(NOON + timedelta(seconds=100))) == names(100, 300)
    shelf.send(200)
    assert sids(known.since(NOON + timedelta(seconds=420))) == names(420, 500)
    assert sids(known.since(NOON + timedelta(seconds=310))) == names(310, 500)
