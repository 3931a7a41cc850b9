"""Tables of people: contact, its tags, and the consent ledger. Numbers and names are sealed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Id, UtcTime


class Contact(Base):
    """Someone who wrote, rang or was imported. Language, script and place are empty until chosen or given."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(32), unique=True)
    address: Mapped[bytes] = mapped_column(LargeBinary)  # sealed E.164 or bare short code
    name: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed
    shown_name: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: what their groups' leaders may see
    language: Mapped[str] = mapped_column(String(2), default="")  # km, en
    script: Mapped[str] = mapped_column(String(4), default="")  # km, latn: how Khmer is written to them
    sex: Mapped[str] = mapped_column(String(1), default="")
    place: Mapped[str] = mapped_column(String(8), default="")
    may_report: Mapped[bool] = mapped_column(default=False)  # an enumerator
    reach: Mapped[str] = mapped_column(String(5), default="sms")  # how reminders come: sms, voice
    may_found: Mapped[bool] = mapped_column(default=False)  # a group, at once: staff know them
    held_until: Mapped[datetime | None] = mapped_column(UtcTime)  # asked whether to stop: nothing unasked until then
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ContactTag(Base):
    """A tag staff put on a contact; the right to report is a column of the contact, kept in step."""

    __tablename__ = "contact_tag"
    __table_args__ = (Index("ix_contact_tag_tag", "tag", "contact_id"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True)


class Consent(Base):
    """The ledger: one line each time somebody agreed or took it back. Lines are never changed."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_contact_id_id", "contact_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    given: Mapped[bool]  # True agreed, False taken back
    what: Mapped[str] = mapped_column(String(40))  # "all": everything sent unasked
    channel: Mapped[str] = mapped_column(String(8))  # sms, voice, import
    words: Mapped[bytes] = mapped_column(LargeBinary)  # sealed: what the person wrote or was shown
    proof: Mapped[str] = mapped_column(Text, default="")  # message sid, or the reference a list came with
    given_on: Mapped[date | None] = mapped_column(Date)  # the day on the paper, where it came from one
    at: Mapped[datetime] = mapped_column(UtcTime)


class Subscription(Base):
    """What somebody wants to be sent regularly. The ledger says when and by which words; this is what stands now."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_name_contact_id", "name", "contact_id"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(12), primary_key=True)  # radio, weekly
    since: Mapped[datetime] = mapped_column(UtcTime)


class Confirmation(Base):
    """What waits for the digits that were sent to a number, and when its holder last sent such digits back."""

    __tablename__ = "confirmation"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    held: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: the message, and where they stood before it
    digits: Mapped[str] = mapped_column(String(32), default="")  # keyed hash
    until: Mapped[datetime | None] = mapped_column(UtcTime)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)  # wrong ones, of these digits
    wrong: Mapped[int] = mapped_column(SmallInteger, default=0)  # wrong ones since `since`
    since: Mapped[datetime] = mapped_column(UtcTime)  # when a local day began
    proven_at: Mapped[datetime | None] = mapped_column(UtcTime)
