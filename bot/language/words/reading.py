"""A message as the rules see it: its items, its keywords, its numbers, its day and hour.

Owns the questions rules ask of a message ("is there nothing but politeness beside this word?"). Decides no
intent.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.language.text.fold import Atom, atoms, clean
from bot.language.words import astray
from bot.language.words.lexicon import Lexicon
from bot.language.words.numbers import Amount, amounts
from bot.language.words.rivals import weigh
from bot.language.words.segment import Item, segment
from flows.heard import Heard, Intent, Maybe, Slots

_FILLING = ("filler",)
# Words that everybody types: they do not show how a person reads.
_ANYBODYS = frozenset(("ok", "okay", "okey", "oke", "oky", "k", "yes", "no", "hi", "stop"))
_LIGHT = ("conj", "question", "want", "know", "tell", "again")


@dataclass(slots=True)
class Reading:
    """One message, cut and looked up. `kw` holds every keyword id that may be meant."""

    text: str
    cleaned: str
    atoms: list[Atom]
    items: list[Item]
    lexicon: Lexicon
    numbers: list[Amount]
    kw: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def keywords(self, k: int) -> list[str]:
        """Keyword ids of one item."""
        return [part for id in self.items[k].ids("keyword") for part in id.split("+")]

    def said(self, k: int) -> str:
        """An item as it was typed."""
        item = self.items[k]
        return self.cleaned[self.atoms[item.i].start : self.atoms[item.j - 1].end]

    def key(self, k: int) -> str:
        """An item's folded form."""
        item = self.items[k]
        return "".join(a.key for a in self.atoms[item.i : item.j])

    def is_filler(self, k: int) -> bool:
        """True for words that change nothing: politeness, particles, conjunctions."""
        return any(s.kind in _FILLING or (s.kind == "keyword" and s.id in _LIGHT) for s in self.items[k].senses)

    def is_sign(self, k: int) -> bool:
        """True for punctuation and emoji without a meaning."""
        item = self.items[k]
        return not item.senses and self.atoms[item.i].kind == "s"

    def unknown(self) -> list[int]:
        """Items that are words nobody knows."""
        return [k for k, i in enumerate(self.items) if not i.senses and not i.digits and not self.is_sign(k)]

    def only(self, *ids: str, kinds: tuple[str, ...] = ()) -> bool:
        """True when nothing but these keywords (or kinds) is said, beside fillers and signs."""
        wanted = frozenset(ids)
        hit = False
        for k, item in enumerate(self.items):
            if any(
                (s.kind == "keyword" and not wanted.isdisjoint(s.id.split("+"))) or s.kind in kinds for s in item.senses
            ):
                hit = True
            elif not (self.is_filler(k) or self.is_sign(k)):
                return False
        return hit

    def tone(self, without: int = -1) -> str:
        """latn or en by the words that are only one of them, or "" where they balance; one item left out."""
        en = latn = 0
        for k, item in enumerate(self.items):
            if k == without or self.atoms[item.i].kind != "l" or item.ids("unit"):
                continue
            langs = {s.lang for s in item.senses if s.kind not in ("place", "market", "market_name")}
            en += langs == {"en"}
            latn += langs == {"latn"}
        return "en" if en > latn else "latn" if latn > en else ""

    def script(self) -> str:
        """km, latn, en or "" where it does not show."""
        if any(a.kind == "k" for a in self.atoms):
            return "km"
        if all(a.key in _ANYBODYS for a in self.atoms if a.kind == "l"):
            return ""
        telling = [i for k, i in enumerate(self.items) if self.key(k) not in _ANYBODYS]
        return self.tone() or ("en" if any(s.lang == "en" for i in telling for s in i.senses) else "latn")

    def heard(
        self, intent: Intent, sure: float = 0.95, slots: Slots | None = None, maybe: tuple[Maybe, ...] = ()
    ) -> Heard:
        """A Heard of this message."""
        return Heard(self.text, intent, round(max(0.0, min(1.0, sure)), 2), slots or Slots(), maybe, self.script())


def _tidy(found: list[Atom]) -> list[Atom]:
    """Leave out dots, hyphens and dashes inside a word: ក.ចាម, p.penh, sa-ek."""
    out: list[Atom] = []
    for n, a in enumerate(found):
        if (
            a.kind == "s"
            and a.key in ".-_*"
            and out
            and n + 1 < len(found)
            and not found[n + 1].space
            and not a.space
            and out[-1].kind in "kl"
            and found[n + 1].kind == out[-1].kind
        ):
            continue
        out.append(a)
    return out


def _after_goods(items: list[Item], k: int) -> bool:
    """A unit or a commodity stands right before, a unit or a currency right after."""
    before = items[k - 1].senses if k else ()
    after = items[k + 1].senses if k + 1 < len(items) else ()
    return any(s.kind in ("unit", "commodity", "group", "place") for s in before) or (
        bool(before) and any(s.kind in ("unit", "currency") for s in after)
    )


def read(text: str, lexicon: Lexicon) -> Reading:
    """Cut a text and look everything up. Never raises."""
    cleaned = clean(text)
    found = _tidy(atoms(cleaned))
    items = weigh(astray.find(segment(found, lexicon), found, lexicon), found, lexicon)
    reading = Reading(text, cleaned, found, items, lexicon, amounts(items, found))
    few = sum(1 for item in items if item.senses or item.digits) <= 2
    for k, item in enumerate(items):
        for s in item.senses:
            reading.kinds.add(s.kind)
            if s.weak and s.id == "how_much" and not _after_goods(items, k):
                continue  # the short "how much" as spoken, behind a unit or what is sold
            if s.weak and s.id == "stop" and not few:
                continue  # "i need a job" is no chhob
            if s.kind == "keyword" and (item.score > 0.75 or len(item.senses) == 1):
                reading.kw.update(s.id.split("+"))
    return reading
