"""Golden conversations: every .txt beside this file is played through the whole turn on a real database.

A transcript opens with the people in it (`sok: place=0305 tags=enumerator`), then goes line by line:
`sok > words`, `< the answer`, `... 31 minutes` lets time pass, `# a remark`. `the radio` begins with the episodes
beside this file, `the offices` with those of tests.fakes.issues (`the official sok of district` is one of theirs),
`the clock` does its tasks, `staff read 1` have looked at the first issue's words. `the group Pigs/ជ្រូក: sok=leader
dara=member` is one they belong to, and `the post` shows what was queued for whom since the last look: `✉` by SMS, `☎`
by a call. On the phone:
`sok rings`, `sok is rung`, `sok is rung back`, `sok presses 1`, `sok presses nothing`, `sok speaks`; each `<` is a
sentence that is heard, `✉` what comes as SMS, `(records)` and `(hangs up)` what the line does then. `sok confirms`:
the digits of the last answer to them are sent back. The run is saved in SQL and loaded again between any two steps.
 `pytest tests/transcripts --update` rewrites the answers from what was said.
"""

from __future__ import annotations

import csv
import itertools
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.app import build
from bot.call.calls import Ring
from bot.call.step import CallInput, CallScript
from bot.config import Settings
from bot.contacts.imports import import_contacts
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.conversation import Conversation
from bot.db import reading, table, writing
from bot.due_tasks import due_tasks
from bot.issues import raising
from bot.issues.lists import reference as issue_reference
from bot.issues.models import IssueEntry, Official
from bot.issues.notifications import IssueDeps
from bot.meetings.imports import import_groups
from bot.meetings.models import Member, Membership
from bot.messages.calls.models import Call, CallState, Direction
from bot.messages.models import Outbound
from bot.prices.imports import import_markets, import_prices
from bot.prices.reference import load_reference
from bot.radio.imports import import_episodes, import_stations
from bot.turn import Inbound
from tests.fakes import issues
from tests.fakes.digits import digits_in

HERE = Path(__file__).parent
START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # Sunday 10:00 in Phnom Penh


