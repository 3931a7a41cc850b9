"""The catalogues: what every sentence is in each language and script, by its English message id.

Loaded by folder name, since Babel takes km_Latn for km; read straight from the .po, so that there is nothing
to compile and nothing to go stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parents[3] / "locales"
VOICES = ("km", "km_Latn", "en")


@cache
def load_catalogue(language: str, domain: str = "messages") -> Mapping[str, str]:
    """Message id to translation for one folder of locales/, read once. A missing translation is left out."""
    path = LOCALES / language / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    texts = {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
    return MappingProxyType(texts)  # everybody gets the same one
