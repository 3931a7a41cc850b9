"""The referee: how labelled messages are read, counted by intent, author, script and question; and why one is.

Owns the counting and how it is told. Trains nothing; whom the scorer has seen is the caller's business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.language.intents.found import Found
from bot.language.intents.learned.examples import Example, label_of
from bot.language.intents.learned.features import described, tokenised
from bot.language.intents.learned.released import released
from bot.language.intents.learned.scorer import Scorer
from bot.language.intents.understand import understand
from bot.language.text.fold import LONGEST
from bot.language.words.lexicon import Lexicon
from bot.language.words.reading import read
from flows.heard import SURE, Asked, Heard, Intent, Kind, Option

STOP, OTHER = Intent.STOP.value, Intent.OTHER.value
_SHOWN = 20  # confusions
_DECISIVE = 5  # features
_OFFERED = {Kind.CHOOSE: 3, Kind.POLL: 4}


@dataclass(frozen=True, slots=True)
class Read:
    """A labelled message as it was read: the label given to it, and the Heard."""

    example: Example
    label: str
    heard: Heard

    @property
    def right(self) -> bool:
        """Whether it was read as it is labelled."""
        return self.label == self.example.label

    @property
    def sure(self) -> bool:
        """Whether a flow may act on it."""
        return self.heard.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Count:
    """Of so many messages: how many were read right, how many for certain, and how many of those right."""

    all: int = 0
    right: int = 0
    sure: int = 0
    right_sure: int = 0

    @property
    def accuracy(self) -> float:
        """The share that was read right."""
        return self.right / self.all if self.all else 0.0

    @property
    def precision(self) -> float:
        """The share read right of what was read for certain."""
        return self.right_sure / self.sure if self.sure else 1.0

    def line(self, name: str) -> str:
        """The counts as a line of a table."""
        sure = self.sure / self.all if self.all else 0.0
        return f"{name:24} {self.all:6} {self.accuracy:7.1%} {sure:7.1%} {self.precision:7.1%}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found."""

    rows: tuple[Read, ...]
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def count(self) -> Count:
        """Over everything."""
        return counted(self.rows)

    @property
    def stops(self) -> tuple[int, int, int]:
        """Messages that mean STOP: how many, how many obeyed, how many asked about."""
        meant = [row for row in self.rows if row.example.label == STOP]
        obeyed = sum(row.label == STOP and row.sure for row in meant)
        return len(meant), obeyed, sum(not row.sure for row in meant)

    @property
    def false_stops(self) -> tuple[int, int]:
        """Messages that do not mean STOP: how many, and how many were taken for it for certain."""
        others = [row for row in self.rows if row.example.label != STOP]
        return len(others), sum(row.label == STOP and row.sure for row in others)

    @property
    def acted_on(self) -> tuple[int, int]:
        """Messages not for the line: how many, and how many set something in motion for certain."""
        others = [row for row in self.rows if row.example.label == OTHER]
        return len(others), sum(row.sure and row.label != OTHER for row in others)

    def lines(self) -> Iterator[str]:
        """The report as it is printed."""
        yield f"{'':24} {'all':>6} {'right':>7} {'sure':>7} {'of sure':>7}"
        yield self.count.line("everything")
        yield from self._by("author", lambda row: row.example.author)
        yield from self._by("script", lambda row: row.heard.script or "-")
        yield from self._by("asked", lambda row: row.example.asked or "-")
        yield from self._by("intent", lambda row: row.example.label)
        yield "\nconfusions (meant, read)"
        yield from (f"{count:6} {meant} {label}" for (meant, label), count in self.confusions.most_common(_SHOWN))
        meant, obeyed, asked = self.stops
        others, false = self.false_stops
        chat, acted = self.acted_on
        yield f"\nSTOP: {meant} meant it: {obeyed} obeyed, {asked} asked about; {others} did not: {false} obeyed"
        yield f"not for the line: {chat}, acted on: {acted}"

    def _by(self, name: str, key: Callable[[Read], str]) -> Iterator[str]:
        yield f"\nby {name}"
        groups: dict[str, list[Read]] = {}
        for row in self.rows:
            groups.setdefault(key(row), []).append(row)
        for group in sorted(groups, key=lambda group: -len(groups[group])):
            yield counted(groups[group]).line(group)


def counted(rows: Sequence[Read]) -> Count:
    """The counts of these messages."""
    sure = [row for row in rows if row.sure]
    return Count(len(rows), sum(row.right for row in rows), len(sure), sum(row.right for row in sure))


def check(examples: Iterable[Example], lexicon: Lexicon, scorer: Scorer | None = None) -> Report:
    """Read labelled messages and compare."""
    rows = []
    for example in examples:
        asked = asked_of(example.asked)
        heard = understand(example.text, asked, lexicon, scorer)
        rows.append(Read(example, label_of(heard, asked.kind), heard))
    wrong = Counter((row.example.label, row.label) for row in rows if not row.right)
    return Report(tuple(rows), wrong)


def asked_of(kind: str) -> Asked:
    """The question of an example: three numbered choices, four of a poll, else the bare kind."""
    if not kind:
        return Asked()
    count = _OFFERED.get(Kind(kind), 0)
    return Asked(Kind(kind), tuple(Option(str(number), "") for number in range(1, count + 1)))


def why(text: str, asked: Asked, lexicon: Lexicon, scorer: Scorer | None = None) -> Iterator[str]:
    """How a message is read: its items, what it names, the likeliest readings and the features that decided."""
    scorer = scorer or released()
    found = Found(read(text[:LONGEST], lexicon))
    heard = understand(text, asked, lexicon, scorer)
    tokens = tokenised(found.reading)
    yield f"{heard.intent} {heard.confidence:.2f} {heard.script or '-'}"
    yield f"items: {' | '.join(f'{word} = {kind}' for word, kind in zip(tokens.words, tokens.kinds, strict=True))}"
    slots = {name: value for name in heard.slots.__slots__ if (value := getattr(heard.slots, name)) is not None}
    yield f"slots: {', '.join(f'{name}={value}' for name, value in slots.items()) or '-'}"
    if scorer is None:
        yield "weights: none; only what is certain is understood"
        return
    kind = asked.kind.value if asked.kind else ""
    named = described(tokens, kind, found.reading.script())
    scores = scorer.scores(named.keys(), asked=bool(kind))
    yield f"readings: {', '.join(f'{name} {sure:.2f}' for name, sure in scores.ranked)}; stop {scores.stop:.2f}"
    weights = {feature: scorer.weights_of(feature, scores.label) for feature in named}
    loudest = sorted(weights, key=lambda feature: -abs(weights[feature]))[:_DECISIVE]
    yield f"for {scores.label}: {', '.join(f'{named[feature]} {weights[feature]:+.2f}' for feature in loudest)}"
