"""`flask call`: a telephone in the terminal, which rings the line within one process.

Owns what is printed and how typed lines become keys, words and sounds. The line hears signed forms, as from a
carrier; recordings lie where the simulator keeps them, so that a worker can fetch them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import Flask
from twilio.request_validator import RequestValidator

from bot.config import Settings
from bot.logs import silence
from bot.simulator.calls import sounds
from bot.simulator.calls.call import Call
from bot.simulator.calls.course import INBOUND, CourseEntry, Ends, Mark, State
from bot.simulator.calls.documents import Record
from bot.simulator.calls.records import CallRecord, Recording, Records
from bot.simulator.calls.reports import status_form
from bot.simulator.calls.spoken import Heard, heard
from bot.simulator.carrier.profile import API_VERSION, Answer, Profile, new_sid
from bot.simulator.phones import read_number
from bot.simulator.settings import DATA
from bot.simulator.store import Store

_MOST_TURNS = 200  # a call that goes on by itself for ever is ended
_HELP = "keys, or: empty line = nothing, s WORDS = say, r [FILE] = record, h = hang up"
# What the codes of faults mean; those not here speak for themselves with their detail.
_FAULTS = {
    "call_verb": "this carrier ends the call at",
    "nested": "this carrier ends the call at a misplaced",
    "attribute": "this carrier ends the call at",
    "speech": "Somleng hears keys only and ends the call at",
    "too_large": "the document is larger than",
    "loop": "nothing was said or asked in documents in a row:",
    "bad_xml": "no valid TwiML:",
    "code": "the line answered with HTTP",
    "elsewhere": "the address is not the line's",
}


class InProcess:
    """Brings signed forms to the line without a network; safe for one thread."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._client = app.test_client()
        self._public_url = settings.public_url
        self._validator = RequestValidator(settings.auth_token)

    def post(self, url: str, form: Mapping[str, str]) -> Answer:
        """Post once, signed over exactly this address."""
        path = self._path(url)
        if path is None:
            return Answer(fault="elsewhere")
        signature = self._validator.compute_signature(url, dict(form))
        response = self._client.post(path, data=dict(form), headers={"X-Twilio-Signature": signature})
        return Answer(response.status_code, response.get_data(), content_type=response.content_type)

    def can_hear(self, url: str) -> bool:
        """Whether a sound is there."""
        path = self._path(url)
        if path is None:
            return False
        response = self._client.get(path)
        return response.status_code == 200 and response.content_type.startswith("audio/")

    def _path(self, url: str) -> str | None:
        if not url.startswith(f"{self._public_url}/"):
            return None
        parts = urlsplit(url)
        return parts.path + (f"?{parts.query}" if parts.query else "")


def ring(
    app: Flask,
    settings: Settings,
    number: str,
    keys: Iterable[str],
    profile: Profile,
    data: Path = Path(DATA),
    tell: Callable[[str], None] = click.echo,
) -> bool:
    """Ring the line and go through the call; gives whether it went without a fault.

    Each of `keys` answers one question, in the words of the command's help; when they end, the caller hangs up.
    Recordings are kept in the simulator's file at `data`.
    """
    line = InProcess(app, settings)
    account = settings.account_sid
    ends = Ends(new_sid(profile, "CA"), account, profile, number, settings.voice_from or settings.sms_from, INBOUND)
    base = f"{settings.public_url}/voice"

    def changed(call: Call) -> None:
        if call.state is State.ENDED:
            line.post(f"{base}/status", status_form(_record(call), 0))

    call = Call(ends, line, changed)
    call.begin(base)
    _Telephone(call, line, settings, data, tell).go_through(iter(keys))
    length = f", {call.duration} s" if call.answered else ""
    tell(f"({call.status}{length})")
    return not call.faults


