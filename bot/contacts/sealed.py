"""Whether what is kept of people was sealed with the key of this process.

With another key nobody would be known any more: everybody would be kept a second time, beside data that does not open.
"""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.contacts.models import Contact
from bot.db import reading
from bot.vault import Vault, VaultError

ANOTHER_KEY = "DATA_KEY is not the one the data was sealed with; set it to that one (nothing was read or written)"
# One that is damaged proves nothing.
_OLDEST = select(Contact.address).order_by(Contact.id).limit(3)


def is_of_another_key(engine: Engine, vault: Vault) -> bool:
    """Whether none of the first addresses opens; False where nobody is known. Raises when the database is away."""
    with reading(engine) as connection:
        connection.exec_driver_sql("SELECT 1")
        try:
            sealed = connection.execute(_OLDEST).scalars().all()
        except (OperationalError, ProgrammingError):
            return False  # there is no table yet
    return bool(sealed) and not any(_opens(vault, one) for one in sealed)


def _opens(vault: Vault, sealed: bytes) -> bool:
    try:
        vault.open(sealed)
    except VaultError:
        return False
    return True
