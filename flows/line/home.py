"""Home: greeting, help, what is not understood, and what this line does not do yet.

Owns the menu everything returns to. A message nobody understands gets a short useful answer; the third in a
row goes to a person.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import HelpNeeded, MessageLeft, PlaceChosen
from flows.heard import SURE, Intent, Kind
from flows.prompts import N_, NEXT_PAGE, S_, T_, Choice, Named, Prompt, say
from flows.proof import Proof

HELLO = T_("Phsar greets you. Prices: send the product and place, e.g. PIG KAMPONG CHAM. Help: HELP")
HELP = T_("Price: send PIG KAMPONG CHAM. To tell an office: PROBLEM. LANGUAGE. No more messages: STOP. Back: 0")
HELP_OFFICIAL = T_("Problems: send the number to read one; the number and words to answer, DONE, ASK or PASS ON.")
HELP_MEMBER = T_("Meetings: WHEN IS THE MEETING. Answer: 1 come, 2 not, 3 late. LEAVE GROUP")
HELP_LEADER = T_("Meetings: MEETING TOMORROW 2 PM, MOVE MEETING, CANCEL MEETING, WHO COMES, INVITE, TELL GROUP")
RESTARTED = N_("Sorry, we begin again.")
MENU = T_("Phsar. Send a product and a place to hear the price, e.g. PIG KAMPONG CHAM.")
THANKS = T_("Thank you too. Ask for prices at any time.")
MISSED = T_("Sorry, not understood. Try: PIG PRICE, PROBLEM, or HELP")
MISSED_AGAIN = T_("Sorry, still not understood. Send a product and place, e.g. RICE BATTAMBANG")
MISSED_CHOICE = T_("Sorry, please answer with one of the numbers.")
MISSED_AMOUNT = T_("Sorry, please send only the price.")
MISSED_WHEN = T_("Sorry, please send a day and an hour, e.g. MONDAY 2 PM")
MISSED_COUNT = T_("Sorry, please send only the number of people.")
MISSED_PHONES = T_("Sorry, please send phone numbers, e.g. 012 000 100")
MISSED_PLACE = T_("Sorry, this place is not known.")
MISSED_WORDS = T_("Sorry, please write it in words.")
REPLY_KEPT = T_("Thank you. We have received your answer.")
TO_STAFF = T_("Sorry, we did not understand. A person will read your message and answer.")
IS_PLACE = N_("Are you in {place}? Then prices near there come first. {choices}")
PLACE_KEPT = N_("Thank you. Prices near {place} come first from now on.")
FINE = T_("All right. To ask for a price, send the product and place.")
YES = N_("Yes")
NO = N_("No")

KEYS = S_("Phsar greets you.")
PRICES = S_("Prices")
PROBLEMS = S_("Problems")
MEETINGS = S_("Meetings")
RADIO = S_("The radio programme")
REPORT = S_("Report a price")
MORE = S_("Language, place and messages")
MESSAGE = S_("Leave a message for us")
ASK_MORE = S_("What would you like?")
OTHERS = N_("Something else")
GUIDE = S_("Press the number after what you want. Say it again: 9. Back to the beginning: star. A person: star, 7.")
NO_SUCH_KEY = S_("Sorry, that key is not among the choices.")
NOT_HEARD = S_("Sorry, that was not understood. Please press a key.")
PRESS_PRICE = S_("Sorry, please key only the price, then press hash.")
WELCOME_BACK = S_("Welcome back. We go on where you stopped.")
SPEAK = S_("Please say your message after the tone. When you have finished, press hash.")
KEPT = S_("Thank you. A person will listen to it and answer you.")
WHAT_NEXT = S_("What else?")
BYE = S_("Phsar thanks you. Goodbye.")

# Home's keys are the same for ever, whatever is announced.
KEY_OF = {"prices": 1, "problems": 2, "meetings": 3, "radio": 4, "report": 5, "more": 6, "message": 7}
WAYS = {
    "prices": "price.start",
    "problems": "follow.menu",
    "meetings": "planned.menu",
    "radio": "radio.open",
    "report": "report.start",
    "more": "settings.more",
    "message": "home.message",
}
# What matters most first: there is room for four.
ANNOUNCED = {
    "prices": PRICES,
    "problems": PROBLEMS,
    "meetings": MEETINGS,
    "report": REPORT,
    "more": MORE,
    "radio": RADIO,
    "message": MESSAGE,
}
MOST_ANNOUNCED = 4


def paged(choices: Sequence[Choice], page: int) -> tuple[Choice, ...]:
    """A menu of at most four out of many choices: three and the way to the next three, round and round."""
    if len(choices) <= 4:
        return tuple(choices)
    begin = 3 * page % (3 * -(-len(choices) // 3))
    return (*choices[begin : begin + 3], Choice(NEXT_PAGE, say(OTHERS), 4))


def turned(turn: Turn) -> Next | None:
    """The next page of the menu at hand, if that was chosen."""
    if turn.chosen != NEXT_PAGE:
        return None
    return Next(turn.run.at, data={**turn.data, "page": int(turn.data.get("page", 0)) + 1})


def _menu(turn: Turn) -> Prompt:
    """What is announced where keys are pressed; greeted once a call."""
    offered = _offered(turn)
    # What a shown number may not enter has its key for everybody; there is no room to announce it to all callers.
    unsaid = {"meetings"} if turn.facts.proof is Proof.SHOWN else set()
    unsaid |= set() if _has_radio(turn) else {"radio"}
    told = [name for name in ANNOUNCED if name in offered and name not in unsaid][:MOST_ANNOUNCED]
    choices = [Choice(name, say(ANNOUNCED[name]), KEY_OF[name]) for name in offered if name in told]
    return Prompt(KEYS if turn.data.get("greet") else ASK_MORE, choices=tuple(choices))


def _has_radio(turn: Turn) -> bool:
    """Whether anything is to be said of the radio: it is on air where they are, or they are told of it."""
    wanted, place = turn.facts.wishes.wanted(), turn.facts.person.place
    return "radio" in wanted.names or turn.facts.programme.next_airing(place) is not None


def _offered(turn: Turn) -> list[str]:
    """What a caller may choose, in the order of the keys. What there is no room to announce still has its key."""
    person, gatherings = turn.facts.person, turn.facts.gatherings
    # Whether a shown number belongs to a group is nobody's business: all of them are offered it.
    shown = turn.facts.proof is Proof.SHOWN and person.textable
    gathered = person.known and bool(shown or gatherings.groups() or gatherings.questions())
    may = {"meetings": gathered, "report": person.may_report, "more": person.known, "message": turn.facts.can.record}
    may["problems"] = bool(turn.facts.problems.categories())
    return [name for name in KEY_OF if may.get(name, True)]


def _menu_take(turn: Turn) -> Next | None:
    """Keys lead on from the menu, and keywords. A bare yes or no after an answer is good manners, not a mistake."""
    if (chosen := turn.chosen) is not None:
        return Next(WAYS[chosen])
    if turn.heard.intent in (Intent.YES, Intent.NO):
        return Next("home.fine")
    if not turn.facts.can.type:
        unannounced = [name for name in _offered(turn) if str(KEY_OF[name]) == turn.heard.text]
        return Next(WAYS[unannounced[0]]) if unannounced else None
    return None


def _called(turn: Turn) -> Next:
    """Somebody listens. Who rings for the first time is asked for language and place, once."""
    person = turn.facts.person
    if person.known and not person.language:
        return Next("settings.which", data={"first": True})
    if person.known and not person.place:
        return Next("settings.place", tell=(say(KEYS),), data={"first": True})
    return Next(HOME, data={"greet": True})


def _ask_message(_: Turn) -> Prompt:
    return say(SPEAK)


def _take_message(turn: Turn) -> Next | None:
    if turn.heard.intent is Intent.RECORDED:
        return Next("home.kept")
    return Next("home.bye") if turn.heard.intent is Intent.SILENCE else None


def _kept(_: Turn) -> Next:
    return Next(HOME, tell=(say(KEPT), say(BYE)), events=(MessageLeft(),), closes=True)


def _bye(_: Turn) -> Next:
    return Next(HOME, tell=(say(BYE),), closes=True)


def _tell(*prompts: str) -> tuple[Prompt, ...]:
    return tuple(say(id) for id in prompts)


def _written(turn: Turn, id: str) -> tuple[Prompt, ...]:
    """What is said where people write; on the phone the menu that follows says enough."""
    return _tell(id) if turn.facts.can.type else ()


def _hello(turn: Turn) -> Next:
    return Next(HOME, tell=_written(turn, HELLO))


def _help(turn: Turn) -> Next:
    if not turn.facts.can.type:
        return Next(HOME, tell=_tell(GUIDE))
    groups = turn.facts.gatherings.groups()
    more = [HELP_LEADER if any(group.leads for group in groups) else HELP_MEMBER] if groups else []
    more = [HELP_OFFICIAL] if turn.facts.problems.desk() else more
    return Next(HOME, tell=_tell(*more, HELP))


def _fine(turn: Turn) -> Next:
    return Next(HOME, tell=_written(turn, FINE))


def _begin(turn: Turn) -> Next:
    return Next(HOME, tell=_written(turn, MENU))


def _thanks(turn: Turn) -> Next:
    return Next(HOME, tell=_written(turn, THANKS))


def _place(turn: Turn) -> Next:
    """A bare place: the price talked about before, but there; else perhaps where they live."""
    if turn.run.memory.get("commodity"):
        return Next("price.start")
    place = turn.heard.slots.place
    if not place or turn.heard.confidence < SURE:
        return Next("price.start")
    return Next("home.is_place", data={"place": place})


def _ask_place(turn: Turn) -> Prompt:
    choices = (Choice("yes", say(YES)), Choice("no", say(NO)))
    return Prompt(IS_PLACE, {"place": Named("place", turn.data["place"])}, choices)


def _take_place(turn: Turn) -> Next | None:
    place = turn.data["place"]
    if turn.chosen == "yes" or turn.heard.intent is Intent.YES:
        told = say(PLACE_KEPT, place=Named("place", place))
        return Next(HOME, tell=(told,), events=(PlaceChosen(place),))
    if turn.chosen == "no" or turn.heard.intent is Intent.NO:
        return Next("home.fine")
    return None


MISSED_BY_KIND = {
    Kind.AMOUNT: MISSED_AMOUNT,
    Kind.WHEN: MISSED_WHEN,
    Kind.COUNT: MISSED_COUNT,
    Kind.PHONES: MISSED_PHONES,
    Kind.WORDS: MISSED_WORDS,
    Kind.PLACE: MISSED_PLACE,
}


def missed(turn: Turn, state: Ask) -> Next:
    """What is said when nothing fits; `turn.run.misses` does not count this one yet."""
    misses = turn.run.misses + 1
    if not turn.facts.can.type:
        return _missed_key(turn, state, misses)
    if misses >= 3:
        return Next("home.to_staff")
    if not state.silent:
        told = _tell(MISSED_CHOICE if turn.run.options else MISSED_BY_KIND.get(state.kind, MISSED_CHOICE))
        return Next(turn.run.at, tell=told, data=turn.data)
    # It may be an answer to what was sent to many: who wrote it knows what it is about.
    sorry = Prompt(MISSED if misses == 1 else MISSED_AGAIN, by_outcome={"reply": say(REPLY_KEPT)})
    return Next(HOME, tell=(sorry,), events=(HelpNeeded("unclear", turn.heard.text),))


def _missed_key(turn: Turn, state: Ask, misses: int) -> Next:
    """No key, or one that means nothing here: the question again, twice; then a person may listen."""
    if turn.heard.intent is Intent.GUIDE:
        return Next(turn.run.at, tell=_tell(GUIDE), data=turn.data)
    if misses >= 3:
        return Next("home.message" if turn.facts.can.record and turn.run.at != "home.message" else "home.bye")
    silent = turn.heard.intent is Intent.SILENCE
    amount = state.kind is Kind.AMOUNT and not turn.run.options
    sorry = PRESS_PRICE if amount else NOT_HEARD if turn.heard.text.strip("0123456789*#ABCD") else NO_SUCH_KEY
    data = {name: value for name, value in turn.data.items() if name != "greet"}
    return Next(turn.run.at, tell=() if silent else _tell(sorry), data=data)


def _to_staff(turn: Turn) -> Next:
    return to_staff(turn.heard.text)


def to_staff(words: str) -> Next:
    """A person will read it."""
    return Next(HOME, tell=_tell(TO_STAFF), events=(HelpNeeded("missed", words),))


FLOW = Flow(
    "home",
    (
        Ask("menu", Kind.CHOOSE, _menu, _menu_take, ("home.fine", *WAYS.values()), silent=True),
        Do("called", _called, (HOME, "settings.which", "settings.place")),
        Ask("message", Kind.WORDS, _ask_message, _take_message, ("home.kept", "home.bye"), resumes=HOME),
        Do("kept", _kept, (HOME,)),
        Do("bye", _bye, (HOME,)),
        Do("hello", _hello, (HOME,)),
        Do("help", _help, (HOME,)),
        Do("begin", _begin, (HOME,)),
        Do("thanks", _thanks, (HOME,)),
        Do("fine", _fine, (HOME,)),
        Do("place", _place, ("price.start", "home.is_place")),
        Ask("is_place", Kind.CHOOSE, _ask_place, _take_place, (HOME, "home.fine")),
        Do("to_staff", _to_staff, (HOME,)),
    ),
    {
        Intent.HELLO: "hello",
        Intent.CALLED: "called",
        Intent.HELP: "help",
        Intent.HOME: "begin",
        Intent.THANKS: "thanks",
        Intent.PLACE: "place",
    },
)
