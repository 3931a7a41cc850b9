"""The only place where things are wired: settings become engine, vault, conversation, pages.

Nothing here decides anything; nothing happens before `build` or `create_app` is called.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Engine

from bot.audio.store import Clips
from bot.audio.views import audio_files
from bot.broadcasts.segments import VALUES_OF_PEOPLE, Segments, kinds_of_people
from bot.call.calls import Calls
from bot.call.step import CallLine
from bot.channels.health import Meter, Watched, health_pages
from bot.channels.recordings import recording_page
from bot.channels.sms import Late, Signature, sms_webhook
from bot.channels.status import answer_told_at, call_status_webhook, status_webhook
from bot.channels.voice import Documents, LineVoices, voice_webhook
from bot.commands.register import PATIENCE, Makers, register
from bot.config import SIMULATED_VOICE, Settings
from bot.console.access import ConsoleDeps
from bot.console.views import console_pages
from bot.conversation import Conversation
from bot.db import make_engine
from bot.due_tasks import DueTaskDeps
from bot.handlers.every import handlers
from bot.issues.board.open311 import Endpoint, open311
from bot.issues.board.views import issue_pages
from bot.issues.notifications import IssueDeps
from bot.issues.office.links import Links as OfficeLinks
from bot.issues.office.views import office_pages
from bot.language.intents.understand import understand
from bot.language.saying.catalogue import VOICES, load_catalogue
from bot.language.saying.speaking import SPOKEN, clips
from bot.language.words.lexicon import Lexicon
from bot.logs import set_up_logs
from bot.meetings.segments import groups_known, in_group
from bot.messages import sounds
from bot.messages.calls.callbacks import Budget
from bot.messages.inbound.recordings import Links
from bot.messages.inbound.spool import REPLAY, Spool
from bot.messages.inbound.unmeant import Unmeant
from bot.messages.notices import Notices
from bot.prices.board.views import public_pages
from bot.prices.knowledge import Knowledge
from bot.prices.notices.segments import commodities_known, interested_in
from bot.radio.segments import episodes_known, in_region, listeners, next_airing, stations_known
from bot.vault import Vault
from bot.web.application import Application
from bot.web.delivery import deliver
from bot.web.door import MOST_BYTES
from bot.web.languages import LANGUAGES, load_words
from bot.web.layout import page_frame
from flows.heard import Asked
from flows.registry import REGISTRY

WEB_PATIENCE = 1.2  # seconds a farmer's message waits for the database before the apology


def utc_now() -> datetime:
    """The time, as every room is handed it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Phsar:
    """Everything the processes share, built from the settings."""

    settings: Settings
    engine: Engine
    redis: Redis
    vault: Vault
    lexicon: Lexicon
    knowledge: Knowledge
    conversation: Conversation
    recorded: Clips
    voices: LineVoices
    calls: Calls
    notices: Notices
    spool: Spool
    clock: Callable[[], datetime]

    @property
    def deps(self) -> DueTaskDeps:
        """What the clock's tasks need."""
        return DueTaskDeps(self.engine, self.notices, self.knowledge, self.settings)

    @property
    def segments(self) -> Segments:
        """Whom a broadcast can be for: what each room knows of people."""
        kinds = kinds_of_people(self.lexicon.places.known)
        subjects = {"group": in_group, "commodity": interested_in, "station": in_region, "episode": listeners}
        known = {"group": groups_known, "commodity": commodities_known}
        known |= {"station": stations_known, "episode": episodes_known}
        return Segments({**kinds, **subjects}, {**VALUES_OF_PEOPLE, **known}, next_airing)

    def gaps(self) -> list[str]:
        """Which recordings the line by voice lacks, a line a voice."""
        lexicon = self.knowledge.lexicon_or_bare()
        told = (
            self.voices.gaps(voice, clips(voice, catalogue, lexicon))
            for voice, catalogue in self.calls.line.catalogues.items()
        )
        return [line for line in told if line]


def build(
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    patience: float = 30.0,
    dice: Callable[[int], int] = secrets.randbelow,
) -> Phsar:
    """Wire the rooms together. Opens no connection."""
    engine = make_engine(settings.database_url, patience)
    vault = Vault(settings.data_key)
    lexicon = Lexicon.load()
    knowledge = Knowledge(engine, lexicon)
    catalogues = {voice: load_catalogue(voice) for voice in VOICES}
    notices = Notices(vault, catalogues, lambda: knowledge.now().lexicon)
    budget = Budget(settings.call_back_day, settings.call_back_hour, settings.quiet_hours, settings.timezone)
    conversation = Conversation(
        engine=engine,
        vault=vault,
        knowledge=knowledge,
        registry=REGISTRY,
        catalogues=catalogues,
        handlers=handlers(
            vault,
            notices,
            settings.timezone,
            OfficeLinks(settings.secret_key, settings.public_url),
            settings.quiet_hours,
            budget,
            settings.unasked_sms_day,
        ),
        zone=settings.timezone,
        unmeant=Unmeant.load(
            sentence for catalogue in catalogues.values() for both in catalogue.items() for sentence in both
        ),
        clock=clock,
        dice=dice,
    )
    recorded = Clips(settings.audio_dir)
    voices = LineVoices(recorded, settings.say_voice, settings.public_url)
    spoken = {voice: load_catalogue(voice, "voice") for voice in SPOKEN}
    calls = Calls(CallLine(conversation, spoken, voices, bool(settings.voice_from)), budget)
    redis = connect_redis(settings.redis_url)
    return Phsar(
        settings,
        engine,
        redis,
        vault,
        lexicon,
        knowledge,
        conversation,
        recorded,
        voices,
        calls,
        notices,
        spool=Spool(redis, vault, settings.spool_dir),
        clock=clock,
    )


