"""What follows from what people decide for themselves: language, place, consent; and what they leave for staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.contacts import service as contacts
from bot.contacts.service import Decision
from bot.handlers import forgetting
from bot.meetings import groups
from bot.meetings.telling import Telling
from bot.messages.inbound import inbox, recordings, replies
from bot.messages.models import Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.outbox import Outgoing
from bot.radio import facts as radio
from bot.turn import Handler, Moment
from bot.vault import Vault
from flows import events

CHANGED_HANDS = "the number changed hands"


@dataclass(frozen=True, slots=True)
class _Handlers:
    """One method an event, with what seals and what tells groups."""

    vault: Vault
    telling: Telling

    def language_chosen(self, event: events.LanguageChosen, at: Moment) -> None:
        contacts.choose_language(at.connection, at.known_contact, event.language, event.script)

    def place_chosen(self, event: events.PlaceChosen, at: Moment) -> None:
        contacts.choose_place(at.connection, at.known_contact, event.place)
        radio.is_told_anew(at.connection, at.known_contact, at.now)

    def consent_given(self, event: events.ConsentGiven, at: Moment) -> None:
        self._consent(at, event.words, given=True)

    def consent_withdrawn(self, event: events.ConsentWithdrawn, at: Moment) -> None:
        self._consent(at, event.words, given=False)

    def stop_doubted(self, event: events.StopDoubted, at: Moment) -> None:
        contacts.hold(at.connection, at.known_contact, at.now + contacts.HELD_FOR if event.doubted else None)

    def number_disowned(self, event: events.NumberDisowned, at: Moment) -> None:
        self._consent(at, event.words, given=False)
        forgetting.end_all(at.connection, self.telling, self._word(at, event.words), but=at.channel, note=CHANGED_HANDS)

    def data_forgotten(self, _: events.DataForgotten, at: Moment) -> None:
        forgetting.forget(at.connection, self.telling, self._word(at, ""), but=at.channel)

    def help_needed(self, event: events.HelpNeeded, at: Moment) -> str:
        if event.reason != "unclear":
            inbox.add(at.connection, self.vault, at.contact, event.reason, event.words, at.now)
            return ""
        broadcast = at.contact and replies.answers_to(at.connection, at.contact, at.now)
        if not broadcast:
            return ""
        replies.keep(at.connection, self.vault, broadcast, at.known_contact, event.words, at.now)
        return "reply"

    def message_left(self, event: events.MessageLeft, at: Moment) -> None:
        # What was said is never left where nobody looks: with too many items it goes to the newest.
        item = inbox.add(at.connection, self.vault, at.contact, "message", event.about, at.now)
        item = item or inbox.newest_withheld(at.connection)
        recordings.add(at.connection, self.vault, at.recording, at.contact, item, at.now)

    def answer_texted(self, event: events.AnswerTexted, at: Moment) -> None:
        sms_outbox.queue(
            at.connection, self.vault, Outgoing(at.known_contact, at.written(event.prompts), Purpose.ANSWER), at.now
        )

    @staticmethod
    def _word(at: Moment, words: str) -> groups.Statement:
        return groups.Statement(at.known_contact, at.now, at.channel, at.sid, words)

    def _consent(self, at: Moment, words: str, *, given: bool) -> None:
        contacts.record_consent(
            at.connection,
            self.vault,
            at.known_contact,
            at.now,
            Decision(given=given, channel=at.channel, words=words, proof=at.sid),
        )


def handlers(vault: Vault, telling: Telling) -> Mapping[type[events.Event], Handler]:
    """The handlers of these events."""
    to = _Handlers(vault, telling)
    return {
        events.LanguageChosen: to.language_chosen,
        events.PlaceChosen: to.place_chosen,
        events.ConsentGiven: to.consent_given,
        events.ConsentWithdrawn: to.consent_withdrawn,
        events.StopDoubted: to.stop_doubted,
        events.NumberDisowned: to.number_disowned,
        events.DataForgotten: to.data_forgotten,
        events.HelpNeeded: to.help_needed,
        events.MessageLeft: to.message_left,
        events.AnswerTexted: to.answer_texted,
    }
