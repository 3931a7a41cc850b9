"""What follows from what people and officials decide about issues."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.conversation import Handler, Moment
from bot.issues import handling, raising
from bot.issues.facts import midnight
from bot.issues.handling import Actor
from bot.issues.models import By
from bot.issues.notifications import IssueDeps
from bot.issues.office import officials, pending
from bot.issues.office.links import Links
from bot.meetings import groups
from bot.messages.inbound import recordings
from bot.messages.notices import Notices
from flows import events
from flows.issue_facts import confirmation


def handlers(notices: Notices, zone: ZoneInfo, links: Links) -> Mapping[type[events.Event], Handler]:
    """The handlers of these events."""
    deps = IssueDeps(notices, zone)

    def spoken(_: events.IssueSpoken, at: Moment) -> None:
        # Fetched and kept at once, named after nobody; what is never raised is forgotten with the other recordings.
        recordings.add(at.connection, notices.vault, at.recording, None, None, at.now)

    def raised(event: events.IssueRaised, at: Moment) -> str:
        members: tuple[int, ...] = ()
        if event.group:
            if not groups.leads(at.connection, event.group, at.known_contact):
                return "gone"
            members = groups.confirmed(at.connection, event.group)
        report = raising.Report(
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
        return raising.raise_(at.connection, deps, report, word(at))

    def sought(_: events.SimilarSought, at: Moment) -> None:
        raising.sought(at.connection, word(at))

    def joined(event: events.IssueJoined, at: Moment) -> str:
        return raising.join(at.connection, deps, event.issue, word(at), event.words)

    def added_to(event: events.IssueAddedTo, at: Moment) -> str:
        return raising.more(at.connection, deps, event.issue, word(at), event.words)

    def judged(event: events.IssueJudged, at: Moment) -> str:
        return raising.judge(at.connection, deps, event.issue, word(at), solved=event.solved)

    def mistaken(_: events.CodeMistaken, at: Moment) -> None:
        raising.wrong_code(at.connection, word(at))

    def confirmed(event: events.OfficialConfirmed, at: Moment) -> str:
        return officials.answer(at.connection, event.official, at.known_contact, event.confirms, at.now)

    def handled(event: events.IssueHandled, at: Moment) -> str:
        by = Actor(By.OFFICE, event.office, event.official, at.now)
        said = (at.connection, deps, event.issue, by, event.action, event.words, event.to or None)
        return handling.act(*said) if confirmation(event.action) is None else pending.propose(*said)

    def act_confirmed(event: events.ActConfirmed, at: Moment) -> str:
        return pending.confirm(at.connection, deps, event.issue, event.official, at.now)

    def act_undone(event: events.ActUndone, at: Moment) -> str:
        return pending.undo(at.connection, event.pending, event.office)

    def link_wanted(event: events.LinkWanted, at: Moment) -> str:
        return "accepted" if officials.new_link(at.connection, deps, links, event.official, at.now) else "full"

    def word(at: Moment) -> raising.Word:
        return raising.Word(at.known_contact, at.now, midnight(at.now, zone))

    return {
        events.IssueSpoken: spoken,
        events.IssueRaised: raised,
        events.SimilarSought: sought,
        events.IssueJoined: joined,
        events.IssueAddedTo: added_to,
        events.IssueJudged: judged,
        events.CodeMistaken: mistaken,
        events.OfficialConfirmed: confirmed,
        events.IssueHandled: handled,
        events.ActConfirmed: act_confirmed,
        events.ActUndone: act_undone,
        events.LinkWanted: link_wanted,
    }
