"""Which offices can stand above which: every office has a level, its place, and at most one office right above it.

Judges a list of offices against itself and what is stored; writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.csvfile import Fault
from bot.issues.models import Level

_DIGITS = {Level.COMMUNE: 6, Level.DISTRICT: 4, Level.PROVINCE: 2, Level.MINISTRY: 0}
_RANK = {level: number for number, level in enumerate(Level)}


def tree_faults(
    lines: Sequence[tuple[int, str]],
    offices: Mapping[str, Mapping[str, str]],
    stored: Mapping[str, Mapping[str, Any]],
    unsure: Collection[str] = (),
) -> list[Fault]:
    """What is wrong with the offices of a list, told at the first line of each.

    `unsure`: offices of which a line could not be read. They are not judged, and may stand above others.
    """
    codes = {row["id"]: code for code, row in stored.items()}
    known = {code: _whole(said, stored.get(code, {}), codes) for code, said in offices.items()}
    known |= {code: _whole({}, row, codes) for code, row in stored.items() if code not in known}
    faults, seen = [], set(unsure)
    for line, code in lines:
        if code not in seen:
            seen.add(code)
            faults += _faults(line, code, known, unsure)
            below = (known[other] for other in stored if other not in offices and other not in unsure)
            if any(one["parent"] == code and not _is_above(known[code], one) for one in below):
                told = "offices below it are not on this list and would stand above it; list them with another parent"
                faults.append(Fault(line, "level", told))
    return faults


def _whole(said: Mapping[str, str], row: Mapping[str, Any], codes: Mapping[int, str]) -> dict[str, str]:
    """An office as it will be."""
    before = {name: str(row.get(name) or "") for name in ("name_km", "level", "place")}
    return {**before, "parent": codes.get(row.get("parent_id") or 0, ""), **said}


def _faults(line: int, code: str, known: Mapping[str, Mapping[str, str]], unsure: Collection[str]) -> list[Fault]:
    office = known[code]
    faults = []
    if not office["name_km"]:
        faults.append(Fault(line, "name_km", "is empty; name the new office on one of its lines"))
    if not office["level"]:
        return [*faults, Fault(line, "level", f"is empty; write one of {', '.join(Level)}")]
    digits = _DIGITS[Level(office["level"])]
    if len(office["place"]) != digits:
        what = f"a code of {digits} digits" if digits else "no place: leave it empty"
        faults.append(Fault(line, "place", f"does not fit: an office of this level ({office['level']}) has {what}"))
    above = office["parent"]
    if above in unsure:
        return faults
    if above and above not in known:
        faults.append(Fault(line, "parent", "is no office of this list or an earlier one; write the id of one"))
    elif above and not _is_above(known[above], office):
        faults.append(Fault(line, "parent", "is no office of a higher level; write the id of the one above"))
    return faults


def _is_above(parent: Mapping[str, str], office: Mapping[str, str]) -> bool:
    """Only a higher level stands above: so there is never a circle."""
    return bool(parent["level"]) and _RANK[Level(parent["level"])] > _RANK[Level(office["level"])]
