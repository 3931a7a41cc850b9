"""What follows from what people decide about groups and meetings."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contacts import service as contacts
from bot.conversation import Handler, Moment
from bot.meetings import arranging, groups, held
from bot.meetings.groups import Word
from bot.meetings.telling import Telling
from flows import events
from flows.meetings import events as group_events


def handlers(telling: Telling) -> Mapping[type[events.Event], Handler]:
    """The handlers of these events."""

    def reach_chosen(event: events.ReachChosen, at: Moment) -> None:
        contacts.choose_reach(at.connection, at.known_contact, event.reach)

    def group_made(event: events.GroupMade, at: Moment) -> str:
        return groups.make(at.connection, telling, event.name, word(at, event.name))

    def members_invited(event: events.MembersInvited, at: Moment) -> str:
        return groups.invite(at.connection, telling, event.group, event.numbers, word(at))

    def invitation_answered(event: events.InvitationAnswered, at: Moment) -> str:
        return groups.answer(at.connection, telling, event.group, word(at, event.words), joins=event.joins)

    def group_left(event: events.GroupLeft, at: Moment) -> None:
        groups.leave(at.connection, telling, event.group, word(at, event.words))

    def member_removed(event: group_events.MemberRemoved, at: Moment) -> str:
        return groups.remove(at.connection, telling, event.group, event.contact, word(at))

    def group_written(event: events.GroupWritten, at: Moment) -> str:
        return groups.write(at.connection, telling, event.group, event.words, word(at))

    def meeting_arranged(event: events.MeetingArranged, at: Moment) -> str:
        what = (event.group, event.starts, event.where, event.repeats)
        return arranging.arrange(at.connection, telling, *what, by=word(at))

    def meeting_moved(event: events.MeetingMoved, at: Moment) -> str:
        return arranging.move(at.connection, telling, event.meeting, event.starts, event.where, by=word(at))

    def meeting_cancelled(event: events.MeetingCancelled, at: Moment) -> str:
        return arranging.cancel(at.connection, telling, event.meeting, series=event.series, by=word(at))

    def meeting_answered(event: events.MeetingAnswered, at: Moment) -> str:
        return arranging.answer(at.connection, telling, event.meeting, event.answer, by=word(at))

    def meeting_reported(event: events.MeetingReported, at: Moment) -> str:
        return arranging.report(at.connection, telling, event.meeting, event.came, event.decided, by=word(at))

    def meeting_held(event: group_events.MeetingHeld, at: Moment) -> str:
        return held.hold(at.connection, telling, event, word(at))

    def word(at: Moment, words: str = "") -> Word:
        return Word(at.known_contact, at.now, at.channel, at.sid, words)

    return {
        events.ReachChosen: reach_chosen,
        events.GroupMade: group_made,
        events.MembersInvited: members_invited,
        events.InvitationAnswered: invitation_answered,
        events.GroupLeft: group_left,
        group_events.MemberRemoved: member_removed,
        events.GroupWritten: group_written,
        events.MeetingArranged: meeting_arranged,
        events.MeetingMoved: meeting_moved,
        events.MeetingCancelled: meeting_cancelled,
        events.MeetingAnswered: meeting_answered,
        events.MeetingReported: meeting_reported,
        group_events.MeetingHeld: meeting_held,
    }
