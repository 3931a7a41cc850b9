"""What follows from what people decide for themselves: language, place, consent; and what they leave for staff."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contacts import service as contacts
from bot.conversation import Handler, Moment
from bot.handlers import forgetting
from bot.meetings import groups
from bot.meetings.telling import Telling
from bot.messages.inbound import inbox, recordings
from bot.messages.models import Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.radio import facts as radio
from bot.vault import Vault
from flows import events

CHANGED_HANDS = "the number changed hands"


def handlers(vault: Vault, telling: Telling) -> Mapping[type[events.Event], Handler]:
    """The handlers of these events."""

    def language_chosen(event: events.LanguageChosen, at: Moment) -> None:
        contacts.choose_language(at.connection, at.known_contact, event.language, event.script)

    def place_chosen(event: events.PlaceChosen, at: Moment) -> None:
        contacts.choose_place(at.connection, at.known_contact, event.place)
        radio.is_told_anew(at.connection, at.known_contact, at.now)

    def consent_given(event: events.ConsentGiven, at: Moment) -> None:
        _consent(at, event.words, given=True)

    def consent_withdrawn(event: events.ConsentWithdrawn, at: Moment) -> None:
        _consent(at, event.words, given=False)

    def number_disowned(event: events.NumberDisowned, at: Moment) -> None:
        _consent(at, event.words, given=False)
        forgetting.end_all(at.connection, telling, _word(at, event.words), but=at.channel, note=CHANGED_HANDS)

    def data_forgotten(_: events.DataForgotten, at: Moment) -> None:
        forgetting.forget(at.connection, telling, _word(at, ""), but=at.channel)

    def help_needed(event: events.HelpNeeded, at: Moment) -> None:
        inbox.add(at.connection, vault, at.contact, event.reason, event.words, at.now)

    def message_left(event: events.MessageLeft, at: Moment) -> None:
        # What was said is never left where nobody looks: with too many items it goes to the newest.
        item = inbox.add(at.connection, vault, at.contact, "message", event.about, at.now)
        item = item or inbox.newest_withheld(at.connection)
        recordings.add(at.connection, vault, at.recording, at.contact, item, at.now)

    def answer_texted(event: events.AnswerTexted, at: Moment) -> None:
        sms_outbox.queue(at.connection, vault, at.known_contact, at.written(event.prompts), at.now, Purpose.ANSWER)

    def _word(at: Moment, words: str) -> groups.Word:
        return groups.Word(at.known_contact, at.now, at.channel, at.sid, words)

    def _consent(at: Moment, words: str, *, given: bool) -> None:
        contacts.record_consent(
            at.connection,
            vault,
            at.known_contact,
            at.now,
            given=given,
            channel=at.channel,
            words=words,
            proof=at.sid,
        )

    return {
        events.LanguageChosen: language_chosen,
        events.PlaceChosen: place_chosen,
        events.ConsentGiven: consent_given,
        events.ConsentWithdrawn: consent_withdrawn,
        events.NumberDisowned: number_disowned,
        events.DataForgotten: data_forgotten,
        events.HelpNeeded: help_needed,
        events.MessageLeft: message_left,
        events.AnswerTexted: answer_texted,
    }
