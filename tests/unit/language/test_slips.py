"""A slip of the finger in a commodity's name: the right commodity or a question, hardly ever another one."""

import random

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import SURE, Asked, Intent

_KHMER = [chr(c) for c in (*range(0x1780, 0x17A3), *range(0x17B6, 0x17C9))]
_LATIN = list("abcdefghijklmnoprstuvy")
_FRAMES = {
    "km": ("{}", "តម្លៃ{}", "{} កំពង់ចាម", "{}ប៉ុន្មាន"),
    "latn": ("{}", "tlai {}", "{} kampong cham", "{} ponman"),
}


def _slip(word: str, letters: list[str], chance: random.Random) -> str:
    """One letter left out, replaced, or swapped with the next."""
    at, how = chance.randrange(len(word)), chance.randrange(3)
    if how == 0 or (how == 2 and at + 1 == len(word)):
        return word[:at] + word[at + 1 :]
    if how == 1:
        return word[:at] + chance.choice(letters) + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _wrong(lexicon: Lexicon, lang: str, letters: list[str], seed: int) -> tuple[list[str], int]:
    chance, wrong, tried = random.Random(seed), [], 0
    for id in lexicon.commodities():
        name = lexicon.name("commodity", id, lang)
        for frame in _FRAMES[lang]:
            for _ in range(3):
                word = _slip(name, letters, chance)
                heard = understand(frame.format(word), Asked(), lexicon)
                tried += 1
                got = heard.slots.commodity
                if heard.intent is not Intent.PRICE or heard.confidence < SURE or got in (None, id):
                    continue
                if id in lexicon.sorts(got):
                    continue  # paddy for wet paddy: the wider good, named in the answer
                if not any(s.kind == "commodity" and s.id == got for s in lexicon.find(word)):
                    wrong.append(f"{word}: {got}")  # and it is not that word exactly
    return wrong, tried


def test_slips_in_khmer(plain_lexicon: Lexicon) -> None:
    wrong, tried = _wrong(plain_lexicon, "km", _KHMER, 11)
    assert len(wrong) <= tried * 0.0075, wrong


def test_slips_in_latin_letters(plain_lexicon: Lexicon) -> None:
    wrong, tried = _wrong(plain_lexicon, "latn", _LATIN, 12)
    assert len(wrong) <= tried * 0.010, wrong


def test_the_names_themselves_are_understood(plain_lexicon: Lexicon) -> None:
    for lang in _FRAMES:
        for id in plain_lexicon.commodities():
            name = plain_lexicon.name("commodity", id, lang)
            heard = understand(name, Asked(), plain_lexicon)
            assert id in (heard.slots.commodity, *(m.value for m in heard.maybe)), (lang, id, name)
