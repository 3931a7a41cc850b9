"""The registry of all conversations, in one place for the bot, the tests and the diagrams."""

from flows import (
    alert,
    announcement,
    consent,
    desk,
    follow,
    forget,
    group,
    home,
    issue,
    joining,
    leaving,
    meeting,
    planned,
    price,
    proving,
    radio,
    reply,
    report,
    settings,
    unplanned,
    weekly,
)
from flows.engine import Registry

REGISTRY = Registry(
    *(home.FLOW, price.FLOW, report.FLOW, consent.FLOW, forget.FLOW, settings.FLOW, announcement.FLOW),
    *(alert.FLOW, weekly.FLOW, radio.FLOW),
    *(meeting.FLOW, planned.FLOW, unplanned.FLOW, group.FLOW, reply.FLOW),
    *(issue.FLOW, joining.FLOW, follow.FLOW, desk.FLOW, proving.FLOW),
    missed=follow.missed,
    aside=reply.aside,
    asides=reply.ASIDES,
    overtakes=reply.overtakes,
    leaves=leaving.leaves,
    left=leaving.left,
    beside=leaving.beside,
)
