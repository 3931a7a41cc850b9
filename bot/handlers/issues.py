"""What follows from what people and officials decide about issues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.issues import handling, limits, raising
from bot.issues.facts import midnight
from bot.issues.handling import Actor
from bot.issues.history import hour
from bot.issues.models import By
from bot.issues.notifications import IssueDeps
from bot.issues.office import officials, pending
from bot.issues.office.links import Links
from bot.meetings import groups
from bot.messages.inbound import recordings
from bot.messages.notices import Notices
from bot.turn import Handler, Moment
from flows import events
from flows.issues import events as issue_events
from flows.issues.known import confirmation


@dataclass(frozen=True, slots=True)
class _Handlers:
    """One method an event, with what they tell people by."""

    deps: IssueDeps
    links: Links

    def spoken(self, _: issue_events.IssueSpoken, at: Moment) -> None:
        # Fetched and kept at once, named after nobody; what is never raised is forgotten with the other recordings.
        recordings.add(at.connection, self.deps.vault, at.recording, None, None, hour(at.now))

    def raised(self, event: issue_events.IssueRaised, at: Moment) -> str:
        members: tuple[int, ...] = ()
        if event.group:
            if not groups.leads(at.connection, event.group, at.known_contact):
                return "gone"
            members = groups.confirmed(at.connection, event.group)
        report = raising.ReportedIssue(
            code=event.code,
            category=event.category,
            place=event.place,
            commodity=event.commodity,
            about_office=event.about_office,
            words=event.words,
            recording=event.recording,
            group=event.group or None,
            members=members,
        )
        return raising.raise_(at.connection, self.deps, report, self.word(at))

    def sought(self, _: issue_events.SimilarSought, at: Moment) -> None:
        limits.sought(at.connection, self.word(at))

    def joined(self, event: issue_events.IssueJoined, at: Moment) -> str:
        return raising.join(at.connection, self.deps, event.issue, self.word(at), event.words)

    def added_to(self, event: issue_events.IssueAddedTo, at: Moment) -> str:
        return raising.more(at.connection, self.deps, event.issue, self.word(at), event.words)

    def judged(self, event: issue_events.IssueJudged, at: Moment) -> str:
        return raising.judge(at.connection, self.deps, event.issue, self.word(at), solved=event.solved)

    def withdrawn(self, event: issue_events.IssueWithdrawn, at: Moment) -> str:
        return raising.withdraw(at.connection, self.deps, event.issue, self.word(at))

    def mistaken(self, _: issue_events.CodeMistaken, at: Moment) -> None:
        limits.wrong_code(at.connection, self.word(at))

    def confirmed(self, event: issue_events.OfficialConfirmed, at: Moment) -> str:
        return officials.answer(at.connection, event.official, at.known_contact, event.confirms, at.now)

    def handled(self, event: issue_events.IssueHandled, at: Moment) -> str:
        by = Actor(By.OFFICE, event.office, event.official, at.now)
        said = (at.connection, self.deps, event.issue, by, event.action, event.words, event.to or None)
        return handling.act(*said) if confirmation(event.action) is None else pending.propose(*said)

    def act_confirmed(self, event: issue_events.ActConfirmed, at: Moment) -> str:
        return pending.confirm(at.connection, self.deps, event.issue, event.official, at.now)

    def act_undone(self, event: issue_events.ActUndone, at: Moment) -> str:
        return pending.undo(at.connection, event.pending, event.office)

    def link_wanted(self, event: issue_events.LinkWanted, at: Moment) -> str:
        sent = officials.new_link(at.connection, self.deps, self.links, event.official, at.now)
        return "accepted" if sent else "full"

    def word(self, at: Moment) -> limits.Author:
        return limits.Author(at.known_contact, at.now, midnight(at.now, self.deps.zone))


def handlers(notices: Notices, zone: ZoneInfo, links: Links) -> Mapping[type[events.Event], Handler]:
    """The handlers of these events."""
    to = _Handlers(IssueDeps(notices, zone), links)
    return {
        issue_events.IssueSpoken: to.spoken,
        issue_events.IssueRaised: to.raised,
        issue_events.SimilarSought: to.sought,
        issue_events.IssueJoined: to.joined,
        issue_events.IssueAddedTo: to.added_to,
        issue_events.IssueJudged: to.judged,
        issue_events.IssueWithdrawn: to.withdrawn,
        issue_events.CodeMistaken: to.mistaken,
        issue_events.OfficialConfirmed: to.confirmed,
        issue_events.IssueHandled: to.handled,
        issue_events.ActConfirmed: to.act_confirmed,
        issue_events.ActUndone: to.act_undone,
        issue_events.LinkWanted: to.link_wanted,
    }
