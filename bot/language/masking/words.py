"""A text cut into words of which the masker knows something, and those of which it knows nothing.

Owns the cutting: Khmer by the fewest words, what is unknown in one piece; Latin letters by the longest phrase.
Takes time by the length of the text alone.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.language.masking.lists import COMMON, COMPOSED, GIVEN, NAME, ORDINARY, SURE, SURNAME, WORD, Lists
from bot.language.text.fold import Atom, atoms

_NOTHING: frozenset[str] = frozenset()
_UNKNOWN = 2.1  # what an unknown syllable sign costs; a known word costs 1
_CHUNK = 6  # syllable signs between two spaces that may be one unknown word
_PIECE = 2  # of them in a word that may only look like one there
_PARTS = frozenset({GIVEN, SURNAME, SURE, WORD, COMMON})
_COMPOSED = frozenset({NAME, GIVEN, COMPOSED})
_SHORTEST = 5  # letters of a name that is made of two


class Word(NamedTuple):
    """A word, number or sign. `kind`: k Khmer, l Latin letters, d digits, s a sign; start and end in the plain text.

    `space`: it does not touch the word before; `capital`: begins with a large letter; `value`: of a number in words.
    """

    kind: str
    key: str
    start: int
    end: int
    space: bool
    senses: frozenset[str] = _NOTHING
    capital: bool = False
    value: str = ""

    @property
    def unknown(self) -> bool:
        return self.kind in "kl" and not self.senses

    @property
    def name(self) -> str:
        """sure, word or common: how surely this is a name; nothing where it is none."""
        if NAME not in self.senses:
            return ""
        if COMPOSED in self.senses:
            return SURE if self.capital else WORD
        return COMMON if COMMON in self.senses else WORD if WORD in self.senses else SURE

    def is_(self, *senses: str) -> bool:
        return not self.senses.isdisjoint(senses)


def cut(text: str, known: Lists) -> list[Word]:
    """The words of a plain text."""
    found: list[Word] = []
    pieces = atoms(text)
    first = 0
    while first < len(pieces):
        kind = pieces[first].kind
        last = first + 1
        if kind in "kl":
            while last < len(pieces) and pieces[last].kind == kind and (kind == "l" or not pieces[last].space):
                last += 1
        if kind == "k":
            found += _khmer(pieces[first:last], known)
        elif kind == "l":
            found += _latin(text, pieces[first:last], known)
        else:
            found.append(Word(*pieces[first]))
        first = last
    return found


def _khmer(run: list[Atom], known: Lists) -> list[Word]:
    """The cut with the fewest words and the least that is unknown."""
    size = len(run)
    cost = [0.0] + [1e9] * size
    came = [0] * (size + 1)
    keys = [""] * (size + 1)
    for begin, atom in enumerate(run):
        if (unknown := cost[begin] + _UNKNOWN) < cost[begin + 1]:
            cost[begin + 1], came[begin + 1], keys[begin + 1] = unknown, begin, ""
        key, end = "", begin
        most = begin + known.longest.get(atom.key, 0)
        while end < size and end < most:
            key += run[end].key
            end += 1
            if key in known.senses and cost[begin] + 1 < cost[end]:
                cost[end], came[end], keys[end] = cost[begin] + 1, begin, key
    cuts: list[tuple[int, int, str]] = []
    end = size
    while end:
        cuts.append((came[end], end, keys[end]))
        end = came[end]
    cuts.reverse()
    cuts = _one_unknown(cuts, known)
    found: list[Word] = []
    for begin, end, key in cuts:
        touches = begin > 0 or not run[0].space
        if not key and found and found[-1].unknown:
            found[-1] = found[-1]._replace(end=run[end - 1].end, key=found[-1].key + run[begin].key)
            continue
        senses = known.of(key) if key else _NOTHING
        value = known.digits.get(key, "") if key else ""
        start, stop = run[begin].start, run[end - 1].end
        found.append(Word("k", key or run[begin].key, start, stop, not touches, senses, value=value))
    return found


def _one_unknown(cuts: list[tuple[int, int, str]], known: Lists) -> list[tuple[int, int, str]]:
    """What is left of a short run behind its cues, as one unknown word where a part of it is unknown."""
    first = 0
    while first < len(cuts) and cuts[first][2] and not _may_be_a_piece(known.of(cuts[first][2])):
        first += 1
    rest = cuts[first:]
    if not rest or all(key for _, _, key in rest) or rest[-1][1] - rest[0][0] > _CHUNK or len(rest) == 1:
        return cuts
    short = all(not key or (end - begin <= _PIECE and _may_be_a_piece(known.of(key))) for begin, end, key in rest)
    return [*cuts[:first], (rest[0][0], rest[-1][1], "")] if short else cuts


def _may_be_a_piece(senses: frozenset[str]) -> bool:
    """Whether a known word may only look like one inside an unknown one: it announces nothing, or is in names too."""
    return NAME in senses or senses <= {ORDINARY, *_PARTS}


def _latin(text: str, run: list[Atom], known: Lists) -> list[Word]:
    """The longest phrases; words of one phrase have only spaces between them."""
    found: list[Word] = []
    first = 0
    while first < len(run):
        atom = run[first]
        key, last = atom.key, first + 1
        for end in range(min(len(run), first + known.longest.get(atom.key, 1)), first + 1, -1):
            phrase = " ".join(one.key for one in run[first:end])
            if phrase in known.senses:
                key, last = phrase, end
                break
        start, stop = atom.start, run[last - 1].end
        capital = text[start].isupper()
        value = known.digits.get(key, "")
        senses = known.of(key) or (_COMPOSED if _is_composed(key, known) else _NOTHING)
        found.append(Word("l", key, start, stop, atom.space, senses, capital, value))
        first = last
    return found


def _is_composed(word: str, known: Lists) -> bool:
    """Sovannarith, Chanpisey: two names in Latin letters written as one."""
    if len(word) < _SHORTEST or " " in word:
        return False
    return any(
        NAME in known.of(word[:middle]) and NAME in known.of(word[middle:]) for middle in range(2, len(word) - 1)
    )
