"""The voice webhook: checks who calls, reads the form, has the step taken, answers with a document.

The documents use only what Twilio and Somleng both know: Play, Say, Gather, Record, Redirect, Reject, Hangup.
Never a 500 and never silence: whatever fails, the caller hears a polite sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby

import structlog
from flask import Blueprint, Response, request
from twilio.twiml.voice_response import Gather, VoiceResponse

from bot.audio.store import Clips, announcement_file
from bot.call.calls import Calls, Ring
from bot.call.step import CallInput, CallScript
from bot.channels import twiml
from bot.channels.sms import Signature, where
from bot.contacts.phone import read_address
from bot.language.saying.clips import Clip
from bot.language.saying.script import Script, Wait
from bot.language.saying.speaking import Sentence, Speaking
from bot.language.text.characters import legible
from bot.messages.calls.callbacks import RingDecision
from flows.prompts import S_, say

log = structlog.get_logger()

SORRY = S_("Sorry, the line is not working for a moment. Please ring again a little later.")
SAID_IN = {"km": "km-KH", "en": "en-US"}
LONGEST_RECORDING = 120  # seconds
MOST_KEYS = 64
NOBODYS = 2**62  # an id that no call has and every database takes
MOST_NAMED = 5  # missing prompts
# Seconds the carrier waits after the last sound or key.
PATIENCE = {1: 6, 2: 6}
PATIENCE_AMOUNT = 8


class LineVoices:
    """What can be heard on this line: recorded clips, and the carrier's own voices."""

    def __init__(self, clips: Clips, say_voice: str, public_url: str):
        self._clips = clips
        self._say = {"km": {"voice": say_voice} if say_voice else None, "en": {}}
        self._base = f"{public_url}/audio"

    def can_say(self, voice: str, sentence: Sentence) -> bool:
        """Whether a sentence can be heard: recorded whole, or by a voice of the carrier's."""
        return (self._say[voice] is not None and bool(sentence.text)) or bool(self._files(voice, sentence))

    def fill(self, verb: VoiceResponse | Gather, voice: str, sentences: Iterable[Sentence]) -> None:
        """Say sentences: as clips, else by the carrier's voice, else a tone that stands for all that is missing."""
        for missing, together in groupby(sentences, lambda sentence: not self.can_say(voice, sentence)):
            if missing:
                verb.play(self.line_sound("tone"))
                continue
            for sentence in together:
                if files := self._files(voice, sentence):
                    for file in files:
                        verb.play(f"{self._base}/{file}")
                else:
                    verb.say(legible(sentence.text), language=SAID_IN[voice], **(self._say[voice] or {}))

    def gaps(self, voice: str, clips: Iterable[Clip]) -> str:
        """What is not recorded and how it is heard nevertheless, in a line for operators; empty when all is there."""
        missing = list(dict.fromkeys(clip.id for clip, _ in self._clips.missing(voice, clips)))
        if not missing:
            return ""
        instead = "the carrier's voice says them" if self._say[voice] is not None else "callers hear a tone"
        named = ", ".join(missing[:MOST_NAMED]) + (", …" if len(missing) > MOST_NAMED else "")
        return f"prompts {voice}: {len(missing)} missing, {instead} ({named}); see: flask prompts check"

    def line_sound(self, name: str) -> str:
        """The address of a sound that belongs to no language."""
        return f"{self._base}/line/{self._clips.line_sound(name)}"

    def _files(self, voice: str, sentence: Sentence) -> list[str]:
        """The files of a sentence below the address of all sounds; none unless every clip is there."""
        found = []
        for name, take in sentence.clips:
            other, _, id = name.rpartition("/")
            if file := self._clips.file(other or voice, id, take) or announcement_file(id):
                found.append(f"{other or voice}/{file}")
        return found if len(found) == len(sentence.clips) else []


