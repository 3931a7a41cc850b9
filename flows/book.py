"""The book of all conversations, in one place for the bot, the tests and the diagrams."""

from flows import announcement, consent, home, price, report, settings
from flows.engine import Book

BOOK = Book(home.FLOW, price.FLOW, report.FLOW, consent.FLOW, settings.FLOW, announcement.FLOW, missed=home.missed)
