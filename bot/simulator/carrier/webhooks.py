"""The requests of a phone to the line: usually one, and with trouble the same twice at once.

Owns the second one. What an answer means, others know.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from bot.simulator.carrier.profile import Answer, Poster
from bot.simulator.carrier.trouble import Channel, TroubleKind, Troubles


class Webhooks:
    """Posts the webhooks of one channel. Safe to share between threads."""

    def __init__(self, poster: Poster, troubles: Troubles, channel: Channel) -> None:
        self._poster = poster
        self._troubles = troubles
        self._channel = channel

    def post(self, number: str, url: str, form: Mapping[str, str]) -> list[Answer]:
        """The answers, one for each time it was posted."""
        if not self._troubles.strikes(TroubleKind.DOUBLE_WEBHOOKS, self._channel, number):
            return [self._poster.post(url, form)]
        with ThreadPoolExecutor(2) as both:
            return list(both.map(lambda _: self._poster.post(url, form), range(2)))

    def of(self, number: str) -> OfOnePhone:
        return OfOnePhone(self, number)


class OfOnePhone:
    """The webhooks of one phone's call; of two answers the first counts."""

    def __init__(self, webhooks: Webhooks, number: str) -> None:
        self._webhooks = webhooks
        self._number = number

    def post(self, url: str, form: Mapping[str, str]) -> Answer:
        return self._webhooks.post(self._number, url, form)[0]
