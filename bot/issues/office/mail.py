"""What officials are sent by e-mail about themselves: whether an address is theirs, and a new link. Not their digests.

Owns the words, in Khmer with English beneath: nobody knows yet how they read. Plain text, with nothing to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.issues.visibility import OfficeName
from bot.web.languages import LANGUAGES, Words
from flows.prompts import N_


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject, what stands before the link and what stands after it."""

    subject: str
    before: str
    after: str


ASKED = Letter(
    N_("Phsar: are you of {office}?"),
    N_("Phsar hears that you answer for {office}. If that is so, please open this page and press its button:"),
    N_("Then people's problems for your office also come to this address. If it is not so, do nothing."),
)
NEW_LINK = Letter(
    N_("Phsar: the problems of {office}"),
    N_("The page with the problems of {office}:"),
    N_("It is only for you, and can be opened for 7 days."),
)


def write(letter: Letter, office: OfficeName, link: str, words: Mapping[str, Words]) -> tuple[str, str]:
    """The subject and the text of a letter."""
    parts = []
    for language in LANGUAGES:
        said = words[language].catalogue
        name = office.name.km if language == "km" or not office.name.en else office.name.en
        before, after = (said.get(part, part).format(office=name) for part in (letter.before, letter.after))
        parts.append(f"{before}\n\n{link}\n\n{after}\n")
    subject = words[LANGUAGES[0]].catalogue.get(letter.subject, letter.subject)
    return subject.format(office=office.name.km), "\n".join(parts)
