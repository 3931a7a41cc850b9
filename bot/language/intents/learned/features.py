"""Features: a message as numbers a linear model can weigh, each the hash of something that is said.

Owns what the scorer looks at: the items with named things replaced by their kind, the keywords, their neighbours,
the letters, and the question that is open. Weights belong to one version of this file (`VERSION`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

from bot.language.words.numbers import Amount
from bot.language.words.reading import Reading
from bot.language.words.segment import Item

VERSION = 1  # of these features: weights made for another are not used

_MOST_ITEMS = 80
_MOST_LETTERS = 240
_SIZES = (2, 3, 4, 5)  # of runs of letters
_SURE, _LIKELY = 0.9, 0.7
_GOODS = frozenset(("commodity", "group", "decoy"))
_MARKETS = frozenset(("market", "market_name"))
_SIGNS = frozenset("?!.,/+:-")
_TELLING = frozenset(("time", "category", "place_word", "level"))
_SHOWN = ("<good>", "<place>", "<market>", "<amount>", "<hundreds>", "<unit>", "<currency>", "<code>", "<phone>", "?")
# One letter for what is named: the text itself is in small letters.
_LETTER = {"<good>": "G", "<place>": "P", "<market>": "P"}


class Tokens(NamedTuple):
    """A message as features see it: `words` as typed, `kinds` by what they mean, `letters` run together.

    In all three goods, places and amounts are replaced by what they are.
    """

    words: list[str]
    kinds: list[str]
    letters: str


def features(reading: Reading, asked: str) -> set[int]:
    """The features of a message that answers a question of this kind ("" out of the blue), as hashes."""
    tokens = tokenised(reading)
    raw = tokens.letters.encode("utf-16-le")
    found = {crc32(raw[at : at + 2 * size], size) for size in _SIZES for at in range(0, len(raw) - 2 * size + 1, 2)}
    found.update([crc32(name.encode()) for name in _names(tokens, asked, reading.script())])
    return found


def described(tokens: Tokens, asked: str, script: str) -> dict[int, str]:
    """The same with what each feature is."""
    letters = tokens.letters
    runs = {letters[at : at + size] for size in _SIZES for at in range(len(letters) - size + 1)}
    named = {crc32(run.encode("utf-16-le"), len(run)): f"“{run}”" for run in runs}
    return named | {crc32(name.encode()): name for name in _names(tokens, asked, script)}


def _names(tokens: Tokens, asked: str, script: str) -> Iterable[str]:
    """Everything but the letters: words, kinds, what stands apart, the question, what is named."""
    yield from _grams("w", ["^", *tokens.words, "$"])
    around = ["^", *tokens.kinds, "$"]
    yield from _grams("k", around)
    for i, one in enumerate(around):
        for other in around[i + 2 : i + 6]:
            yield f"g{one}~{other}"
    yield from _answering(tokens.words, tokens.kinds, asked)
    yield from _shape(tokens.kinds, script)


def tokenised(reading: Reading) -> Tokens:
    """A message with what it names replaced."""
    begins = {amount.i: amount for amount in reading.numbers}
    words: list[str] = []
    kinds: list[str] = []
    letters = [" "]
    k, items = 0, reading.items
    while k < len(items) and len(words) < _MOST_ITEMS:
        item = items[k]
        first = reading.atoms[item.i]
        amount = begins.get(k)
        if amount is not None and amount.j > k:
            kind = _size(amount)
            word = _typed(reading, k, amount.j) if amount.worded and not amount.raw else kind
            k = amount.j
        else:
            word, kind = _token(reading, item)
            k += 1
        words.append(word)
        kinds.append(kind)
        piece = _LETTER.get(word) or (
            word[1:-1] if word[0] == "<" and len(word) == 3 else "#" if word[0] == "<" else word
        )
        letters.append(f" {piece}" if first.space and first.kind != "k" else piece)
    letters.append(" ")
    return Tokens(words, kinds, "".join(letters)[:_MOST_LETTERS])


def _token(reading: Reading, item: Item) -> tuple[str, str]:
    """An item as a word and as a kind."""
    first = reading.atoms[item.i]
    if not item.senses:
        if first.kind == "s":
            sign = first.key if first.key in _SIGNS else "☺"
            return sign, sign
        if item.digits:
            return "<digits>", "<digits>"
        return "".join(atom.key for atom in reading.atoms[item.i : item.j]), "_"
    kinds = {sense.kind for sense in item.senses}
    strong = {sense.kind for sense in item.senses if not sense.weak}
    if not strong.isdisjoint(_GOODS) and kinds.isdisjoint(("keyword", "filler")) and item.score >= _LIKELY:
        return "<good>", "<good>"
    if strong == {"place"} and item.score >= _LIKELY:
        return "<place>", "<place>"
    if not kinds.isdisjoint(_MARKETS) and item.score >= _SURE:
        return "<market>", "<market>"
    word = "".join(atom.key for atom in reading.atoms[item.i : item.j])
    said = sorted({sense.id for sense in item.senses if sense.kind == "keyword"})
    if said and item.score > _LIKELY:
        return word, "+".join(said)
    telling = sorted({sense.id for sense in item.senses if sense.kind in _TELLING})
    if telling:
        return word, "=" + "/".join(telling)
    return word, "f" if "filler" in kinds else f"<{'/'.join(sorted(kinds))}>"


def _typed(reading: Reading, begin: int, end: int) -> str:
    items = reading.items[begin:end]
    return "".join(atom.key for atom in reading.atoms[items[0].i : items[-1].j])


def _size(amount: Amount) -> str:
    """What sort of number it is: a digit stands for itself, others for their size or shape."""
    value, raw = amount.value, amount.raw
    if raw.startswith("0") and len(raw) > 1 and raw.isdigit():
        return "<phone>" if len(raw) > 7 else "<zero>"
    if len(raw) == 7 and raw.isdigit():
        return "<code>"
    if value != value.to_integral_value():
        return "<decimal>"
    for most, kind in ((10, ""), (32, "<days>"), (100, "<tens>"), (1000, "<hundreds>")):
        if value < most:
            return kind or f"<{int(value)}>"
    return "<amount>"


def _grams(name: str, tokens: Sequence[str]) -> Iterable[str]:
    """One, two and three tokens in a row."""
    for at, one in enumerate(tokens):
        yield f"{name}{one}"
        if at + 1 < len(tokens):
            two = f"{name}{one}|{tokens[at + 1]}"
            yield two
            if at + 2 < len(tokens):
                yield f"{two}|{tokens[at + 2]}"


def _answering(words: list[str], kinds: list[str], asked: str) -> Iterable[str]:
    """What is said, crossed with what was asked."""
    name = f"a{asked}="
    yield name
    yield from (f"{name}{word}" for word in words)
    yield from (f"{name}k{kind}" for kind in kinds)
    yield from (f"{name}2{one}|{two}" for one, two in pairwise(kinds))
    if len(kinds) <= 3:
        yield f"{name}!{'|'.join(kinds)}"
    yield f"{name}^{kinds[0] if kinds else ''}"
    yield f"{name}${kinds[-1] if kinds else ''}"
    yield f"{name}n{min(len(words), 12) // 2}"


def _shape(kinds: list[str], script: str) -> Iterable[str]:
    """How long it is, how it is written, and which things are named."""
    count = len(kinds)
    yield f"n{count if count < 6 else 6 + min(count, 30) // 6}"
    yield f"script{script}"
    named = [kind for kind in _SHOWN if kind in kinds]
    yield f"s{','.join(named)}"
    yield from (f"s+{kind}" for kind in named)
