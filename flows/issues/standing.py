"""How a problem stands, in words: written whole, on the phone as far as nobody but its people needs to be there.

Owns the sentences of each state. What may be known of a problem by whom is the facts' rule.
"""

from __future__ import annotations

from flows import codes
from flows.engine import Turn
from flows.issues.joining import said_code
from flows.issues.known import Issue
from flows.issues.notices import NO_NAME, named
from flows.prompts import N_, S_, T_, Arg, Crowd, Named, Prompt, in_steps, say

SENT = T_("{code} {category}, {place}: {office} has it since {day}, {count} people. No answer yet.")
HELD = T_("{code} {category}, {place}: Phsar looks at it before the office. {count} people.")
WORKED_ON = T_("{code} {category}, {place}: {office} works on it, {count} people.")
ANSWERED = N_("{code}: {office} answers: {words}")
RESOLVED = N_("{code}: {office} says it is solved: {words}")
NO_WORDS_YET = T_("{code}: {office} has answered. Phsar looks at the words before all can read them.")
REOPENED = T_("{code}: it is not solved. {office} has been told again.")
CONFIRMED = T_("{code}: it is solved, says who raised it.")
UNCONFIRMED = T_("{code}: {office} said it is solved; nobody said whether it is. Closed.")
REJECTED = T_("{code}: Phsar has closed it.")
WITHDRAWN = T_("{code}: who raised it has withdrawn it.")
GOES_ON = T_("{other} goes on as {code}.")
ASKED = T_("{office} asks: {words}. To answer send: {code} and your words.")
SPOKEN_SENT = S_("The office in charge has this problem, and has not answered yet.")
SPOKEN_HELD = S_("Phsar looks at this problem before the office does.")
SPOKEN_WORKED_ON = S_("The office in charge works on this problem.")
SPOKEN_REOPENED = S_("This problem is not solved. The office has been told again.")
SPOKEN_CONFIRMED = S_("This problem is solved, says who raised it.")
SPOKEN_UNCONFIRMED = S_("The office said that this problem is solved. Nobody said whether it is.")
SPOKEN_REJECTED = S_("Phsar has closed this problem.")
SPOKEN_WITHDRAWN = S_("This problem was withdrawn by who raised it.")
SPOKEN_ANSWERED = S_("The office in charge has answered.")
SPOKEN_VOICES = S_("At least {count} people raise it.")

STATES = {
    "sent": SENT,
    "acknowledged": WORKED_ON,
    "answered": ANSWERED,
    "resolved": RESOLVED,
    "reopened": REOPENED,
    "confirmed": CONFIRMED,
    "unconfirmed": UNCONFIRMED,
    "rejected": REJECTED,
    "withdrawn": WITHDRAWN,
}
SPOKEN = {
    "sent": SPOKEN_SENT,
    "acknowledged": SPOKEN_WORKED_ON,
    "answered": SPOKEN_ANSWERED,
    "resolved": SPOKEN_ANSWERED,
    "reopened": SPOKEN_REOPENED,
    "confirmed": SPOKEN_CONFIRMED,
    "unconfirmed": SPOKEN_UNCONFIRMED,
    "rejected": SPOKEN_REJECTED,
    "withdrawn": SPOKEN_WITHDRAWN,
}


def status(turn: Turn, issue: Issue) -> tuple[Prompt, ...]:
    """How an issue stands, as this person may know it."""
    args: dict[str, Arg] = {"code": said_code(turn, issue.code), "office": named(issue.office)}
    if not turn.facts.can.type:
        told = [say(SPOKEN_HELD if issue.held else SPOKEN[issue.state])]
        args["office"] = issue.said_by or args["office"]
        if issue.words and issue.state in ("answered", "resolved"):
            # What people wrote is said where a voice can, else it comes as a message.
            told.append(Prompt(STATES[issue.state], {**args, "words": issue.words}))
        return (*told, *([say(SPOKEN_VOICES, count=many)] if (many := in_steps(issue.voices)) else []))
    told = [say(GOES_ON, code=args["code"], other=codes.shown(issue.other))] if issue.other else []
    sentence = HELD if issue.held else STATES[issue.state]
    if issue.state in ("answered", "resolved") and not issue.words:
        sentence = NO_WORDS_YET
    about = {
        "category": issue.label,
        "place": Named("place", issue.place),
        "day": issue.since,
        "count": Crowd(issue.voices),
    }
    if sentence in (ANSWERED, RESOLVED, NO_WORDS_YET):
        args["office"] = issue.said_by or args["office"]  # who said it, whoever has the problem now
    told.append(Prompt(sentence, {**args, **about, "words": issue.words}))
    if issue.asked:
        told.append(say(ASKED, office=issue.said_by or args["office"], words=issue.words, code=args["code"]))
    relays = issue.words and (issue.asked or sentence in (ANSWERED, RESOLVED))
    return (*told[-2:], *((say(NO_NAME),) if relays and turn.facts.person.known else ()))
