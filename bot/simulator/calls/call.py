"""One call as the carrier runs it: fetches documents, does what they say, waits where the person has the word.

Owns the course of a call. No clock runs in it: whoever holds the phone says when the time is over. Knows no
page, no store and no thread; it may be used from several at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from bot.simulator.calls.course import (
    INBOUND,
    OUTBOUND,
    Ends,
    Fetch,
    Mark,
    Posts,
    State,
    call_parameters,
)
from bot.simulator.calls.documents import (
    KEYS,
    Dial,
    DocumentError,
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Refused,
    Reject,
    Say,
    read_document,
)
from bot.simulator.calls.progress import Progress
from bot.simulator.carrier.profile import Answer, Profile

_MOST_HOPS = 10  # documents in a row in which nothing is said and nothing asked
_TONES = KEYS + "ABCD"  # the last four are on no telephone and come in all the same


class Call(Progress):
    """A call under way. `changed` is told after every change of status, outside any lock."""

    def __init__(self, ends: Ends, poster: Posts, changed: Callable[[Call], None] = lambda call: None) -> None:
        super().__init__(ends)
        self._told = self.status
        self._poster = poster
        self._changed = changed
        self._lock = threading.Lock()

    # What begins and ends it

    def begin(self, url: str) -> None:
        """Fetch the first document: the person rang, or picked up."""
        with self._lock:
            if self.thinking or self.fetches or self.state is State.ENDED:
                return
            if self.ends.direction == OUTBOUND:
                self.pick_up()
                self.state = State.SPEAKING
            request = self._request(url)
        self._settle()
        self._go(request)

    def end(self, status: str) -> None:
        """End it here and now; a document still under way is not listened to."""
        with self._lock:
            if self.state is not State.ENDED:
                self.finish(status)
        self._settle()

    def hang_up(self) -> None:
        """The person hangs up: a call picked up is completed, one that only rang is not."""
        self.end("completed" if self.answered else "canceled" if self.ends.direction == INBOUND else "busy")

    # What the person does

    def press(self, keys: str) -> str:
        """Press keys one after another; gives those that nobody listened to: another question is not meant."""
        asks = self.asks
        for number, key in enumerate(keys):
            if self.asks is not asks or key not in _TONES or not self._press(key):
                return keys[number:]
        return ""

    def time_over(self) -> None:
        """Nothing more was pressed or said for as long as the line waits."""
        with self._lock:
            request = None
            if self.waits_for(Gather):
                request = self._gathered(self.digits, "")
            elif self.waits_for(Record):
                request = self._unrecorded()
        self._go(request)

    def say(self, words: str, confidence: float) -> None:
        """Say words where speech is asked for; confidence 0 to 1, as the carrier is sure of them."""
        with self._lock:
            request = None
            if self.waits_for(Gather) and isinstance(self.asks, Gather) and self.asks.speech and words.strip():
                self.note(Mark.WORDS, words.strip(), detail=f"{confidence:.2f}")
                form = {"SpeechResult": words.strip(), "Confidence": f"{confidence:.2f}"}
                request = self._request(self.asks.action, form)
        self._go(request)

    def record(self, url: str, recording: str, seconds: int, key: str = "") -> None:
        """Leave a recording, which lies at `url`; `key` ended it, or "hangup", or nothing did."""
        with self._lock:
            request = None
            if self.waits_for(Record):
                self.note(Mark.RECORDED, url, detail=str(seconds))
                request = self._recorded(url, recording, seconds, key)
                if key == "hangup":
                    self.finish("completed")
        self._settle()
        self._go(request)

    def connected(self, status: str) -> None:
        """How the connection with somebody else ended: completed, busy, no-answer or failed."""
        with self._lock:
            request = None
            if self.waits_for(Dial) and isinstance(self.asks, Dial):
                self.note(Mark.EVENT, "connected", detail=status)
                if self.asks.action is not None:
                    form = {"DialCallStatus": status, "DialCallDuration": "1" if status == "completed" else "0"}
                    request = self._request(self.asks.action, form)
                else:
                    request = self._execute()
        self._go(request)

    def go_on(self) -> None:
        """What was said has been heard to its end."""
        with self._lock:
            request = None
            if self.state is State.SPEAKING and not self.thinking:
                self.hops = 0
                request = self._execute()
        self._settle()
        self._go(request)

    def again(self, number: int) -> None:
        """Fetch an earlier document once more, as carriers at times do.

        The newest begins anew; an older one only shows whether it is still answered alike.
        """
        with self._lock:
            if self.thinking or not 0 <= number < len(self.fetches):
                return
            fetch = self.fetches[number]
            newest = number == len(self.fetches) - 1 and self.state is not State.ENDED
            self.thinking = True
        answer = self._poster.post(fetch.url, fetch.form)
        with self._lock:
            self.thinking = False
            same = (answer.code, answer.body) == (fetch.answer.code, fetch.answer.body)
            self.note(Mark.EVENT, "same" if same else "different", detail=str(number + 1))
            gone = self.ended is not None
            request = None if gone or not newest or answer.code != 200 else self._take(fetch, answer)
        self._settle()
        self._go(request)

    # How the carrier goes through a document

    def _press(self, key: str) -> bool:
        with self._lock:
            request = None
            if not (self.waits_for(Gather) and isinstance(self.asks, Gather) and self.asks.keys):
                return False
            if key in self.asks.finish:
                request = self._gathered(self.digits, key)
            else:
                self.digits += key
                if len(self.digits) == self.asks.most:
                    request = self._gathered(self.digits, "")
        self._go(request)
        return True

    def _gathered(self, digits: str, key: str) -> Fetch | None:
        gather = self.asks
        assert isinstance(gather, Gather)
        self.note(Mark.KEYS if digits or key else Mark.NOTHING, digits + key)
        if not digits and not gather.even_empty:
            return self._execute()
        form = {"Digits": digits} if digits else {}
        if self.ends.profile is Profile.TWILIO:
            form = {"Digits": digits, "FinishedOnKey": key}
        return self._request(gather.action, form)

    def _recorded(self, url: str, recording: str, seconds: int, key: str) -> Fetch:
        assert isinstance(self.asks, Record)
        form = {"RecordingUrl": url, "RecordingDuration": str(seconds)}
        if self.ends.profile is Profile.TWILIO:
            form |= {"RecordingSid": recording, "Digits": key}
        if key == "hangup":
            form["CallStatus"] = "completed"
        return self._request(self.asks.action, form)

    def _unrecorded(self) -> Fetch | None:
        """Nothing was said: Twilio goes on with the document. What Somleng does, `record` of silence plays."""
        self.note(Mark.NOTHING, "")
        return self._execute()

    def _request(self, url: str, more: Mapping[str, str] | None = None) -> Fetch:
        """A request to make next; until it is answered nobody else has the word."""
        self.thinking = True
        self.asks = None
        self.digits = ""
        return Fetch(url, call_parameters(self.ends, self.status) | dict(more or {}))

    def _go(self, request: Fetch | None) -> None:
        """Make requests until the person has the word, or the call is over."""
        while request is not None:
            answer = self._poster.post(request.url, request.form)
            with self._lock:
                self.thinking = False
                if self.state is State.ENDED:  # meanwhile: nobody listens any more
                    self.fetches.append(Fetch(request.url, request.form, answer))
                    request = None
                else:
                    request = self._take(request, answer)
        self._settle()

    def _take(self, fetch: Fetch, answer: Answer) -> Fetch | None:
        """Begin with a document that came."""
        if not self.fetches or self.fetches[-1].form is not fetch.form:
            self.fetches.append(Fetch(fetch.url, fetch.form, answer))
        self.asks = None
        self.digits = ""
        if answer.fault or answer.code != 200:
            self.fail(answer.fault or "code", "" if answer.fault else str(answer.code))
            return None
        try:
            self.verbs = read_document(answer.body, fetch.url, self.ends.profile)
        except DocumentError as error:
            self.fail(error.fault, error.detail)
            return None
        self.hops += 1
        if self.hops > _MOST_HOPS:
            self.fail("loop", str(_MOST_HOPS))
            return None
        return self._execute()

    def _execute(self) -> Fetch | None:
        """Do what stands next, up to where somebody else has the word."""
        self.asks = None
        said = False
        while self.verbs:
            verb = self.verbs[0]
            if isinstance(verb, Play | Say | Pause):
                self.pick_up()
                self.hear(verb)
                said = True
            elif isinstance(verb, Gather | Record | Dial):
                self.pick_up()
                self.ask(verb)
                del self.verbs[0]
                return None
            elif said:
                break
            else:
                return self._leave(verb)
            del self.verbs[0]
        if said:
            self.state = State.SPEAKING
            return None
        self.finish("completed")
        return None

    def _leave(self, verb: Redirect | Reject | Hangup | Refused) -> Fetch | None:
        """The end of this document, and of the call unless it goes on elsewhere."""
        self.verbs = []
        if isinstance(verb, Redirect):
            return self._request(verb.url)
        if isinstance(verb, Refused):
            self.fail(verb.fault, verb.detail)
        elif isinstance(verb, Reject) and self.answered is None:
            self.note(Mark.EVENT, "rejected")
            self.finish("busy" if verb.busy else "no-answer")
        else:
            self.pick_up()
            self.finish("completed")
        return None

    def _settle(self) -> None:
        """Tell a new status once, after the lock is free."""
        with self._lock:
            news = self.status != self._told
            self._told = self.status
        if news:
            self._changed(self)
