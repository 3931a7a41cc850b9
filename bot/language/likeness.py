"""Likeness: how alike the words of two reports are, whatever their spelling, order and length.

Owns the form in which words are compared: folded Khmer syllables in pairs (Khmer is written without blanks), Latin
words by their loose key. Knows nothing of what is told.
"""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from bot.language.fold import atoms, clean, loose, loose_latin

LONGEST = 200  # characters of the compared form
SHORT = 3  # letters up to which a Latin word says nothing
_NEAR = 1  # slips of a key between two long words that are one
_EMPTY = frozenset(
    ("ខ្ញុំ", "យើង", "ទេ", "ហើយ", "បាទ", "ចាស", "ជា", "នៅ", "បាន", "មាន", "the", "and", "our", "we", "is", "are", "have")
)


def folded(text: str) -> str:
    """The words of a text as they are compared, with blanks between; at most LONGEST characters."""
    said: list[str] = []
    before = ""
    for atom in atoms(clean(text)):
        if atom.kind == "k":
            key = loose(atom.key) or atom.key
            if before and not atom.space:
                said.append(before + key)
            before = key
            continue
        before = ""
        if atom.kind == "l" and len(atom.key) > SHORT and atom.key not in _EMPTY:
            said.append(loose_latin(atom.key) or atom.key)
    whole = " ".join(dict.fromkeys(said))
    return whole[:LONGEST].rpartition(" ")[0] if len(whole) > LONGEST else whole


def likeness(one: str, other: str) -> float:
    """How alike two folded texts are, 0 to 1: half by what they share, half by how much of the shorter is in both."""
    first, second = set(one.split()), set(other.split())
    if not first or not second:
        return 0.0
    shared = len(first & second)
    if shared < min(len(first), len(second)):
        rest = second - first
        shared += sum(1 for word in first - second if len(word) > 4 and _is_near(word, rest))
    shared = min(shared, len(first), len(second))
    return 0.5 * (2 * shared / (len(first) + len(second))) + 0.5 * (shared / min(len(first), len(second)))


def _is_near(word: str, others: set[str]) -> bool:
    return any(
        abs(len(word) - len(other)) <= _NEAR and Levenshtein.distance(word, other, score_cutoff=_NEAR) <= _NEAR
        for other in others
        if other[:1] == word[:1]
    )