class Stage:
    """A line with markets, prices and people, and a clock that only the transcript moves."""

    def __init__(self, settings: Settings, folder: Path):
        self.now = START
        self._folder = folder
        self._sent = 0
        self._thrown = itertools.count(123_456)
        line = build(settings, clock=lambda: self.now, dice=lambda _: next(self._thrown))
        self._line = line
        with writing(line.engine) as connection:
            load_reference(connection)
            issue_reference.load_reference(connection)
        for outcome in (
            import_markets(line.engine, HERE / "markets.csv"),
            import_prices(line.engine, HERE / "prices.csv", START.date(), START),
        ):
            assert not outcome.faults, outcome.faults
        self._numbers: dict[str, str] = {}
        self._calls: dict[str, tuple[Ring, int]] = {}
        self._answers: dict[str, str] = {}
        self._texts = 0
        self._rung = 0

    @property
    def conversation(self) -> Conversation:
        """The line's side."""
        return self._line.conversation

    def person(self, name: str, about: str) -> None:
        """Somebody enters: their contact is imported as staff would."""
        number = f"+8551200010{len(self._numbers)}"
        self._numbers[name] = number
        values = {"phone": number, **dict(part.split("=", 1) for part in about.split())}
        path = self._folder / f"{name}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(values))
            writer.writeheader()
            writer.writerow(values)
        outcome = import_contacts(self._line.engine, self._line.vault, path, self.now)
        assert not outcome.faults, outcome.faults

    def group(self, names: str, who: str) -> None:
        """A group is imported as staff would; all in it have said that they belong."""
        english, _, khmer = names.partition("/")
        columns = ("id", "name_km", "name_en", "phone", "role")
        path = self._folder / "group.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for name, role in (part.split("=") for part in who.split()):
                writer.writerow((english.lower().replace(" ", "_"), khmer, english, self._numbers[name], role))
        outcome = import_groups(self._line.engine, self._line.vault, path, self.now)
        assert not outcome.faults, outcome.faults
        with writing(self._line.engine) as connection:
            connection.execute(update(table(Member)).values(state=Membership.CONFIRMED))

    def post(self) -> list[str]:
        """What was queued since the last look, and for whom."""
        line, names = self._line, {}
        with reading(line.engine) as connection:
            for name, number in self._numbers.items():
                known = select(Contact.id).where(Contact.address_hash == line.vault.look_up(number))
                names[connection.execute(known).scalar()] = name
            texts = select(Outbound).where(Outbound.id > self._texts, Outbound.state != "cancelled")
            written = connection.execute(texts.with_only_columns(*table(Outbound).c).order_by(Outbound.id)).all()
            calls = select(Call.id, Call.contact_id).where(Call.id > self._rung, Call.direction == "out")
            rung = connection.execute(calls.order_by(Call.id)).all()
        self._texts = written[-1].id if written else self._texts
        self._rung = rung[-1].id if rung else self._rung
        told = [f"✉ {names.get(row.contact_id, '')}: {line.vault.open(row.text)}" for row in written]
        return [*told, *(f"☎ {names.get(row.contact_id, '')}" for row in rung)]

    def radio(self) -> None:
        """Stations and episodes are imported as staff would."""
        line = self._line
        for outcome in (
            import_stations(line.engine, line.vault, HERE / "stations.csv", self.now),
            import_episodes(line.engine, HERE / "episodes.csv", line.settings.timezone, self.now),
        ):
            assert not outcome.faults, outcome.faults

    def found(self) -> None:
        """The offices are there."""
        with writing(self._line.engine) as connection:
            self._offices = issues.found(connection, self.now)

    def official(self, name: str, office: str) -> None:
        """Somebody is of an office, and has said so."""
        line = self._line
        with writing(line.engine) as connection:
            who = select(Contact.id).where(Contact.address_hash == line.vault.look_up(self._numbers[name]))
            values = {"office_id": self._offices[office], "contact_id": connection.execute(who).scalar_one()}
            values |= {"name": line.vault.seal(""), "phone": "confirmed", "phone_at": self.now, "mail": ""}
            values |= {"mail_hash": "", "serial": 0, "created_at": self.now}
            connection.execute(insert(table(Official)).values(values))

    def read(self, issue: int) -> None:
        """Staff let the office see an issue."""
        line = self._line
        with writing(line.engine) as connection:
            connection.execute(update(table(IssueEntry)).where(IssueEntry.issue_id == issue).values(office_may=True))
            raising.release(connection, IssueDeps(line.notices, line.settings.timezone), issue, self.now)

    def tick(self) -> list[str]:
        """The clock does its tasks; what is queued then."""
        for task in due_tasks(self._line.deps):
            task(self.now)
        return self._arrived()

    def close(self) -> None:
        """Give the database's connections back."""
        self._line.engine.dispose()

    def say(self, name: str, words: str) -> str:
        """A message, and the answer it gets."""
        self._sent += 1
        sender = read_address(self._numbers.get(name, name))
        answer = self.conversation.turn(Inbound(f"SM{self._sent}", "sms", sender, words)).text
        self._answers[name] = answer
        return answer

    def confirm(self, name: str) -> str:
        """The digits of the last answer are sent back."""
        return self.say(name, digits_in(self._answers[name]))

    def ring(self, name: str) -> list[str]:
        """A call begins; what is heard, and what the line does then."""
        self._sent += 1
        ring = Ring(f"CA{self._sent}", read_address(self._numbers.get(name, name)))
        return self._heard(name, ring, self._line.calls.begun(ring))

    def answer(self, name: str) -> list[str]:
        """The newest call that waits for somebody is placed, and they pick up."""
        number = self._numbers[name]
        with reading(self._line.engine) as connection:
            waits = select(Call.id).where(Call.state == "queued").order_by(Call.id.desc()).limit(1)
            id = connection.execute(waits).scalar_one()
        ring = Ring(f"CA{id}out", read_address(number))
        return self._heard(name, ring, self._line.calls.answered(id, ring.sid))

    def ring_back(self, name: str) -> list[str]:
        """They rang, nobody picked up, and we ring them: whose number it is is sure then."""
        who = select(Contact.id).where(Contact.address_hash == self._line.vault.look_up(self._numbers[name]))
        values = {"direction": Direction.BACK, "state": CallState.DIALLING, "placed_at": self.now, "attempts": 1}
        values |= {"created_at": self.now, "changed_at": self.now}
        with writing(self._line.engine) as connection:
            contact = connection.execute(who).scalar_one()
            inserted = insert(table(Call)).values(contact_id=contact, **values).returning(Call.id)
            id = connection.execute(inserted).scalar_one()
        ring = Ring(f"CA{id}back", read_address(self._numbers[name]))
        return self._heard(name, ring, self._line.calls.answered(id, ring.sid))

    def press(self, name: str, said: CallInput) -> list[str]:
        """The next step of the call."""
        ring, step = self._calls[name]
        return self._heard(name, ring, self._line.calls.turn(ring, step + 1, said))

    def _heard(self, name: str, ring: Ring, spoken: CallScript) -> list[str]:
        self._calls[name] = ring, spoken.step
        does = {"keys": [], "words": ["(records)"], "end": ["(hangs up)"]}[spoken.script.wait.what]
        return [*(f"< {sentence.text}" for sentence in spoken.script.sentences), *self._arrived(), *does]

    def _arrived(self) -> list[str]:
        """The messages queued since the last look."""
        rows = select(Outbound.id, Outbound.text).where(Outbound.id > self._texts).order_by(Outbound.id)
        with reading(self._line.engine) as connection:
            found = connection.execute(rows).all()
        self._texts = found[-1].id if found else self._texts
        return [f"✉ {self._line.vault.open(row.text)}" for row in found]


