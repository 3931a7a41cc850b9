"""Speaking: prompts become sentences of recorded clips, with the same words as text for a carrier's own voice.

Owns how a sentence falls apart into what is recorded once and what fills its gaps. The sentences are those of
locales/<voice>/LC_MESSAGES/voice.po, names the lexicon's, numbers and days the counting's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from string import Formatter

from bot.language.saying import counting
from bot.language.saying.clips import Clip, Take
from bot.language.saying.wording import RATE, RATE_SPAN, WORDS, Names
from bot.language.words.lexicon import Lexicon
from flows.prompts import S_, Arg, Choice, Money, Named, Prompt, Rate, Recorded, Titled, When, numbered

SPOKEN = ("km", "en")  # the voices that are spoken; who reads Khmer in Latin letters hears Khmer
PRESS = S_("{choice}, press {key}.")
_END = re.compile(r"(?<=[\u17d4?!])\s*|(?<=[.])\s+")
_BEFORE_SIGN = re.compile(r" (?=[,.:;?!\u17d4])")
_LETTER = re.compile(r"[^\W_]")
_LETTERS_A_SECOND = {"km": 13.0, "en": 15.0}
_counting = cache(counting.texts)
_PREFIX = {
    "commodity": "c",
    "place": "p",
    "market": "m",
    "unit": "u",
    "level": "l",
    "trend": "w",
    "category": "g",
    "goods": "k",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as it is said: its text, and its clips with their takes. No clips: no recording can say it.

    A clip of another voice has that voice's name and a slash before its own. No text: no voice can say it either.
    """

    text: str
    clips: tuple[tuple[str, Take], ...]


@dataclass(frozen=True, slots=True)
class _Bit:
    """A clip and its words; an id of nothing is for words that nobody can record beforehand."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Speaking:
    """One spoken voice on one day, with its catalogue and the names it uses."""

    voice: str
    catalogue: Mapping[str, str]
    names: Names
    today: date

    def sentences(self, prompts: Sequence[Prompt], outcome: str = "") -> list[Sentence]:
        """What is heard of these prompts, their choices after them."""
        said: list[Sentence] = []
        for prompt in prompts:
            prompt = prompt.by_outcome.get(outcome, prompt)
            said += self._prompt(prompt)
            for key, choice in numbered(prompt.choices):
                said += self._pressed(key, choice)
        return said

    def label(self, choice: Choice) -> str:
        """The words of a choice, for a recogniser to expect."""
        return " ".join(bit.text for bit in self._label(choice))

    def _label(self, choice: Choice) -> list[_Bit]:
        if isinstance(choice.label, Prompt):
            return [bit for part in self._parts(choice.label) for bit in part]
        return self._arg(choice.label)

    def _pressed(self, key: int, choice: Choice) -> list[Sentence]:
        args = {"choice": self._label(choice), "key": self._arg(key)}
        return [self._sentence(part) for part in self._template(PRESS, args)]

    def _prompt(self, prompt: Prompt) -> list[Sentence]:
        return [self._sentence(part) for part in self._parts(prompt)]

    def _parts(self, prompt: Prompt) -> list[list[_Bit]]:
        return self._template(prompt.id, {name: self._arg(arg) for name, arg in prompt.args.items()})

    def _template(self, id: str, args: Mapping[str, list[_Bit]]) -> list[list[_Bit]]:
        """The bits of each sentence of a spoken wording, its gaps filled."""
        texts = fragments(id, self.catalogue.get(id, id))
        return [
            [
                bit
                for piece in pieces
                for bit in (args.get(piece.gap, []) if piece.gap else [_Bit(piece.id, piece.text)])
            ]
            for pieces in texts
        ]

    def _sentence(self, bits: Sequence[_Bit]) -> Sentence:
        text = _BEFORE_SIGN.sub("", " ".join(bit.text for bit in bits))
        if not all(bit.id for bit in bits):
            return Sentence(text, ())
        last = len(bits) - 1
        return Sentence(text, tuple((bit.id, Take.END if n == last else Take.MID) for n, bit in enumerate(bits)))

    def _arg(self, arg: Arg) -> list[_Bit]:
        if isinstance(arg, Named):
            return [self._name(arg)]
        if isinstance(arg, Rate):
            return self._rate(arg)
        if isinstance(arg, Titled):
            return [_Bit("", arg.en if self.voice == "en" and arg.en else arg.km or arg.en)]
        if isinstance(arg, Recorded):
            return [self._recorded(arg)]
        try:
            return self._counted(self._number(arg))
        except ValueError:
            return [_Bit("", str(arg.amount if isinstance(arg, Money) else arg))]

    def _number(self, arg: Arg) -> list[str]:
        """The clips of what is counted. Raises ValueError for what nobody recorded: a price beyond counting, a word."""
        if isinstance(arg, Money):
            return counting.money(arg, self.voice)
        if isinstance(arg, When):
            at = arg.at
            return [*counting.day(at.date(), self.today, self.voice), *counting.clock(at.hour, at.minute, self.voice)]
        if isinstance(arg, date):
            return counting.day(arg, self.today, self.voice)
        if isinstance(arg, time):
            return counting.clock(arg.hour, arg.minute, self.voice)
        if isinstance(arg, int):
            return counting.count(arg, self.voice)
        return counting.digit_by_digit(str(arg), self.voice)

    def _counted(self, ids: Sequence[str]) -> list[_Bit]:
        texts = _counting(self.voice)
        return [_Bit(id, texts[id][0]) for id in ids]

    def _name(self, named: Named) -> _Bit:
        word = WORDS.get((named.what, named.id))
        text = self.catalogue.get(word, word) if word else self.names.name(named.what, named.id, self.voice)
        return _Bit(f"{_PREFIX[named.what]}.{named.id}", text)

    def _recorded(self, recorded: Recorded) -> _Bit:
        """In the language of the call where there is such a recording."""
        mine, other = ("en", "km") if self.voice == "en" else ("km", "en")
        names = {"km": recorded.km, "en": recorded.en}
        return _Bit(names[mine] or (f"{other}/{names[other]}" if names[other] else ""), "")

    def _rate(self, rate: Rate) -> list[_Bit]:
        args = {"price": self._arg(rate.usual), "unit": self._arg(Named("unit", rate.unit))}
        id = RATE
        if rate.low is not None and rate.high is not None and rate.low != rate.high:
            id = RATE_SPAN
            args |= {"low": self._arg(rate.low), "high": self._arg(rate.high)}
        return [bit for part in self._template(id, args) for bit in part]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a spoken wording: words to record (an id and a text), or a gap by the name of its value."""

    id: str = ""
    text: str = ""
    gap: str = ""


