"""Links of officials: short, ending, and of no use to anybody who changes a letter."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.issues.office.links import LASTS, LETTERS, MAIL_LASTS, LinkError, Links

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
LINKS = Links("a secret for tests only", "https://phsar.example.org/")
OFFICIALS, SERIALS = st.integers(1, 2**32 - 1), st.integers(0, 2**15 - 1)


def token(link: str) -> str:
    return link.rpartition("/")[2]


def look(link: str, serial: int = 0) -> None:
    """What a page does with a link."""
    LINKS.official(link)
    LINKS.check(link, serial, NOW)


@given(OFFICIALS, SERIALS)
def test_a_link_is_short_and_leads_to_its_official(official: int, serial: int) -> None:
    link = LINKS.to(official, serial, NOW)
    assert link.startswith("https://phsar.example.org/o/")
    assert len(token(link)) == LETTERS
    assert LINKS.official(token(link)) == official
    LINKS.check(token(link), serial, NOW)


@given(OFFICIALS, SERIALS, st.data())
def test_any_changed_letter_makes_it_worthless(official: int, serial: int, data: st.DataObject) -> None:
    genuine = token(LINKS.to(official, serial, NOW))
    place = data.draw(st.integers(0, LETTERS - 1))
    letter = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_+/=. é"))
    changed = genuine[:place] + letter + genuine[place + 1 :]
    if changed == genuine:
        return
    with pytest.raises(LinkError) as told:
        look(changed, serial)
    assert not told.value.expired


@given(st.text(max_size=40))
def test_what_is_no_link_is_refused(words: str) -> None:
    with pytest.raises(LinkError) as told:
        look(words)
    assert not told.value.expired


@given(SERIALS, st.integers(-5, 5).filter(bool))
def test_a_raised_serial_ends_all_earlier_links(serial: int, more: int) -> None:
    with pytest.raises(LinkError) as told:
        LINKS.check(token(LINKS.to(7, serial, NOW)), serial + more, NOW)
    assert not told.value.expired


def test_it_lasts_a_week_and_then_says_so() -> None:
    link = token(LINKS.to(7, 0, NOW))
    LINKS.check(link, 0, NOW + LASTS)
    with pytest.raises(LinkError) as told:
        LINKS.check(link, 0, NOW + LASTS + timedelta(days=1))
    assert told.value.expired
    assert LINKS.official(link) == 7


def test_another_secret_another_purpose_and_another_address_are_other_links() -> None:
    mail = token(LINKS.to_mail(7, 0, "aa", NOW))
    LINKS.check_mail(mail, 0, "aa", NOW + MAIL_LASTS)
    others = Links("another secret", "https://phsar.example.org")
    refused = (
        lambda: LINKS.check(mail, 0, NOW),
        lambda: LINKS.check_mail(token(LINKS.to(7, 0, NOW)), 0, "aa", NOW),
        lambda: LINKS.check_mail(mail, 0, "bb", NOW),
        lambda: others.check_mail(mail, 0, "aa", NOW),
    )
    for leads in refused:
        with pytest.raises(LinkError) as told:
            leads()
        assert not told.value.expired
    with pytest.raises(LinkError) as told:
        LINKS.check_mail(mail, 0, "aa", NOW + MAIL_LASTS + timedelta(days=1))
    assert told.value.expired
