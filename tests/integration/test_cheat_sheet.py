"""What the sample people may try, as `make run` prints it and the simulator's page offers it."""

from bot.issues.demo import load_issues
from bot.meetings.demo import load_groups
from bot.prices.demo import load_demo
from bot.radio.demo import load_radio
from bot.simulator.phones import PEOPLE, tries
from tests.fakes.deployment import Deployment


def test_every_message_is_understood_from_whom_it_is_meant_for(line: Deployment) -> None:
    zone = line.settings.timezone
    local = line.time.now.astimezone(zone)
    load_demo(line.engine, line.vault, local.date(), local)
    load_groups(line.engine, line.vault, local)
    load_radio(line.engine, line.vault, zone, local)
    load_issues(line.engine, line.app.extensions["phsar"].notices, zone, local)
    assert {person.number for person in PEOPLE} == tries().keys()
    asked_to_staff = "SELECT count(*) FROM inbox_item"
    for number, offered in tries().items():
        for one in offered:
            said = line.sms(number, one.text).text
            intent = line.one("SELECT intent FROM message ORDER BY id DESC LIMIT 1")
            assert said, one
            assert intent not in ("unclear", "words", "other"), (one, said)
            line.sms(number, "0")
    assert line.one(asked_to_staff) == 0
