"""What people behind an issue, and officials, are told when they are not on the line: each in one SMS where it fits.

Owns the words only. An issue is named by its code; the number in a question is one flows.meetings.reply takes for an
answer.
"""

from __future__ import annotations

from flows import codes
from flows.prompts import T_, Arg, Prompt, Titled

NO_NAME = T_("(You need not say who you are.)")  # ends whatever an office's own words are told with
ACKNOWLEDGED = T_("{code}: {office} has your problem and works on it.")
ANSWERED = T_("{code}: {office} answers: {words}")
RESOLVED = T_("{code}: {office} says it is solved: {words}")
IS_IT = T_("{code}: {office} says: {words}. Is it solved? 1 yes 2 no")
ASKED = T_("{code}: {office} asks: {words}. Answer: {code} and your words")
TRANSFERRED = T_("{code} now goes to {office}. The number stays the same.")
OVERDUE = T_("{code}: no answer in time. {office} above it has been told.")
OVERDUE_STAFF = T_("{code}: no answer in time. Phsar asks the office itself.")
CONFIRMED = T_("{code}: who raised it says it is solved. Thank you for your voice.")
REOPENED = T_("{code}: who raised it says it is not solved. The office has been told.")
UNCONFIRMED = T_("{code} is closed: nobody said whether it is solved. If not, send: PROBLEM")
MERGED = T_("{code} is the same problem as {other}. It goes on as {other}; both numbers work.")
REJECTED = T_("{code} was closed by Phsar: {words}")

TO_OFFICE = T_("{code} ({category}) has been passed to your office, {office}.")
REPLIED = T_("{code}: the people answer: {words}")
NOT_SOLVED = T_("{code}: the people say it is not solved. Please answer: {code} and your words")
OVERDUE_BELOW = T_("{code} ({category}): {office} has not answered in time. Please see to it.")
WITHDRAWN = T_("{code}: who raised it has withdrawn it. Nothing more is to be done.")
NOT_SENT = T_("{code}: what you wrote was not sent. The problem is closed, or with another office now.")
ARE_YOU = T_("Phsar asks: are you of {office}? People's problems for it come to this number. 1 yes 2 no")
LINK = T_("The problems of your office, for 7 days, only for you: {link}")
IN_CHARGE = Titled("ការិយាល័យទទួលបន្ទុក", "the office in charge", "kariyalay tortuol bontuk")  # not named
ANOTHER = Titled("ការិយាល័យមួយទៀត", "another office", "kariyalay muoy tiet")  # it said so before this one had it
STAFF = Titled("សេវាផ្សារ", "Phsar")  # where no office is in charge yet


RELAYS = (ANSWERED, RESOLVED, IS_IT, ASKED)  # sentences with an office's own words


def named(office: Titled | None) -> Titled:
    """The office, or who looks for one."""
    return office or STAFF


def told(id: str, code: str, office: Titled | None = None, **more: Arg) -> Prompt:
    """A sentence about an issue; `code` has seven digits."""
    return Prompt(id, {"code": codes.shown(code), "office": named(office), **more})
