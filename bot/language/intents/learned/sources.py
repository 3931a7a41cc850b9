"""What weights depend on, as one hash: the examples, the words that features look up, the features themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import resources

from bot.language.intents.learned.examples import Example
from bot.language.intents.learned.features import VERSION

SEEN = 3  # examples a feature must be in
STIFFNESS = 2.0
_TABLES = ("vocabulary.csv", "goods.csv", "narrower.csv", "sets.csv")


def source_hash(examples: Sequence[Example]) -> str:
    """The hash of what weights of these examples are built from."""
    digest = hashlib.sha256(f"{VERSION} {SEEN} {STIFFNESS}".encode())
    for example in examples:
        digest.update(repr((example.author, example.text, example.asked, example.label)).encode())
    for name in _TABLES:
        digest.update(resources.files("bot.language").joinpath(f"data/{name}").read_bytes())
    return digest.hexdigest()
