"""What a test of understanding may expect where nothing is meant for the line."""

from flows.heard import SURE, Heard, Intent


def is_heard(heard: Heard, intent: Intent) -> bool:
    """Whether this was heard; UNCLEAR: nothing is acted on, whether it is called chat or doubtful."""
    if intent is Intent.UNCLEAR:
        return heard.intent in (Intent.UNCLEAR, Intent.OTHER) or heard.confidence < SURE
    return heard.intent is intent
