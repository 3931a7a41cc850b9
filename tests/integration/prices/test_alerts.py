"""Who is told that a price has moved: by how much, how often, against what, and who no more."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy import event, insert, select

from bot.contacts.models import Contact
from bot.db import reading, table, writing
from bot.prices.facts import PriceFacts
from bot.prices.models import Market, PriceAlert
from bot.prices.notices.alerts import WishFacts
from bot.prices.notices.moves import Moves
from bot.prices.notices.quoting import Quoting
from tests.fakes.deployment import together
from tests.fakes.digits import digits_in
from tests.fakes.stall import Stall

UP = "Live pig 9,975 riel/kg wholesale Kg Cham 22/11, up from 9,500 riel. To end: STOP ALERT live pig"


def follows(stall: Stall, *numbers: str) -> None:
    """These people follow pigs at 9,500, and the line has learned that."""
    stall.price(9500, 1)
    stall.passes()
    for number in numbers:
        assert "5%" in stall.say(number, "tell me when pigs move")
    assert stall.sent() == {}


def costs(stall: Stall, usual: int, **more: str) -> dict[str, list[str]]:
    """A price that nobody can correct any more; who is told."""
    stall.price(usual, **more)
    stall.passes()
    return stall.sent()


def test_a_move_of_five_per_cent_is_told_and_a_smaller_one_is_not(stall: Stall) -> None:
    sok, dara = stall.person(), stall.person(language="km", script="km")
    follows(stall, sok, dara)
    assert costs(stall, 9974) == {}
    stall.now += timedelta(hours=1)
    km = "ជ្រូករស់ 9,975៛/គក លក់ដុំ កំពង់ចាម 22/11 ឡើងពី 9,500៛។"
    assert costs(stall, 9975) == {sok: [UP], dara: [km]}
    (row,) = {tuple(row) for row in stall.rows("SELECT told, told_on FROM price_alert")}
    assert (row[0], str(row[1])) == (9975, "2026-11-22")
    (data,) = {row.about for row in stall.rows("SELECT about FROM outbox")}
    assert data == "alert:pig_live"


def test_once_a_day_and_then_against_what_was_told(stall: Stall) -> None:
    sok = stall.person()
    follows(stall, sok)
    assert sok in costs(stall, 9000)
    assert costs(stall, 8000) == {}
    stall.now += timedelta(days=1)
    told = costs(stall, 8400)
    assert told == {
        sok: ["Live pig 8,400 riel/kg wholesale Kg Cham 23/11, down from 9,000 riel. To end: STOP ALERT live pig"]
    }
    assert stall.sent() == {}


def test_small_moves_add_up(stall: Stall) -> None:
    sok = stall.person()
    follows(stall, sok)
    assert costs(stall, 9700) == {}
    assert costs(stall, 9900) == {}
    assert sok in costs(stall, 10000)


def test_a_price_that_may_still_be_corrected_is_not_told(stall: Stall) -> None:
    sok, enumerator = stall.person(), stall.person(may_report=True)
    follows(stall, sok)
    stall.say(enumerator, "report pig kampong cham 10500")
    stall.passes(29)
    assert stall.sent() == {}
    stall.say(enumerator, "wrong 9600")
    stall.passes(2)
    assert stall.sent() == {}
    stall.passes()
    assert stall.sent() == {}
    (row,) = stall.rows("SELECT usual FROM latest_price WHERE commodity = 'pig_live'")
    assert row.usual == 9600, "the correction stands"
    stall.say(enumerator, "report pig kampong cham 10500")
    # A newer report of somebody else does not put it off for ever.
    stall.passes(25)
    stall.say(stall.person(may_report=True), "report pig kampong cham 10500")
    stall.passes(10)
    assert sok in stall.sent()


def test_a_held_report_tells_nobody(stall: Stall) -> None:
    sok, enumerator = stall.person(), stall.person(may_report=True)
    follows(stall, sok)
    stall.say(enumerator, "report pig kampong cham 20000")
    stall.say(enumerator, "yes")
    stall.passes()
    assert [row.state for row in stall.rows("SELECT state FROM price_report ORDER BY id")] == ["accepted", "held"]
    assert stall.sent() == {}


def test_an_old_price_and_one_of_another_unit_market_or_currency_are_no_move(stall: Stall) -> None:
    sok = stall.person()
    follows(stall, sok)
    stall.price(12000)
    stall.now += timedelta(days=3)
    assert stall.sent() == {}, "it is old by now"
    stall.now += timedelta(days=5)
    assert costs(stall, 600000, unit="hap") == {}, "by the hap it is not dearer"
    assert costs(stall, 20000, market="prey_veng", currency="usd") == {}
    assert costs(stall, 12000) == {}, "by the kilogram again, where nothing is told to compare it with"
    assert set(costs(stall, 12600)) == {sok}


def test_who_moves_or_follows_another_place_is_told_of_that(stall: Stall) -> None:
    sok, far = stall.person(), stall.person()
    stall.price(9400, 1, market="prey_veng")
    follows(stall, sok)
    assert "Prey Veng" in stall.say(far, "tell me when pigs move in prey veng")
    assert stall.sent() == {}
    assert set(costs(stall, 10400, market="prey_veng")) == {far}
    assert set(costs(stall, 10500)) == {sok}


def test_a_stop_and_an_end_between_planning_and_sending(stall: Stall) -> None:
    stops, ends, stays = (stall.person() for _ in range(3))
    follows(stall, stops, ends, stays)
    stall.price(10000)
    stall.passes()
    assert len(stall.plan()) == 3
    stall.say(stops, "STOP")
    assert stall.say(ends, "stop pig price alerts") == "Done. We tell you no more when live pig moves."
    assert set(stall.send()) == {stays}
    states = sorted((row.state, row.error) for row in stall.rows("SELECT state, error FROM outbox"))
    assert states == [("cancelled", ""), ("sending", ""), ("skipped", "stopped")]
    # Whom a STOP holds back is not planned for, and is asked anew by START.
    stall.now += timedelta(days=1)
    assert set(costs(stall, 9000)) == {stays}
    stall.say(stops, "START")
    stall.now += timedelta(days=1)
    assert set(costs(stall, 8000)) == {stops, stays}


def test_ten_alerts_a_person_and_their_ledger(stall: Stall) -> None:
    sok = stall.person()
    goods = ("pig", "paddy rice", "chicken", "duck", "cassava", "maize", "tomato", "cucumber", "mango", "banana")
    for good in goods:
        assert "We tell you when" in stall.say(sok, f"alert {good}")
    assert stall.say(sok, "alert beef") == "You have ten price alerts. End one first: STOP ALERTS"
    assert "We tell you when" in stall.say(sok, "alert pig"), "one of the ten begins again"
    assert stall.rows("SELECT count(*) AS n FROM price_alert")[0].n == 10
    assert "All of them" in stall.say(sok, "stop alerts")
    stall.say(sok, "1")
    assert stall.rows("SELECT count(*) AS n FROM price_alert")[0].n == 0
    what = "SELECT given, count(*) AS n FROM consent WHERE what LIKE 'alert:%' GROUP BY given ORDER BY given"
    assert [(bool(row.given), row.n) for row in stall.rows(what)] == [(False, 10), (True, 11)]


def test_a_number_that_changed_hands_follows_nothing(stall: Stall) -> None:
    sok = stall.person()
    follows(stall, sok)
    stall.say(sok, digits_in(stall.say(sok, "wrong number, not me")))
    assert stall.rows("SELECT * FROM price_alert") == []


def test_nobody_is_told_at_night_but_in_the_morning(stall: Stall) -> None:
    sok = stall.person()
    follows(stall, sok)
    stall.price(10500)
    stall.now = stall.now.replace(hour=20, minute=5)
    assert stall.plan() == []
    stall.now = stall.now.replace(hour=6, minute=59) + timedelta(days=1)
    assert stall.plan() == []
    stall.passes(2)
    assert set(stall.sent()) == {sok}


def test_what_was_not_sent_by_night_is_dropped(stall: Stall) -> None:
    follows(stall, stall.person())
    stall.now = stall.now.replace(hour=19, minute=20)
    stall.price(10500)
    stall.passes(35)
    assert len(stall.plan()) == 1
    stall.passes(10)
    assert stall.send() == {}
    assert stall.rows("SELECT state, error FROM outbox") == [("skipped", "quiet hours")]


def test_two_clocks_tell_once(stall: Stall) -> None:
    people = [stall.person() for _ in range(30)]
    follows(stall, *people)
    stall.price(10000)
    stall.passes()
    together(stall.tick, stall.tick)
    assert len(stall.send()) == 30
    assert len(stall.rows("SELECT id FROM outbox")) == 30


def test_who_prefers_calls_is_rung_hears_the_price_and_ends_it_by_key(stall: Stall) -> None:
    sok = stall.person(reach="voice")
    follows(stall, sok)
    assert costs(stall, 10000) == {}
    (call,) = stall.rows("SELECT opens, data, about, purpose FROM call")
    assert (call.opens, call.about, call.purpose) == ("alert.told", "alert:pig_live", "subscription")
    assert call.data == '{"commodity": "pig_live", "place": "0305"}'
    told, again, ended = stall.picks_up(sok, "1", "2")
    assert told[0] == "Hello from Phsar."
    assert told[1] == "A price that you follow has moved."
    assert again == told[1:]
    assert ended == ["Done.", "We tell you no more when live pig moves.", "Phsar thanks you.", "Goodbye."]
    with stall.engine.connect() as connection:
        known = stall.rows("SELECT id FROM contact WHERE address_hash = :h", h=stall.line.vault.look_up(sok))
        assert WishFacts(connection, known[0].id).wanted().alerts == ()


def test_many_alerts_cost_few_statements(stall: Stall) -> None:
    follows(stall, stall.person())
    now, hashes = stall.now, [f"{number:032x}" for number in range(1200)]
    with writing(stall.engine) as connection:
        same = {"address": stall.line.vault.seal("+85512000999"), "language": "en", "place": "0305", "created_at": now}
        connection.execute(insert(table(Contact)), [{"address_hash": one, **same} for one in hashes])
        ids = connection.execute(select(Contact.id).where(Contact.address_hash.in_(hashes))).scalars().all()
        alert = {"commodity": "pig_live", "place": "", "told_as": "", "since": now}
        connection.execute(insert(table(PriceAlert)), [{"contact_id": id, **alert} for id in ids])
    assert stall.sent() == {}, "what it costs now is learned"
    stall.price(10000)
    stall.passes()
    statements: list[str] = []
    event.listen(stall.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    Moves(stall.engine, stall.line.notices, stall.line.knowledge, stall.settings)(stall.now)
    assert len(stall.rows("SELECT id FROM outbox")) == 1201
    assert len(statements) < 60


def test_what_is_told_is_what_an_answer_would_quote(stall: Stall) -> None:
    provinces = [f"{number:02}" for number in range(1, 26)]
    fields = ("id", "name_km", "name_en", "place", "reference")
    rows = [dict(zip(fields, (f"of_{code}", code, code, f"{code}01", False), strict=True)) for code in provinces]
    with writing(stall.engine) as connection:
        connection.execute(insert(table(Market)), rows)
    draws = random.Random(7)
    for code in provinces:
        for good in ("pig_live", "cassava", "tomato"):
            level, ago = draws.choice(("wholesale", "retail")), draws.choice((0, 1, 2, 5, 9))
            if draws.random() < 0.6:
                stall.price(1000, ago, commodity=good, market=f"of_{code}", level=level)
    stall.price(1000, commodity="maize", market="of_16")  # one market, far from most
    known, today = stall.line.knowledge.now(), stall.now.date()
    with reading(stall.engine) as connection:
        facts = PriceFacts(connection, known, None, today, stall.now)
        quoting = Quoting(connection, known, today, stall.now)
        for good in ("pig_live", "cassava", "tomato", "maize", "beef"):
            for place in ("", *provinces, "0305", "03050101"):
                assert quoting.best(good, place) == facts.find(good, place, "", "", "").best, (good, place)


def test_the_first_price_is_told_to_who_waits_for_it(stall: Stall) -> None:
    sok = stall.person(language="en")
    assert "No price of live pig yet" in stall.say(sok, "pig price")
    assert stall.say(sok, "alert pig") == "We tell you when there is a price of live pig. To end: STOP ALERT live pig"
    assert stall.plan() == []
    stall.price(9500)
    stall.passes()
    stall.plan()
    (said,) = stall.send()[sok]
    assert "the price you waited for" in said
    assert "9,500" in said
    stall.now += timedelta(days=1)
    stall.price(9600)  # from now on it is an alert like others: a small move is not told
    stall.passes()
    assert stall.plan() == []


def test_what_nobody_has_a_price_of_is_counted(stall: Stall) -> None:
    sok, dara = stall.person(language="en"), stall.person(language="en", place="0203")
    for number in (sok, sok, dara):
        stall.say(number, "price of bitter gourd")
    stall.say(dara, "price of durian kampong cham")
    rows = stall.rows("SELECT commodity, province, asked FROM price_wanted ORDER BY commodity, province")
    assert [tuple(row) for row in rows] == [("bitter_gourd", "02", 1), ("bitter_gourd", "03", 1), ("durian", "03", 1)]
