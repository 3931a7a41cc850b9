"""Which goods are offered where one is asked for: what is asked most, then everything there is by its group.

Owns the choices alone; what is done with the good that was chosen is the conversation's that asked.
"""

from __future__ import annotations

from flows.engine import Next, Turn
from flows.line.home import paged, turned
from flows.prompts import Choice, Named

MOST_ALONE = 9  # goods offered by their names before the groups
GROUP = "group/"  # before a group among the choices


def asked_first(turn: Turn) -> tuple[str, ...]:
    """What they ask most. On the phone as it was when the day began: a key means the same all day."""
    memory = turn.run.memory
    return tuple(memory.get("asked", ()) if turn.facts.can.type else memory.get("today", ())[1:])


def offered(turn: Turn, maybe: tuple[str, ...], first: tuple[str, ...]) -> tuple[Choice, ...]:
    """What may be meant, else what is asked most; on the phone, where names cannot be written, page by page."""
    prices, group = turn.facts.prices, str(turn.data.get("group", ""))
    ids = prices.of_group(group) if group else maybe or prices.asked_most(first, turn.facts.person.place)
    choices = [Choice(id, Named("commodity", id)) for id in ids]
    if turn.facts.can.type:
        return tuple(choices[:4])
    if not group and not maybe:  # what is asked most, then everything there is by its group
        choices = [*choices[:MOST_ALONE], *(Choice(GROUP + id, Named("goods", id)) for id in prices.groups())]
    return paged(choices, turn.data.get("page", 0))


def leafed(turn: Turn) -> Next | None:
    """The next page of goods, or the goods of the group that was chosen."""
    if (value := turn.chosen) is not None and value.startswith(GROUP):
        return Next(turn.run.at, data={**turn.data, "group": value.removeprefix(GROUP), "page": 0})
    return turned(turn)
