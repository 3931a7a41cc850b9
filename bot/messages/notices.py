"""Notices: what is sent to people who are not on the line, worded for each, as SMS or as a call of ours.

Owns that a notice is queued once. When it may leave is decided when it is sent (messages.sms.admission).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.language.saying.catalogue import VOICES
from bot.language.saying.wording import Names, Wording
from bot.language.text.sms_parts import parts
from bot.messages.calls import admission as call_admission
from bot.messages.calls.models import Call, CallState, Direction
from bot.messages.models import Outbound, OutState, Purpose
from bot.messages.recipients import Recipient, recipients
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.outbox import LASTS
from bot.upsert import insert_new
from bot.vault import Vault
from flows.prompts import Prompt, cut

MOST_AT_ONCE = 500  # rows of one statement
MOST_PARTS = 3  # of an SMS with somebody's own words
__all__ = ["Notice", "Notices", "Recipient", "recipients"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told and when.

    `key` names the due thing (subject, id, phase, date; 80 characters): each person gets it once. `about` is what
    it can be called off by. `opens` is the state a call begins at, with its `data`; without one everybody is
    written to. `due` empty: at once; `expires` empty: as long as the purpose lasts. `hides`: key and subject are kept
    as keyed hashes, each person's their own (`hidden`): no row leads to another one or to the thing.
    """

    prompts: tuple[Prompt, ...]
    purpose: Purpose
    key: str
    about: str = ""
    due: datetime | None = None
    expires: datetime | None = None
    opens: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    hides: bool = False


@dataclass(frozen=True, slots=True)
class Notices:
    """Queues notices. Built once by the app; `names` gives what knows the names of things now."""

    vault: Vault
    catalogues: Mapping[str, Mapping[str, str]]
    names: Callable[[], Names]

    def text(self, prompts: Sequence[Prompt], voice: str) -> str:
        """The words of an SMS in a voice."""
        return Wording(voice, self.catalogues[voice], self.names()).text(prompts)

    def shortened(self, prompt: Prompt, *after: Prompt) -> Prompt:
        """A prompt whose `words` are cut until it costs MOST_PARTS, with what comes after it, in no voice more."""
        words = str(prompt.args["words"])
        while any(parts(self.text([prompt, *after], voice)).parts > MOST_PARTS for voice in VOICES):
            words = cut(words, len(words) * 9 // 10)
            prompt = replace(prompt, args={**prompt.args, "words": words}, shorter=None)
        return prompt

    def tell(self, connection: Connection, to: Sequence[Recipient], notice: Notice, now: datetime) -> None:
        """Queue a notice for each of these people, once, whoever queues it again."""
        due = notice.due or now
        expires = notice.expires or due + LASTS[notice.purpose]
        rung = [one for one in to if one.reach == "voice" and notice.opens]
        written = [one for one in to if one.reach != "voice" or not notice.opens]
        same = {"purpose": notice.purpose, "due_at": due, "expires_at": expires}
        same |= {"attempts": 0, "error": "", "created_at": now, "changed_at": now}
        # Who is rung has the words as well, for when nobody picks up.
        said = {voice: self.text(notice.prompts, voice) for voice in {one.voice for one in to}}
        sealed = {} if notice.hides else {voice: self.vault.seal(text) for voice, text in said.items()}
        texts: list[dict[str, Any]] = [
            {
                **same,
                "contact_id": one.id,
                "asked_at": one.asked,
                **self._named(notice, one.id),
                # Sealed anew for each, two copies are not seen to be the same.
                "text": sealed.get(one.voice) or self.vault.seal(said[one.voice]),
                "state": OutState.QUEUED,
                "rounds": 0,
            }
            for one in written
        ]
        calls: list[dict[str, Any]] = [
            {
                **same,
                "contact_id": one.id,
                "asked_at": one.asked,
                **self._named(notice, one.id),
                "direction": Direction.OUT,
                "state": CallState.QUEUED,
                "opens": notice.opens,
                "data": json.dumps(notice.data, ensure_ascii=False),
                "text": sealed.get(one.voice) or self.vault.seal(said[one.voice]),
                "step": 0,
                "minutes": 0,
            }
            for one in rung
        ]
        for model, rows in ((Outbound, texts), (Call, calls)):
            for begin in range(0, len(rows), MOST_AT_ONCE):
                connection.execute(insert_new(connection, model), rows[begin : begin + MOST_AT_ONCE])

    def _named(self, notice: Notice, contact: int) -> dict[str, str]:
        if not notice.hides:
            return {"unique_key": f"{notice.key}:{contact}", "about": notice.about}
        hides = (hidden(self.vault, name, contact) for name in (notice.key, notice.about))
        return dict(zip(("unique_key", "about"), hides, strict=True))


def hidden(vault: Vault, name: str, contact: int) -> str:
    """The key or the subject of a notice to one person, where nobody may see what it is about."""
    return vault.look_up(f"notice {name} to {contact}")


def call_off(connection: Connection, about: str, now: datetime, contact: int | None = None) -> int:
    """Send and place nothing of what still waits about something, to anybody or to one contact. Returns how many."""
    written = sms_outbox.call_off(connection, about, now, contact)
    return written + call_admission.call_off(connection, about, now, contact)
