"""Wishes about the service itself that no single command word says: a person, who is this, no registration.

Owns when "start" is refused and when somebody asks for a human being. Decides nothing about goods or prices.
"""

from __future__ import annotations

from bot.language.sight import heard
from bot.language.words.reading import Reading
from flows.heard import Heard, Intent

_LONG = 10
_COMING = frozenset(("come", "go", "join_in", "not_come", "late", "how_many"))
_BUSY = frozenset(("price", "how_much", "problem", "complain", "meeting", "report", "group", "radio", "notify"))
# fmt: off
_UNABLE = frozenset((
    "មិនអាច", "អត់អាច", "មិនកើត", "អត់កើត", "មិនរួច", "អត់រួច", "cant", "cannot", "unable",
))
# As typed without spaces: what asks for a person, or for a call.
_PERSON = (
    "និយាយជាមួយមនុស្ស", "និយាយជាមួយបុគ្គលិក", "និយាយជាមួយអ្នក", "និយាយជាមួយគេ", "ជួបមនុស្ស",
    "ខលមក", "តេមក", "ទូរស័ព្ទមក", "ហៅមកខ្ញុំ",
    "niyeaycheamuoy", "niyaycheamuoy", "niyeaychmuoy", "niyaychamuoy", "telmok", "khalmok", "tursapmok", "tourosapmok",
    "callme", "ringme", "phoneme", "aperson", "realperson", "ahuman", "realhuman", "talktosomeone", "speaktosomeone",
    "talktostaff", "speaktostaff", "speakwithaperson", "humanplease", "personplease",
)
# fmt: on


def wish(reading: Reading) -> Heard | None:
    """A refused start, a person asked for, or who is writing; None for anything else."""
    counted = any(item.digits for item in reading.items)
    if len(reading.items) > _LONG or counted or "commodity" in reading.kinds or reading.kw & _BUSY:
        return None
    return _no_start(reading) or _person(reading)


def _no_start(reading: Reading) -> Heard | None:
    """ "I never registered" is no consent: it disowns; "do not register me" stops; "I cannot register" needs help."""
    for k in range(len(reading.items)):
        if "start" not in reading.keywords(k):
            continue
        for n in range(max(0, k - 3), k):
            said = reading.keywords(n)
            if reading.key(n) in _UNABLE:
                return heard(reading, Intent.HELP, 0.8)
            if "dont" in said or ("not" in said and ("want" in reading.kw or reading.key(n) in ("dont", "don't"))):
                return heard(reading, Intent.STOP, 0.8)
            if "not" in said:
                return heard(reading, Intent.NOT_ME if _enrols(reading.key(k)) else Intent.UNCLEAR, 0.8)
    return None


def _enrols(key: str) -> bool:
    """Words of registration, not of beginning."""
    return any(part in key for part in ("ឈ្មោះ", "ឈោ្មះ", "chhm", "chm", "regist", "sign", "subscrib"))


def _person(reading: Reading) -> Heard | None:
    if reading.kw & {"not", "dont", "not_me", "not_yes"}:
        return None
    joined = "".join(reading.key(k) for k in range(len(reading.items)) if not reading.is_sign(k))
    who = reading.only("who") and reading.kw.isdisjoint(_COMING)
    if who or any(phrase in joined for phrase in _PERSON):
        return heard(reading, Intent.HELP, 0.85)
    return None
