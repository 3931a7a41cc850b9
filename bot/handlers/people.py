"""What follows from what people decide for themselves: language, place, consent; and what they leave for staff."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contacts import service as contacts
from bot.contacts import subscriptions
from bot.conversation import Handler, Moment
from bot.issues import raising
from bot.issues.office import officials
from bot.meetings import groups
from bot.meetings.telling import Telling
from bot.messages.calls import answered as answered_calls
from bot.messages.calls import callbacks
from bot.messages.inbound import inbox, received, recordings
from bot.messages.models import Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.prices import alerts
from bot.radio import facts as radio
from bot.vault import Vault
from flows import events


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
        groups.disown(at.connection, telling, groups.Word(at.known_contact, at.now, at.channel, at.sid, event.words))
        contacts.disown(at.connection, at.known_contact)
        subscriptions.forget(at.connection, at.known_contact)
        radio.is_told_anew(at.connection, at.known_contact, at.now)
        alerts.forget(at.connection, at.known_contact)
        raising.disown(at.connection, at.known_contact, at.now)
        officials.disown(at.connection, at.known_contact, at.now)
        sms_outbox.cancel(at.connection, at.known_contact, at.now)
        callbacks.cancel(at.connection, at.known_contact, at.now)
        # Nobody goes on where the former owner stopped; the turn itself sees to this channel, or to this call.
        answered_calls.forget(at.connection, at.known_contact, but=at.sid.partition("/")[0])
        received.forget_runs(at.connection, at.known_contact, but=at.channel)
        inbox.close_all(at.connection, vault, at.known_contact, "the number changed hands", at.now)

    def help_needed(event: events.HelpNeeded, at: Moment) -> None:
        inbox.add(at.connection, vault, at.contact, event.reason, event.words, at.now)

    def message_left(event: events.MessageLeft, at: Moment) -> None:
        # What was said is never left where nobody looks: with too many items it goes to the newest.
        item = inbox.add(at.connection, vault, at.contact, "message", event.about, at.now)
        item = item or inbox.newest_withheld(at.connection)
        recordings.add(at.connection, vault, at.recording, at.contact, item, at.now)

    def answer_texted(event: events.AnswerTexted, at: Moment) -> None:
        sms_outbox.queue(at.connection, vault, at.known_contact, at.written(event.prompts), at.now, Purpose.ANSWER)

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
        events.HelpNeeded: help_needed,
        events.MessageLeft: message_left,
        events.AnswerTexted: answer_texted,
    }
