"""How far a call has come: who has the word, what was heard and done, which documents were fetched.

Owns the steps of a call's state. Fetches nothing and takes no lock: whoever changes it holds the call's.
"""

from __future__ import annotations

import time

from bot.simulator.calls.course import OUTBOUND, CourseEntry, Ends, Fetch, Mark, State, mispronounced
from bot.simulator.calls.documents import Dial, Gather, Pause, Play, Prompt, Record, Verb
from bot.simulator.carrier.profile import Profile

SOMLENG_WAITS = 2  # seconds between two keys, whatever the document says


class Progress:
    """The state of one call, as the pages and the reports of the carrier read it."""

    def __init__(self, ends: Ends) -> None:
        self.ends = ends
        self.entries: list[CourseEntry] = []
        self.fetches: list[Fetch] = []
        self.state = State.RINGING if ends.direction == OUTBOUND else State.SPEAKING
        self.status = "ringing"
        self.answered: float | None = None  # seconds since 1970
        self.ended: float | None = None
        self.digits = ""  # pressed so far
        self.asks: Gather | Record | Dial | None = None
        self.thinking = False  # the line has not answered yet
        self.verbs: list[Verb] = []  # of the newest document, those not done yet
        self.hops = 0  # documents in a row in which nothing was said and nothing asked

    @property
    def duration(self) -> int:
        """Seconds since it was answered, begun ones counted; 0 when it never was."""
        if self.answered is None:
            return 0
        return max(1, round((self.ended or time.time()) - self.answered))

    @property
    def faults(self) -> list[CourseEntry]:
        """What the carrier could not do."""
        return [entry for entry in list(self.entries) if entry.mark is Mark.FAULT]

    @property
    def between_keys(self) -> int:
        """Seconds the carrier waits for the next key once one was pressed: one of them never longer than two."""
        timeout = self.asks.timeout if isinstance(self.asks, Gather) else 0
        return min(timeout, SOMLENG_WAITS) if self.ends.profile is Profile.SOMLENG else timeout

    def waits_for(self, verb: type[Gather] | type[Record] | type[Dial]) -> bool:
        """Whether the line listens to the person, for this."""
        return self.state is not State.ENDED and not self.thinking and isinstance(self.asks, verb)

    def ask(self, verb: Gather | Record | Dial) -> None:
        """The person has the word, or somebody they are connected with."""
        self.hops = 0
        self.asks = verb
        if isinstance(verb, Gather):
            for prompt in verb.prompts:
                self.hear(prompt)
        elif isinstance(verb, Dial):
            self.note(Mark.EVENT, "dial", detail=", ".join(verb.targets))
        states = {Gather: State.GATHERING, Record: State.RECORDING, Dial: State.DIALLING}
        self.state = states[type(verb)]

    def hear(self, prompt: Prompt) -> None:
        """Note what the line says or plays."""
        if isinstance(prompt, Play):
            self.note(Mark.PLAYED, prompt.url)
        elif isinstance(prompt, Pause):
            self.note(Mark.PAUSE, str(prompt.seconds))
        else:
            self.note(Mark.SAID, prompt.text, prompt.language, mispronounced(prompt, self.ends.profile))

    def note(self, mark: Mark, text: str, language: str = "", detail: str = "") -> None:
        """Write down one thing heard or done."""
        self.entries.append(CourseEntry(mark, len(self.fetches), text, language, detail))

    def pick_up(self) -> None:
        """It is answered, unless it was before."""
        if self.answered is None:
            self.answered = time.time()
            self.status = "in-progress"

    def fail(self, fault: str, detail: str) -> None:
        """The carrier gives up, as it does over a document it cannot do."""
        self.note(Mark.FAULT, fault, detail=detail)
        self.finish("completed" if self.answered else "failed")

    def finish(self, status: str) -> None:
        """It is over, with the status that the carrier reports."""
        self.state = State.ENDED
        self.status = status
        self.ended = time.time()
        self.asks = None
        self.digits = ""
        self.verbs = []
