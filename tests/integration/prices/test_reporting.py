"""Price reports by SMS and what staff make of them: held, released, corrected, refused, and what is quoted then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.deployment import Deployment

ASK = "តម្លៃជ្រូក កំពង់ចាម"


@pytest.fixture(autouse=True)
def _prices(line: Deployment) -> None:
    """Two weeks near 9,500 at Kampong Cham, and nothing reported yet."""
    with line.engine.begin() as connection:
        for table in ("price_report", "price", "latest_price"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    for day in range(1, 14):
        line.price(9500, day)


@pytest.fixture
def dara(line: Deployment) -> str:
    """An enumerator of Kampong Cham."""
    return line.phone(may_report=True, place="0305")


@pytest.fixture
def vanna(line: Deployment) -> str:
    """Another one."""
    return line.phone(may_report=True, place="0305")


def reports(line: Deployment, number: str) -> list[tuple[int, str, str]]:
    statement = "SELECT usual, state, reason FROM price_report WHERE contact_id = :id ORDER BY id"
    return [(row[0], row[1], row[2]) for row in line.rows(statement, id=line.contact(number))]


def quoted(line: Deployment) -> tuple[int, int, int, int] | None:
    """Low, usual, high and reporters of pigs at Kampong Cham today."""
    day = line.time.now.date()
    names = "low, usual, high, reporters"
    where = "commodity = 'pig_live' AND market = 'kg_cham' AND observed_on = :day"
    today = line.rows(f"SELECT {names} FROM price WHERE {where}", day=str(day) if sqlite(line) else day)
    latest = line.rows(f"SELECT {names} FROM latest_price WHERE {where}", day=str(day) if sqlite(line) else day)
    assert today == latest
    return (today[0][0], today[0][1], today[0][2], today[0][3]) if today else None


def sqlite(line: Deployment) -> bool:
    return line.engine.dialect.name == "sqlite"


def staff(line: Deployment, *words: str) -> str:
    done = line.app.test_cli_runner().invoke(args=["prices", *words])
    assert done.exit_code == 0, done.output
    return str(done.output)


def only_id(line: Deployment, number: str, state: str = "held") -> str:
    statement = "SELECT id FROM price_report WHERE contact_id = :id AND state = :state"
    return str(line.one(statement, id=line.contact(number), state=state))


def test_a_report_is_quoted_at_once(line: Deployment, dara: str) -> None:
    said = line.sms(dara, "ជ្រូក 9600 កំពង់ចាម").text
    assert "9,600" in said
    assert quoted(line) == (9600, 9600, 9600, 1)
    assert "9,600" in line.sms(line.phone(), ASK).text


def test_a_second_report_of_one_day_replaces_the_first(line: Deployment, dara: str) -> None:
    line.sms(dara, "ជ្រូក 9600 កំពង់ចាម")
    line.sms(dara, "ជ្រូក 9700 កំពង់ចាម")
    assert reports(line, dara) == [(9600, "superseded", ""), (9700, "accepted", "")]
    assert quoted(line) == (9700, 9700, 9700, 1)


def test_two_reporters_are_counted_and_the_median_is_quoted(line: Deployment, dara: str, vanna: str) -> None:
    line.sms(dara, "ជ្រូក 9600 កំពង់ចាម")
    line.sms(vanna, "ជ្រូក 9,300-9,700 កំពង់ចាម")
    assert quoted(line) == (9300, 9550, 9700, 2)


@pytest.mark.parametrize(("amount", "held"), [(12350, False), (12351, True), (6650, False), (6649, True)])
def test_more_than_30_percent_from_the_median_is_held(line: Deployment, dara: str, amount: int, held: bool) -> None:
    line.sms(dara, f"ជ្រូក {amount} កំពង់ចាម")
    assert reports(line, dara) == [(amount, "held", "out_of_line") if held else (amount, "accepted", "")]
    assert (quoted(line) is None) is held


def test_what_is_implausible_is_held(line: Deployment, dara: str) -> None:
    line.sms(dara, "ជ្រូក 95000 កំពង់ចាម")
    assert reports(line, dara) == [(95000, "held", "implausible")]
    assert quoted(line) is None
    assert "95,000" not in line.sms(line.phone(), ASK).text


def test_a_range_the_wrong_way_round_is_held_and_nobody_can_agree_with_it(
    line: Deployment, dara: str, vanna: str
) -> None:
    line.sms(dara, "ជ្រូក 9700-9300 កំពង់ចាម")
    ((_, state, reason),) = reports(line, dara)
    assert (state, reason) == ("held", "inconsistent")
    line.sms(vanna, "ជ្រូក 9500 កំពង់ចាម")
    assert reports(line, dara)[0][1] == "held"
    assert quoted(line) == (9500, 9500, 9500, 1)


@pytest.mark.parametrize("amount", ["0", "-5", "9" * 40, "9" * 19, "1e9", "0.001", "9500.55"])
def test_senseless_amounts_are_never_quoted(line: Deployment, dara: str, amount: str) -> None:
    said = line.sms(dara, f"ជ្រូក {amount} កំពង់ចាម")
    assert said.status == 200
    assert "មិនដំណើរការ" not in said.text, "the apology of a failed turn"
    assert all(state != "accepted" for usual, state, _ in reports(line, dara) if not 6650 <= usual <= 12350)


def test_a_second_reporter_releases_a_held_report(line: Deployment, dara: str, vanna: str) -> None:
    line.sms(dara, "ជ្រូក 14000 កំពង់ចាម")
    assert quoted(line) is None
    line.sms(vanna, "ជ្រូក 14500 កំពង់ចាម")
    assert reports(line, dara) == [(14000, "accepted", "")]
    assert reports(line, vanna) == [(14500, "accepted", "")]
    assert quoted(line) == (14000, 14250, 14500, 2)


def test_one_who_says_something_else_releases_nothing(line: Deployment, dara: str, vanna: str) -> None:
    line.sms(dara, "ជ្រូក 14000 កំពង់ចាម")
    line.sms(vanna, "ជ្រូក 18000 កំពង់ចាម")
    assert [state for _, state, _ in reports(line, dara) + reports(line, vanna)] == ["held", "held"]


def test_nobody_agrees_with_themselves(line: Deployment, dara: str) -> None:
    line.sms(dara, "ជ្រូក 14000 កំពង់ចាម")
    line.sms(dara, "1")
    line.sms(dara, "ជ្រូក 14000 កំពង់ចាម")
    line.sms(dara, "ខុស 14000")
    assert [state for _, state, _ in reports(line, dara)] == ["superseded", "superseded", "held"]
    assert quoted(line) is None


def test_a_held_report_leaves_the_accepted_one_in_place(line: Deployment, dara: str) -> None:
    line.sms(dara, "ជ្រូក 9600 កំពង់ចាម")
    line.sms(dara, "ជ្រូក 14000 កំពង់ចាម")
    assert quoted(line) == (9600, 9600, 9600, 1)
    staff(line, "release", only_id(line, dara))
    assert reports(line, dara) == [(9600, "superseded", ""), (14000, "accepted", "")]
    assert quoted(line) == (14000, 14000, 14000, 1)


def test_staff_hold_release_and_reject(line: Deployment, dara: str) -> None:
    line.sms(dara, "ជ្រូក 14000 កំពង់ចាម")
    id = only_id(line, dara)
    listed = staff(line, "list")
    assert "14,000" in listed
    assert "out_of_line" in listed
    assert dara.removeprefix("+") not in listed
    staff(line, "release", id)
    assert quoted(line) == (14000, 14000, 14000, 1)
    staff(line, "hold", id)
    assert quoted(line) is None
    assert reports(line, dara) == [(14000, "held", "staff")]
    staff(line, "reject", id)
    assert reports(line, dara)[0][1] == "rejected"
    assert "no held report" in staff(line, "list")
    again = line.app.test_cli_runner().invoke(args=["prices", "release", id])
    assert again.exit_code != 0
    assert "nothing was changed" in again.output
    assert "9,500" in line.sms(line.phone(), ASK).text


def test_a_correction_within_half_an_hour(line: Deployment, dara: str) -> None:
    line.sms(dara, "ជ្រូក 9600 កំពង់ចាម")
    line.time.passes(minutes=29)
    assert "9,300" in line.sms(dara, "ខុស 9300").text
    assert reports(line, dara) == [(9600, "superseded", ""), (9300, "accepted", "")]
    assert quoted(line) == (9300, 9300, 9300, 1)


def test_no_correction_after_half_an_hour(line: Deployment, dara: str) -> None:
    line.sms(dara, "ជ្រូក 9600 កំពង់ចាម")
    line.time.passes(minutes=31)
    line.sms(dara, "ខុស 9300")
    assert reports(line, dara) == [(9600, "accepted", "")]
    assert quoted(line) == (9600, 9600, 9600, 1)


def test_a_correction_far_off_is_held_and_the_wrong_price_is_gone(line: Deployment, dara: str) -> None:
    line.sms(dara, "ជ្រូក 9600 កំពង់ចាម")
    line.sms(dara, "ខុស 14000")
    assert reports(line, dara) == [(9600, "superseded", ""), (14000, "held", "out_of_line")]
    assert quoted(line) is None


def test_a_repeated_correction_is_one(line: Deployment, dara: str) -> None:
    line.sms(dara, "ជ្រូក 9600 កំពង់ចាម")
    line.sms(dara, "ខុស 9300", "SMfix")
    line.sms(dara, "ខុស 9300", "SMfix")
    assert len(reports(line, dara)) == 2


@pytest.mark.parametrize("words", ["ជ្រូក 9600 កំពង់ចាម", "report pig 9600 kampong cham", "ខុស 9600", "9600"])
def test_nobody_else_can_report(line: Deployment, words: str) -> None:
    farmer = line.phone(place="0305")
    assert line.sms(farmer, words).status == 200
    line.sms(farmer, "9600")
    line.sms(farmer, "1")
    assert reports(line, farmer) == []
    before = line.one("SELECT count(*) FROM price_report WHERE contact_id IS NOT NULL")
    line.sms("ANONYMOUS", words)
    assert line.one("SELECT count(*) FROM price_report WHERE contact_id IS NOT NULL") == before


def test_a_tonne_is_a_thousand_kilograms_and_a_sack_stays_a_sack(line: Deployment, dara: str) -> None:
    line.sms(dara, "ជ្រូក 9600000 តោន កំពង់ចាម")
    assert quoted(line) == (9600, 9600, 9600, 1)


def test_who_always_reports_one_market_is_not_asked_which(line: Deployment) -> None:
    far = line.phone(may_report=True, place="17")  # at home where there is another market
    line.sms(far, "ជ្រូក 9600 កំពង់ចាម")
    for _ in range(2):
        line.time.now += timedelta(days=1)
        said = line.sms(far, "ជ្រូក 9700").text
        assert "9,700" in said
    markets = line.rows("SELECT DISTINCT market FROM price_report WHERE contact_id = :id", id=line.contact(far))
    assert [row[0] for row in markets] == ["kg_cham"]


def test_what_is_wanted_is_listed_by_good_and_province(line: Deployment) -> None:
    asks = line.phone(place="0305")
    line.sms(asks, "តម្លៃម្រះ ប៉ុន្មាន")
    line.sms(asks, "តម្លៃធុរេន បាត់ដំបង")
    listed = staff(line, "wanted")
    assert "bitter_gourd" in listed
    assert "03 Kampong Cham" in listed
    assert "durian" not in staff(line, "wanted", "--commodity", "bitter_gourd")
    assert "more: flask prices wanted" in staff(line, "wanted", "--size", "1")
    assert "durian" in staff(line, "wanted", "--province", "02")
    assert "nothing wanted" in staff(line, "wanted", "--after", "2")
