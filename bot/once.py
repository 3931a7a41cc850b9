"""What is looked up when it is first asked for, and once: the answers that a turn has already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Once:
    """Remembers for one turn and its transaction; lives no longer than they do."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}

    def __call__(self, name: str, look: Callable[[], T]) -> T:
        """What `look` found under this name, now or before."""
        if name not in self._found:
            self._found[name] = look()
        found: T = self._found[name]
        return found
