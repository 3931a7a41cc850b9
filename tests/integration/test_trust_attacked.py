"""A hundred spoofed numbers at once, and digits that are guessed: nothing is told, done or spent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.fakes.deployment import Deployment
from tests.fakes.digits import digits_in

WORDS = ("មិនមែនខ្ញុំទេ លេខនេះទើបទិញ", "ខ្ញុំដែរ 123-4566", "ប្រាប់ក្រុម ផ្ញើលុយ 012 345 678", "123-4566 ចប់", "បញ្ហា")


def test_a_hundred_spoofed_numbers_at_once(line: Deployment) -> None:
    victims = [line.phone(place="0305", language="km", may_report=True) for _ in range(100)]
    before = line.one("SELECT count(*) FROM outbox")

    def attack(place: int) -> list[int]:
        return [line.sms(victims[place], WORDS[(place + more) % len(WORDS)]).status for more in range(2)]

    with ThreadPoolExecutor(20) as pool:
        answers = [status for said in pool.map(attack, range(len(victims))) for status in said]
    assert len(answers) == 200
    assert set(answers) == {200}
    assert line.one("SELECT count(*) FROM outbox") == before  # nobody else is written to
    for number in victims:
        kept = line.rows("SELECT place, may_report FROM contact WHERE id = :c", c=line.contact(number))
        assert [(row.place, bool(row.may_report)) for row in kept] == [("0305", True)]
    assert line.one("SELECT count(*) FROM issue_voice") == 0


def test_digits_are_not_guessed(line: Deployment) -> None:
    number = line.phone(place="0305", language="en")
    right = digits_in(line.sms(number, "NOT ME").text)
    wrong = [digits for digits in ("0000", "1111", "2222", "3333", "4444", "5555") if digits != right]
    for digits in wrong[:5]:
        assert "wrong" in line.sms(number, digits).text
    line.sms(number, right)
    assert line.one("SELECT place FROM contact WHERE id = :c", c=line.contact(number)) == "0305"
    assert len(digits_in(line.sms(number, "NOT ME").text)) == 8
    assert line.one("SELECT count(*) FROM alarm WHERE name = 'digits'") == 1
