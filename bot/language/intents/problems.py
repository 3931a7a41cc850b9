"""Problems: what a message complains of, and of which commodity.

Owns the category of a problem and what it names. Whether a message tells of one is the scorer's business.
"""

from __future__ import annotations

from bot.language.intents.found import Found
from bot.language.slots import complaints
from bot.language.text.tables import keys
from bot.language.words.reading import Reading
from bot.language.words.segment import Item
from flows.heard import SURE, Slots

# fmt: off
_ANIMALS = frozenset((
    "pig_live", "piglet", "cattle", "buffalo", "chicken", "duck", "fish_pra", "shrimp", "frog", "eel",
    "fish", "fingerling", "fish_ros", "fish_tilapia", "fish_andeng", "fish_chhdaor",
    "sow", "boar", "pig_local", "cow_female", "calf", "cattle_breed", "chick", "chicken_layer", "chicken_broiler",
    "chicken_breed", "duckling", "duck_layer", "duck_muscovy", "goose", "goat", "sheep", "rabbit", "crocodile", "quail",
))
# fmt: on
_SURE_ENOUGH = 0.7  # staff read a complaint themselves: a slip in it does less harm than in a price
_INPUTS = frozenset(("fertiliser", "seed", "feed", "fingerling"))


def _plain(item: Item) -> bool:
    """Read as it stands, or guessed well and as nothing else."""
    return item.score == 1 or (item.score >= 0.8 and all(s.kind == "category" for s in item.senses))


def category(found: Found) -> str | None:
    """What a problem is about: what a turn of phrase complains of, else the category its words name first."""
    if (turn := _turn(found)) is not None:
        return turn
    reading = found.reading
    named = [c for item in reading.items if _plain(item) for c in item.ids("category")]
    strong = [c for c in named if c in ("unofficial_fee", "licence")]
    if strong or named:
        return _of_plants(found, (strong or named)[0])
    kw = found.reading.kw
    if (
        kw & {"sell", "markets", "buy"}
        and "not" in kw
        and not kw & {"price", "how_much"}
        and not _offers(found.reading)
    ):
        return "market_access" if kw & {"problem", "complain"} or found.named.commodity else None
    return None


def _turn(found: Found) -> str | None:
    """The first turn of phrase that fits what is named: illness is an animal's, pests are a crop's."""
    named = found.named
    goods = {named.commodity, named.general, *(maybe.value for maybe in named.maybe)} - {None}
    for about in complaints.about(found.reading.atoms):
        if about == "animal_disease" and goods.isdisjoint(_ANIMALS):
            continue
        return about
    return None


def _offers(reading: Reading) -> bool:
    """មានគោលក់អត់: is there cattle for sale, or not? The "not" ends it and asks."""
    last = [k for k in range(len(reading.items)) if not (reading.is_sign(k) or reading.is_filler(k))][-2:]
    if len(last) < 2 or "not" not in reading.keywords(last[1]) or last[1] - last[0] != 1:
        return False
    selling = bool({"sell", "buy"} & set(reading.keywords(last[0])))
    return selling and any(reading.key(k) in keys("having") for k in range(last[0]))


def _of_plants(found: Found, about: str) -> str:
    """Illness of a crop is not illness of an animal."""
    commodity = found.named.commodity or found.named.general
    if about == "animal_disease" and commodity and commodity not in _ANIMALS:
        return "plant_disease"
    return about


def _which(found: Found, about: str | None) -> str | None:
    """The commodity a problem is about: the one named, an animal that is ill, the seed in "bad seed"."""
    reading, named = found.reading, found.named
    if named.commodity and named.commodity_sure >= (1 if about == "other" else _SURE_ENOUGH):
        return named.commodity
    ill = {"animal_disease": True, "plant_disease": False}.get(about or "")
    if ill is not None:
        fitting = [c for c in (named.commodity, *(m.value for m in named.maybe if m.slot == "commodity")) if c]
        fitting = [c for c in fitting if (c in _ANIMALS) is ill and c not in _INPUTS]
        if len(set(fitting)) == 1:
            return fitting[0]
    if about == "plant_disease" and named.general == "rice":
        return "rice_paddy"  # what grows
    if named.commodity or named.maybe:
        return None if about == "other" else _only_exact(reading)
    if about != "inputs":
        return None
    return next((c for item in reading.items if item.ids("category") for c in _inside(reading, item)), None)


def _only_exact(reading: Reading) -> str | None:
    """deuk srov: of two goods, the one spelt as it is; the other is a guess (deuk, to carry, sounds like water)."""
    named = [(s.id, item.score) for item in reading.items for s in item.senses if s.kind == "commodity" and not s.weak]
    exact = {id for id, score in named if score == 1}
    return exact.pop() if len(exact) == 1 and len({id for id, _ in named}) > 1 else None


def _inside(reading: Reading, item: Item) -> list[str]:
    """Commodities named by a part of a longer form: fake fertilizer, គ្រាប់ពូជមិនល្អ."""
    for i in range(item.i, item.j):
        for j in range(item.j, i, -1):
            if j - i < item.j - item.i:
                senses = reading.lexicon.find("".join(a.key for a in reading.atoms[i:j]))
                found = [s.id for s in senses if s.kind == "commodity" and not s.weak]
                if found:
                    return found[:1]
    return []


def _lacks_water(found: Found) -> bool:
    """No clean water in our village, ទឹកឈប់ហូរ: water that is missed, not prices."""
    reading, kw = found.reading, found.reading.kw
    if not (found.named.general == "water" or (found.named.commodity or "").startswith("water")):
        return False
    said = {reading.key(k) for k in range(len(reading.items))}
    dry = "stop" in kw or "stopped" in said
    missed = dry or "not" in kw or not said.isdisjoint(keys("lacking"))
    spoken = missed and not kw & {"price", "how_much", "sell", "buy", "report", "want"}
    return spoken and (dry or not reading.numbers)


def hints(found: Found) -> Slots:
    """What free words name for certain, for a question that need not be asked: category, commodity, place."""
    about = category(found) or ("water" if _lacks_water(found) else None)
    named = found.named
    sure = named.place is not None and named.place_sure >= SURE
    return Slots(
        category=about,
        commodity=None if about == "water" else _which(found, about),
        place=named.place if sure else None,
    )


def slots(found: Found) -> Slots:
    """What a message that tells of a problem names: category, commodity, place."""
    named = found.named
    about = category(found) or ("water" if _lacks_water(found) else None)
    commodity = _which(found, about)
    if about is None:
        watery = named.general == "water" or (commodity or "").startswith("water")
        about = "water" if watery else "inputs" if commodity in _INPUTS else None
    if about == "water":
        commodity = None
    return Slots(category=about, commodity=commodity, place=named.place if named.place_sure >= SURE else None)
