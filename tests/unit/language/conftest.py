"""One lexicon for all tests of the language room: it never changes."""

import pytest

from bot.language.words.lexicon import Lexicon, MarketName


@pytest.fixture(scope="session")
def plain_lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture(scope="session")
def lexicon(plain_lexicon: Lexicon) -> Lexicon:
    return plain_lexicon.with_markets(
        [
            MarketName("leu", "ផ្សារលើ", "Phsar Leu", "1710"),
            MarketName("kc", "ផ្សារកំពង់ចាម", "Kampong Cham", "0305"),
            MarketName("km", "ផ្សារគីឡូម៉ែត្រលេខ៤", "Kilometre Four", "12"),
        ]
    )
