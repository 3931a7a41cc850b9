"""Every sentence has its words in every language: none missing, none left over, no value forgotten.

The sentences are read from the code as `make messages` reads them.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "locales").glob("*/LC_MESSAGES/*.po"))
LANGUAGES = {"messages": {"km", "km_Latn", "en"}, "voice": {"km", "en"}, "pages": {"km", "en"}}
# N_ marks what is written and spoken, T_ what is only written, S_ what is only spoken.
MARKS = {"messages": ("N_", "T_"), "voice": ("N_", "S_"), "pages": ("_", "gettext", "N_")}


@cache
def sentences(domain: str) -> frozenset[str]:
    """What the code says in a domain, as the mapping of its name finds it; read once in a process."""
    with (ROOT / f"locales/{domain}.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = dict.fromkeys(MARKS[domain])
    found = extract_from_dir(ROOT, methods, options, keywords, directory_filter=is_code)
    return frozenset(str(message) for _path, _line, message, _comments, _context in found)


def is_code(directory: str) -> bool:
    """Whether a folder can hold sentences; keeps the search out of everything beside the code."""
    parts = Path(directory).relative_to(ROOT).parts
    return parts[0] in ("flows", "bot") and parts[-1] != "__pycache__"


def values(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)", text))


def entries(path: Path) -> Iterator[tuple[str, str, bool]]:
    with path.open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield str(message.id), str(message.string), message.fuzzy


@pytest.mark.parametrize("domain", LANGUAGES)
def test_every_language_has_its_catalogue(domain: str) -> None:
    assert {path.parts[-3] for path in CATALOGUES if path.stem == domain} == LANGUAGES[domain]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_catalogue_is_whole_and_not_stale(path: Path) -> None:
    known = {sentence: text for sentence, text, fuzzy in entries(path) if text and not fuzzy}
    said = sentences(path.stem)
    assert said, "nothing was found in the code"
    assert said - set(known) == set(), "missing: run `make messages` and translate"
    assert set(known) - said == set(), "stale: run `make messages`"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_translation_names_only_values_that_are_given(path: Path) -> None:
    for sentence, text, _fuzzy in entries(path):
        assert values(text) <= values(sentence), sentence
