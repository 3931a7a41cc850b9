"""What arrives anywhere: the messages and calls of all phones in one list, newest first, page by page.

Owns the reading over both tables. Changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.simulator.store import Store

_PAGE = 30

# Each table is cut to a page before the two are brought together: both lists may be very long.
_LIST = """
SELECT a.*, p.number, p.name_km, p.name_en FROM (
  SELECT * FROM (
    SELECT phone_id, sid, 'message' AS kind, direction, body, status, error_code, outcome, detail, callback_fault,
           created, arrived, NULL AS answered, NULL AS ended
    FROM messages WHERE (created, sid) < (:created, :sid) ORDER BY created DESC, sid DESC LIMIT :limit + 1)
  UNION ALL
  SELECT * FROM (
    SELECT phone_id, sid, 'call', direction, '', status, NULL, '', '', callback_fault, created, NULL, answered, ended
    FROM calls WHERE (created, sid) < (:created, :sid) ORDER BY created DESC, sid DESC LIMIT :limit + 1)
  ORDER BY created DESC, sid DESC LIMIT :limit + 1) a
JOIN phones p ON p.id = a.phone_id
ORDER BY a.created DESC, a.sid DESC
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message or call and the phone it is on; times are seconds since 1970."""

    phone_id: int
    sid: str
    kind: str  # message or call
    direction: str
    body: str
    status: str
    error_code: int | None
    outcome: str
    detail: str
    callback_fault: str | None
    created: float
    arrived: float | None
    answered: float | None
    ended: float | None
    number: str
    name_km: str
    name_en: str

    @property
    def inbound(self) -> bool:
        """Whether it went from the phone to the line."""
        return self.direction == "inbound"

    @property
    def seconds(self) -> int | None:
        """How long a call that is over was, begun seconds counted; None for all else."""
        if self.answered is None or self.ended is None:
            return None
        return max(1, round(self.ended - self.answered))


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the list; `older` is the mark that the next page begins after, None on the last."""

    arrivals: list[Arrival]
    older: str | None


def arrivals(store: Store, after: str = "", size: int = _PAGE) -> Page:
    """The page after a mark, the newest without one; raises ValueError for what is no mark."""
    written, _, sid = after.partition("-")
    created = float(written) if after else float("inf")
    rows = store.run(_LIST, {"created": created, "sid": sid, "limit": size})
    found = [Arrival(**row) for row in rows]
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{last.created!r}-{last.sid}" if last else None)
