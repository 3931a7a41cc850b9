"""Segments: whom a broadcast is for, as staff write it: `tag:pigs+place:03` are who has the tag and lives there.

Owns how a segment is read, and its parts that contacts and messages can answer. The other parts are the subjects':
each is a SegmentKind, and the app puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from bot.contacts.models import Contact, ContactTag, Subscription
from bot.db import table
from bot.messages.models import SavedRun

SUBSCRIPTIONS = ("radio", "weekly")
LANGUAGES = ("km", "latn", "en")
MOST_SHOWN = 12  # names of what is known
_contact, _tag, _run, _subscription = table(Contact), table(ContactTag), table(SavedRun), table(Subscription)


class SegmentError(ValueError):
    """A segment that cannot be read. One line: which part, and what is known instead."""


class SegmentKind(Protocol):
    """One kind of part: `tag`, `group`."""

    def __call__(self, connection: Connection, value: str, now: datetime, /) -> ColumnElement[bool]:
        """The condition on a row of contact for `kind:value`. Raises SegmentError for a value nobody knows."""


Values = Callable[[Connection, int], Sequence[str]]  # the first so many values of a kind
Airs = Callable[[Connection, int, datetime], datetime | None]


def places_known(_connection: Connection, _most: int) -> Sequence[str]:
    """Too many to list."""
    return ("an official code, such as 03 (province) or 0305 (district)",)


def tags_known(connection: Connection, most: int) -> Sequence[str]:
    """The tags people have, with how many have each."""
    counted = select(_tag.c.tag, func.count()).group_by(_tag.c.tag).order_by(_tag.c.tag).limit(most)
    return [f"{tag} ({count:,})" for tag, count in connection.execute(counted)]


VALUES_OF_PEOPLE: Mapping[str, Values] = {
    "tag": tags_known,
    "place": places_known,
    "subscription": lambda _connection, _most: SUBSCRIPTIONS,
    "language": lambda _connection, _most: LANGUAGES,
}


@dataclass(frozen=True, slots=True)
class Segments:
    """Reads segments. Built once by the app, with the kinds of all rooms by their names."""

    kinds: Mapping[str, SegmentKind]
    known: Mapping[str, Values] = field(default_factory=dict)
    airs: Airs = lambda _connection, _number, _now: None  # when an episode is next on air

    def values(self, connection: Connection) -> Iterator[tuple[str, str]]:
        """Each kind with what may stand behind it, for staff; some of many."""
        for kind in sorted(self.kinds):
            values = self.known[kind](connection, MOST_SHOWN + 1) if kind in self.known else ()
            some = ", ".join(values[:MOST_SHOWN]) + (", …" if len(values) > MOST_SHOWN else "")
            yield kind, some or "none yet"

    def condition(self, connection: Connection, segment: str, now: datetime) -> ColumnElement[bool]:
        """Who is in a segment, as a condition on contact. Raises SegmentError."""
        return and_(true(), *(self._part(connection, part.strip(), now) for part in segment.split("+")))

    def _part(self, connection: Connection, part: str, now: datetime) -> ColumnElement[bool]:
        if part == "all":
            return true()
        name, colon, value = part.partition(":")
        kind = self.kinds.get(name.strip())
        if kind is None or not colon or not value.strip():
            forms = ", ".join(["all", *(f"{one}:…" for one in sorted(self.kinds))])
            raise SegmentError(f"{part[:60]!r} is no part of a segment; known: {forms}, with + between them")
        return kind(connection, value.strip(), now)


def unknown(kind: str, value: str, known: Iterable[str]) -> SegmentError:
    """The error for a value nobody knows, with some that are known."""
    some = sorted(known)
    told = ", ".join(some[:MOST_SHOWN]) + (", …" if len(some) > MOST_SHOWN else "")
    return SegmentError(f"{kind}:{value[:40]} is not known; " + (f"known: {told}" if some else "there is none yet"))


def is_in(codes: Iterable[str]) -> ColumnElement[bool]:
    """Whether a contact lives in one of these places, or below."""
    return or_(*(_contact.c.place.startswith(code, autoescape=True) for code in codes))


def kinds_of_people(known_place: Callable[[str], bool]) -> dict[str, SegmentKind]:
    """The kinds that contacts themselves answer. `known_place` tells the official codes."""

    def place(_connection: Connection, value: str, _now: datetime) -> ColumnElement[bool]:
        upper = value[:6] if len(value) == 8 else value  # a village is known by its commune
        if not value.isascii() or not value.isdigit() or len(value) > 8 or not known_place(upper):
            raise SegmentError(
                f"place:{value[:40]} is no official code; use one such as 03 (province) or 0305 (district)"
            )
        return is_in([value])

    return {"tag": _tagged, "place": place, "subscription": _subscribed, "language": _reads}


def _tagged(connection: Connection, value: str, _now: datetime) -> ColumnElement[bool]:
    tags = set(connection.execute(select(_tag.c.tag).distinct()).scalars())
    if value not in tags:
        raise unknown("tag", value, tags)
    return _contact.c.id.in_(select(_tag.c.contact_id).where(_tag.c.tag == value))


def _subscribed(_connection: Connection, value: str, _now: datetime) -> ColumnElement[bool]:
    if value not in SUBSCRIPTIONS:
        raise unknown("subscription", value, SUBSCRIPTIONS)
    return subscribers(value)


def subscribers(name: str) -> ColumnElement[bool]:
    """Who has a subscription."""
    return _contact.c.id.in_(select(_subscription.c.contact_id).where(_subscription.c.name == name))


def _reads(connection: Connection, value: str, _now: datetime) -> ColumnElement[bool]:
    """How somebody is written to: what they chose, else as they write (see language.saying.wording.voice_of)."""
    if value not in LANGUAGES:
        raise unknown("language", value, LANGUAGES)
    hinted = _contact.c.id.in_(select(_run.c.contact_id).where(_run.c.channel == "sms", _run.c.hint == value))
    language, script = _contact.c.language, _contact.c.script
    match value:
        case "en":
            return or_(language == "en", and_(language == "", script == "", hinted))
        case "latn":
            return and_(language != "en", or_(script == "latn", and_(script == "", hinted)))
    return and_(~_reads(connection, "en", _now), ~_reads(connection, "latn", _now))
