"""Wording: prompts become the text of an SMS in the contact's language and script.

Owns how amounts, units, days and choices are written, and which of a prompt's wordings is cheap enough. The
sentences are the catalogue's, the names the lexicon's and the markets'.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from bot.language.text.sms_parts import lean, parts, plain
from flows.prompts import (
    FEW,
    N_,
    T_,
    Arg,
    Choice,
    Crowd,
    Elsewhere,
    Money,
    Named,
    Prompt,
    Rate,
    Recorded,
    Titled,
    When,
    in_steps,
)

AMOUNTS = {
    "khr": T_("{amount} riel"),
    "usd": T_("${amount}"),
    "thb": T_("{amount} baht"),
    "vnd": T_("{amount} dong"),
}
WITHOUT_CENTS = ("khr", "vnd")
RATE = N_("{price}/{unit}")
RATE_SPAN = N_("{price}/{unit} ({low}-{high})")
WEEKDAYS = (
    T_("Monday"),
    T_("Tuesday"),
    T_("Wednesday"),
    T_("Thursday"),
    T_("Friday"),
    T_("Saturday"),
    T_("Sunday"),
)
# From which hour on a part of the day is said, in full and in brief; two are called night.
HOURS = (
    (0, T_("{hour} at night, early"), T_("{hour} early")),
    (4, T_("{hour} in the morning"), T_("{hour} morning")),
    (12, T_("{hour} at noon"), T_("{hour} noon")),
    (13, T_("{hour} in the afternoon"), T_("{hour} afternoon")),
    (17, T_("{hour} in the evening"), T_("{hour} evening")),
    (19, T_("{hour} at night"), T_("{hour} night")),
)
FEWER, AT_LEAST = T_("fewer than {count}"), T_("at least {count}")
WHEN = T_("{weekday} {day} {hour}")
WHEN_BRIEF = T_("{day} {hour}")
BESIDE = T_("{market} {amount}")
BESIDE_TWO = T_("{first}; {second}")
WORDS = {
    ("trend", "up"): N_("rising"),
    ("trend", "down"): N_("falling"),
    ("trend", "same"): N_("steady"),
    ("level", "wholesale"): N_("wholesale"),
    ("level", "retail"): N_("retail"),
    ("level", "farmgate"): N_("farm gate"),
    ("category", "licence"): N_("licence"),
    ("category", "unofficial_fee"): N_("unofficial fee"),
    ("category", "market_access"): N_("market access"),
    ("category", "animal_disease"): N_("animal disease"),
    ("category", "plant_disease"): N_("crop disease"),
    ("category", "inputs"): N_("inputs and credit"),
    ("category", "water"): N_("water and environment"),
    ("category", "road"): N_("road or bridge"),
    ("category", "other"): N_("another problem"),
    ("goods", "animals"): N_("Animals, meat and fish"),
    ("goods", "crops"): N_("Rice and field crops"),
    ("goods", "produce"): N_("Vegetables and fruit"),
    ("goods", "food"): N_("Food and drink"),
    ("goods", "crafts"): N_("Crafts and forest"),
    ("goods", "supplies"): N_("Farm supplies, fuel and water"),
    ("goods", "tools"): N_("Tools, machines and household"),
    ("goods", "building"): N_("Building materials"),
    ("goods", "labour"): N_("Labour and transport"),
    ("unit", "kg"): N_("kg"),
    ("unit", "gram"): N_("gram"),
    ("unit", "tonne"): N_("tonne"),
    ("unit", "hap"): N_("hap"),
    ("unit", "bag"): N_("bag"),
    ("unit", "thang"): N_("thang"),
    ("unit", "tau"): N_("tau"),
    ("unit", "damleung"): N_("damleung"),
    ("unit", "litre"): N_("litre"),
    ("unit", "can"): N_("can"),
    ("unit", "bottle"): N_("bottle"),
    ("unit", "piece"): N_("piece"),
    ("unit", "head"): N_("head"),
    ("unit", "pair"): N_("pair"),
    ("unit", "dozen"): N_("dozen"),
    ("unit", "bunch"): N_("bunch"),
    ("unit", "fruit_unit"): N_("fruit"),
    ("unit", "set"): N_("set"),
    ("unit", "case"): N_("case"),
    ("unit", "hectare"): N_("hectare"),
    ("unit", "metre"): N_("metre"),
    ("unit", "person"): N_("person"),
    ("unit", "ten"): N_("10 pieces"),
    ("unit", "litre5"): N_("5 litres"),
    ("unit", "day"): N_("day"),
}


class Names(Protocol):
    """Who knows what things are called. `voice` is a folder of locales/."""

    def name(self, what: str, id: str, voice: str) -> str:
        """The name of a commodity, place or market; its id where none is known."""


def voice_of(language: str, script: str, hint: str = "") -> str:
    """The folder of locales/ for a person: what they chose, else how they write (km, latn, en, or unknown)."""
    if language == "en" or (not language and not script and hint == "en"):
        return "en"
    if script == "latn" or (not script and hint == "latn"):
        return "km_Latn"
    return "km"


def digits(money: Money) -> str:
    """An amount as it is written everywhere: 9,500 or 1.30."""
    step = Decimal(1) if money.currency in WITHOUT_CENTS else Decimal("0.01")
    return f"{money.amount.quantize(step, ROUND_HALF_UP):,}"


def day_and_month(day: date) -> str:
    """A day as it is written in messages: 22/11."""
    return f"{day.day}/{day.month}"


_STOPS = (".", "!", "?", ":", ";", ",", "\u17d4", "\u17d6")


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """One voice: a language in a script, with its catalogue and the names it uses."""

    voice: str
    catalogue: Mapping[str, str]
    names: Names

    def text(self, prompts: Sequence[Prompt], outcome: str = "") -> str:
        """The message that says these prompts in as few parts as their shorter wordings allow."""
        said = ""
        for prompt in prompts:
            prompt = prompt.by_outcome.get(outcome, prompt)
            said = self._fitting(said, prompt)
        return said

    def _fitting(self, said: str, prompt: Prompt) -> str:
        """The first wording that costs one part; if none does, the first of those that cost fewest."""
        best, cost = "", 0
        step: Prompt | None = prompt
        while step is not None:
            sentence = self.sentence(step)
            text = self._joined(said, sentence[:1].upper() + sentence[1:])
            count = parts(text).parts
            if count <= 1:
                return text
            if not best or count < cost:
                best, cost = text, count
            step = step.shorter
        return best

    def _joined(self, said: str, sentence: str) -> str:
        """A sentence behind others: the one before it gets the stop that it does not need at the end."""
        stop = "\u17d4" if self.voice == "km" else "."
        ended = not said or said.endswith(_STOPS) or sentence.startswith("(")
        return f"{said}{'' if ended else stop}{' ' if said else ''}{sentence}"

    def sentence(self, prompt: Prompt) -> str:
        """One prompt as it stands, without looking for a shorter wording."""
        args = {name: self._arg(arg) for name, arg in prompt.args.items()}
        if prompt.choices:
            words = self.choices(prompt.choices)
            # 2 9,500 would be read as 29,500.
            close = ")" if any(word[:1].isdigit() for word in words) else ""
            args["choices"] = " ".join(f"{number}{close} {word}" for number, word in enumerate(words, 1))
        text = lean(self._translated(prompt.id).format(**args))
        return text if self.voice == "km" else plain(text)

    def choices(self, choices: Sequence[Choice]) -> list[str]:
        """The words of numbered choices, in their order."""
        return [
            self.sentence(choice.label) if isinstance(choice.label, Prompt) else self._arg(choice.label)
            for choice in choices
        ]

    def _translated(self, id: str) -> str:
        return self.catalogue.get(id, id)

    def _arg(self, arg: Arg) -> str:
        if isinstance(arg, str | int):
            return str(arg)
        if isinstance(arg, Named):
            return self._name(arg)
        if isinstance(arg, Rate):
            return self._rate(arg)
        if isinstance(arg, Titled):
            latin = arg.latn if self.voice == "km_Latn" else ""
            return arg.km if self.voice == "km" else latin or arg.en or arg.km
        if isinstance(arg, Money):
            return self._translated(AMOUNTS[arg.currency]).format(amount=digits(arg))
        if isinstance(arg, When):
            return self._when(arg)
        if isinstance(arg, date):
            return day_and_month(arg)
        if isinstance(arg, time):
            return self._hour(arg)
        if isinstance(arg, Crowd):
            least = in_steps(arg.count)
            return self._translated(AT_LEAST if least else FEWER).format(count=least or FEW)
        if isinstance(arg, Recorded):
            return ""  # only to be heard
        return self._beside(arg)

    def _when(self, when: When) -> str:
        day, hour = day_and_month(when.at), self._hour(when.at.time(), when.brief)
        if when.brief:
            return self._translated(WHEN_BRIEF).format(day=day, hour=hour)
        return self._translated(WHEN).format(weekday=self._translated(WEEKDAYS[when.at.weekday()]), day=day, hour=hour)

    def _hour(self, at: time, brief: bool = False) -> str:
        """An hour as people say it, by twelve and the part of the day; its minutes only where there are any."""
        said = f"{at.hour % 12 or 12}:{at.minute:02}" if at.minute else str(at.hour % 12 or 12)
        in_full, in_brief = [ids for begins, *ids in HOURS if begins <= at.hour][-1]
        return self._translated(in_brief if brief else in_full).format(hour=said)

    def _name(self, named: Named) -> str:
        if (id := WORDS.get((named.what, named.id))) is not None:
            return self._translated(id)
        name = self.names.name(named.what, named.id, self.voice)
        return f"{name} {named.also}" if named.also else name

    def _rate(self, rate: Rate) -> str:
        args = {"price": self._arg(rate.usual), "unit": self._name(Named("unit", rate.unit))}
        if rate.low is None or rate.high is None or digits(rate.low) == digits(rate.high):
            return self._translated(RATE).format(**args)
        return self._translated(RATE_SPAN).format(**args, low=digits(rate.low), high=digits(rate.high))

    def _beside(self, others: tuple[Elsewhere, ...]) -> str:
        said = [
            self._translated(BESIDE).format(
                market=self.names.name("market", other.market, self.voice), amount=digits(other.usual)
            )
            for other in others
        ]
        if len(said) == 2:
            return self._translated(BESIDE_TWO).format(first=said[0], second=said[1])
        return said[0]