@cache  # of the catalogues' wordings, which are few and said again and again
def fragments(id: str, wording: str) -> tuple[tuple[Piece, ...], ...]:
    """A wording as sentences of pieces: it falls apart at its gaps and after each full stop."""
    sentences: list[list[Piece]] = [[]]
    count = 0
    for literal, gap, _spec, _conversion in Formatter().parse(wording):
        stretches = _END.split(literal)
        for number, stretch in enumerate(stretches):
            if number and sentences[-1]:
                sentences.append([])
            if _LETTER.search(stretch):
                count += 1
                sentences[-1].append(Piece(f"s.{_slug(id)}.{count}", stretch.strip()))
        if gap:
            sentences[-1].append(Piece(gap=gap))
    return tuple(tuple(pieces) for pieces in sentences if pieces)


def _slug(id: str) -> str:
    """A name for a file that a person can read and that no other sentence has."""
    words = "-".join(re.findall(r"[a-z0-9]+", id.lower()))[:32].strip("-")
    return f"{words}-{hashlib.sha256(id.encode()).hexdigest()[:4]}"


def clips(voice: str, catalogue: Mapping[str, str], lexicon: Lexicon) -> list[Clip]:
    """Everything a voice needs recorded: sentences first, then names, then numbers and days."""
    return [*_sentence_clips(voice, catalogue), *_name_clips(voice, catalogue, lexicon), *_counting_clips(voice)]


def _sentence_clips(voice: str, catalogue: Mapping[str, str]) -> Iterator[Clip]:
    words = set(WORDS.values())
    for id, wording in sorted(catalogue.items()):
        if id in words:
            continue
        for pieces in fragments(id, wording):
            for number, piece in enumerate(pieces):
                if not piece.gap:
                    takes = (Take.MID,) if number < len(pieces) - 1 else (Take.END,)
                    yield _clip(voice, piece.id, piece.text, id, tuple(Take) if _goes_inside(id) else takes)


def _goes_inside(id: str) -> bool:
    """Whether a wording may stand within another sentence: a rate, or what a choice is called."""
    return id in (RATE, RATE_SPAN) or id[-1:] not in ".?!"


def _name_clips(voice: str, catalogue: Mapping[str, str], lexicon: Lexicon) -> Iterator[Clip]:
    for (what, id), word in WORDS.items():
        yield _clip(voice, f"{_PREFIX[what]}.{id}", catalogue.get(word, word), word, tuple(Take))
    named = {"commodity": lexicon.commodities(), "place": lexicon.provinces(), "market": tuple(lexicon.markets)}
    for what, ids in named.items():
        for id in ids:
            english = lexicon.name(what, id, "en")
            yield _clip(voice, f"{_PREFIX[what]}.{id}", lexicon.name(what, id, voice), english, tuple(Take))


def _counting_clips(voice: str) -> Iterator[Clip]:
    for id, (text, english) in _counting(voice).items():
        yield _clip(voice, id, text, english, tuple(Take))


def _clip(voice: str, id: str, text: str, english: str, takes: tuple[Take, ...]) -> Clip:
    return Clip(id, text, english, takes, seconds=max(0.6, round(len(text) / _LETTERS_A_SECOND[voice], 1)))
