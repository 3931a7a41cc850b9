"""One measured value and the bound it must keep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """`unit` stands behind the number; `least`: the value must reach the bound, else it must not pass it."""

    name: str
    value: float
    bound: float
    unit: str = ""
    least: bool = False

    @property
    def ok(self) -> bool:
        """Whether the bound is kept."""
        return self.value >= self.bound if self.least else self.value <= self.bound

    def __str__(self) -> str:
        sign = ">=" if self.least else "<="
        word = "ok" if self.ok else "BELOW BOUND" if self.least else "ABOVE BOUND"
        return f"{self.name:62} {self.value:8.2f}{self.unit:3} {sign} {self.bound:g}{self.unit:3} {word}"
