"""Misspelt places beside sure goods, towns, kilos and spoken questions: what is meant, and never a neighbour."""

import pytest

from bot.language.intents.learned.rows import to_row
from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Intent
from tests.unit.language.meant import is_heard


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("khnhey bonteay srey", {"commodity": "ginger", "place": "1703"}),
        ("carp kg price kampong chhang", {"commodity": "fish_carp", "place": "04", "unit": "kg"}),
        ("ត្រីរស់កំពង់ឆ្នាង", {"commodity": "fish_ros", "place": "04"}),
        ("salat 1kg kandal", {"commodity": "lettuce", "place": "08", "unit": "kg"}),
        ("chrouk kg thom", {"commodity": "pig_live", "place": "06"}),
        ("firewood krong kratie", {"commodity": "firewood", "place": "1002"}),
        ("chrouk krong siem reap", {"commodity": "pig_live", "place": "1710"}),
        ("srov krong phnom penh", {"commodity": "rice_paddy", "place": "12"}),
        ("បង្គារ១គីឡូម៉ានដុល្លារ", {"commodity": "shrimp", "unit": "kg", "currency": "usd"}),
        ("krouch chma 1kg pp", {"commodity": "lime", "place": "12", "unit": "kg"}),
        ("បហុកត្រីរៀល សៀមរាប", {"commodity": "prahok", "place": "17"}),
        ("pottery chhang", {"commodity": "pottery"}),
    ],
)
def test_what_is_meant(lexicon: Lexicon, text: str, slots: dict[str, str]) -> None:
    row = to_row(understand(text, Asked(), lexicon), lexicon)
    assert (row["intent"], row["slots"]) == ("price", slots)


@pytest.mark.parametrize("text", ["មានគោលក់អត់", "mean trey lok ot", "do you sell pigs", "ថ្លៃណាស់"])
def test_what_asks_no_price_and_tells_no_problem(lexicon: Lexicon, text: str) -> None:
    assert is_heard(understand(text, Asked(), lexicon), Intent.UNCLEAR)
