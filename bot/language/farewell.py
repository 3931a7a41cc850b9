"""Being asked to stop, by sound: kom pnher sar mok tiet and its kin, however they are romanised.

Owns the sound patterns of the stop phrases in Latin letters. Spellings in Khmer script, and of single words,
are the vocabulary's.
"""

from __future__ import annotations

import re

from bot.language.text.fold import Atom

_DONT = r"(?:[kg]h?[aou]{1,2}m+)"
_NO_LONGER = r"(?:l(?:ae|e|ea|ie|ei)ng)"
_SEND = r"(?:[pbf]h?(?:ng|gn|ny|n)[hy]?(?:[aeo][aeou]?)[rh]?|[pbf]h?[ao](?:ng|gn|ny|n)[hy]?e[rau]?)"
_STOP = r"(?:(?:ch+|jh?|sh)(?:ou|or|oo|oa|au|o|u)[bp]+)"
_MESSAGE = r"(?:sa+r*h?)"
_BOTHER = r"(?:r(?:o|u|ou|or|om|oo)m ?kh?[aou]{1,2}n)"
_BAN = r"(?:b[ao]+r?n)"
_WANT = r"(?:(?:ch|j)(?:o|a|or|ou)ng)"
_STRIKE = r"(?:(?:l[ou]+[bp]|dok) (?:ch?h?m[ou]+[hs]*|lek))"
_NEEDLESS = r"(?:(?:m[iu]+n|mn|o+r?t|a+t) (?:(?:ch|j)[ao]+m ?)?b[ao]+(?:ch|j))"
_PHRASE = (
    rf"(?:(?:{_DONT}|{_NO_LONGER}|{_STOP}) ?{_SEND}"
    rf"|{_STOP} {_MESSAGE}"
    rf"|(?:{_DONT}|{_STOP}) {_BOTHER}"
    rf"|{_NEEDLESS} {_SEND}"
    rf"|{_DONT} (?:kh?al|te?l|hao) m(?:o|u|or|ou)[kg]"
    rf"|{_NO_LONGER} (?:{_WANT} )?(?:{_BAN}|to+r?t?[ou]+r?l) {_MESSAGE}"
    rf"|{_STRIKE})"
)
_TAIL = (
    rf"(?:{_MESSAGE}|{_BOTHER}|{_BAN}|m(?:o|u|or|ou)?[kg]|(?:th?|d)[aei]{{1,3}}r?[tdk]|na+[sh]*|te|tov|phong|bong|haey|hery"
    r"|k?h?n?h?[yn]?h?[oou]+m|please|pls)"
)
_SAID = re.compile(rf"(?:^| ){_PHRASE}(?= |$)")
_ONLY = re.compile(rf"(?:(?:bong|som|please|pls) )*{_PHRASE}(?: {_TAIL})*")


_SOUNDS = (
    (re.compile(_STOP), ("stop", "refuse")),
    (re.compile(_DONT), ("refuse",)),
    (re.compile(_NO_LONGER), ("refuse", "not")),
    (re.compile(_SEND), ("contact",)),
    (re.compile(_BOTHER), ("contact", "bother")),
)


def sounds(word: str) -> tuple[str, ...]:
    """The parts of a refusal that one romanised word can play by its sound."""
    return next((roles for pattern, roles in _SOUNDS if pattern.fullmatch(word)), ())


def _words(atoms: list[Atom]) -> str:
    return " ".join(a.key for a in atoms if a.kind == "l")


def said(atoms: list[Atom]) -> bool:
    """True when one of the phrases is somewhere in the message."""
    return _SAID.search(_words(atoms)) is not None


def spans(atoms: list[Atom]) -> list[tuple[int, int]]:
    """Where the phrases stand: the first atom of each and the one after its last."""
    words = [n for n, a in enumerate(atoms) if a.kind == "l"]
    text = _words(atoms)
    found = []
    for m in _SAID.finditer(text):
        first = text.count(" ", 0, m.start() + (m.group()[0] == " "))
        found.append((words[first], words[text.count(" ", 0, m.end())] + 1))
    return found


def only(atoms: list[Atom]) -> bool:
    """True when the message is one of the phrases and what usually goes with it, and nothing else."""
    return all(a.kind in "ls" for a in atoms) and _ONLY.fullmatch(_words(atoms)) is not None
