"""What staff give for a broadcast, checked before anything is kept: its words, its time. Each fault is one line."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.language.text.sms_parts import lean, parts, plain
from bot.messages.sms.broadcast_text import Texts

MOST_PARTS = 3
LONGEST_AHEAD = timedelta(days=366)
UNSENDABLE = ("Cc", "Cs", "Co", "Cn")  # controls, halves of characters, and what no phone has a letter for
UNSEEN = ("Cf", "Zs", "Zl", "Zp", "Cc")
AT = re.compile(r"(?:(\d{4}-\d{2}-\d{2})[ T])?(\d{1,2}):(\d{2})")


class DraftError(ValueError):
    """Something staff gave cannot be used. One line: what it is, and the remedy."""


def checked_texts(km: str, latn: str, en: str) -> Texts:
    """The words as they are sent. Raises DraftError: empty, too long, or with what cannot be sent."""
    texts = Texts(*(_checked(name, text) for name, text in (("km", km), ("latn", latn), ("en", en))))
    if not texts.km:
        raise DraftError("--text-km is missing: everybody who chose no other language or script gets it")
    return texts


def _checked(name: str, text: str) -> str:
    text = plain(unicodedata.normalize("NFC", lean(text).replace("\r\n", "\n")).strip())
    wrong = [char for char in text if char != "\n" and unicodedata.category(char) in UNSENDABLE]
    if wrong:
        where = text.index(wrong[0]) + 1
        told = f"U+{ord(wrong[0]):04X} at character {where}"
        raise DraftError(f"--text-{name} has a character that cannot be sent ({told}): take it out")
    if all(unicodedata.category(char) in UNSEEN for char in text):
        return ""
    size = parts(text)
    if size.parts > MOST_PARTS:
        room = {"GSM-7": 153, "UCS-2": 67}[size.encoding] * MOST_PARTS
        raise DraftError(
            f"--text-{name} takes {size.parts} SMS parts ({size.units} {size.encoding} units): "
            f"{MOST_PARTS} are the most, so shorten it by {max(1, size.units - room)}"
        )
    return text


def due_at(at: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment meant by `YYYY-MM-DD HH:MM`, or `HH:MM` (today, else tomorrow), local time. Raises DraftError."""
    found = AT.fullmatch(at.strip())
    if found is None:
        raise DraftError(f"--at {at[:40]!r} is no time: use one such as '2026-11-25 14:00', or 14:00")
    local = now.astimezone(zone)
    try:
        day = datetime.fromisoformat(found[1]).date() if found[1] else local.date()
        due = datetime.combine(day, time(int(found[2]), int(found[3])), zone)
    except ValueError as error:
        raise DraftError(f"--at {at[:40]!r} is on no calendar or clock: {error}") from error
    if not found[1] and due <= now:
        due = datetime.combine(day + timedelta(days=1), due.timetz())
    if due <= now:
        raise DraftError(f"--at {at.strip()} is past: it is {local:%Y-%m-%d %H:%M} now; or use --now")
    if due - now > LONGEST_AHEAD:
        raise DraftError(f"--at {at.strip()} is more than a year away")
    return due
