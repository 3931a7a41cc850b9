"""Problems: what a message complains of, and of which commodity.

Owns when a message tells of a problem and its category. What becomes of it is a flow's business.
"""

from __future__ import annotations

from bot.language.sight import Sight, heard, see
from bot.language.slots import complaints
from bot.language.slots.numbers import Amount
from bot.language.words.reading import Reading
from bot.language.words.segment import Item
from flows.heard import SURE, Heard, Intent, Slots

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


def category(sight: Sight) -> str | None:
    """What a problem is about: what a turn of phrase complains of, else the category its words name first."""
    if (turn := _turn(sight)) is not None:
        return turn
    found = (
        []
        if "category" not in sight.reading.kinds
        else [c for item in sight.reading.items if _plain(item) for c in item.ids("category")]
    )
    strong = [c for c in found if c in ("unofficial_fee", "licence")]
    if strong or found:
        return _of_plants(sight, (strong or found)[0])
    kw = sight.reading.kw
    if (
        kw & {"sell", "markets", "buy"}
        and "not" in kw
        and not kw & {"price", "how_much"}
        and not _offers(sight.reading)
    ):
        return "market_access" if kw & {"problem", "complain"} or sight.named.commodity else None
    return None


def _turn(sight: Sight) -> str | None:
    """The first turn of phrase that fits what is named: illness is an animal's, pests are a crop's."""
    named = sight.named
    goods = {named.commodity, named.general, *(maybe.value for maybe in named.maybe)} - {None}
    for about in complaints.about(sight.reading.atoms):
        if about == "animal_disease" and goods.isdisjoint(_ANIMALS):
            continue
        return about
    return None


_HAVE = frozenset(("មាន", "mean", "have", "has"))


def _offers(reading: Reading) -> bool:
    """មានគោលក់អត់: is there cattle for sale, or not? The "not" ends it and asks."""
    last = [k for k in range(len(reading.items)) if not (reading.is_sign(k) or reading.is_filler(k))][-2:]
    if len(last) < 2 or "not" not in reading.keywords(last[1]) or last[1] - last[0] != 1:
        return False
    selling = bool({"sell", "buy"} & set(reading.keywords(last[0])))
    return selling and any(reading.key(k) in _HAVE for k in range(last[0]))


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
    said = [reading.key(k) for k, item in enumerate(reading.items) if item.ids("category")]
    return bool(said) and all(key in _ILL for key in said)


def _which(sight: Sight, about: str | None) -> str | None:
    """The commodity a problem is about: the one named, an animal that is ill, the seed in "bad seed"."""
    reading, named = sight.reading, sight.named
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


def _lacks_water(sight: Sight) -> bool:
    """No clean water in our village, ទឹកឈប់ហូរ: water that is missed, not prices."""
    reading, kw = sight.reading, sight.reading.kw
    if not (sight.named.general == "water" or (sight.named.commodity or "").startswith("water")):
        return False
    keys = {reading.key(k) for k in range(len(reading.items))}
    dry = "stop" in kw or "stopped" in keys
    missed = dry or "not" in kw or not keys.isdisjoint(("no", "គ្មាន", "ខ្វះ", "kmean", "kvas", "lack"))
    spoken = missed and not kw & {"price", "how_much", "sell", "buy", "report", "want"}
    return spoken and (dry or not reading.numbers)


def hints(reading: Reading) -> Slots:
    """What free words name for certain, for a question that need not be asked: category, commodity, place."""
    sight = see(reading)
    about = category(sight) or ("water" if _lacks_water(sight) else None)
    named = sight.named
    sure = named.place is not None and named.place_sure >= SURE
    return Slots(
        category=about,
        commodity=None if about == "water" else _which(sight, about),
        place=named.place if sure else None,
    )


def _dear(sight: Sight, about: str | None) -> bool:
    """What is said of prices here asks for none: of fees and buyers, or of a licence and the like that is too dear."""
    if about in ("unofficial_fee", "market_access"):
        return True
    named, kw = sight.named, sight.reading.kw
    goods = named.commodity or named.general or named.maybe
    return (
        about in ("licence", "other", "inputs", "road", "water")
        and not goods
        and not kw & {"how_much", "report", "radio"}
    )


_DEMANDED = frozenset(("ទារថ្លៃ", "ទារ"))  # a trader's price is demanded as well


def _outweighs(sight: Sight, about: str | None) -> bool:
    """A number beside what is sold is no price: money that is demanded, heads that died, fields that are eaten."""
    reading = sight.reading
    if about == "unofficial_fee":
        return _turn(sight) == about or any(
            _plain(item) and about in item.ids("category") and reading.key(k) not in _DEMANDED
            for k, item in enumerate(reading.items)
        )
    if about in ("animal_disease", "plant_disease"):
        return not sight.named.currency and sight.named.unit not in _WEIGHED
    return about is not None and any(_counts(sight, number) for number in reading.numbers)


_WEIGHED = frozenset(("kg", "litre", "tonne", "gram"))


def _counts(sight: Sight, number: Amount) -> bool:
    """២គីឡូម៉ែត្រ, 5000 tiles: so many of them; with a place it may be their price there."""
    items = sight.reading.items
    if number.value == 1 or number.j >= len(items) or sight.named.currency:
        return False
    behind = items[number.j]
    if behind.ids("unit"):
        return not _WEIGHED.intersection(behind.ids("unit"))
    return bool(behind.ids("commodity")) and not sight.named.place


def issue(sight: Sight) -> Heard | None:
    reading, kw = sight.reading, sight.reading.kw
    about = category(sight) or ("water" if _lacks_water(sight) else None)
    said = kw & {"problem", "complain"}
    if not said and about is None:
        return None
    if not said:
        if about in ("animal_disease", "plant_disease") and sight.named.commodity is None and _only_ill(reading):
            return None
        if kw & {"price", "how_much", "report", "radio"} and not _dear(sight, about):
            return None
        if (sight.price or sight.price.doubt) and sight.named.commodity and not _outweighs(sight, about):
            return None
        if about in ("road", "water", "inputs") and len(reading.items) <= 1:
            commodity = _which(sight, about) if about == "inputs" else None
            return heard(reading, Intent.ISSUE_NEW, 0.8, Slots(category=about, commodity=commodity))
    elif about is None and "how_much" in kw and sight.named.commodity and "complain" not in kw:
        return None
    named = sight.named
    commodity = _which(sight, about)
    if about is None:
        watery = named.general == "water" or (commodity or "").startswith("water")
        about = "water" if watery else "inputs" if commodity in _INPUTS else None
    if about == "water":
        commodity = None
    slots = Slots(category=about, commodity=commodity, place=named.place if named.place_sure >= 0.75 else None)
    return heard(reading, Intent.ISSUE_NEW, 0.92 if said else 0.85, slots)
