"""The languages of pages: which one a reader gets, and the sentences of pages in it.

Owns the catalogue domain "pages". Messages and prompts have catalogues of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Request
from markupsafe import Markup, escape

from bot.language.saying.catalogue import load_catalogue
from flows.prompts import N_

LANGUAGES = ("km", "en")  # the first one is for readers who show no wish
IN_THIS_LANGUAGE = N_("In English")  # each catalogue names its own language
COOKIE = "lang"
KEPT_FOR = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of pages in one language, by their English wording."""

    language: str
    catalogue: Mapping[str, str]

    def __call__(self, sentence: str, **values: object) -> Markup:
        """The sentence with its {values} filled in; a value is escaped unless it is markup."""
        return Markup(escape(self.catalogue.get(sentence, sentence))).format(**values)  # noqa: S704


def load_words() -> dict[str, Words]:
    """The words of every language, by its code."""
    return {language: Words(language, load_catalogue(language, "pages")) for language in LANGUAGES}


def asked_language(request: Request) -> str:
    """The language named in the address; empty when none is, or one we do not speak."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else ""


def choose_language(request: Request) -> str:
    """The language of a page: from the address, else remembered, else Khmer.

    What the browser prefers is not asked: the phones of most readers speak English because they cannot do Khmer.
    """
    for wish in (asked_language(request), request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return wish
    return LANGUAGES[0]
