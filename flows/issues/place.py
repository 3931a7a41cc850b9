"""Where a problem is: the known place offered first, else by name in any spelling, or page by page on a keypad.

Owns how fine a place has to be: a district is asked for once where only the province is known; nobody has to know it.
"""

from __future__ import annotations

from typing import Any

from flows.engine import Ask, Next, Turn
from flows.heard import SURE, Intent, Kind
from flows.issues.draft import IssueData, data_in, without
from flows.keyed import keyed
from flows.line.home import paged, turned
from flows.prices.price import told_apart
from flows.prompts import N_, S_, T_, Choice, Named, Prompt, say

HERE = N_("Is it in {place}? {choices}")
YES = N_("Yes, there")
ELSEWHERE = N_("Elsewhere")
WHERE = T_("Where is it? Send the commune, district or province, e.g. PREY CHHOR, KAMPONG CHAM")
WHICH = T_("Which one? {choices}")
NARROW = T_("In which district or commune of {place}? {choices}")
NOT_KNOWN = T_("I do not know")
PROVINCE = S_("In which province is it? Hash, then its two digits; or choose.")
DISTRICT = S_("In which district is it?")
COMMUNE = S_("In which commune is it?")
WHOLE = S_("All of it, or I do not know")

FINEST = 6  # digits of a commune's code
MOST_NAMESAKES = 4


def places_known(turn: Turn, data: IssueData) -> str | None:
    """The state that asks for what is missing of the place; None when it is known well enough."""
    place, can = str(data.get("place") or ""), turn.facts.can
    if not place:
        if turn.facts.person.place and not data.get("elsewhere"):
            return "issue.here"
        return "issue.where" if can.type else "issue.province"
    if data.get("coarse"):
        return None
    if len(place) == 2:
        return "issue.narrow" if can.type else "issue.district"
    return "issue.commune" if len(place) == 4 and not can.type and can.name else None


def _known(turn: Turn, place: str, **more: Any) -> Next:
    data = without(data_in(turn), "page", "maybe")
    return Next("issue.next", data={**data, "place": place[:FINEST], **more})


def _ask_here(turn: Turn) -> Prompt:
    place = turn.facts.person.place[:FINEST]
    # On a phone that cannot say every name the province stands for what is known of it.
    said = Named("place", place if turn.facts.can.name else place[:2])
    return Prompt(HERE, {"place": said}, (Choice("yes", say(YES)), Choice("no", say(ELSEWHERE))))


def _take_here(turn: Turn) -> Next | None:
    if turn.chosen == "yes" or turn.heard.intent is Intent.YES:
        return _known(turn, turn.facts.person.place)
    if turn.heard.intent is Intent.PLACE:
        return _take_where(turn)
    if turn.chosen == "no" or turn.heard.intent is Intent.NO:
        return Next("issue.next", data={**data_in(turn), "elsewhere": True})
    return None


def _ask_where(_: Turn) -> Prompt:
    return say(WHERE)


def _take_where(turn: Turn) -> Next | None:
    """A name; of several places that bear it, which one."""
    slots = turn.heard.slots
    if slots.place and turn.heard.confidence >= SURE:
        return _known(turn, slots.place)
    if slots.market and (place := turn.facts.prices.market_place(slots.market)):
        return _known(turn, place)
    maybe = [one.value for one in turn.heard.maybe if one.slot == "place"]
    maybe = maybe or ([slots.place] if slots.place else [])
    return Next("issue.which", data={**data_in(turn), "maybe": maybe[:MOST_NAMESAKES]}) if maybe else None


def _ask_which(turn: Turn) -> Prompt:
    codes = tuple(map(str, data_in(turn).get("maybe", ())))
    choices = [Choice(code, told_apart(code, codes)) for code in codes]
    return Prompt(WHICH, choices=(*choices, Choice("no", say(ELSEWHERE))))


def _take_which(turn: Turn) -> Next | None:
    if turn.chosen == "no" or turn.heard.intent is Intent.NO:
        return Next("issue.next", data={**data_in(turn), "elsewhere": True})
    if turn.chosen is not None:
        return _known(turn, turn.chosen)
    return _take_where(turn) if turn.heard.intent is Intent.PLACE else None


def _ask_narrow(turn: Turn) -> Prompt:
    return Prompt(NARROW, {"place": Named("place", str(data_in(turn)["place"]))}, (Choice("no", say(NOT_KNOWN)),))


def _take_narrow(turn: Turn) -> Next | None:
    """Asked once: who does not know it is not asked again, and a name elsewhere is taken at its word."""
    coarse = {**data_in(turn), "coarse": True}
    if turn.chosen == "no" or turn.heard.intent is Intent.NO:
        return Next("issue.next", data=coarse)
    within = [one.value for one in turn.heard.maybe if one.slot == "place" and one.value[:2] == data_in(turn)["place"]]
    if not turn.heard.slots.place and len(within) == 1:
        return _known(turn, within[0], coarse=True)
    way = _take_where(turn)
    return None if way is None else Next(way.to, data={**way.data, "coarse": True})


def _ask_province(turn: Turn) -> Prompt:
    return _paged(turn, PROVINCE, turn.facts.prices.provinces(), whole=False)


def _ask_district(turn: Turn) -> Prompt:
    return _paged(turn, DISTRICT, turn.facts.problems.places_in(str(data_in(turn)["place"])))


def _ask_commune(turn: Turn) -> Prompt:
    return _paged(turn, COMMUNE, turn.facts.problems.places_in(str(data_in(turn)["place"])))


def _paged(turn: Turn, sentence: str, codes: tuple[str, ...], *, whole: bool = True) -> Prompt:
    choices = [Choice(code, Named("place", code)) for code in codes]
    first = [Choice("whole", say(WHOLE))] if whole else []
    return Prompt(sentence, choices=paged([*choices[:2], *first, *choices[2:]], data_in(turn).get("page", 0)))


def _take_paged(turn: Turn) -> Next | None:
    if (more := turned(turn)) is not None:
        return more
    if turn.chosen == "whole" or turn.heard.intent is Intent.NO:
        return Next("issue.next", data={**data_in(turn), "coarse": True, "page": 0})
    place = turn.chosen or (turn.heard.slots.place if turn.heard.confidence >= SURE else None)
    return None if place is None else _known(turn, place)


STATES = (
    Ask("here", Kind.PLACE, _ask_here, _take_here, ("issue.next", "issue.which")),
    Ask("where", Kind.PLACE, _ask_where, _take_where, ("issue.next", "issue.which")),
    Ask("which", Kind.CHOOSE, _ask_which, _take_which, ("issue.next", "issue.which")),
    Ask("narrow", Kind.PLACE, _ask_narrow, _take_narrow, ("issue.next", "issue.which")),
    *keyed(
        "issue",
        Ask("province", Kind.CHOOSE, _ask_province, _take_paged, ("issue.province", "issue.next"), codes="province"),
    ),
    Ask("district", Kind.CHOOSE, _ask_district, _take_paged, ("issue.district", "issue.next")),
    Ask("commune", Kind.CHOOSE, _ask_commune, _take_paged, ("issue.commune", "issue.next")),
)
PLACE_STATES = tuple(f"issue.{state.name}" for state in STATES if state.name != "which")
