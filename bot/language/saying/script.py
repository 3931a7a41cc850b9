"""A script: what is heard at one step of a call, and what is waited for then. Plain data, kept as JSON.

Knows neither files nor the carrier's verbs: the same script is a document today and after a repeat next week.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.language.saying.clips import Take
from bot.language.saying.speaking import Sentence


@dataclass(frozen=True, slots=True)
class Wait:
    """What is waited for after speaking: keys (how many), words to record, or nothing: the call ends."""

    what: str
    keys: int = 1
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """A document in our own words, as it is stored: what is said in which voice, and what is waited for."""

    voice: str
    sentences: tuple[Sentence, ...]
    wait: Wait

    def dump(self) -> str:
        """The script as JSON."""
        # By hand: the library's way of copying whole trees takes longer than all the speaking.
        wait = {"what": self.wait.what, "keys": self.wait.keys, "hints": self.wait.hints}
        sentences = [{"text": said.text, "clips": said.clips} for said in self.sentences]
        body = {"voice": self.voice, "sentences": sentences, "wait": wait}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Script:
        """The script a text holds."""
        body = json.loads(text)
        sentences = tuple(
            Sentence(said["text"], tuple((id, Take(take)) for id, take in said["clips"])) for said in body["sentences"]
        )
        wait = Wait(body["wait"]["what"], body["wait"]["keys"], tuple(body["wait"]["hints"]))
        return cls(body["voice"], sentences, wait)
