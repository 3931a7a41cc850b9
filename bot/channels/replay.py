"""Taking what was spooled, once the database is back: each webhook as of when it came, its answer by the outbox.

Owns the order (one person's messages as they came) and what happens to an entry that cannot be taken.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.sms import where
from bot.channels.status import note_call, note_end, note_message
from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import Address, read_address
from bot.conversation import Conversation
from bot.db import reading, table, writing
from bot.language.intents.understand import understand
from bot.messages import alarms
from bot.messages.inbound.spool import DamagedError, Spool, SpooledWebhook, WebhookKind, is_away
from bot.messages.models import SavedRun
from bot.turn import Inbound
from flows.heard import Asked, Intent

log = structlog.get_logger()

BUSY_FOR = 5.0  # seconds of taking in one job
MOST_TRIES = 3  # of an entry that fails by itself; then an operator has to look at it
MOST_WAITS = 20  # of one that the database does not take while it takes others
CONSENT = {Intent.START: True, Intent.STOP: False, Intent.NOT_ME: False}
OVERTAKEN = "sms late"  # the channel of a message whose sender has written again since: a conversation of its own
_contact, _run = table(Contact), table(SavedRun)


@dataclass(frozen=True, slots=True)
class Replay:
    """A worker's way to replay. Any number may do so at once: nothing is done twice, and nobody is overtaken."""

    spool: Spool
    conversation: Conversation
    _tries: Counter[str] = field(default_factory=Counter)  # of entries that failed, by name

    def run(self) -> bool:
        """Take what waits, the oldest first, for some seconds. Returns whether to go on at once.

        Everybody walks the same way and deletes an entry only after its effect is committed, so that a later
        message of somebody is never taken before an earlier one. Ends when the database is away again.
        """
        names = self.spool.names()
        self._forget_all_but(names)
        halted: set[str] = set()  # senders whose message failed: their later ones wait for it
        taken, waited, busy = 0, 0, 0.0
        try:
            for name in names:
                begun = time.monotonic()
                entry = self._opened(name)
                if entry is None or _whose(entry) in halted:
                    continue
                try:
                    self._take(entry)
                except Exception as error:
                    if is_away(error):
                        waited += 1
                        if waited > 1 or not self._database_answers():
                            log.warning("replay interrupted", error=type(error).__name__)
                            break
                    halted.add(_whose(entry))
                    self._failed(name, error)
                    continue
                self.spool.drop(name)
                taken += 1
                busy += time.monotonic() - begun
                if busy > BUSY_FOR:
                    return True
        except (SQLAlchemyError, RedisError, OSError) as error:
            # What was being done is still there, and is done again.
            log.warning("replay interrupted", error=type(error).__name__)
        finally:
            if names:
                log.info("replayed", taken=taken, found=len(names))
        return False

    def _opened(self, name: str) -> SpooledWebhook | None:
        try:
            return self.spool.read(name)
        except DamagedError:
            self._set_aside(name, "does not open: is DATA_KEY the one it was sealed with?")
            return None

    def _take(self, entry: SpooledWebhook) -> None:
        values, at = entry.values, entry.received
        engine, vault = self.conversation.engine, self.conversation.vault
        now = self.conversation.clock()
        match entry.told:
            case WebhookKind.SMS:
                self._take_sms(values["sid"], read_address(values["from"]), values["body"], at)
            case WebhookKind.SMS_STATUS:
                note_message(engine, vault, values, now)
            case WebhookKind.CALL_STATUS:
                note_call(engine, values, self.conversation.zone, now)
            case WebhookKind.CALL_END:
                note_end(engine, values, now)

    def _take_sms(self, sid: str, sender: Address, text: str, at: datetime) -> None:
        """Take a message. What its sender has decided since, by a message that came through, stands."""
        overtaken, later_word = self._since(sender, at)
        if later_word is not None:
            lexicon = self.conversation.knowledge.lexicon_or_bare()
            word = CONSENT.get(understand(text, Asked(), lexicon).intent)
            if word is not None and word != later_word:
                log.info("spooled word overtaken")
                return
        self.conversation.turn(Inbound(sid, OVERTAKEN if overtaken else "sms", sender, text, spooled_at=at))

    def _since(self, sender: Address, at: datetime) -> tuple[bool, bool | None]:
        """Whether a sender has written since, and their newest word on being written to if it is newer than that."""
        mine = _contact.c.address_hash == self.conversation.vault.look_up(sender.value)
        here = (_run.c.contact_id == _contact.c.id) & (_run.c.channel == "sms")
        with reading(self.conversation.engine) as connection:
            found = select(_contact.c.id, _run.c.saved_at).select_from(_contact.outerjoin(_run, here)).where(mine)
            row = connection.execute(found).one_or_none()
            said = contacts.last_said(connection, [row.id]).get(row.id) if row is not None else None
        overtaken = row is not None and row.saved_at is not None and row.saved_at > at
        return overtaken, said.given if said is not None and said.at > at else None

    def _database_answers(self) -> bool:
        try:
            with writing(self.conversation.engine) as connection:
                connection.execute(select(1))
        except SQLAlchemyError:
            return False
        return True

    def _failed(self, name: str, error: Exception) -> None:
        """Leave an entry for the next time, or put it aside when there were enough."""
        self._tries[name] += 1
        log.error("replay failed", error=type(error).__name__, where=where(error), tries=self._tries[name])
        if self._tries[name] >= (MOST_WAITS if is_away(error) else MOST_TRIES):
            self._set_aside(name, f"fails each time ({type(error).__name__} at {where(error)})")

    def _set_aside(self, name: str, why: str) -> None:
        """Told first: killed in between, it is found and told again."""
        with writing(self.conversation.engine) as connection:
            told = (
                f"a spooled webhook {why}; it lies in the worker's SPOOL_DIR/damaged, one folder up it is tried again"
            )
            alarms.sound(connection, "spool", told, self.conversation.clock())
        self.spool.set_aside(name)
        del self._tries[name]

    def _forget_all_but(self, names: list[str]) -> None:
        for name in self._tries.keys() - set(names):
            del self._tries[name]


def _whose(entry: SpooledWebhook) -> str:
    """What keeps its order: the messages of a sender, the news of a message or call."""
    return entry.values.get("from") or f"{entry.told} {entry.values.get('id') or entry.values.get('sid', '')}"
