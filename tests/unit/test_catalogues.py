"""Every sentence has its words in every language: none missing, none left over, no value forgotten, one term a thing.

The sentences are read from the code as `make messages` reads them. What is never written is in locales/glossary.csv:
the term in English, Khmer and Latin letters; `in` which catalogues its `never` holds for (empty: all); `never` and
`never_latn` what is not said, `^` before what may not open a sentence; `but` longer words that may hold it.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from bot.language.text.sms_parts import GSM

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "locales").glob("*/LC_MESSAGES/*.po"))
LANGUAGES = {"messages": {"km", "km_Latn", "en"}, "voice": {"km", "en"}, "pages": {"km", "en"}}
# N_ marks what is written and spoken, T_ what is only written, S_ what is only spoken.
MARKS = {"messages": ("N_", "T_"), "voice": ("N_", "S_"), "pages": ("_", "gettext", "N_")}
COLUMNS = ["english", "km", "km_latn", "in", "never", "never_latn", "but", "note"]
LATIN = ("en", "km_Latn")


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


@dataclass(frozen=True)
class Term:
    english: str
    better: str
    domains: tuple[str, ...]
    never: tuple[str, ...]
    but: tuple[str, ...]


def listed(field: str) -> tuple[str, ...]:
    return tuple(field.split("|")) if field else ()


def rows() -> list[dict[str, str]]:
    with ((ROOT / "locales") / "glossary.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return list(reader)


def terms(voice: str) -> list[Term]:
    term, never = ("km", "never") if voice == "km" else ("km_latn", "never_latn")
    return [
        Term(row["english"], row[term], listed(row["in"]) or tuple(LANGUAGES), listed(row[never]), listed(row["but"]))
        for row in rows()
    ]


def catalogue(voice: str, domain: str) -> dict[str, str]:
    with ((ROOT / "locales") / voice / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def found(text: str, never: str, but: tuple[str, ...] = ()) -> bool:
    """Whether a word that is never said stands in a text; Latin letters are taken by whole words, in any case."""
    text = text.lower()
    for longer in but:
        text = text.replace(longer.lower(), "\0")
    opens, word = never.startswith("^"), re.escape(never.removeprefix("^").lower())
    if never.isascii():
        word = rf"(?<!\w){word}(?!\w)"
    return re.search(rf"(?:^|[។.!?] ?){word}" if opens else word, text) is not None


@pytest.mark.parametrize(("voice", "domain"), [*(("km", domain) for domain in LANGUAGES), ("km_Latn", "messages")])
def test_a_catalogue_says_what_the_glossary_says(voice: str, domain: str) -> None:
    glossary = [term for term in terms(voice) if domain in term.domains]
    wrong = [
        f"{id!r}: not {never!r} for {term.english!r} but {term.better!r}: {text}"
        for id, text in catalogue(voice, domain).items()
        for term in glossary
        for never in term.never
        if found(text, never, term.but)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_glossary_forbids_no_term_of_its_own() -> None:
    assert len({row["english"] for row in rows()}) == len(rows())
    assert all(set(listed(row["in"])) <= set(LANGUAGES) for row in rows())
    for term in terms("km"):
        for never in term.never if set(term.domains) == set(LANGUAGES) else ():
            assert not found(term.better.split(";")[0], never, term.but), (term.english, never)


def test_a_word_is_found_as_it_stands() -> None:
    assert found("ផ្សារបានបិទ", "ផ្សារបាន")
    assert not found("សេវាផ្សារបានបិទ", "ផ្សារបាន", ("សេវាផ្សារ",))
    assert found("Yol haey. Ruoch haey.", "^ruoch haey")
    assert not found("Ban reab cham ruoch haey.", "^ruoch haey")
    assert found("Kor chuob der?", "der")
    assert not found("Neak chap pderm", "der")


@pytest.mark.parametrize("voice", LATIN)
def test_messages_of_latin_letters_are_gsm_7(voice: str) -> None:
    dear = {id: sorted(set(text) - GSM) for id, text in catalogue(voice, "messages").items() if set(text) - GSM}
    assert not dear


def test_khmer_messages_take_the_khmer_colon() -> None:
    plain = {id: text for id, text in catalogue("km", "messages").items() if re.search(r"[\u1780-\u17ff}]:", text)}
    assert not plain
