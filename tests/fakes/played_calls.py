"""Calls on the simulated telephone that several tests play: a caller, a menu of one key, and what follows it."""

from __future__ import annotations

from tests.fakes.browser import Browser

FARMER = "+85512000001"
MENU = """
<Gather numDigits="1" timeout="6" finishOnKey="#" actionOnEmptyResult="true" action="{url}/voice/1">
  <Play>/audio/line/tone.abc.wav</Play><Play>/audio/km/s.welcome.mid.abc.wav</Play>
  <Say language="en-US">For pigs, press 1.</Say></Gather><Redirect>{url}/voice/1</Redirect>"""
PRICE = "<Say language='en-US'>9,500 riel.</Say><Hangup/>"


def press(browser: Browser, keys: str) -> str:
    """Press keys on the first phone; the page that comes back."""
    return browser.do("/phones/1/call/press", keys=keys)


def somleng(browser: Browser) -> None:
    """The carrier behaves as Somleng does."""
    browser.do("/carrier", profile="somleng", me="1")
