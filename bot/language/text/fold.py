"""One look, many encodings: the keys under which Khmer and Latin letters are compared.

Owns the safe key (`fold`, idempotent), the lossy keys (`loose`, `loose_latin`) and the cutting of a text
into atoms. Knows no vocabulary.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LONGEST = 1600
_COENG = "\u17d2"
_SHIFTER = "\u17c9"
_BANTOC = "\u17cb"

_DROPPED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e"
    "\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066"
    "\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
)


def _clean_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(c): None for c in _DROPPED}
    for code in (*range(0x20), *range(0x7F, 0xA0)):
        table[code] = " "
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        plain = unicodedata.normalize("NFD", chr(code))[0]
        if plain.isascii() and plain.isalpha():
            table[code] = plain
    table[0x17D3] = "\u17c6"
    table[0x17A3] = "\u17a2"
    table[0x2019] = table[0x2018] = table[0x60] = table[0xB4] = "'"
    for code in range(0x2010, 0x3100):
        if unicodedata.category(chr(code)) == "Pd":
            table[code] = "-"  # whichever dash a phone makes of it
    table[0x2043] = table[0x2212] = "-"
    table[0x2236] = ":"
    return table


_CLEAN = _clean_table()
_DIGITS = {0x17E0 + i: str(i) for i in range(10)}
_DIGITS |= {0x17F0 + i: str(i) for i in range(10)}

# What an independent vowel (or a letter only old spellings use) is written as by most people.
_LETTERS = {
    "ឣ": "អ",
    "ឤ": "អា",
    "ឥ": "អិ",
    "ឦ": "អី",
    "ឧ": "អុ",
    "ឨ": "អុ",
    "ឩ": "អុ",
    "ឫ": "រឹ",
    "ឬ": "រឺ",
    "ឭ": "លឹ",
    "ឮ": "លឺ",
    "ឯ": "អែ",
    "ឰ": "អៃ",
    "ឱ": "អោ",
    "ឲ": "អោ",
    "ឳ": "ឪ",
}
_ABOVE = "\u17b7\u17b8\u17b9\u17ba\u17be"
_VOWELS = "".join(chr(c) for c in range(0x17B6, 0x17C6))
_SIGNS = "\u17c6\u17c7\u17cb\u17d0\u17cf"
_SPLIT = (
    ("\u17c1\u17b8", "\u17be"),
    ("\u17c1\u17b6", "\u17c4"),
    ("\u17c1\u17c1", "\u17c2"),
    ("\u17c1\u17be", "\u17be"),
    ("\u17c1\u17c4", "\u17c4"),
)


class Atom(NamedTuple):
    """The smallest piece: kind k (a Khmer syllable), l (a Latin word), d (a number in digits), s (a sign).

    `key` is folded; `start` and `end` are positions in the cleaned text; `space` is true when the piece
    does not touch the one before it.
    """

    kind: str
    key: str
    start: int
    end: int
    space: bool


def clean(text: str) -> str:
    """Drop what cannot be seen, plain Latin letters, control characters to spaces. Digits stay as typed."""
    cut = text[:LONGEST]
    if cut.isascii():
        return cut.translate(_CLEAN)
    return unicodedata.normalize("NFKC", cut).translate(_CLEAN)[: LONGEST * 2]


@lru_cache(maxsize=8192)
def _cluster(raw: str) -> str:
    """The safe key of one Khmer syllable: subscripts, shifter, vowels, signs, in that order, once each."""
    base = _LETTERS.get(raw[0], raw[0])
    subs: list[str] = []
    vowels = base[1:]
    signs: list[str] = []
    shifted = False
    i, n = 1, len(raw)
    while i < n:
        c = raw[i]
        if c == _COENG:
            if i + 1 < n:
                sub = "ត" if raw[i + 1] == "ដ" else raw[i + 1]
                if sub not in subs:
                    subs.append(sub)
            i += 2
            continue
        if c in "\u17c9\u17ca":
            shifted = True
        elif c in _VOWELS:
            if c == "\u17c1" or not vowels.endswith(c):
                vowels += c
        elif c in _SIGNS and c not in signs:
            signs.append(c)
        i += 1
    for pair, whole in _SPLIT:
        vowels = vowels.replace(pair, whole)
    if len(vowels) > 1:
        if "\u17bb" in vowels and any(v in vowels for v in _ABOVE):
            vowels = vowels.replace("\u17bb", "")  # a register shifter typed as a vowel
            shifted = True
        kept = ""
        for v in vowels:
            kept += v if v not in kept else ""
        vowels = kept
    if "រ" in subs and subs[-1] != "រ":
        subs.remove("រ")
        subs.append("រ")
    if vowels and "\u17cf" in signs:
        signs.remove("\u17cf")
    if base[0] == "អ" and vowels == "\u17c4" and subs == ["យ"]:
        return "អោយ"
    signs.sort(key=_SIGNS.index)
    return base[0] + "".join(_COENG + s for s in subs) + (_SHIFTER if shifted else "") + vowels + "".join(signs)


_TOKEN = re.compile(
    "(?P<k>[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d3\u17dd])*)"
    "|(?P<l>[a-z]+(?:'[a-z]+)*)"
    r"|(?P<d>[0-9]+(?:[.,][0-9]+)*)"
    r"|(?P<s>\S)"
)


def atoms(cleaned: str) -> list[Atom]:
    """Cut a cleaned text into atoms with folded keys."""
    lowered = cleaned.lower()
    if len(lowered) != len(cleaned):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in cleaned)
    out: list[Atom] = []
    last = 0
    for m in _TOKEN.finditer(lowered.translate(_DIGITS)):
        kind = m.lastgroup or "s"
        start, end = m.span()
        key = m.group()
        if kind == "k":
            key = _cluster(key)
        elif kind == "s":
            if "\u17b6" <= key <= "\u17d3" or key == "\u17dd":
                continue  # a stray sign without its letter
        elif kind == "l" and "'" in key:
            key = key.replace("'", "")
        out.append(Atom(kind, key, start, end, start > last or start == 0))
        last = end
    if _BANTOC in lowered:
        _settle_bantoc(out)
    return out


def _settle_bantoc(out: list[Atom]) -> None:
    """The short sign belongs to the closing letter: ពា់ន is ពាន់ typed one letter early."""
    for i, a in enumerate(out):
        if a.kind != "k" or not a.key.endswith(_BANTOC) or not any(v in _VOWELS for v in a.key):
            continue
        out[i] = Atom("k", a.key[:-1], a.start, a.end, a.space)
        if i + 1 < len(out):
            b = out[i + 1]
            if b.kind == "k" and len(b.key) == 1 and not b.space:
                out[i + 1] = Atom("k", b.key + _BANTOC, b.start, b.end, b.space)


def fold(text: str) -> str:
    """The safe key of a text: same words, same key, however they were typed. Idempotent, never raises."""
    return "".join((" " if a.space and i else "") + a.key for i, a in enumerate(atoms(clean(text))))


_KHMER = re.compile("[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d3\u17dd])*")
_LATIN = re.compile(r"[a-z]+|[0-9]+(?:[.,][0-9]+)*")


def syllables(form: str) -> list[str]:
    """The folded atoms of a vocabulary form, spaces and signs left out."""
    if form.isascii():
        return _LATIN.findall(form.lower().replace("'", ""))
    parts = _KHMER.findall(form)
    if _BANTOC not in form and sum(map(len, parts)) == len(form):
        return [_cluster(part) for part in parts]
    return [a.key for a in atoms(clean(form)) if a.kind != "s"]


_LOOSE = str.maketrans(
    {
        "ណ": "ន",
        "ឡ": "ល",
        "ឌ": "ត",
        "ដ": "ត",
        "ទ": "ត",
        "ឋ": "ថ",
        "ធ": "ថ",
        "ឍ": "ថ",
        "ឈ": "ឆ",
        "ឃ": "ខ",
        "ភ": "ផ",
        "គ": "ក",
        "ជ": "ច",
        "ព": "ប",
        "\u17b8": "\u17b7",
        "\u17b9": "\u17b7",
        "\u17ba": "\u17b7",
        "\u17bc": "\u17bb",
        "\u17bd": "\u17bb",
        "\u17c1": "\u17c2",
        "\u17c3": "\u17c2",
        "\u17be": "\u17b7",
        "\u17c5": "\u17c4",
        _COENG: None,
        _SHIFTER: None,
        _BANTOC: None,
        "\u17d0": None,
        "\u17c7": None,
        "\u17cf": None,
        "\u17c6": "ម",
    }
)


@lru_cache(maxsize=8192)
def loose(folded: str) -> str:
    """The lossy key of folded Khmer: series, length and finals forgotten."""
    return folded.translate(_LOOSE)


_DOUBLED = re.compile(r"(.)\1+")
_PAIRS = (
    ("chh", "C"),
    ("ch", "C"),
    ("j", "C"),
    ("nh", "n"),
    ("gn", "n"),
    ("ny", "n"),
    ("ng", "N"),
    ("ck", "k"),
    ("kh", "k"),
    ("gh", "k"),
    ("g", "k"),
    ("q", "k"),
    ("c", "C"),
    ("ph", "p"),
    ("th", "t"),
    ("b", "p"),
    ("d", "t"),
    ("w", "v"),
    ("z", "s"),
    ("x", "s"),
    ("dt", "t"),
    ("f", "p"),
    ("sh", "s"),
)
_VOWEL_RUN = re.compile(r"[aeiouy]+r?(?![aeiouy])|[aeiouy]+")


def _vowel(run: str) -> str:
    run = run.rstrip("r")
    if run in ("a", "aa", "ah"):
        return "a"
    if run[-1] in "iy" or run in ("e", "i", "ee", "ie", "ea", "ia", "ae", "iea", "eae", "ye"):
        return "i"
    return "o"


@lru_cache(maxsize=8192)
def loose_latin(word: str) -> str:
    """The lossy key of one romanised word: aspiration, voicing, vowel spelling and final h, r forgotten."""
    w = word
    for pair, one in _PAIRS:
        if pair in w:
            w = w.replace(pair, one)
    w = _DOUBLED.sub(r"\1", w)
    if w.endswith("h"):
        w = w[:-1]
    if w.endswith("v"):
        w = w[:-1] + "o"
    w = _VOWEL_RUN.sub(lambda m: _vowel(m.group()), w)
    return _DOUBLED.sub(r"\1", w.replace("h", ""))
