"""Words of stopping: where they stand, and which of them ask nothing of us.

Owns what makes a stop no stop: it is denied (កុំឈប់), somebody else's (the rain), asked about, or taken back. What
a stop means is the stops' business.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.language import farewell, parts
from bot.language.words.reading import Reading

SEEN = ("ឃើញ", "មាន", "kheun", "khern", "khoen", "khenh", "mean")  # លែងឃើញសារ: seen no more, and missed
SENDING = frozenset(("send", "message", "receive", "notify", "service"))
_BARE = re.compile(
    r"(?:ប?ញ?ឈុ?ប់?|ឆប់|បញ្ឈប់)ៗ?(?:ហើយ|ទៅ|យក|ប្រើ)?"
    r"|(?:b[ao]n)?(?:ch+|jh?|sh)(?:ou|or|oo|oa|au|o|u)[bp]+(?:haey)?"
    r"|(?:s?t+o+p+|sotp|stpo|sop|stp|quit|end|spam)s?(?:it|now|pl\w*)?"
)


# fmt: off
# Fillers that begin another matter: because, I have, we grow.
OTHER_MATTER = frozenset((
    "ព្រោះ", "ពីព្រោះ", "ដោយសារ", "ដោយ", "មាន", "គ្មាន", "ចិញ្ចឹម", "ដាំ", "ដាំដុះ", "ធ្វើ", "អស់", "ថោក", "ណាស់", "តែ", "ជា", "គឺ",
    "because", "cause", "coz", "since", "as", "have", "has", "had", "is", "are", "am", "was", "grow", "raise", "but",
    "i", "we", "low", "high", "cheap", "too", "very", "here", "there",
    "prous", "pruos", "prus", "mean", "kmean", "chenhchem", "dam", "tver", "os", "thaok", "thok", "taok", "nas", "tae",
))
# fmt: on


class Mark(NamedTuple):
    """A word of stopping: its items from `start` up to `end`, and whether it says it is the sending that stops."""

    start: int
    end: int
    sending: bool


def marks(reading: Reading) -> list[Mark]:
    """Every word of stopping; weak spellings (job, end) only where nothing plainer is said."""
    if "stop" not in reading.kw:
        return []
    strong: list[Mark] = []
    weak: list[Mark] = []
    told = others(reading)
    for k, item in enumerate(reading.items):
        if "stop" not in reading.keywords(k) or opening(reading, k) or no_stop(reading, k, told):
            continue
        mark = Mark(k, k + 1, not _BARE.fullmatch(reading.key(k)) or _sends_next(reading, k))
        (weak if any(s.weak and s.id == "stop" for s in item.senses) else strong).append(mark)
    for first, last in farewell.spans(reading.atoms):
        held = [k for k, item in enumerate(reading.items) if item.i < last and item.j > first]
        covered = [m for m in (*strong, *weak) if held[0] <= m.start < m.end <= held[-1] + 1]
        strong = [m for m in strong if m not in covered]
        weak = [m for m in weak if m not in covered]
        strong.append(Mark(covered[0].start if covered else held[0], held[-1] + 1, True))
    return sorted(strong or weak)


def others(reading: Reading) -> list[parts.Part]:
    """Where a report is taken back, or it is asked whether this is spam."""
    return [part for part in parts.parts(reading) if part.roles & {"own", "seek"}]


def no_stop(reading: Reading, k: int, others: list[parts.Part]) -> bool:
    """A shop, work that is looked for, a word of one of the others."""
    key, item = reading.key(k), reading.items[k]
    if key in parts.NO_SLIPS or (key in _WORK and _of_work(reading, k)):
        return True
    if key.startswith(_PLAIN):
        return False
    return any(part.i < item.j and item.i < part.j for part in others)


def _of_work(reading: Reading, k: int) -> bool:
    """Job, said alone or in English; job tov bong is ឈប់."""
    beside = [n for n in range(len(reading.items)) if n != k and not reading.is_sign(n)]
    return not beside or any(reading.key(n) in _ENGLISH for n in beside)


def opening(reading: Reading, k: int) -> bool:
    """បើកសារ, to open, is one slip away from បិទសារ, to close."""
    return reading.key(k).startswith("បើក")


def _sends_next(reading: Reading, k: int) -> bool:
    """ឈប់ … ផ្ញើ, stop the messages, sms stop: sending or a message right beside the word."""
    if k and not reading.is_sign(k - 1) and {"message", "send", "service"} & set(reading.keywords(k - 1)):
        return True
    for n in range(k + 1, min(k + 4, len(reading.items))):
        if SENDING & set(reading.keywords(n)) or reports(reading, n):
            return True
        if not reading.is_filler(n) or reading.key(n) in OTHER_MATTER:
            return False
    return False


_WORK = frozenset(("job", "jobs"))
_ENGLISH = frozenset(("a", "any", "the", "my", "need", "want", "for", "find", "have", "is", "new", "good", "in"))
_PLAIN = ("stop", "ឈប់", "chhob", "chob")


def reports(reading: Reading, k: int) -> bool:
    """ផ្ញើតម្លៃ is a word of its own (to report), but here it is the sending of prices."""
    return "report" in reading.keywords(k) and reading.key(k).startswith(("ផ្ញើ", "pn", "phn", "send"))


# fmt: off
OURSELVES = frozenset(("ខ្ញុំ", "យើង", "khnhom", "khnom", "knhom", "knyom", "nhom", "yeung", "i", "we"))
_YOU = frozenset(("you", "u", "ya", "they", "he", "she", "it", "why", "still"))
ASIDE = frozenset((
    "ever", "please", "pls", "plz", "just", "to", "សូម", "ត្រូវ", "អោយ", "អាច", "ចាំ", "បាច់", "ចាំបាច់", "ទាន់", "អាល",
    "អា", "ល", "oy", "bach", "tean", "al",
))
NEEDLESS = frozenset(("បាច់", "ចាំបាច់", "bach"))
# fmt: on
_ENDLESS = frozenset(("non", "without", "អិត", "គ្មាន"))
_KOM = re.compile(r"(?:កុំ|គុំ).*|[kg]h?[ou]{1,2}m+(?:al|tean|oy)?")
_NEVER = frozenset(("dont", "donot", "never", "dontwant", "doesnt"))
_MUST = frozenset(("must", "should", "will", "i", "please", "pls", "do", "can"))


def denial(reading: Reading, mark: Mark) -> int | None:
    """The item that denies a stop: កុំឈប់, kom chhob, never stop, I do not want to stop. "You never stop" accuses."""
    wanting = False
    keys: list[str] = []
    n = mark.start - 1
    while n >= 0 and not reading.is_sign(n):
        wants = "want" in reading.keywords(n) and not wanting and reading.key(n) not in ("som", "សុំ")
        if not wants and reading.key(n) not in ASIDE:
            break
        wanting = wanting or wants
        keys.append(reading.key(n))
        n -= 1
    if n < 0 or reading.is_sign(n) or "stop" in reading.keywords(n):
        return None
    if reading.key(n) in _ENDLESS:
        return n
    key, before, ids = reading.key(n), reading.key(n - 1) if n else "", set(reading.keywords(n))
    if _KOM.fullmatch(key):
        return n
    if key in _NEVER:
        unwilling = (wanting or key == "dontwant") and "to" not in keys
        return None if before in _YOU or unwilling else n
    wanting = wanting or key.endswith("ចង់")
    if not ids & {"not", "dont"} or asks_why(reading, n):
        return None
    if not NEEDLESS.isdisjoint(keys):
        return n
    if key in ("not", "wont", "cant", "cannot"):
        return n if before in _MUST or key == "wont" else None
    atom = reading.atoms[reading.items[mark.start].i]
    apart = atom.space if atom.kind == "k" else mark.sending
    if apart or "again" in reading.kw:
        return None
    return n if wanting or before in OURSELVES else None


_WHY = re.compile(
    r"(?:\bwhy\b|\bhow come\b|\bhet ?(?:ey|a?vey|ei|avei|ai)\b|ហេតុ|(?<!ធ្វើ)ម៉េច(?:បាន|ក៏)"
    r"|(?<!ver )(?<!veu )\bme(?:ch|k) (?:ban|kor?)\b)[^.!?,;។\n]*$"
)
_SENT = frozenset(("send", "message", "not", "dont", "again", "not_yet"))
_DID = frozenset(("did", "have", "has"))


def asks_why(reading: Reading, k: int) -> bool:
    """A why stands before an item, in the same clause."""
    return _WHY.search(reading.cleaned[: reading.atoms[reading.items[k].i].start].lower()) is not None


def _wondered_at(reading: Reading, mark: Mark) -> bool:
    """Why did you stop sending: somebody misses the messages."""
    own = range(mark.start, mark.end)  # លែងផ្ញើ: no longer
    if "again" in reading.kw or any("dont" in reading.keywords(k) for k in range(len(reading.items)) if k not in own):
        return False
    n = mark.start - 1
    if n > 0 and reading.key(n) in ("you", "u", "youguys") and reading.key(n - 1) in _DID:
        return True
    if not asks_why(reading, mark.start):
        return False
    while n >= 0 and not reading.is_sign(n):
        if _SENT & set(reading.keywords(n)):
            return False
        n -= 1
    return True


def missed(reading: Reading) -> bool:
    """True where all that is said of stopping is why it happened: somebody misses the messages."""
    found = marks(reading)
    return bool(found) and all(_wondered_at(reading, mark) for mark in found)


THEY = frozenset(("គេ", "ពួកគេ", "គាត់", "ឈ្មួញ", "អ្នកទិញ", "ke", "koat", "kat", "goat", "chhmuonh", "chhmounh", "chmuonh",
    "neaktinh", "they", "he", "she", "trader", "traders", "buyer", "buyers"))  # fmt: skip
_HAS_STOPPED = ("ឈប់", "លែង", "ch", "j", "sh", "stop", "l")


def _they_stopped(reading: Reading, mark: Mark) -> bool:
    """គេឈប់ផ្ញើសារមក, told of others at the beginning of a clause; ប្រាប់គេឈប់ផ្ញើ asks for it."""
    n = mark.start - 1
    told = n >= 0 and reading.key(n) in THEY and reading.key(mark.start).startswith(_HAS_STOPPED)
    return told and (n == 0 or reading.is_sign(n - 1)) and "again" not in reading.kw


# fmt: off
_FIELD_WORK = frozenset(("ស្រែ", "ចម្ការ", "ចំការ", "ការ", "srae", "sre", "chamkar", "chomkar", "kar", "ka"))
_WORKS = frozenset(("ធ្វើ", "tver", "tveu", "thveu", "thver"))
_HELPING = frozenset((
    "បាន", "កំពុង", "នឹង", "ក៏", "has", "have", "had", "is", "was", "does", "did", "do", "will", "just", "already",
    "ban", "neng", "ning", "kor", "ko", "now", "suddenly",
))
# fmt: on
_RAIN = re.compile(r"(?:me?kh?)?ph?l(?:ie|ea|ia|iea|ee|e|i)ng+")


def idle(reading: Reading, mark: Mark) -> bool:
    """True where nobody is told to stop: what stops is something else, or its stopping is asked about."""
    return _anothers(reading, mark) or _wondered_at(reading, mark)


def _anothers(reading: Reading, mark: Mark) -> bool:
    """What stops is none of our doing: the rain, a trader, rising, eating."""
    if mark.sending:
        if _they_stopped(reading, mark):
            return True
        told = "bother" in _roles(reading, mark.start) and mark.start > 0
        return told and _is_subject(reading, mark.start - 1)  # a trader bothers us
    last = len(reading.items)
    if mark.end < last:
        ids, key = set(reading.keywords(mark.end)), reading.key(mark.end)
        doing = (
            "doing" in _roles(reading, mark.end) or _RAIN.fullmatch(key) or ids & {"up", "down", "sell", "buy", "busy"}
        )
        after = reading.key(mark.end + 1) if mark.end + 1 < last else ""
        if "group" in ids and mark.end + 1 < last and SENDING & set(reading.keywords(mark.end + 1)):
            return False  # the group's messages
        if doing or (key in _WORKS and after in _FIELD_WORK):
            return True
    n = mark.start - 1
    while n >= 0 and (reading.key(n) in _HELPING or {"not", "not_yet"} & set(reading.keywords(n))):
        n -= 1
    if n > 0 and reading.key(n) in ("ខ្ញុំ", "យើង", "នេះ", "khnhom", "khnom", "knhom", "nis", "nih", "yeung"):
        n -= 1
        return _is_subject(reading, n) and not reading.atoms[reading.items[n + 1].i].space
    if n >= 0 and reading.key(n) in _MARKET and reading.kw & {"when_ask", "when_if"}:
        return True  # only when asked for its hours: "Phsar, stop" is said to us
    return n >= 0 and _is_subject(reading, n)


_MARKET = frozenset(("market", "ផ្សារ", "phsar", "psar", "psa", "phsa"))


def _is_subject(reading: Reading, k: int) -> bool:
    return "subject" in _roles(reading, k) or _RAIN.fullmatch(reading.key(k)) is not None


def _roles(reading: Reading, k: int) -> frozenset[str]:
    return parts.roles(reading.atoms[reading.items[k].i : reading.items[k].j])


# fmt: off
_BACK = frozenset(("វិញ", "vinh", "veng", "vign", "vin", "vnh", "back"))
_TURN = frozenset((
    "now", "but", "អិឡូវ", "អិឡូវនេះ", "តែ", "ប៉ុន្តែ", "elov", "ilov", "eilov", "eylov", "aylov", "ilouv", "eilouv",
    "pontae", "tae", "changed",
))
_ONCE_MORE = ("វិញ", "vinh", "resume", "restart", "unstop", "startagain")
_BEFORE = frozenset(("before", "earlier", "first", "previously", "mun", "munnis", "munnih", "ពីមុន", "ដំបូង"))
_PLEASE = frozenset(("please", "pls", "plz", "សូម", "som", "សុំ", "ជួយ"))
_WRONGLY = frozenset(("accident", "accidentally", "mistake", "mistakenly", "ច្រឡំ", "ច្រលំ", "chrolom", "chrolum",
    "chralom"))
# fmt: on


def taken_back(reading: Reading, found: list[Mark]) -> bool:
    """I had stopped, now send again: a stop that lies in the past or was a slip, and then a wish to receive."""
    over = [k for k in range(len(reading.items)) if re.fullmatch(r"sto+p+ed", reading.key(k))]
    if not found and not over:
        return False
    if any(_slipped(reading, m) for m in found):
        return True
    at = max([m.end for m in found] + [k + 1 for k in over])
    first = min([m.start for m in found] + over)
    keys = [reading.key(k) for k in range(len(reading.items))]
    rest = range(at, len(keys))
    ids = {id for k in rest if keys[k] not in _BEFORE for id in reading.keywords(k)}
    if ids & {"dont", "not", "not_yes"}:
        return False
    slip = any(key in _WRONGLY for key in keys)
    past = any(keys[k] in _BEFORE or "past" in reading.keywords(k) for k in range(first)) or bool(over)
    turned = slip or past or any(keys[k] in _TURN for k in rest) or any(keys[k] in _BEFORE for k in rest[:1])
    if not turned or not rest:
        return False
    back = "again" in ids or any(keys[k] in _BACK for k in rest)
    return _wished(reading, rest, ("start",)) or (
        back and _wished(reading, rest, ("send", "receive", "message", "ban"))
    )


def _slipped(reading: Reading, mark: Mark) -> bool:
    """Start again please, I typed stop by mistake: the wish comes first, the stop was the slip."""
    before = range(mark.start)
    keys = [reading.key(k) for k in range(len(reading.items))]
    ids = {id for k in before if keys[k] not in _BEFORE for id in reading.keywords(k)}
    back = "again" in ids or any(keys[k] in _BACK or keys[k].endswith(_ONCE_MORE) for k in before)
    if not ("start" in ids or any(opening(reading, k) for k in before)) or not back or ids & {"dont", "not"}:
        return False
    behind = range(mark.end, min(mark.end + 3, len(keys)))
    if any(reading.is_sign(k) for k in behind) or not any(keys[k] in _WRONGLY for k in behind):
        near = [k for k in range(max(0, mark.start - 2), mark.start) if keys[k] in _WRONGLY]
        return bool(near) and not any(reading.is_sign(k) for k in range(near[0], mark.start))
    return True


def _wished(reading: Reading, rest: range, wanted: tuple[str, ...]) -> bool:
    """A wish (want, please) and within three words what is wished; ផ្ញើមកវិញ, start again say both at once."""
    for k in rest:
        if not set(wanted) & set(reading.keywords(k)):
            continue
        key = reading.key(k)
        if key.startswith(("ចង់", "ផ្ញើ", "ទទួល")) and "start" in wanted:
            return True
        near = range(max(rest.start, k - 3), k)
        able = key.endswith("again") and any(reading.key(n) == "can" for n in near)
        if (able or any("want" in reading.keywords(n) or reading.key(n) in _PLEASE for n in near)) and not any(
            reading.key(n) in ("you", "u") for n in near
        ):
            return True
    return False
