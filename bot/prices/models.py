"""Tables of prices: reference data, reports as they came, and the two tables quotes are read from.

Amounts are whole numbers in the currency's smallest unit in use: riel, dollar cents, satang, dong.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Date, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Id, UtcTime


class Market(Base):
    """A market where prices are observed. `place` is an official code of 2 to 8 digits."""

    __tablename__ = "market"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_km: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(8))
    reference: Mapped[bool] = mapped_column(default=False)  # quoted when nothing nearer is known


class Commodity(Base):
    """What the rules need of a commodity (names are the vocabulary's); the range is plausible per `unit`."""

    __tablename__ = "commodity"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    unit: Mapped[str] = mapped_column(String(16))
    low: Mapped[int] = mapped_column(BigInteger)  # riel
    high: Mapped[int] = mapped_column(BigInteger)  # riel
    perishable: Mapped[bool]
    rank: Mapped[int] = mapped_column(SmallInteger)  # offered first when nothing is known of the asker


class ReportState(StrEnum):
    """A report counts only while accepted; superseded is one its own reporter replaced."""

    ACCEPTED = "accepted"
    HELD = "held"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class PriceReport(Base):
    """A price as somebody reported it: by SMS (contact) or from a list (source)."""

    __tablename__ = "price_report"
    __table_args__ = (
        Index(
            "ix_price_report_key",
            "commodity",
            "market",
            "level",
            "observed_on",
            "grade",
            "unit",
            "currency",
        ),
        Index("ix_price_report_state_id", "state", "id"),
        Index("ix_price_report_contact_id_id", "contact_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    commodity: Mapped[str] = mapped_column(ForeignKey("commodity.id"))
    grade: Mapped[str] = mapped_column(String(40), default="")
    market: Mapped[str] = mapped_column(ForeignKey("market.id"))
    level: Mapped[str] = mapped_column(String(12))
    unit: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    observed_on: Mapped[date] = mapped_column(Date)
    low: Mapped[int] = mapped_column(BigInteger)
    high: Mapped[int] = mapped_column(BigInteger)
    usual: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(16), default="")  # why it is held
    source: Mapped[str] = mapped_column(String(80), default="")  # of a list; empty for an enumerator's
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Price(Base):
    """What is quoted for a key on a day: made from the day's accepted reports, remade when they change."""

    __tablename__ = "price"

    commodity: Mapped[str] = mapped_column(String(32), primary_key=True)
    market: Mapped[str] = mapped_column(String(40), primary_key=True)
    level: Mapped[str] = mapped_column(String(12), primary_key=True)
    grade: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit: Mapped[str] = mapped_column(String(16), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    observed_on: Mapped[date] = mapped_column(Date, primary_key=True)
    low: Mapped[int] = mapped_column(BigInteger)
    high: Mapped[int] = mapped_column(BigInteger)
    usual: Mapped[int] = mapped_column(BigInteger)  # the median of the reports' usual prices
    reporters: Mapped[int] = mapped_column(SmallInteger)


class LatestPrice(Base):
    """The newest day of each key with the day before it, so that an answer never reads history."""

    __tablename__ = "latest_price"

    commodity: Mapped[str] = mapped_column(String(32), primary_key=True)
    market: Mapped[str] = mapped_column(String(40), primary_key=True)
    level: Mapped[str] = mapped_column(String(12), primary_key=True)
    grade: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit: Mapped[str] = mapped_column(String(16), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    observed_on: Mapped[date] = mapped_column(Date)
    low: Mapped[int] = mapped_column(BigInteger)
    high: Mapped[int] = mapped_column(BigInteger)
    usual: Mapped[int] = mapped_column(BigInteger)
    reporters: Mapped[int] = mapped_column(SmallInteger)
    before: Mapped[int | None] = mapped_column(
        BigInteger
    )  # the usual price of the last earlier day, 14 days back at most


class Interest(Base):
    """How often a province asked about a commodity lately; counted by the clock, offered first."""

    __tablename__ = "interest"

    province: Mapped[str] = mapped_column(String(2), primary_key=True)
    commodity: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked: Mapped[int]


class PriceWanted(Base):
    """How often a price was asked for that nobody has, by month ("2026-11") and province; leads to no person."""

    __tablename__ = "price_wanted"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    commodity: Mapped[str] = mapped_column(String(32), primary_key=True)
    province: Mapped[str] = mapped_column(String(2), primary_key=True)
    asked: Mapped[int]


class Change(Base):
    """A counter that a subject raises when data kept in memory has changed: `markets` (with commodities) so far."""

    __tablename__ = "change"

    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int]


class PriceAlert(Base):
    """A wish to be told when a price moves. `told` is the price last told, in the smallest unit of its currency."""

    __tablename__ = "price_alert"
    __table_args__ = (Index("ix_price_alert_commodity_contact_id", "commodity", "contact_id"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    commodity: Mapped[str] = mapped_column(String(32), primary_key=True)
    place: Mapped[str] = mapped_column(String(8), default="")  # official code; empty: wherever the person is
    told: Mapped[int | None] = mapped_column(BigInteger)
    told_as: Mapped[str] = mapped_column(String(120), default="")  # market, level, unit, currency, grade of `told`
    told_on: Mapped[date | None] = mapped_column(Date)
    since: Mapped[datetime] = mapped_column(UtcTime)
