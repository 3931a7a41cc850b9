"""Who wants to be told when a price moves. Owns what stands now; when and by which words, the ledger says.

As with subscriptions a STOP ends no alert but holds it back. Whether a price has moved is looked at in prices.moves.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, literal_column, select, union_all

from bot.contacts import service as contacts
from bot.contacts.models import Subscription
from bot.contacts.subscriptions import Statement
from bot.db import table
from bot.messages import notices
from bot.prices.models import PriceAlert
from bot.upsert import upsert
from bot.vault import Vault
from flows.events import AlertWanted
from flows.facts import Wanted

MOST = 10  # alerts of one person
AWAITED = "awaited"  # in place of what the told price was of: there is none yet, the first one is told
_alert, _subscription = table(PriceAlert), table(Subscription)
# In one look: a menu on the phone asks this while somebody waits.
_WISHES = union_all(
    select(_subscription.c.name, _subscription.c.since, literal_column("1").label("subscribed")).where(
        _subscription.c.contact_id == bindparam("contact")
    ),
    select(_alert.c.commodity, _alert.c.since, literal_column("0")).where(_alert.c.contact_id == bindparam("contact")),
).order_by("since", "name")


def about(commodity: str) -> str:
    """The name under which the notices of an alert are called off, and the ledger keeps it."""
    return f"alert:{commodity}"


def want(connection: Connection, vault: Vault, contact: int, event: AlertWanted, by: Statement, now: datetime) -> str:
    """Begin an alert, or change its place; what it costs now is learned, not told. Returns accepted or full."""
    commodity = event.commodity
    others = [id for id in wanted(connection, contact) if id != commodity]
    if len(others) >= MOST:
        return "full"
    contacts.record_consent(connection, vault, contact, now, by.decision(about(commodity), given=True))
    nothing_told = {"told": None, "told_as": AWAITED if event.awaited else "", "told_on": None}
    row = {"contact_id": contact, "commodity": commodity, "place": event.place, "since": now, **nothing_told}
    connection.execute(upsert(connection, PriceAlert), row)
    return "accepted"


def end(connection: Connection, vault: Vault, contact: int, commodity: str, by: Statement, now: datetime) -> None:
    """End an alert, or all where none is named, and what still waits about it. The word is kept in any case."""
    mine = select(_alert.c.commodity).where(_alert.c.contact_id == contact)
    ended = [commodity] if commodity else sorted(connection.execute(mine).scalars())
    for id in ended or [""]:
        contacts.record_consent(connection, vault, contact, now, by.decision(about(id), given=False))
        notices.call_off(connection, about(id), now, contact)
    connection.execute(delete(_alert).where(_alert.c.contact_id == contact, _alert.c.commodity.in_(ended)))


def forget(connection: Connection, contact: int) -> None:
    """End all of them: somebody else has the number."""
    connection.execute(delete(_alert).where(_alert.c.contact_id == contact))


def wanted(connection: Connection, contact: int) -> tuple[str, ...]:
    """The commodities somebody follows, the oldest alert first, but for what a later STOP holds back."""
    rows = connection.execute(
        select(_alert.c.commodity, _alert.c.since)
        .where(_alert.c.contact_id == contact)
        .order_by(_alert.c.since, _alert.c.commodity)
    ).all()
    if not rows:
        return ()
    said = contacts.last_said(connection, [contact]).get(contact)
    return tuple(row.commodity for row in rows if said is None or not said.holds_back(row.since))


class WishFacts:
    """What a flow may ask about the wishes of one contact, looked up when it asks and once."""

    def __init__(self, connection: Connection, contact: int):
        self._connection = connection
        self._contact = contact
        self._wanted: Wanted | None = None

    def wanted(self) -> Wanted:
        if self._wanted is None:
            self._wanted = self._look()
        return self._wanted

    def _look(self) -> Wanted:
        rows = self._connection.execute(_WISHES, {"contact": self._contact}).all()
        if not rows:
            return Wanted()
        said = contacts.last_said(self._connection, [self._contact]).get(self._contact)
        stand = [row for row in rows if said is None or not said.holds_back(row.since)]
        names = frozenset(row.name for row in stand if row.subscribed)
        return Wanted(names, tuple(row.name for row in stand if not row.subscribed))
