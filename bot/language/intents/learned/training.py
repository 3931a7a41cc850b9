"""Training: from labelled messages to the file of weights. The only place that needs scikit-learn.

Owns how the weights are found (a linear support vector machine a label), how their margins become probabilities
(on authors held out) and the file's form. Never imported where messages are read.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.language.intents.learned.examples import Example, read_examples
from bot.language.intents.learned.features import VERSION, features
from bot.language.intents.learned.scorer import MAGIC
from bot.language.intents.learned.sources import SEEN, STIFFNESS, source_hash
from bot.language.words.lexicon import Lexicon
from bot.language.words.reading import read

FOLDS = 3
_LOUDEST = 127  # a weight fits a byte around the middle
_SPARED = 0.9999  # of the features keep their whole weight
_SPREAD = 4.0

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned: weights of features (rows) for labels (columns), the loudness of each feature, the bias."""

    labels: tuple[str, ...]
    hashes: Array  # of the features, ascending
    loudness: Array
    weights: Array
    bias: Array

    def margins(self, rows: Sequence[Sequence[int]]) -> Array:
        """The margins of messages given by their features."""
        matrix = _matrix(rows, self.hashes, self.loudness)
        return np.asarray(matrix @ self.weights + self.bias)


def looked_at(examples: Sequence[Example], lexicon: Lexicon) -> list[list[int]]:
    """The features of each example, ascending."""
    return [sorted(features(read(example.text, lexicon), example.asked)) for example in examples]


def learned(rows: Sequence[Sequence[int]], labels: Sequence[str]) -> Model:
    """Fit a model. The same rows and labels give the same model."""
    seen = Counter(feature for row in rows for feature in row)
    hashes = np.array(sorted(feature for feature, count in seen.items() if count >= SEEN), dtype=np.uint32)
    counts = np.array([seen[feature] for feature in hashes.tolist()], dtype=np.float64)
    loudness = np.log((len(rows) + 1) / (counts + 1))
    machine = LinearSVC(C=STIFFNESS, tol=1e-2, max_iter=200, random_state=0)
    machine.fit(_matrix(rows, hashes, loudness), np.array(labels))
    names = tuple(str(name) for name in machine.classes_)
    return Model(names, hashes, loudness, machine.coef_.T, machine.intercept_)


def _matrix(rows: Sequence[Sequence[int]], hashes: Array, loudness: Array) -> Any:
    """Messages as rows of unit length over the known features."""
    at = {feature: column for column, feature in enumerate(hashes.tolist())}
    columns = [[at[feature] for feature in row if feature in at] for row in rows]
    values = []
    for known in columns:
        loud = loudness[known] if known else np.zeros(0)
        values.append(loud / (np.sqrt((loud**2).sum()) or 1.0))
    pointers = np.cumsum([0, *map(len, columns)])
    data = np.concatenate(values) if values else np.zeros(0)
    flat = np.array([column for known in columns for column in known], dtype=np.int64)
    return csr_matrix((data, flat, pointers), shape=(len(rows), len(hashes)))


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How a message was scored by a model that never saw its author: labels and margins."""

    labels: tuple[str, ...]
    margins: Array


def held_out(
    examples: Sequence[Example], rows: Sequence[Sequence[int]], groups: Sequence[frozenset[str]]
) -> Iterator[tuple[list[int], HeldOut]]:
    """For each group of authors: which examples are theirs, and what a model of all others makes of them."""
    for group in groups:
        inside = [n for n, example in enumerate(examples) if example.author in group]
        outside = [n for n, example in enumerate(examples) if example.author not in group]
        model = learned([rows[n] for n in outside], [examples[n].label for n in outside])
        yield inside, HeldOut(model.labels, model.margins([rows[n] for n in inside]))


def calibrated(examples: Sequence[Example], rows: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Probabilities from margins, learned on authors held out."""
    authors = sorted({example.author for example in examples})
    groups = [frozenset(authors[n::FOLDS]) for n in range(FOLDS) if authors[n::FOLDS]]
    right, is_right, stop, is_stop = [], [], [], []
    for inside, scored in held_out(examples, rows, groups):
        at = scored.labels.index("stop")
        for n, margins in zip(inside, scored.margins, strict=True):
            example = examples[n]
            order = np.argsort(-margins)
            first, second = margins[order[0]], margins[order[1]]
            right.append((first, first - second, float(bool(example.asked))))
            is_right.append(scored.labels[order[0]] == example.label)
            stop.append((margins[at], margins[at] - (second if order[0] == at else first)))
            is_stop.append(example.label == "stop")
    return {"right": _fit(right, is_right), "stop": _fit(stop, is_stop), "spread": _SPREAD}


def _fit(values: Sequence[Sequence[float]], true: Sequence[bool]) -> list[float]:
    machine = LogisticRegression(C=100.0).fit(np.array(values), np.array(true))
    return [float(machine.intercept_[0]), *map(float, machine.coef_[0])]


def packed(model: Model, calibration: dict[str, Any], source: str) -> bytes:
    """The file of weights."""
    loud = model.weights * model.loudness[:, None]
    scale = float(np.quantile(np.abs(loud).max(axis=1), _SPARED)) / _LOUDEST
    squares = model.loudness**2
    square = float(squares.max()) / 255
    lanes = np.empty((len(model.hashes), len(model.labels) + 1), dtype=np.uint8)
    lanes[:, 0] = np.maximum(1, np.rint(squares / square))
    lanes[:, 1:] = np.clip(np.rint(loud / scale), -_LOUDEST, _LOUDEST).astype(np.int16) + 128
    header = {
        "version": VERSION,
        "source": source,
        "labels": model.labels,
        "rows": len(model.hashes),
        "scale": scale,
        "square": square,
        "bias": [float(bias) for bias in model.bias],
        "calibration": calibration,
    }
    told = json.dumps(header, separators=(",", ":")).encode()
    body = told + zlib.compress(model.hashes.astype("<u4").tobytes() + lanes.tobytes(), 9)
    return MAGIC + struct.pack("<II", len(told), zlib.crc32(body)) + body


def built(examples: Sequence[Example], lexicon: Lexicon) -> bytes:
    """The file of weights that these examples make."""
    rows = looked_at(examples, lexicon)
    model = learned(rows, [example.label for example in examples])
    return packed(model, calibrated(examples, rows), source_hash(examples))


def main() -> None:
    """Make the weights of the release: python -m bot.language.intents.learned.training."""
    examples = read_examples()
    file = Path(__file__).parents[2] / "data" / "weights.bin"
    file.write_bytes(built(examples, Lexicon.load()))
    sys.stdout.write(f"model: {len(examples)} examples, {file.stat().st_size / 1e6:.1f} MB in {file.name}\n")


if __name__ == "__main__":
    main()
