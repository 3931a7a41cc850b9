"""How much each benchmark does: FULL is what its bound is judged by, TINY only shows that it still runs.

Owns the numbers; what is done with them is the benchmarks' own. The tests run every benchmark at TINY.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class History:
    """What lies in the tables: 504 keys, quoted on `days` days by `reporters` each; people, their messages."""

    days: int
    reporters: int
    people: int
    messages: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts of everything that is done; `call_lasts` and `key_every` are seconds."""

    starts: int  # of a web process
    start_turns: int  # messages to each
    readings: int  # passes over all messages
    turn_rounds: int  # pairs of rounds, line and floor
    turn_round: int  # requests in one
    turn_warm: int
    call_rounds: int
    calls: int  # in a round, each of two keys
    calls_at_once: int
    key_every: float
    call_lasts: float
    sent: int  # messages of a round
    send_rounds: int
    one_by_one: int
    broadcast: int  # people of the large one
    broadcast_some: int  # of the small one
    issues: int
    offices: int
    issue_questions: int
    grown: History
    growth_warm: int
    growth_turns: int
    growth_block: int
    released: int  # messages, people and items of the inbox that a release finds
    soak_turns: int  # of a pass


FULL = Sizes(
    starts=3,
    start_turns=200,
    readings=5,
    turn_rounds=24,
    turn_round=150,
    turn_warm=300,
    call_rounds=24,
    calls=60,
    calls_at_once=100,
    key_every=2.0,
    call_lasts=60.0,
    sent=5_000,
    send_rounds=3,
    one_by_one=60,
    broadcast=300_000,
    broadcast_some=20_000,
    issues=200_000,
    offices=500,
    issue_questions=60,
    grown=History(days=400, reporters=5, people=300_000, messages=300_000),
    growth_warm=100,
    growth_turns=900,
    growth_block=30,
    released=300_000,
    soak_turns=6_000,
)
TINY = Sizes(
    starts=1,
    start_turns=5,
    readings=1,
    turn_rounds=2,
    turn_round=4,
    turn_warm=2,
    call_rounds=2,
    calls=2,
    calls_at_once=4,
    key_every=0.1,
    call_lasts=0.6,
    sent=20,
    send_rounds=1,
    one_by_one=2,
    broadcast=400,
    broadcast_some=50,
    issues=3_000,
    offices=30,
    issue_questions=6,
    grown=History(days=3, reporters=2, people=600, messages=600),
    growth_warm=2,
    growth_turns=8,
    growth_block=4,
    released=400,
    soak_turns=20,
)
