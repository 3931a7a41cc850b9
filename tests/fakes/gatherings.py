"""Groups and meetings as a conversation asks for them, from a small world of one leader's or member's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.contacts.phone import is_mobile_number
from flows.meetings.known import Group, Meeting, Member
from flows.prompts import Titled
from flows.questions import Question

PIGS = Group(1, Titled("ក្រុមចិញ្ចឹមជ្រូក", "Pig raisers"), "leader", 12, 2)
RICE = Group(2, Titled("ក្រុមស្រូវ", "Rice growers"), "member", 8, 0)
FISH = Group(3, Titled("ក្រុមត្រី"), "deputy", 5, 0)


class FewGatherings:
    """The answers. Times are local; `fault` and `left` are what every meeting and every message to a group meets."""

    def __init__(self, now: datetime, groups: tuple[Group, ...] = (PIGS,), *, asked: bool = True, left: int = 2):
        self.now = now.replace(tzinfo=None)
        self._groups = groups
        self._asked = asked
        self._left = left

    def _meetings(self) -> tuple[Meeting, ...]:
        found = []
        for number, group in enumerate(self._groups, 1):
            repeats = "weekly" if group is FISH else ""
            starts = self.now.replace(hour=14, minute=0) + timedelta(days=number)
            found.append(Meeting(10 * number, group, starts, "វត្តព្រៃឈរ", repeats, yes=3, no=1, late=1, unanswered=6))
        return tuple(found)

    def groups(self) -> tuple[Group, ...]:
        return self._groups

    def upcoming(self) -> tuple[Meeting, ...]:
        return self._meetings()

    def to_report(self) -> tuple[Meeting, ...]:
        gone = (replace(one, id=one.id + 1, starts=one.starts - timedelta(days=7)) for one in self._meetings())
        return tuple(meeting for meeting in gone if meeting.group.leads)

    def questions(self) -> tuple[Question, ...]:
        if not self._asked:
            return ()
        asked = [Question("rsvp", one.group, one, "") for one in self._meetings()]
        return (*asked, Question("invitation", RICE))

    def fault(self, group: int, starts: datetime) -> str:
        if starts <= self.now:
            return "past"
        return "too_far" if starts > self.now + timedelta(days=366) else ""

    def writes_left(self, group: int) -> int:
        return self._left

    def members(self, group: int, *, deputies: bool = False) -> tuple[Member, ...]:
        """Two, of any group."""
        return (Member(21, "021"), Member(22, "022", "សុខ"))

    def named(self, meeting: int) -> tuple[tuple[str, str], ...]:
        """One comes, one comes late, one does not."""
        return (("yes", "សុខ"), ("late", "ដារ៉ា"), ("no", "វណ្ណា"))

    def reachable(self, numbers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(number for number in numbers if is_mobile_number(number))
