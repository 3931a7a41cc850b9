"""The scorer: how likely each reading of a message is, by a linear model over its features.

Owns the weights' file and the arithmetic on it, in the standard library only. Knows no language: what the features
are is told by `features`, where the weights come from by `training`.
"""

from __future__ import annotations

import json
import math
import struct
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAGIC = b"PHSAR-WEIGHTS\n"
_LANE = 2  # bytes in which the weights of one label are added up
_MIDDLE = 128  # a weight of nothing, as stored
_SIEVE = (1 << 20) - 1
_TOP = 20  # bits below those by which a feature's place among the ascending ones is told at a glance
_AT_ONCE = 256  # rows that can be added before a lane is full


class DamagedError(ValueError):
    """A weights file that cannot be used: cut off, of another version, or not one at all."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """From margins to probabilities: how often the first reading is right, and STOP the right one."""

    right: tuple[float, ...]  # constant, first margin, its lead, an open question
    stop: tuple[float, ...]  # constant, margin of STOP, its lead
    spread: float  # how sharply the readings behind the first share what it leaves


@dataclass(frozen=True, slots=True)
class Scores:
    """The readings of a message, likeliest first, with their probabilities; how likely it is STOP."""

    ranked: tuple[tuple[str, float], ...]
    stop: float

    @property
    def label(self) -> str:
        """The likeliest reading."""
        return self.ranked[0][0]

    @property
    def sure(self) -> float:
        """How likely that one is right."""
        return self.ranked[0][1]


class Scorer:
    """A model: a row of weights for each feature, added up. Immutable; shared by threads and forks.

    A row is one integer with a lane of two bytes a label, so that a row is added by one addition; the first lane
    adds up the squares by which the sum is made independent of a message's length.
    """

    __slots__ = (
        "_begins",
        "_bias",
        "_keys",
        "_maybe",
        "_rows",
        "_scale",
        "_square",
        "_unpack",
        "_width",
        "calibration",
        "labels",
        "source",
    )

    def __init__(self, header: Mapping[str, Any], hashes: bytes, rows: bytes):
        self.labels: tuple[str, ...] = tuple(header["labels"])
        self.source: str = header["source"]  # hash of what the weights were built from
        self._bias: tuple[float, ...] = tuple(header["bias"])
        self._scale: float = header["scale"]
        self._square: float = header["square"]
        told = header["calibration"]
        self.calibration = Calibration(tuple(told["right"]), tuple(told["stop"]), told["spread"])
        lanes = len(self.labels) + 1
        self._width = lanes * _LANE
        self._unpack = struct.Struct(f"<{lanes}H").unpack
        self._rows = bytearray(len(rows) * _LANE)
        self._rows[::_LANE] = rows
        keys = array("I", hashes)
        if sys.byteorder == "big":
            keys.byteswap()
        sieve = bytearray(_SIEVE + 1)
        for key in keys:
            sieve[key & _SIEVE] = 1
        self._maybe = bytes(sieve)  # most features of a message are unknown: told by a table that stays in the cache
        # Ascending as they were packed: searched as they are, they take a tenth of the memory of a dict.
        self._keys = keys
        self._begins = array("I", (bisect_left(keys, part << _TOP) for part in range((1 << 32 - _TOP) + 1)))

    @classmethod
    def load(cls, data: bytes, version: int) -> Scorer:
        """The model a file holds, if it was made for these features. Raises DamagedError."""
        try:
            if not data.startswith(MAGIC):
                raise DamagedError("it is no file of weights")
            size, check = struct.unpack_from("<II", data, len(MAGIC))
            body = data[len(MAGIC) + 8 :]
            if zlib.crc32(body) != check:
                raise DamagedError("it is cut off or damaged")
            header = json.loads(body[:size])
            if header["version"] != version:
                raise DamagedError(f"it was made for features of version {header['version']}, not {version}")
            packed = zlib.decompress(body[size:])
            cut = 4 * header["rows"]
            return cls(header, packed[:cut], packed[cut:])
        except (struct.error, zlib.error, KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise DamagedError("it is cut off or damaged") from error

    def margins(self, features: Collection[int]) -> list[float]:
        """The margin of every label for a message with these features."""
        maybe, rows, width, whole = self._maybe, self._rows, self._width, int.from_bytes
        found = [self._start(feature) for feature in features if maybe[feature & _SIEVE]]
        known = [start for start in found if start is not None]
        totals = [0] * (len(self.labels) + 1)
        for begin in range(0, len(known), _AT_ONCE):
            batch = known[begin : begin + _AT_ONCE]
            added = sum([whole(rows[start : start + width], "little") for start in batch])
            totals = [total + lane for total, lane in zip(totals, self._lanes(added), strict=True)]
        length = math.sqrt(totals[0] * self._square) or 1.0
        empty = _MIDDLE * len(known)
        step = self._scale / length
        return [(total - empty) * step + bias for total, bias in zip(totals[1:], self._bias, strict=True)]

    def _start(self, feature: int) -> int | None:
        """Where a feature's row begins; None where the model does not know it."""
        keys, part = self._keys, feature >> _TOP
        place = bisect_left(keys, feature, self._begins[part], end := self._begins[part + 1])
        return place * self._width if place < end and keys[place] == feature else None

    def _lanes(self, added: int) -> Sequence[int]:
        return self._unpack(added.to_bytes(self._width, "little"))

    def scores(self, features: Collection[int], *, asked: bool) -> Scores:
        """How likely each reading is. `asked`: the message may answer a question."""
        margins = self.margins(features)
        order = sorted(range(len(margins)), key=margins.__getitem__, reverse=True)
        first, second = margins[order[0]], margins[order[1]]
        told = self.calibration
        sure = _logistic(told.right, (first, first - second, float(asked)))
        behind = [math.exp(told.spread * (margins[k] - first)) for k in order[1:6]]
        share = (1 - sure) / (sum(behind) or 1.0)
        ranked = [(self.labels[order[0]], sure)]
        ranked += [(self.labels[k], min(sure, weight * share)) for k, weight in zip(order[1:6], behind, strict=True)]
        at = self.labels.index("stop")
        lead = margins[at] - (second if order[0] == at else first)
        return Scores(tuple(ranked), _logistic(told.stop, (margins[at], lead)))

    def weights_of(self, feature: int, label: str) -> float:
        """How much a feature speaks for a label before the message's length is taken out; 0 where it is not known."""
        start = self._start(feature)
        if start is None:
            return 0.0
        lane = start + _LANE * (self.labels.index(label) + 1)
        return (self._rows[lane] - _MIDDLE) * self._scale


def _logistic(weights: Sequence[float], values: Sequence[float]) -> float:
    total = weights[0] + sum(weight * value for weight, value in zip(weights[1:], values, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
