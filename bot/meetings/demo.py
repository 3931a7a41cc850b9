"""Sample groups to try meetings with: the simulator's invented people, who have all said that they belong.

Can be loaded again and again: who has left since, stays away. Never for a real line.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select, update

from bot.contacts import service as contacts
from bot.contacts.service import Decision
from bot.csvfile import ImportOutcome
from bot.db import table, writing
from bot.meetings.imports import import_groups
from bot.meetings.models import Group, Member, Membership
from bot.meetings.telling import about_group
from bot.vault import Vault

_DATA = Path(__file__).parent / "data" / "demo_groups.csv"
_group, _member = table(Group), table(Member)


def load_groups(engine: Engine, vault: Vault, now: datetime) -> ImportOutcome:
    """Load the sample groups; their people must be there. Whoever is only listed joins, as if they had answered."""
    outcome = import_groups(engine, vault, _DATA, now)
    with writing(engine) as connection:
        of_demo = select(_group.c.id).where(_group.c.code.startswith("demo_"))
        waiting = (_member.c.group_id.in_(of_demo), _member.c.state == Membership.INVITED)
        for member in connection.execute(select(_member.c.group_id, _member.c.contact_id).where(*waiting)).all():
            contacts.record_consent(
                connection,
                vault,
                member.contact_id,
                now,
                Decision(given=True, channel="import", words="", proof="sample", what=about_group(member.group_id)),
            )
        connection.execute(update(_member).where(*waiting).values(state=Membership.CONFIRMED, since=now))
    return outcome
