"""Sealed values: opened only by their key, never twice the same, found again by a keyed hash."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vault import Vault, VaultError

VAULT = Vault("a key for tests")


@given(st.text())
def test_what_was_sealed_is_opened(text: str) -> None:
    assert VAULT.open(VAULT.seal(text)) == text


@given(st.binary())
def test_bytes_are_sealed_as_texts_are(data: bytes) -> None:
    assert VAULT.open_bytes(VAULT.seal_bytes(data)) == data
    assert VAULT.open_bytes(VAULT.seal("x")) == b"x"


def test_sound_is_no_text() -> None:
    with pytest.raises(VaultError):
        VAULT.open(VAULT.seal_bytes(b"RIFF\xff\xfe"))


def test_a_lone_surrogate_is_kept_as_a_question_mark() -> None:
    assert VAULT.open(VAULT.seal("a\ud800b")) == "a?b"
    assert VAULT.look_up("a\ud800b")


def test_the_same_text_never_seals_alike_and_shows_nothing() -> None:
    number = "+85512000001"
    one, other = VAULT.seal(number), VAULT.seal(number)
    assert one != other
    assert number.encode() not in one
    assert len(one) == len(number) + 29


@pytest.mark.parametrize(
    "sealed",
    [b"", b"\x01", b"\x01" * 28, b"\x02" + VAULT.seal("x")[1:], VAULT.seal("x")[:-1]],
    ids=["nothing", "a version", "no text", "another version", "cut short"],  # random bytes are no name
)
def test_what_was_damaged_does_not_open(sealed: bytes) -> None:
    with pytest.raises(VaultError):
        VAULT.open(sealed)


def test_another_key_opens_nothing_and_finds_nothing() -> None:
    other = Vault("another key")
    with pytest.raises(VaultError, match="DATA_KEY"):
        other.open(VAULT.seal("x"))
    assert other.look_up("+85512000001") != VAULT.look_up("+85512000001")


def test_a_look_up_is_keyed() -> None:
    found = VAULT.look_up("+85512000001")
    assert found == VAULT.look_up("+85512000001")
    assert len(found) == 32
    assert not hashlib.sha256(b"+85512000001").hexdigest().startswith(found)
