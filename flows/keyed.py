"""Codes of two keys behind a question of choices: the hash key leads to them, so that a choice is taken at its one key.

Owns the question for a code. What a code stands for is known to whoever reads the keys.
"""

from __future__ import annotations

from dataclasses import replace

from flows.engine import Ask, Next, Turn
from flows.heard import Intent
from flows.prompts import S_, Prompt, say

KEY_CODE = {
    "commodity": S_("Key the two digits of the product's code."),
    "province": S_("Key the two digits of the province."),
    "day": S_("Key the two digits of the date."),
    "hour": S_("Key the two digits of the hour, from 00 to 23."),
}


def keyed(flow: str, choices: Ask) -> tuple[Ask, Ask]:
    """The question of choices, from which the hash key leads on, and the question for the code, answered alike."""
    by_code = f"{choices.name}_code"

    def take(turn: Turn) -> Next | None:
        if turn.heard.intent is Intent.KEY_CODE:
            return Next(f"{flow}.{by_code}", data=turn.data)
        return choices.take(turn)

    def ask(_: Turn) -> Prompt:
        return say(KEY_CODE[choices.codes])

    ways = tuple(dict.fromkeys((*choices.to, f"{flow}.{by_code}")))
    begun = replace(choices, take=take, to=ways)
    code = replace(choices, name=by_code, prompt=ask, to=choices.to, resumes=f"{flow}.{choices.name}")
    return begun, code
