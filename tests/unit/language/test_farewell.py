"""Being asked to stop is heard however it is romanised, whatever was asked; nothing else is taken for it."""

from itertools import product

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Intent, Kind

_DONT = ("kom", "kum", "kam", "koum", "gom", "komm")
_SEND = ("pnher", "phnher", "pnhaer", "phnhe", "pnheu", "pner", "pngher", "bnher", "fnher", "panher")
_MESSAGE = ("", " sa", " sar", " saar")
_AGAIN = (" mok tiet", " mok tit", " muk teat romkhan nas")


def test_every_romanisation_of_do_not_send_again_is_a_stop(lexicon: Lexicon) -> None:
    said = [f"{d} {s}{m}{a}" for d, s, m, a in product(_DONT, _SEND, _MESSAGE, _AGAIN)]
    missed = [text for text in said if understand(text, Asked(), lexicon).intent is not Intent.STOP]
    assert missed == []


@pytest.mark.parametrize("kind", [*Kind])
@pytest.mark.parametrize(
    "text",
    ["kum pnher sa mok tit romkhan nas", "chhup pner mok tet", "leng jong barn sah", "កុំផ្ញើសារមកទៀត រំខានណាស់"],
)
def test_it_is_a_stop_whatever_was_asked(lexicon: Lexicon, text: str, kind: Kind) -> None:
    assert understand(text, Asked(kind), lexicon).intent is Intent.STOP


@pytest.mark.parametrize(
    "text",
    ["kom mean panha", "kompong cham", "laeng ban saat", "chhouk sa", "kampong som", "tlai kom pong"],
)
def test_what_sounds_near_is_no_stop(lexicon: Lexicon, text: str) -> None:
    assert understand(text, Asked(), lexicon).intent is not Intent.STOP