class _Telephone:
    """One call in the terminal."""

    def __init__(
        self, call: Call, line: InProcess, settings: Settings, data: Path, tell: Callable[[str], None]
    ) -> None:
        self._call = call
        self._line = line
        self._settings = settings
        self._data = data
        self._tell = tell
        self._shown = 0

    def go_through(self, answers: Iterator[str]) -> None:
        """Print and answer until the call is over."""
        for _ in range(_MOST_TURNS):
            self._show()
            if self._call.state is State.ENDED:
                return
            if self._call.state is State.SPEAKING:
                self._call.go_on()
                continue
            if self._call.state is State.DIALLING:
                self._call.connected("completed")
                continue
            answer = next(answers, None)
            if answer is None:
                self._call.hang_up()
            else:
                self._do(answer.rstrip("\n"))
        self._call.hang_up()

    def _do(self, answer: str) -> None:
        """What was typed: keys, nothing, or a letter with what belongs to it."""
        letter, _, rest = answer.partition(" ")
        call = self._call
        if answer == "h":
            call.hang_up()
        elif letter == "r":
            self._leave(rest.strip())
        elif letter == "s" and rest.strip():
            call.say(rest, 0.9)
        elif call.state is State.RECORDING:
            self._silence()
        else:
            asked = call.asks
            unheard = call.press(answer.replace(" ", ""))
            if unheard:
                self._tell(f"  (nobody listens to {unheard})")
            if call.asks is asked:  # still waiting for more, which does not come
                call.time_over()

    def _leave(self, file: str) -> None:
        """Record a file as it is, or the sample."""
        if self._call.state is not State.RECORDING:
            self._tell("  (nothing is recorded here)")
            return
        try:
            sound = Path(file).read_bytes() if file else sounds.sample()
        except OSError as error:
            self._tell(f"  ({error.strerror}: say r FILE again)")
            return
        self._keep(sound)

    def _silence(self) -> None:
        asks = self._call.asks
        if isinstance(asks, Record) and self._call.ends.profile is Profile.SOMLENG:
            self._keep(sounds.silence(asks.timeout))
        else:
            self._call.time_over()

    def _keep(self, sound: bytes) -> None:
        sid = new_sid(self._call.ends.profile, "RE")
        seconds = sounds.seconds_of(sound)
        if self._settings.carrier == "simulator":  # a real carrier's recordings lie with the carrier
            store = Store(self._data)
            Records(store).keep(Recording(sid, self._call.ends.sid, sound, seconds, time.time()))
            store.close()
        base = f"{self._settings.api_url}/{API_VERSION}/Accounts/{self._settings.account_sid}"
        self._call.record(f"{base}/Recordings/{sid}", sid, seconds)

    def _show(self) -> None:
        """Print what is new: a line for each sentence that was said and for each other thing."""
        sentence: list[str] = []
        for number, entry in list(enumerate(self._call.entries))[self._shown :]:
            over = entry.mark not in (Mark.SAID, Mark.PLAYED, Mark.PAUSE)
            if not over:
                one = heard(number, entry)
                sentence.append(one.text + self._amiss(one, entry.text))
                over = one.last
            if over:
                self._tell_sentence(sentence)
            if (words := _words(entry)) is not None:
                self._tell(words)
        self._tell_sentence(sentence)
        self._shown = len(self._call.entries)

    def _amiss(self, one: Heard, url: str) -> str:
        """Why this could not be heard; nothing when it could."""
        if one.sound and not self._line.can_hear(url):
            return " [no such sound]"
        return " [the carrier has no voice for this]" if one.detail else ""

    def _tell_sentence(self, sentence: list[str]) -> None:
        if words := " ".join(filter(None, sentence)):
            self._tell(f"< {words}")
        sentence.clear()


def _words(entry: CourseEntry) -> str | None:
    """What happened, in a line; None of what was said."""
    match entry.mark:
        case Mark.SAID | Mark.PLAYED | Mark.PAUSE:
            return None
        case Mark.KEYS:
            return f"> {entry.text}"
        case Mark.WORDS:
            return f"> “{entry.text}”"
        case Mark.NOTHING:
            return "> (nothing)"
        case Mark.RECORDED:
            return f"> (recorded, {entry.detail} s)"
        case Mark.FAULT:
            return f"! {_FAULTS.get(entry.text, entry.text)} {entry.detail}".rstrip()
        case _:
            return f"  ({entry.text} {entry.detail})".replace(" )", ")")


def _record(call: Call) -> CallRecord:
    """The call as its carrier would keep it."""
    return CallRecord(
        id=0,
        sid=call.ends.sid,
        phone_id=0,
        account=call.ends.account,
        profile=call.ends.profile,
        direction=call.ends.direction,
        sender=call.ends.sender,
        recipient=call.ends.recipient,
        status=call.status,
        url="",
        callback=None,
        events="completed",
        told=0,
        callback_fault=None,
        created=call.ended or 0.0,
        answered=call.answered,
        ended=call.ended,
    )


def call_command(app: Flask, settings: Settings) -> click.Command:
    """The command `flask call`."""

    @click.command("call")
    @click.option("--as", "number", default="+85512000001", show_default=True, help="who rings; ANONYMOUS withholds it")
    @click.option(
        "--profile",
        type=click.Choice([str(one) for one in Profile]),
        default="twilio",
        show_default=True,
        help="the carrier that is played",
    )
    @click.option(
        "--data",
        type=click.Path(path_type=Path),
        envvar="SIMULATOR_DATA",
        default=DATA,
        show_default=True,
        help="where the simulator keeps recordings",
    )
    @click.argument("keys", nargs=-1)
    def call(number: str, profile: str, data: Path, keys: tuple[str, ...]) -> None:
        """Ring the line in the terminal. Each of KEYS answers one question; without any, they are typed.

        An answer is keys, or "" (nothing), "s WORDS" (say), "r" or "r FILE" (record a sample, or a file as it
        is), "h" (hang up).
        """
        caller = read_number(number)
        if caller is None:
            raise click.BadParameter(f"{number!r} is no number a phone could have", param_hint="--as")
        silence()
        if not keys and sys.stdin.isatty():
            click.echo(_HELP)
        answers: Iterable[str] = keys or sys.stdin
        if not ring(app, settings, caller, answers, Profile(profile), data):
            raise SystemExit(1)

    return call
