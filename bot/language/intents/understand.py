"""Understanding: a text and the open question become a Heard. The page to read first.

A text is folded and cut into items (words), what it names is found (slots), what is certain is taken (safety,
answers), everything else is weighed by the scorer; below SURE the line asks back. Pure: the same text, question,
lexicon and scorer give the same answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.language.intents import answers, options, safety
from bot.language.intents.commands import command_with_words
from bot.language.intents.filled import filled
from bot.language.intents.found import Found
from bot.language.intents.learned.features import features
from bot.language.intents.learned.released import released
from bot.language.intents.learned.scorer import Scorer, Scores
from bot.language.intents.plain import label
from bot.language.slots import codes, groups, meetings
from bot.language.text.fold import LONGEST
from bot.language.words.lexicon import Lexicon
from bot.language.words.reading import Reading, read
from flows.heard import SURE, Asked, Heard, Intent, Kind, Slots

STOP_SURE = 0.9  # how likely STOP must be to be obeyed
STOP_WITHIN_WORDS = 0.97  # where a story is told
STOP_PERHAPS = 0.2  # and to be asked about
_HALF = 0.5
_DOUBTED = 0.6  # a plain message that sounds like something else for this much is weighed
_TOLD = 0.9
_AHEAD = ("today", "tomorrow", "day_after_tomorrow")
_PERHAPS = 0.8  # of an answer that is none yet
_READINGS = 3  # tried before a message is unclear
_LIKELY = 0.15  # how likely a reading must be to be offered
_WHOLE = 8  # words of a command within free words
_ANSWERS = frozenset((Intent.YES, Intent.NO, Intent.LATE))
_OF_ISSUES = frozenset(("resolved", "official", "leading"))  # kinds of questions that are answered by yes and no


def understand(text: str, asked: Asked, lexicon: Lexicon, scorer: Scorer | None = None) -> Heard:
    """What was said, knowing what was asked. Any text is answered; nothing raises."""
    return _understood(Found(read(text[:LONGEST], lexicon)), asked, scorer or released())


def _understood(found: Found, asked: Asked, scorer: Scorer | None) -> Heard:
    desk = codes.desk_command(found.reading)
    certain = safety.certain(found, asked) or _named(found, asked)
    certain = certain or _moved_place(found, asked) or _held(found, asked)
    if certain is None and desk is not None and asked.kind not in (Kind.CHOOSE, Kind.CONFIRM):
        certain = found.heard(desk)
    if certain is None and asked.kind not in (None, Kind.WORDS):
        certain = answers.certain(found, asked)
    doubtful = certain is None or _of_a_problem(certain) or options.is_near(certain)
    heard = _judged(found, asked, scorer, certain) if doubtful or certain is None else certain
    # "Do not send it" is a plain no where that is what was asked, else an official's word.
    refused = heard.intent is Intent.NO and heard.confidence >= SURE
    return heard if desk is None or refused else found.heard(desk)


def _moved_place(found: Found, asked: Asked) -> Heard | None:
    """Move the meeting to the pagoda: another place, where no day and no hour is named."""
    begun = command_with_words(found.reading.cleaned, found.reading.atoms) if asked.kind is not Kind.WORDS else None
    if begun is None:
        return None
    intent, words = begun
    timed = meetings.slots(found, placed=True)
    if timed.day or timed.time or timed.hour:
        return None
    return found.heard(intent, slots=Slots(where=words or None, action="place"))


def _named(found: Found, asked: Asked) -> Heard | None:
    """Rename group Lotus, show my name Dara: what stands behind is a name, whatever it sounds like."""
    if asked.kind is Kind.WORDS:
        return None
    if (name := groups.behind(found.reading, "group_rename")) is not None:
        return found.heard(Intent.GROUP_RENAME, slots=Slots(group=name))
    name = groups.behind(found.reading, "name_show")
    return None if name is None else found.heard(Intent.NAME_SHOW, slots=Slots(words=name))


def _held(found: Found, asked: Asked) -> Heard | None:
    """The meeting was yesterday, 8 came: told with its day and its count, whatever else it sounds like."""
    if asked.kind is not None or "meeting" not in found.reading.kw or not found.reading.numbers:
        return None
    heard = filled(Intent.MEETING_PAST, _TOLD, found, asked)
    past = heard is not None and heard.slots.count is not None and heard.slots.day not in _AHEAD
    return heard if past else None


def _of_a_problem(heard: Heard) -> bool:
    """A code with other words: they tell something about that problem, or are one more voice for it."""
    said = heard.slots.words is not None or any(letter.isalpha() for letter in heard.text)
    return heard.intent is Intent.ISSUE_STATUS and said and heard.slots.action is None


def _judged(found: Found, asked: Asked, scorer: Scorer | None, certain: Heard | None) -> Heard:
    """A message that has to be weighed. `certain`: what it is unless it is one more voice for a problem."""
    plain = label(found, asked) if certain is None and asked.kind is not Kind.WORDS else None
    if scorer is None:
        clear = filled(*plain, found, asked) if plain else None
        return certain or clear or safety.unweighed(found, asked)
    kind = asked.kind.value if asked.kind else ""
    scores = scorer.scores(features(found.reading, kind), asked=bool(kind))
    if certain is None:
        fits = plain is not None and (scores.label in (plain[0], Intent.CHOICE) or scores.sure < _DOUBTED)
        clear = filled(*plain, found, asked) if plain is not None and fits else None
        return clear or _weighed(found, asked, scores)
    if certain.intent is Intent.CHOICE:
        plainly = scorer.scores(features(found.reading, ""), asked=False)
        elsewhere = plainly.label in _ELSEWHERE and plainly.sure >= SURE
        return _weighed(found, Asked(), plainly) if elsewhere else certain
    return replace(certain, intent=Intent.ISSUE_JOIN) if scores.label == Intent.ISSUE_JOIN else certain


def _weighed(found: Found, asked: Asked, scores: Scores) -> Heard:
    """The likeliest reading that what is named does not speak against; STOP only where it is very sure."""
    if asked.kind is Kind.WORDS:
        stops = scores.label == Intent.STOP and scores.stop >= STOP_WITHIN_WORDS
        if not stops or len(found.reading.items) > _WHOLE:
            return safety.words(found)
    others = tuple(Intent(name) for name, sure in scores.ranked[1:3] if sure >= _LIKELY and name in _OFFERED)
    if scores.label == Intent.STOP:
        sure = max(scores.sure, SURE) if scores.stop >= STOP_SURE else min(scores.sure, _HALF)
        return replace(found.heard(Intent.STOP, sure), perhaps=others if sure < SURE else ())
    if scores.stop >= STOP_PERHAPS and scores.label not in _ENDING:
        meant = (Intent(scores.label),) if scores.label in _OFFERED else ()
        return replace(found.heard(Intent.STOP, _HALF), perhaps=meant)
    for place, (name, sure) in enumerate(scores.ranked[:_READINGS]):
        if name == Intent.STOP or (place and sure < _LIKELY):
            continue
        heard = filled(name, min(sure, _HALF) if place else sure, found, asked)
        if heard is not None:
            return heard if heard.confidence >= SURE else replace(heard, perhaps=others)
    return found.heard(Intent.UNCLEAR, _HALF, maybe=tuple(found.named.maybe))


_ENDING = frozenset((Intent.STOP, Intent.ALERT_STOP, Intent.WEEKLY_STOP, Intent.RADIO_STOP, Intent.GROUP_LEAVE))
# What is wanted for certain although an option's words are in it.
_ELSEWHERE = frozenset(
    (
        *(Intent.STOP, Intent.ALERT, Intent.ALERT_STOP, Intent.WEEKLY, Intent.WEEKLY_STOP, Intent.RADIO),
        *(Intent.RADIO_STOP, Intent.ISSUE_NEW, Intent.MEETING_NEW, Intent.MEETING_WHEN, Intent.MEETING_CANCEL),
        *(Intent.MEETING_MOVE, Intent.MEETING_COUNT, Intent.GROUP_LEAVE),
    )
)
_OFFERED = frozenset(
    (
        *(Intent.PRICE, Intent.REPORT, Intent.ALERT, Intent.WEEKLY, Intent.ISSUE_NEW, Intent.ISSUE_STATUS),
        *(Intent.MEETING_NEW, Intent.MEETING_WHEN, Intent.RADIO, Intent.HELP, Intent.STOP, Intent.START),
        *(Intent.SETTINGS, Intent.ALERT_STOP, Intent.WEEKLY_STOP, Intent.RADIO_STOP, Intent.GROUP_LEAVE),
    )
)


def answering(text: str, lexicon: Lexicon, waiting: Collection[str] = (), scorer: Scorer | None = None) -> Heard:
    """What was said, read as the answer to a question we sent: coming, not coming, late; else out of the blue.

    `waiting`: the kinds of those that were not answered yet.
    """
    found = Found(read(text[:LONGEST], lexicon))
    scorer = scorer or released()
    if "invitation" in waiting and (intent := answers.joining(found.reading)) is not None:
        return found.heard(intent)
    if not waiting:
        heard = _understood(found, Asked(), scorer)
        if heard.confidence >= SURE and heard.intent not in (*_ANSWERS, Intent.OTHER, Intent.UNCLEAR):
            return heard
    issues_only = bool(waiting) and set(waiting) <= _OF_ISSUES
    heard = _understood(found, Asked(Kind.RESOLVED if issues_only else Kind.RSVP), scorer)
    if heard.intent not in _ANSWERS and not issues_only and not _OF_ISSUES.isdisjoint(waiting):
        heard = _understood(found, Asked(Kind.RESOLVED), scorer)
    if heard.intent is Intent.ISSUE_NEW and not issues_only and answers.excuses(found.reading):
        return found.heard(Intent.NO, 0.9)
    if heard.intent not in _ANSWERS:
        return _hesitating(heard, found.reading)
    return _agreed(heard, found.reading, waiting)


def _hesitating(heard: Heard, reading: Reading) -> Heard:
    """Perhaps, my child is ill, is it free: about the question, and no answer."""
    about = "unsure" in reading.kw or "category" in reading.kinds or answers.wonders(reading)
    if about and heard.intent in (Intent.OTHER, Intent.PRICE_ASK, Intent.UNCLEAR):
        return replace(heard, intent=Intent.UNCLEAR, confidence=_PERHAPS)
    return heard


def _agreed(heard: Heard, reading: Reading, waiting: Collection[str]) -> Heard:
    """A yes that agrees to nothing is not sure; one that may be good manners alone says so."""
    if heard.intent is not Intent.YES:
        return heard
    if answers.wonders(reading) or ("invitation" in waiting and not answers.consents(reading)):
        return replace(heard, confidence=0.6)
    return replace(heard, polite=answers.polite(reading))
