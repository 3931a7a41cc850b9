"""Messages that begin with what they want of a group: make one, invite, tell it, report what its meeting decided.

Owns these openings and what follows them; a name or a message keeps its writer's words. Also how reminders are to
come, which is said as briefly.
"""

from __future__ import annotations

import re

from bot.language.sight import heard
from bot.language.words.reading import Reading
from flows.heard import Heard, Intent, Slots

_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
_TO = r"(?:\s*(?:ទៅ|ដល់|ឱ្យ|ឲ្យ|អោយ))?"
_PLEASE = r"^(?:(?:please|pls|សូម|som|ខ្ញុំ|khnhom|knhom|i|ចង់|want(?:\s+to)?|chong|bong|បង)\s*)*"


def _opening(*ways: str) -> re.Pattern[str]:
    """Any of these at the beginning, after politeness."""
    return re.compile(_PLEASE + "(?:" + "|".join(ways) + ")", re.IGNORECASE)


_NEW = _opening(
    r"(?:បង្កើត|បង្កេីត|បង្កេត|ធ្វើ)\s*ក្រុម(?:\s*ថ្មី)?(?:\s*(?:ឈ្មោះ|ឈោ្មះ))?",
    r"ក្រុម\s*ថ្មី(?:\s*ឈ្មោះ)?",
    r"(?:new|create|make|start|form|set\s+up)\s+(?:a\s+|our\s+|my\s+)?(?:new\s+)?group\b(?:\s+(?:called|named|name))?",
    r"b[ao]n?g?k(?:ae|eu|e|oe|ea|er)r?t\s*kr(?:o|u|ou)m\b(?:\s+thm[ea]y|\s+thmei)?(?:\s+chhm\w+|\s+chm\w+)?",
    r"kr(?:o|u|ou)m\s+thm(?:ey|ei|ay)\b",
)
_INVITE = _opening(
    r"(?:អញ្ជើញ|អញ្ជេីញ|អញជើញ|អញ្ចើញ|អញ្ជើន)(?:\s*សមាជិក)?",
    r"invite\b(?:\s+(?:new\s+)?(?:members?|people|numbers?))?",
    r"[ao]n(?:h|g)?(?:ch|j)(?:eu|er|oe|e|u)n?(?:h|g)?\b",
)
_ADD = _opening(  # asks for numbers behind it
    r"(?:បន្ថែម|ថែម|ដាក់)\s*(?:សមាជិក)?",
    r"add\b(?:\s+(?:new\s+)?(?:members?|people|numbers?))?",
    r"(?:bonthaem|banthem|bonthem|thaem)\b",
)
_TELL = _opening(
    rf"(?:ប្រាប់|បា្រប់|ជូនដំណឹង|ប្រកាស(?:\s*ប្រាប់)?|(?:ផ្ញើ|សរសេរ)(?:\s*សារ)?){_TO}\s*(?:សមាជិក)?\s*ក្រុម(?:\s*ថា)?",
    r"(?:tell|message|text|inform|notify|write(?:\s+to)?|send(?:\s+a?\s*message)?(?:\s+to)?)\s+"
    r"(?:(?:all|the|my|our)\s+)*group\b(?:\s+that\b)?",
    r"(?:b|p)r(?:a|o)(?:b|p)(?:\s+tov)?\s+(?:samacheuk\s+)?kr(?:o|u|ou)m\b(?:\s+tha\b)?",
    r"(?:phnher|phnhae?|pnher|fnher)(?:\s+sar)?(?:\s+tov)?\s+kr(?:o|u|ou)m\b",
)
_MINE = re.compile(
    r"(?:list\s+)?(?:my\s+|our\s+|all\s+)?groups?|which\s+groups?(?:\s+am\s+i\s+in)?|what\s+groups?\s+am\s+i\s+in|"
    r"(?:បញ្ជី|មើល)?\s*ក្រុម(?:\s*របស់)?(?:\s*(?:ខ្ញុំ|យើង))?(?:\s*(?:ណា|អី|អ្វី))?(?:\s*ខ្លះ)?|"
    r"ខ្ញុំ\s*(?:នៅ|ជា)(?:\s*ក្នុង)?(?:\s*សមាជិក)?\s*ក្រុម\s*(?:ណា|អី|អ្វី)(?:\s*ខ្លះ)?|"
    r"(?:banchi\s+)?kr(?:o|u|ou)m(?:\s+rob[ao]s)?(?:\s+k(?:h)?n(?:h)?om)?(?:\s+na(?:\s+khlas)?)?",
    re.IGNORECASE,
)
_CAME = (
    re.compile(
        r"(?:we\s+were\s+|about\s+)?(?P<count>[0-9]{1,5})\s*(?:people|persons?|members|of\s+us|pers)?\s*"
        r"(?:have\s+)?(?:came|come|attended|were\s+there|joined|present)\b(?P<words>.*)",
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(
        r"(?:ប្រជុំ\s*)?(?:មាន\s*)?(?:អ្នក|គ្នា|មនុស្ស|សមាជិក)?\s*(?:មក|ចូលរួម)\s*(?:បាន|ប្រជុំ)?\s*"
        r"(?P<count>[0-9]{1,5})\s*(?:នាក់|អ្នក)?(?P<words>.*)",
        re.DOTALL,
    ),
    re.compile(
        r"(?:ប្រជុំ\s*)?(?:មាន\s*)?(?P<count>[0-9]{1,5})\s*(?:នាក់|អ្នក)\s*(?:បាន\s*)?(?:មក|ចូលរួម)(?P<words>.*)",
        re.DOTALL,
    ),
    re.compile(r"(?:mean\s+)?mor?k\s*(?P<count>[0-9]{1,5})\s*(?:neak|nak|neeak)?\b(?P<words>.*)", re.I | re.DOTALL),
    re.compile(r"(?:mean\s+)?(?P<count>[0-9]{1,5})\s*(?:neak|nak)\s*(?:ban\s+)?mor?k\b(?P<words>.*)", re.I | re.DOTALL),
)
_DECIDED = re.compile(
    r"^[\s,.;:។៖–-]*(?:and\s+|ហើយ\s*|haey\s+)?(?:we\s+|យើង\s*|yeung\s+)?(?:have\s+|បាន\s*|ban\s+)?"
    r"(?:(?:decided?|agreed?|decision)\b|សម្រេច(?:ចិត្ត)?|សំរេច(?:ចិត្ត)?|s[ao]mr[ea]+ch\b)?"
    r"(?:\s*(?:that\b|ថា|tha\b|:))?[\s,.;:។៖]*",
    re.IGNORECASE,
)
_CALLS = re.compile(
    r"(?:(?:please\s+)?remind(?:ers?|\s+me)?\s+)?(?:by|with|via|through)\s+(?:a\s+)?(?:phone\s+)?(?:calls?|phone|voice)|"
    r"(?:please\s+)?call\s+(?:me\s+)?(?:to\s+remind|for\s+(?:reminders|meetings))(?:\s+me)?|"
    r"(?:សូម\s*)?(?:ហៅ|តេ|ខល)\s*(?:ទូរស័ព្ទ|ទូរសព្ទ)?\s*(?:មក\s*)?(?:ប្រាប់|រំលឹក|រំឭក)(?:\s*ខ្ញុំ)?|"
    r"(?:សូម\s*)?(?:រំលឹក|រំឭក|ប្រាប់)(?:\s*ខ្ញុំ)?\s*(?:តាម|ដោយ)\s*(?:ការ)?\s*(?:ហៅ|ទូរស័ព្ទ|ទូរសព្ទ|តេ)|"
    r"(?:som\s+)?(?:hao|hav|haw|te|tel|khal)\s*(?:mok\s+)?(?:brab|prab|brap|prap|romluek|romlek)(?:\s+khnhom)?|"
    r"(?:romluek|romlek|brab|prab)\s+tam\s+(?:kar\s+)?(?:hao|hav|tursap|tel|te)|"
    r"(?:please\s+)?call\s+me\s+instead|(?:som\s+)?(?:hao|hav)\s+mok\s+kh?n(?:h)?[ou]m|(?:សូម\s*)?ហៅ\s*ជា\s*សំឡេង|"
    r"(?:សូម\s*)?(?:ទូរសព្ទ|ទូរស័ព្ទ)\s*មក\s*ខ្ញុំ(?:\s*ខ្ញុំ\s*(?:អាន|មើល)\s*(?:មិន|អត់)\s*(?:ចេញ|ដាច់|បាន)(?:\s*ទេ)?)?",
    re.IGNORECASE,
)
_TEXTS = re.compile(
    r"(?:(?:please\s+)?remind(?:ers?|\s+me)?\s+)?(?:by|with|via|through)\s+(?:an?\s+)?(?:sms|messages?|texts?)|"
    r"(?:please\s+)?text\s+(?:me\s+)?(?:to\s+remind|for\s+(?:reminders|meetings))(?:\s+me)?|"
    r"(?:សូម\s*)?(?:រំលឹក|រំឭក|ប្រាប់)(?:\s*ខ្ញុំ)?\s*(?:តាម|ដោយ)\s*(?:សារ|sms)|"
    r"(?:សូម\s*)?ផ្ញើ\s*សារ\s*(?:មក\s*)?(?:ប្រាប់|រំលឹក|រំឭក)(?:\s*ខ្ញុំ)?|តាមសារ|"
    r"(?:romluek|romlek|brab|prab)\s+tam\s+(?:sar|sms)|tam\s+sar",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"(?:តើ\s*)?(?:នៅ\s*)?ម៉ោង\s*(?:ប៉ុន្មាន|ណា)(?:\s*ដែរ)?|(?:តើ\s*)?នៅ\s*(?:ឯ\s*)?(?:កន្លែង\s*|ទី\s*)?ណា(?:\s*ដែរ)?|"
    r"(?:at\s+)?what\s+time(?:\s+is\s+it\s+at)?|where(?:\s+is\s+it)?|ma?ong\s+p(?:on|un)man|nov\s+(?:ae\s+)?na",
    re.IGNORECASE,
)
SHORTEST = 4  # digits that are taken for a number, be it a wrong one
_HARD = re.compile(r"[^0-9+\s().\-–]+")
_GROUPED = re.compile(r"\+?[0-9]+")
_COUNTED = re.compile(r"(?<![^\s,;])[0-9]{1,2}[.)]\s+(?=[+0])")  # 1. 012 345 678 2. 097 …


def command(reading: Reading) -> Heard | None:
    """What is wanted of a group, or how reminders are to come; None where a message does not begin so."""
    text = reading.cleaned.strip().strip("!.។ ")
    if found := _INVITE.match(text) or _ADD.match(text):
        numbers = phones(text[found.end() :])
        if numbers or (_INVITE.match(text) and found.end() == len(text)):
            return heard(reading, Intent.GROUP_INVITE, slots=Slots(numbers=numbers))
    if found := _NEW.match(text):
        return heard(reading, Intent.GROUP_NEW, slots=Slots(group=_behind(text, found)))
    if found := _TELL.match(text):
        return heard(reading, Intent.GROUP_WRITE, slots=Slots(words=_behind(text, found)))
    if _MINE.fullmatch(text):
        return heard(reading, Intent.GROUP_LIST, 0.9)
    if _CALLS.fullmatch(text):
        return heard(reading, Intent.REACH_CALL, 0.9)
    if _TEXTS.fullmatch(text):
        return heard(reading, Intent.REACH_SMS, 0.9)
    if _WHICH.fullmatch(text.rstrip("? ")):
        return heard(reading, Intent.MEETING_WHEN, 0.7)  # of what, only who is in a group may mean
    return reported(reading, text)


def _behind(text: str, found: re.Match[str]) -> str | None:
    return text[found.end() :].strip(" :,៖\n") or None


def reported(reading: Reading, text: str) -> Heard | None:
    """12 came, decided to sell together. A bare count may also be an answer: two of us come."""
    for way in _CAME:
        found = way.fullmatch(text.translate(_DIGITS))
        if found is None:
            continue
        begin, end = found.span("words")
        words = _DECIDED.sub("", text[begin:end], count=1).strip()
        slots = Slots(count=int(found["count"]), words=words or None)
        return heard(reading, Intent.MEETING_REPORT, 0.9 if words else 0.8, slots)
    return None


def phones(text: str) -> tuple[str, ...]:
    """The telephone numbers of a text, however they are grouped: digits, a plus kept. Whether they exist is not asked.

    Numbers one after the other fall apart where one is whole and the next begins with 0 or a plus. What stands close to
    a number and is none itself (12345678.0, 012345686/87, 097 123 4567 8) stays with it, as written: nobody is invited
    by a part of what was written.
    """
    found: list[str] = []
    number, closed, ended = "", False, 0
    text = _COUNTED.sub(";", text.translate(_DIGITS))
    for match in _GROUPED.finditer(text):
        group, between = match[0], text[ended : match.start()]
        ended = match.end()
        if number and _is_tail(number, between, group):
            number, closed = number + between.strip()[:1] + ("" if between.strip() else " ") + group, True
            continue
        if closed or _HARD.search(between) or _is_whole(number, group) or group.startswith("+"):
            found.append(number)
            number, closed = "", False
        number += group
    found.append(number)
    return tuple(dict.fromkeys(number for number in found if len(number) >= SHORTEST))


def _is_tail(number: str, between: str, group: str) -> bool:
    """Whether a group of a few digits hangs on what may be a whole number, and is no beginning of another."""
    digits = re.match(r"\+?[0-9]*", number)
    count = len(digits[0].lstrip("+")) if digits else 0
    if len(group) >= SHORTEST or group.startswith("+") or (group.startswith("0") and group.strip("0")):
        return False
    if between in ("/", ",", "."):
        return count >= 7
    if _HARD.search(between):
        return False
    return (len(group) == 1 and count >= (9 if number.startswith("0") else 8)) or _is_whole(number, group)


def _is_whole(number: str, group: str) -> bool:
    """Whether a number ends before this group: nine digits or more with the first 0, and no room for the group."""
    abroad = 2 if number.startswith(("855", "+855")) else 4 if number.startswith("00855") else 0
    count = len(number.lstrip("+")) - abroad
    return count >= 9 and (group.startswith(("0", "855")) or count + len(group) > 10)
