"""The goods of the release: whole, of one mind with the vocabulary, and understood by their names."""

from __future__ import annotations

import csv
from pathlib import Path

from bot.language.words.lexicon import Lexicon
from bot.language.words.vocabulary import narrower
from bot.prices.reference import commodities, groups
from bot.prices.units import UNITS

LEXICON = Lexicon.load()
DATA = Path("bot/prices/data/commodities.csv")


def test_every_good_has_its_rules_its_group_and_its_names() -> None:
    rules = {rule.id: rule for rule in commodities()}
    assert set(rules) == set(LEXICON.commodities())
    assert len(rules) >= 480
    assert all(rule.unit in UNITS for rule in rules.values())
    assert set(groups()) == set(rules)
    for id in rules:
        assert LEXICON.name("commodity", id, "km") != id
        assert LEXICON.name("commodity", id, "en") != id or LEXICON.find(id), id


def test_all_of_the_food_programmes_list_is_there() -> None:
    with DATA.open(encoding="utf-8", newline="") as lines:
        names = [row["wfp_name"] for row in csv.DictReader(lines) if row["wfp_name"]]
    assert len(names) == len(set(names)) == 46


def test_what_is_narrower_is_a_good_and_nothing_is_narrower_than_itself() -> None:
    goods = set(LEXICON.commodities())
    for row in narrower():
        assert row.use in ("ask", "sort", "beside", "kin")
        assert row.general in goods or LEXICON.entry("group", row.general), row.general
        assert set(row.narrower) <= goods, row.general
        assert row.general not in LEXICON.within(row.general)


def test_no_spelling_is_two_goods_at_once_unless_it_is_asked_back() -> None:
    owners: dict[str, set[str]] = {}
    for id in LEXICON.commodities():
        entry = LEXICON.commodity(id)
        assert entry is not None
        for form, sense in entry.forms:
            if not sense.weak:
                owners.setdefault(form, set()).add(id)
    twice = {form for form, ids in owners.items() if len(ids) > 1}
    assert twice <= {"ត្រីចិញ្ចឹម", "មេ"}  # a farmed fish, a mother animal: which one is asked
