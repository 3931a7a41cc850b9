"""What follows from what people decide about groups and meetings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.contacts import service as contacts
from bot.contacts.service import Decision
from bot.meetings import arranging, groups, held, leading
from bot.meetings.groups import LONGEST_INVITER, Statement
from bot.meetings.telling import Telling
from bot.turn import Handler, Moment
from flows import events
from flows.meetings import events as meeting_events


def _word(at: Moment, words: str = "") -> Statement:
    return Statement(at.known_contact, at.now, at.channel, at.sid, words)


@dataclass(frozen=True, slots=True)
class _Handlers:
    """One method an event, with what they tell members by."""

    telling: Telling

    def reach_chosen(self, event: events.ReachChosen, at: Moment) -> None:
        contacts.choose_reach(at.connection, at.known_contact, event.reach)

    def made(self, event: meeting_events.GroupMade, at: Moment) -> str:
        return groups.make(at.connection, self.telling, event.name, _word(at, event.name))

    def invited(self, event: meeting_events.MembersInvited, at: Moment) -> str:
        return groups.invite(at.connection, self.telling, event.group, event.numbers, _word(at))

    def invitation_answered(self, event: meeting_events.InvitationAnswered, at: Moment) -> str:
        return groups.answer(at.connection, self.telling, event.group, _word(at, event.words), joins=event.joins)

    def left(self, event: meeting_events.GroupLeft, at: Moment) -> None:
        groups.leave(at.connection, self.telling, event.group, _word(at, event.words))

    def removed(self, event: meeting_events.MemberRemoved, at: Moment) -> str:
        return groups.remove(at.connection, self.telling, event.group, event.contact, _word(at))

    def written(self, event: meeting_events.GroupWritten, at: Moment) -> str:
        return groups.write(at.connection, self.telling, event.group, event.words, _word(at))

    def arranged(self, event: meeting_events.MeetingArranged, at: Moment) -> str:
        what = (event.group, event.starts, event.where, event.repeats)
        return arranging.arrange(at.connection, self.telling, *what, by=_word(at))

    def moved(self, event: meeting_events.MeetingMoved, at: Moment) -> str:
        return arranging.move(at.connection, self.telling, event.meeting, event.starts, event.where, by=_word(at))

    def cancelled(self, event: meeting_events.MeetingCancelled, at: Moment) -> str:
        return arranging.cancel(at.connection, self.telling, event.meeting, series=event.series, by=_word(at))

    def answered(self, event: meeting_events.MeetingAnswered, at: Moment) -> str:
        return arranging.answer(at.connection, self.telling, event.meeting, event.answer, by=_word(at))

    def reported(self, event: meeting_events.MeetingReported, at: Moment) -> str:
        return arranging.report(at.connection, self.telling, event.meeting, event.came, event.decided, by=_word(at))

    def held(self, event: meeting_events.MeetingHeld, at: Moment) -> str:
        return held.hold(at.connection, self.telling, event, _word(at))

    def renamed(self, event: meeting_events.GroupRenamed, at: Moment) -> str:
        return leading.rename(at.connection, self.telling, event.group, event.name, _word(at))

    def offered(self, event: meeting_events.LeadershipOffered, at: Moment) -> str:
        return leading.offer(at.connection, self.telling, event.group, event.contact, _word(at))

    def lead_answered(self, event: meeting_events.LeadershipAnswered, at: Moment) -> str:
        return leading.answer(at.connection, self.telling, event.group, _word(at), takes=event.takes)

    def name_shown(self, event: meeting_events.NameShown, at: Moment) -> None:
        self._show(at, event.name[:LONGEST_INVITER], event.words)

    def name_hidden(self, event: meeting_events.NameHidden, at: Moment) -> None:
        self._show(at, "", event.words)

    def _show(self, at: Moment, name: str, words: str) -> None:
        vault = self.telling.notices.vault
        contacts.show_name(at.connection, vault, at.known_contact, name)
        said = Decision(given=bool(name), channel=at.channel, words=words, proof=at.sid, what="name")
        contacts.record_consent(at.connection, vault, at.known_contact, at.now, said)


def handlers(telling: Telling) -> Mapping[type[events.Event], Handler]:
    """The handlers of these events."""
    to = _Handlers(telling)
    return {
        events.ReachChosen: to.reach_chosen,
        meeting_events.GroupMade: to.made,
        meeting_events.MembersInvited: to.invited,
        meeting_events.InvitationAnswered: to.invitation_answered,
        meeting_events.GroupLeft: to.left,
        meeting_events.MemberRemoved: to.removed,
        meeting_events.GroupWritten: to.written,
        meeting_events.MeetingArranged: to.arranged,
        meeting_events.MeetingMoved: to.moved,
        meeting_events.MeetingCancelled: to.cancelled,
        meeting_events.MeetingAnswered: to.answered,
        meeting_events.MeetingReported: to.reported,
        meeting_events.MeetingHeld: to.held,
        meeting_events.GroupRenamed: to.renamed,
        meeting_events.LeadershipOffered: to.offered,
        meeting_events.LeadershipAnswered: to.lead_answered,
        meeting_events.NameShown: to.name_shown,
        meeting_events.NameHidden: to.name_hidden,
    }
