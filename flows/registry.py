"""The registry of all conversations, in one place for the bot, the tests and the diagrams."""

from flows import leaving
from flows.engine import Registry
from flows.issues import desk, ending, follow, issue, joining
from flows.line import announcement, consent, forget, home, proving, settings, unsure
from flows.meetings import group, leading, meeting, members, planned, reply, unplanned
from flows.prices import alert, price, report, weekly
from flows.radio import programme as radio

REGISTRY = Registry(
    home.FLOW,
    price.FLOW,
    report.FLOW,
    consent.FLOW,
    forget.FLOW,
    settings.FLOW,
    unsure.FLOW,
    announcement.FLOW,
    alert.FLOW,
    weekly.FLOW,
    radio.FLOW,
    meeting.FLOW,
    planned.FLOW,
    unplanned.FLOW,
    group.FLOW,
    members.FLOW,
    leading.FLOW,
    reply.FLOW,
    issue.FLOW,
    joining.FLOW,
    follow.FLOW,
    ending.FLOW,
    desk.FLOW,
    proving.FLOW,
    missed=follow.missed,
    aside=reply.aside,
    asides=reply.ASIDES,
    overtakes=reply.overtakes,
    leaves=leaving.leaves,
    left=leaving.left,
    beside=leaving.beside,
)
