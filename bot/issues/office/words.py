"""How an office's pages speak: the groups of its list, terms, what became of what was sent, what is wrong with it.

Owns the wording; which issues stand where is the worklist's.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.issues.board.words import STATES, IssueWriter
from bot.issues.models import IssueState
from bot.issues.office.queue import BELOW, CLOSED, NEW, OVERDUE, TO_DO, WAITS, Task
from bot.issues.steps import FROM, OPEN
from flows.prompts import N_

GROUP_NAMES = {
    TO_DO: N_("to do"),
    OVERDUE: N_("over the term"),
    NEW: N_("not read yet"),
    WAITS: N_("wait for the people's word"),
    BELOW: N_("late at offices below"),
    CLOSED: N_("closed"),
}
EMPTY = {
    TO_DO: N_("Nothing is left to do. Problems that people raise for your office by SMS or telephone will stand here."),
    OVERDUE: N_("Nothing is over its term."),
    NEW: N_("Everything has been read."),
    WAITS: N_("Here stands what your office says is solved, until who raised it says whether it is."),
    BELOW: N_("What offices below yours leave without an answer will stand here. There is nothing."),
    CLOSED: N_("Nothing has been closed yet."),
}
# What a page says after something was sent; the key is in its address.
SAID = {
    "acknowledge": N_("Thank you. The people are told that you have it and work on it."),
    "waits": N_("Thank you. It goes out in 10 minutes. Until then you can take it back here."),
    "send": N_("Thank you. It is on its way."),
    "undo": N_("It is taken back. Nobody has read it."),
    "transfer": N_("Thank you. It has been passed on, and the people are told."),
    "twice": N_("This was sent already. It is not sent again."),
    "closed": N_("Nothing was sent: it is closed, or the people are asked whether it is solved."),
    "gone": N_("Nothing was sent: this problem is not with your office, or no longer."),
    "link": N_("A new link is on its way to you. Please look at your messages."),
    "nobody": N_("Nobody of that office has confirmed yet, so it stays with yours. The staff of Phsar see to it."),
    "limited": N_("No new link was sent: there can be 3 a day. Please look at your messages, or try again tomorrow."),
}
# What waits to go out, by what it is.
GOING_OUT = {
    "answer": N_("Your answer goes out at {time}"),
    "done": N_("That it is solved goes out at {time}"),
    "ask": N_("Your question goes out at {time}"),
    "transfer": N_("It goes to {office} at {time}"),
}
# What is opened to act, under the one thing to do.
DO = {
    "answer": N_("Answer the people"),
    "resolve": N_("Say that it is solved"),
    "ask": N_("Ask who raised it"),
    "transfer": N_("Pass it on to another office"),
}
NOTHING_SENT = N_("Nothing was sent")
FAULTS = {
    "empty": N_("Please write a few words."),
    "too_long": N_("This is too long: {most} characters at most."),
    "office": N_("Please choose an office."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page says that shows no problem."""

    heading: str
    text: str


ENDED = Notice(
    N_("This link has ended"),
    N_(
        "For safety it leads here for 7 days only. A new one comes to the telephone or e-mail by which Phsar knows you."
    ),
)
NO_PAGE = Notice(
    N_("There is nothing under this address"),
    N_("Please open the newest message from Phsar. Who no longer answers for an office has no page here."),
)
NOT_YOURS = Notice(
    N_("This problem is not with your office"),
    N_("No problem with this number is with your office. It may have been passed on."),
)
AWAY = Notice(N_("The problems cannot be shown right now"), N_("Please try again in a few minutes."))
NOT_SENT = Notice(N_("It could not be sent right now"), N_("Please try again in a few minutes."))
MAIL_ASKED = Notice(
    N_("Are you of {office}?"), N_("Then people's problems for your office also come to your e-mail, with a link.")
)
MAIL_CONFIRMED = Notice(
    N_("Thank you"), N_("From now on people's problems for your office also come to your e-mail, with a link.")
)
MAIL_ENDED = Notice(
    N_("This link has ended"), N_("It led here for 14 days. Please ask the staff of Phsar to write to you again.")
)


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign, the class of its colour, and words."""

    sign: str
    colour: str
    words: str


SOON = 2  # days
OVER = (N_("over its term since today"), N_("1 day over its term"), N_("{days} days over its term"))
LEFT = (N_("due today"), N_("1 day left"), N_("{days} days left"))
CLOSED_BY_STAFF = ("◇", "", N_("closed by the staff of Phsar"))
WITHDRAWN = ("◇", "", N_("withdrawn by who raised it"))


def state(writer: IssueWriter, task: Task) -> Sign:
    """How an issue stands."""
    other = WITHDRAWN if task.state == IssueState.WITHDRAWN else CLOSED_BY_STAFF
    sign, colour, words = STATES.get(IssueState(task.state), other)
    return Sign(sign, colour, str(writer.words(words)))


def due(writer: IssueWriter, task: Task) -> Sign | None:
    """How much time there is, or how long it has been over, in days as people count them."""
    if task.term is None:
        if task.confirm_until is None:
            return None
        until = writer.day(task.confirm_until)
        return Sign("◇", "", str(writer.words(N_("the people can say until {day}"), day=until)))
    days = (task.term.astimezone(writer.zone).date() - writer.now.astimezone(writer.zone).date()).days
    if task.overdue:
        return Sign("▼", "down", _counted(writer, -days, OVER))
    return Sign("●", "same" if days < SOON else "", _counted(writer, days, LEFT))


def _counted(writer: IssueWriter, days: int, said: tuple[str, str, str]) -> str:
    return str(writer.words(said[min(max(days, 0), 2)], days=days))


def may(task: Task) -> tuple[str, ...]:
    """What the office can do about an issue, the one thing it should do first."""
    if not task.mine or task.state not in OPEN:
        return ()
    fresh = task.state in FROM[IssueState.ACKNOWLEDGED]
    first = "acknowledge" if fresh else "answer"
    return tuple(dict.fromkeys((first, "answer", "resolve", "ask", "transfer")))
