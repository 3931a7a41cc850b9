"""What people say beside the answer to a question: cancel, that is all, I am afraid they will know me.

Owns how each may be said (data/asides.csv). What follows from it is a flow's to say.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from bot.language.text.fold import atoms, clean
from bot.language.text.tables import keys

_SHORT = 90  # letters; in a longer text these words are part of what somebody tells


def beside(text: str) -> str:
    """The meaning of a message beside any question (a value of the list); empty for all others."""
    if len(text) > _SHORT or not any(letter.isalpha() for letter in text):
        return ""
    whole, parts = _said()
    pieces = [atom.key for atom in atoms(clean(text)) if atom.kind != "s"]
    key = "".join(pieces)
    meaning = whole.get(key) or whole.get(
        "".join(piece for piece in pieces if piece not in keys("polite_beside_aside"))
    )
    return meaning or next((meaning for part, meaning in parts.items() if part in key), "")


@cache
def _said() -> tuple[dict[str, str], dict[str, str]]:
    """By folded letters: what means something as a whole message, and what does anywhere in a short one."""
    whole: dict[str, str] = {}
    parts: dict[str, str] = {}
    with resources.files("bot.language").joinpath("data/asides.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            key = "".join(atom.key for atom in atoms(clean(row["words"])) if atom.kind != "s")
            (parts if row["meaning"] == "afraid" else whole)[key] = row["meaning"]
    return whole, parts
