"""What a telephone number is worth: a hint, never proof. The one rule of what is told and done on its strength.

Owns how much each act and each answer needs. The engine asks here before every state and every event; what is said
when it is too little is flows.proving's. Written out for people in docs/trust.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flows import events
from flows.events import Event
from flows.facts import Facts
from flows.issues import events as issue_events
from flows.meetings import events as meeting_events
from flows.proof import Proof

MANY = 20  # people; what reaches more of them is confirmed


# What may be entered only with more than a number that is shown: a whole conversation, or one of its states.
ROOMS: Mapping[str, Proof] = {
    **dict.fromkeys(
        ("desk", "ending", "group", "leading", "meeting", "members", "planned", "reply", "unplanned", "weekly"),
        Proof.WRITTEN,
    ),
    **dict.fromkeys(("follow.mine", "follow.which", "follow.whose", "follow.solved", "follow.join"), Proof.WRITTEN),
    **dict.fromkeys(("issue.resume", "issue.after", "joining.similar", "joining.start"), Proof.WRITTEN),
    **dict.fromkeys(("settings.reach", "settings.reminded"), Proof.WRITTEN),
    "consent.mine": Proof.WRITTEN,
}


def _handled(event: issue_events.IssueHandled, facts: Facts) -> Proof:
    """An official's word: what ends or moves a problem, and the first of a day, is confirmed."""
    ends = event.action in ("done", "transfer")
    return Proof.HELD if ends or not facts.proven() else Proof.WRITTEN


def _once_a_day(_: Event, facts: Facts) -> Proof:
    """What changes who belongs, or shows a name: the first of a day is confirmed."""
    return Proof.WRITTEN if facts.proven() else Proof.HELD


def _written(event: meeting_events.GroupWritten, facts: Facts) -> Proof:
    members = next((one.members for one in facts.gatherings.groups() if one.id == event.group), 0)
    return Proof.HELD if members - 1 > MANY else Proof.WRITTEN


def _cancelled(event: meeting_events.MeetingCancelled, facts: Facts) -> Proof:
    found = next((one.group.members for one in facts.gatherings.upcoming() if one.id == event.meeting), 0)
    return Proof.HELD if found - 1 > MANY else Proof.WRITTEN


Needs = Proof | Callable[..., Proof]

# What each decision needs. STOP is owed to whoever asks: it harms little, is told to the number and undone by START.
DECISIONS: Mapping[type[Event], Needs] = {
    events.LanguageChosen: Proof.SHOWN,
    events.StopDoubted: Proof.SHOWN,  # it holds messages back for a while, as STOP itself would
    events.ConsentWithdrawn: Proof.SHOWN,
    events.Unsubscribed: Proof.SHOWN,
    events.AlertEnded: Proof.SHOWN,
    events.HelpNeeded: Proof.SHOWN,
    events.MessageLeft: Proof.SHOWN,
    events.AnswerTexted: Proof.SHOWN,
    events.CallBackAsked: Proof.SHOWN,
    events.PriceReported: Proof.SHOWN,  # read back, held where it is out of line, and told to the number
    events.PriceCorrected: Proof.SHOWN,
    issue_events.IssueSpoken: Proof.SHOWN,
    issue_events.IssueRaised: Proof.SHOWN,  # nobody is exposed by one more problem; the number hears of it
    issue_events.CodeMistaken: Proof.SHOWN,
    issue_events.SimilarSought: Proof.SHOWN,
    events.PriceMissed: Proof.SHOWN,
    events.PlaceChosen: Proof.WRITTEN,
    events.ConsentGiven: Proof.WRITTEN,
    events.ReachChosen: Proof.WRITTEN,
    events.Subscribed: Proof.WRITTEN,
    events.AlertWanted: Proof.WRITTEN,
    meeting_events.GroupMade: Proof.WRITTEN,
    meeting_events.MembersInvited: Proof.WRITTEN,
    meeting_events.InvitationAnswered: Proof.WRITTEN,
    meeting_events.GroupLeft: Proof.WRITTEN,
    meeting_events.MemberRemoved: _once_a_day,
    meeting_events.GroupRenamed: _once_a_day,
    meeting_events.LeadershipOffered: Proof.HELD,
    meeting_events.LeadershipAnswered: Proof.WRITTEN,
    meeting_events.NameShown: _once_a_day,
    meeting_events.NameHidden: Proof.SHOWN,
    meeting_events.GroupWritten: _written,
    meeting_events.MeetingArranged: Proof.WRITTEN,
    meeting_events.MeetingMoved: Proof.WRITTEN,
    meeting_events.MeetingCancelled: _cancelled,
    meeting_events.MeetingAnswered: Proof.WRITTEN,
    meeting_events.MeetingReported: Proof.WRITTEN,
    meeting_events.MeetingHeld: Proof.WRITTEN,
    issue_events.IssueJoined: Proof.WRITTEN,
    # What moves when somebody's number says so would show whose problem it is.
    issue_events.IssueAddedTo: Proof.HELD,
    issue_events.IssueJudged: Proof.HELD,
    issue_events.IssueWithdrawn: Proof.HELD,  # whoever it is about would like to end it
    issue_events.OfficialConfirmed: Proof.WRITTEN,
    issue_events.IssueHandled: _handled,
    issue_events.ActConfirmed: Proof.WRITTEN,
    issue_events.ActUndone: Proof.WRITTEN,
    issue_events.LinkWanted: Proof.WRITTEN,  # the link goes to the number
    events.NumberDisowned: Proof.HELD,
    events.DataForgotten: Proof.HELD,
}


def room(name: str) -> Proof:
    """What a state needs before it is entered."""
    return ROOMS.get(name) or ROOMS.get(name.partition(".")[0]) or Proof.SHOWN


def resumable(name: str, proof: Proof) -> bool:
    """Whether somebody who was cut off at a state goes on there: to a shown number nothing begun is read back."""
    begun = name.partition(".")[0] in ("issue", "joining", "follow", "report")
    return proof > Proof.SHOWN or not (begun or room(name) > proof)


def decision(event: Event, facts: Facts) -> Proof:
    """What a decision needs before it is written down; one that nobody thought of needs the most."""
    needs = DECISIONS.get(type(event), Proof.HELD)
    return needs if isinstance(needs, Proof) else needs(event, facts)


def unproven(decided: tuple[Event, ...], facts: Facts) -> tuple[Event, ...]:
    """Those of these decisions for which more is needed than there is."""
    return tuple(event for event in decided if decision(event, facts) > facts.proof)