def connect_redis(url: str, timeout: float | None = 1.5) -> Redis:
    """A client that gives up soon: nobody waits on the line for Redis."""
    return Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=1.5, retry=Retry(NoBackoff(), retries=0))


def _voice(phsar: Phsar, signature: Signature, meter: Meter) -> Blueprint:
    settings = phsar.settings

    def wake(work: str) -> bool:
        """Ask a worker to look; it is imported with the first call that needs it, most texts never do."""
        from bot.messages import jobs
        from bot.messages.calls import sending as call_sending

        wakes = {"outbox": jobs.wake, "calls": call_sending.wake_calls, "recordings": call_sending.wake_recordings}
        return wakes[work](phsar.redis)

    tells_star = settings.carrier != "somleng"
    documents = Documents(phsar.voices, settings.public_url, speech=settings.speech, tells_star=tells_star)
    return voice_webhook(phsar.calls, documents, signature, wake, meter.voice, call_back=settings.call_back)


def _problems(phsar: Phsar) -> tuple[Blueprint, ...]:
    """The public board, the pages of officials, and what programs read of problems."""
    settings, clock = phsar.settings, phsar.clock
    reads = (phsar.engine, phsar.vault, phsar.lexicon, settings.timezone)
    telling = IssueDeps(phsar.notices, settings.timezone)
    office_links = OfficeLinks(settings.secret_key, settings.public_url)
    endpoint = Endpoint(settings.public_url, settings.sms_from, test=settings.carrier == "simulator")
    return (
        issue_pages(*reads, settings.sms_from, clock),
        office_pages(phsar.engine, telling, phsar.lexicon, office_links, clock),
        open311(*reads, endpoint, clock),
    )


def _console(phsar: Phsar) -> Blueprint:
    """The staff's pages."""
    deps = ConsoleDeps(
        phsar.engine,
        phsar.vault,
        phsar.lexicon,
        phsar.notices,
        phsar.settings,
        load_words(),
        {language: load_catalogue(language) for language in LANGUAGES},
        phsar.clock,
    )
    return console_pages(deps)


def create_app(
    settings: Settings, clock: Callable[[], datetime] = utc_now, patience: float = WEB_PATIENCE, counters: str = ""
) -> Flask:
    """The web application with its command line. `counters`: the folder where the workers' counters add up."""
    set_up_logs()
    app = Application("bot", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    deliver(app, settings.public_url)
    phsar = app.extensions["phsar"] = build(settings, clock, patience)
    meter = Meter(counters)
    signature = Signature(settings.public_url, settings.auth_token, settings.account_sid)
    conversation = phsar.conversation

    told_at = partial(answer_told_at, settings.public_url)

    def script_of(text: str) -> str:
        return understand(text, Asked(), phsar.lexicon).script

    def announce() -> bool:
        from bot.messages import jobs  # only a spool that was needed needs it

        return jobs.announce_once(phsar.redis, REPLAY)

    spool, late = phsar.spool, Late(phsar.spool, phsar.engine, clock, announce)
    app.register_blueprint(
        sms_webhook(conversation.turn, signature, conversation.catalogues, script_of, meter.sms, late, told_at)
    )
    app.register_blueprint(_voice(phsar, signature, meter))
    app.register_blueprint(audio_files(phsar.recorded, partial(sounds.read, phsar.engine)))
    is_back = partial(spool.returned, announce)
    app.register_blueprint(status_webhook(phsar.engine, phsar.vault, signature, spool, is_back, clock))
    app.register_blueprint(call_status_webhook(phsar.engine, signature, settings.timezone, spool, is_back, clock))
    app.register_blueprint(recording_page(phsar.engine, phsar.vault, Links(settings.secret_key, settings.public_url)))
    watched = Watched(phsar.engine, phsar.redis, spool, clock)
    app.register_blueprint(health_pages(watched, phsar.vault, meter, phsar.gaps, settings.metrics_token))
    app.register_blueprint(page_frame())
    app.register_blueprint(public_pages(phsar.engine, phsar.lexicon, settings.timezone, settings.sms_from, clock))
    for pages in (*_problems(phsar), _console(phsar)):
        app.register_blueprint(pages)

    def telephone() -> Flask:
        """The line as the terminal rings it: what nobody has recorded is read there."""
        voice = SIMULATED_VOICE if settings.carrier == "simulator" else ""
        return create_app(replace(settings, say_voice=settings.say_voice or voice), clock)

    make = Makers(
        conversation=lambda: build(settings, clock).conversation,
        tasks=lambda: build(settings, clock, PATIENCE).deps,
        redis=lambda: connect_redis(settings.redis_url),
        telephone=telephone,
        segments=lambda: phsar.segments,
        now=clock,
    )
    register(app, settings, make)
    return app