CALL = re.compile(r"(\S+) (?:rings|is rung back|is rung|presses (?P<keys>[0-9*#A-D]+|nothing)|(?P<speaks>speaks))")


def play(lines: list[str], stage: Stage) -> list[str]:
    """The transcript as it goes today."""
    played: list[str] = []
    last: dict[str, str] = {}
    for line in lines:
        if line.startswith(("< ", "✉ ", "☎ ", "(")) or line == "<":
            continue
        played.append(line)
        if not line or line.startswith("#"):
            continue
        if line.startswith("... "):
            stage.now += timedelta(minutes=int(line.split()[1]))
            continue
        if line == "the offices":
            stage.found()
            continue
        if line.startswith("the official "):
            stage.official(*line.removeprefix("the official ").split(" of "))
            continue
        if line.startswith("staff read "):
            stage.read(int(line.removeprefix("staff read ")))
            continue
        if line == "the radio":
            stage.radio()
            continue
        if line.startswith("the group "):
            stage.group(*line.removeprefix("the group ").split(": "))
            continue
        if line == "the post":
            played += stage.post()
            continue
        if line == "the clock":
            played += stage.tick()
            continue
        if (call := CALL.fullmatch(line)) is not None:
            keys = "" if call["keys"] == "nothing" else call["keys"]
            said = CallInput(recording="https://example.org/recording") if call["speaks"] else CallInput(keys)
            begins = {"rings": stage.ring, "is rung": stage.answer, "is rung back": stage.ring_back}
            if (begin := begins.get(line.partition(" ")[2])) is not None:
                played += begin(call[1])
            else:
                played += stage.press(call[1], said)
            continue
        if line.endswith(" confirms"):
            played.append(f"< {stage.confirm(line.removesuffix(' confirms'))}".rstrip())
            continue
        name, sign, words = line.partition(" > ")
        if sign:
            if last.get(name) == words:
                stage.now += timedelta(seconds=21)  # nobody types the same again at once
            last[name] = words
            played.append(f"< {stage.say(name, words)}".rstrip())
        else:
            name, _, about = line.partition(":")
            stage.person(name, about)
    return played


@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_transcript(path: Path, settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    written = path.read_text().splitlines()
    with closing(Stage(settings, tmp_path)) as stage:
        played = play(written, stage)
    if request.config.getoption("--update"):
        path.write_text("\n".join(played) + "\n")
        return
    assert played == written