class Documents:
    """Scripts as the carrier reads them. Addresses are absolute: one carrier knows no others."""

    def __init__(self, voices: LineVoices, public_url: str, *, speech: bool, tells_star: bool = True):
        """`tells_star`: the carrier says which key ended a recording; else a star keeps what should be taken back."""
        self._voices = voices
        self._ends_recording = "#*" if tells_star else "#"
        self._public_url = public_url
        self.speech = speech

    def of(self, spoken: CallScript) -> str:
        """The document of a step."""
        script, action = spoken.script, f"{self._public_url}/voice/{spoken.step + 1}"
        document = VoiceResponse()
        match script.wait.what:
            case "keys":
                self._gather(document, script, action)
            case "words":
                self._voices.fill(document, script.voice, script.sentences)
                document.record(
                    action=action,
                    method="POST",
                    max_length=LONGEST_RECORDING,
                    timeout=5,
                    finish_on_key=self._ends_recording,
                    play_beep=True,
                )
                document.redirect(action, method="POST")
            case _:
                self._voices.fill(document, script.voice, script.sentences)
                document.hangup()
        return str(document)

    def _gather(self, document: VoiceResponse, script: Script, action: str) -> None:
        wait = script.wait
        gather = document.gather(
            **self._listening(script.voice, wait),
            num_digits=wait.keys,
            timeout=PATIENCE.get(wait.keys, PATIENCE_AMOUNT),
            finish_on_key="" if wait.keys == 1 else "#",  # where one key is an answer, the hash is a key like others
            action_on_empty_result=True,
            action=action,
            method="POST",
        )
        self._voices.fill(gather, script.voice, script.sentences)
        document.redirect(action, method="POST")

    def _listening(self, voice: str, wait: Wait) -> dict[str, str]:
        if not (self.speech and wait.hints):
            return {"input": "dtmf"}
        hints = ",".join(hint.replace(",", " ") for hint in wait.hints)
        return {"input": "dtmf speech", "language": SAID_IN[voice], "hints": hints, "speech_timeout": "auto"}

    @staticmethod
    def refusal() -> str:
        """Not picked up: the caller pays nothing and hears that we are busy."""
        document = VoiceResponse()
        document.reject(reason="busy")
        return str(document)


def voice_webhook(
    calls: Calls,
    documents: Documents,
    signature: Signature,
    wake: Callable[[str], object],
    counted: Callable[[str], None],
    *,
    call_back: bool,
) -> Blueprint:
    """The blueprint of POST /voice and below.

    `wake` asks a worker to look at the outbox, the calls or the recordings. `counted` is told how each request
    ended, for the metrics.
    """
    pages = Blueprint("voice", __name__)
    sorry = Speaking("km", calls.line.catalogues["km"], calls.line.conversation.knowledge.lexicon_or_bare(), date.min)
    apology = Script("km", tuple(sorry.sentences([say(SORRY)])), Wait("end"))

    def taken(step: Callable[[Ring], CallScript]) -> Response:
        if not signature.is_right():
            counted("forged")
            return Response("forbidden\n", 403, content_type="text/plain")
        sid = request.form.get("CallSid", "")
        if not 0 < len(sid) <= 48 or not sid.isprintable():
            counted("senseless")
            return Response("CallSid is missing or is none\n", 400, content_type="text/plain")
        other = "To" if request.form.get("Direction", "").startswith("outbound") else "From"
        try:
            spoken = step(Ring(sid, read_address(request.form.get(other, ""))))
        except Exception as error:
            counted("failed")
            log.error("call failed", error=type(error).__name__, where=where(error))
            # A ring that would be called back costs nothing: it is refused rather than picked up for an apology.
            free = call_back and step is picked_up
            return twiml.answered(documents.refusal() if free else documents.of(CallScript(apology, 0)))
        for work in () if spoken.repeated else spoken.wakes:
            wake(work)
        counted("repeated" if spoken.repeated else "refused" if spoken.script is REFUSED else "answered")
        return twiml.answered(documents.refusal() if spoken.script is REFUSED else documents.of(spoken))

    def picked_up(ring: Ring) -> CallScript:
        rung = calls.rung(ring) if call_back else RingDecision.ANSWER
        if rung is RingDecision.ANSWER:
            return calls.begun(ring)
        return CallScript(REFUSED, 0, wakes=("calls",) if rung is RingDecision.CALL_BACK else ())

    @pages.post("/voice")
    def rings() -> Response:
        return taken(picked_up)

    @pages.post("/voice/<int:step>")
    def goes_on(step: int) -> Response:
        return taken(lambda ring: calls.turn(ring, step, _call_input(documents.speech)))

    @pages.post("/voice/back/<int:id>")
    def placed(id: int) -> Response:
        return taken(lambda ring: calls.answered(min(id, NOBODYS), ring.sid))

    return pages


REFUSED = Script("km", (), Wait("refuse"))


def _call_input(speech: bool) -> CallInput:
    """What came with a step. Words that nobody asked for are as good as none."""
    form = request.form
    keys = form.get("Digits", "")[:MOST_KEYS]
    # One carrier tells of a recording even where nothing was said.
    recording = "" if form.get("RecordingDuration") == "0" else form.get("RecordingUrl", "")[:2000]
    words = legible(form.get("SpeechResult", ""))[:1600] if speech else ""
    if recording and "*" in keys:
        recording = ""  # taken back: the star leads to the beginning here too
    return CallInput("" if keys == "hangup" else keys, words, _confidence(form.get("Confidence", "")), recording)


def _confidence(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0  # not a number is no confidence either
