"""Likeness: how alike the words of two reports are, whatever their spelling, order and length.

Owns the form in which words are compared: folded Khmer syllables in pairs (Khmer is written without blanks), Latin
words by their loose key, both without the words that are in every report. Knows nothing of what is told.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from bot.language.text.fold import atoms, clean, loose, loose_latin, syllables
from bot.language.text.tables import words as words_of

LONGEST = 200  # characters of the compared form
SHORT = 2  # letters up to which a Latin word says nothing
_NEAR = 1  # slips of a key between two long words that are one
_LONG = 4  # letters of a word in which one slip changes little
# Words that are in every report: oneself, time, place, having, being, not.
# fmt: off
_EMPTY_LATIN = frozenset((
    "the", "and", "our", "are", "was", "were", "has", "have", "had", "for", "with", "from", "near", "that", "this",
    "they", "them", "their", "there", "been", "very", "since", "please", "help", "some", "many", "much", "all",
    "every", "but", "not", "cannot", "cant", "can", "you", "now", "day", "days", "week", "weeks", "month", "months",
    "year", "years", "riel", "village", "when", "who", "its", "too", "still", "will", "would", "into", "one", "two",
    "out", "does", "did", "dont", "any", "knhom", "khnhom", "khnom", "yerng", "yeung", "haey", "heuy", "nov", "nou",
    "knong", "knung", "mean", "men", "ban", "min", "pel", "dael", "der", "nas", "som", "chuoy", "chouy", "phum",
    "pum", "mok", "tov", "teang", "neng", "ning", "khlang", "chraen", "chron", "roboh", "robos", "tngai", "thngai",
    "khae", "chnam", "bong",
))
# fmt: on


def folded(text: str) -> str:
    """The words of a text as they are compared, with blanks between; at most LONGEST characters."""
    said: list[str] = []
    run: list[str] = []
    for atom in atoms(clean(text)):
        if run and (atom.kind != "k" or atom.space):
            said += _pairs(run)
            run = []
        if atom.kind == "k":
            run.append(loose(atom.key) or atom.key)
        elif atom.kind == "l" and len(atom.key) > SHORT and atom.key not in _EMPTY_LATIN:
            said.append(loose_latin(_singular(atom.key)) or atom.key)
    whole = " ".join(dict.fromkeys([*said, *_pairs(run)]))
    return whole[:LONGEST].rpartition(" ")[0] if len(whole) > LONGEST else whole


def likeness(one: str, other: str) -> float:
    """How alike two folded texts are, 0 to 1: half by what they share, half by how much of the shorter is in both."""
    first, second = set(one.split()), set(other.split())
    if not first or not second:
        return 0.0
    shared = len(first & second)
    fewer = min(len(first), len(second))
    if shared < fewer:
        ours, theirs = first - second, second - first
        shared += min(_slips(ours, theirs), _slips(theirs, ours))
    return 0.5 * (2 * shared / (len(first) + len(second))) + 0.5 * (shared / fewer)


def _pairs(run: list[str]) -> list[str]:
    """Each syllable with the next, without those of empty words; a lone syllable stands for itself."""
    kept: list[str] = []
    empty, most = _empty()
    begin = 0
    while begin < len(run):
        longest = range(min(most, len(run) - begin), 0, -1)
        length = next((length for length in longest if tuple(run[begin : begin + length]) in empty), 0)
        kept += run[begin : begin + 1] if not length else []
        begin += length or 1
    return [one + other for one, other in pairwise(kept)] or kept


@cache
def _empty() -> tuple[frozenset[tuple[str, ...]], int]:
    words = frozenset(tuple(loose(key) for key in syllables(word)) for word in words_of("in_every_report_km"))
    return words, max(map(len, words))


def _singular(word: str) -> str:
    """pigs, wells: the English plural, which romanised Khmer does not have behind a consonant."""
    plural = len(word) > SHORT + 1 and word.endswith("s") and word[-2] not in "aeious"
    return word[:-1] if plural else word


def _slips(words: set[str], others: set[str]) -> int:
    """How many of the words are one slip of a key from another."""
    return sum(len(word) > _LONG and _is_near(word, others) for word in words)


def _is_near(word: str, others: set[str]) -> bool:
    return any(
        other[:1] == word[:1]
        and abs(len(word) - len(other)) <= _NEAR
        and Levenshtein.distance(word, other, score_cutoff=_NEAR) <= _NEAR
        for other in others
    )
