"""Problems: what a message complains of, and of which commodity.

Owns when a message tells of a problem and its category. What becomes of it is a flow's business.
"""

from __future__ import annotations

from bot.language.reading import Reading
from bot.language.sight import Sight, heard
from flows.heard import Heard, Intent, Slots

# fmt: off
_ANIMALS = frozenset((
    "pig_live", "piglet", "cattle", "buffalo", "chicken", "duck", "fish_pra", "shrimp", "frog", "eel",
    "fish", "fingerling", "fish_ros", "fish_tilapia", "fish_andeng", "fish_chhdaor",
))
# fmt: on
_INPUTS = frozenset(("fertiliser", "seed", "feed", "fingerling"))


def category(sight: Sight) -> str | None:
    """What a problem is about: the category its words name first; other where none."""
    found = (
        []
        if "category" not in sight.reading.kinds
        else [c for item in sight.reading.items if item.score >= 0.75 for c in item.ids("category")]
    )
    strong = [c for c in found if c in ("unofficial_fee", "licence")]
    if strong or found:
        return _of_plants(sight, (strong or found)[0])
    kw = sight.reading.kw
    if kw & {"sell", "markets", "buy"} and "not" in kw and not kw & {"price", "how_much"}:
        return "market_access" if kw & {"problem", "complain"} or sight.named.commodity else None
    return None


def _of_plants(sight: Sight, about: str) -> str:
    """Illness of a crop is not illness of an animal."""
    commodity = sight.named.commodity or sight.named.general
    if about == "animal_disease" and commodity and commodity not in _ANIMALS:
        return "plant_disease"
    return about


_ILL = frozenset(
    ("ឈឺ", "ស្លាប់", "sick", "issick", "aresick", "dead", "died", "die", "dying", "slab", "chheu", "cheu", "chheur")
)


def _only_ill(reading: Reading) -> bool:
    """Somebody is ill or dead, and no animal or crop is named: people fall ill too."""
    return all(reading.key(k) in _ILL for k, item in enumerate(reading.items) if item.ids("category"))


def issue(sight: Sight) -> Heard | None:
    reading, kw = sight.reading, sight.reading.kw
    about = category(sight)
    said = kw & {"problem", "complain"}
    if not said and about is None:
        return None
    if not said:
        if about in ("animal_disease", "plant_disease") and sight.named.commodity is None and _only_ill(reading):
            return None
        if kw & {"price", "how_much", "report", "radio"} and about not in ("unofficial_fee", "market_access"):
            return None
        if sight.price and sight.named.commodity:
            return None
        if about in ("road", "water", "inputs") and len(reading.items) <= 1:
            return heard(reading, Intent.ISSUE_NEW, 0.8, Slots(category=about))
    elif about is None and "how_much" in kw and sight.named.commodity and "complain" not in kw:
        return None
    named = sight.named
    commodity = named.commodity if named.commodity_sure >= 0.75 else None
    if commodity is not None and commodity.startswith("water"):
        about, commodity = about or "water", None
    elif about == "water":
        commodity = None
    if about is None:
        about = "water" if named.general == "water" else "inputs" if commodity in _INPUTS else None
    slots = Slots(category=about, commodity=commodity, place=named.place if named.place_sure >= 0.75 else None)
    return heard(reading, Intent.ISSUE_NEW, 0.92 if said else 0.85, slots)
