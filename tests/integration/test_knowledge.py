"""What running processes know of markets: an import made elsewhere is understood soon, without a restart."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.db import table, writing
from bot.language.words.lexicon import Lexicon
from bot.prices.knowledge import LOOK_EVERY, Knowledge
from bot.prices.models import Commodity
from tests.fakes.deployment import Deployment, together


def imported(line: Deployment, folder: Path, rows: str) -> None:
    path = folder / "markets.csv"
    path.write_text("id,name_km,name_en,place,reference\n" + rows)
    done = line.app.test_cli_runner().invoke(args=["import", "markets", str(path)])
    assert done.exit_code == 0, done.output


def test_a_market_is_known_soon_after_it_was_imported(line: Deployment, tmp_path: Path) -> None:
    seconds = 0.0
    knowledge = Knowledge(line.engine, Lexicon.load(), monotonic=lambda: seconds)
    before = knowledge.now()
    imported(line, tmp_path, "new_market,ផ្សារថ្មីថ្មោង,Thmei Thmaong,0305,0\n")
    seconds += LOOK_EVERY - 0.1
    assert knowledge.now() is before
    seconds += 0.2
    after = knowledge.now()
    assert "new_market" in after.markets
    assert "new_market" not in before.markets
    assert LOOK_EVERY <= 30
    seconds += LOOK_EVERY + 1
    assert knowledge.now() is after  # nothing changed, nothing is read


def test_a_served_line_understands_it_within_half_a_minute(
    line: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = line.phone()
    line.sms(number, "តម្លៃជ្រូក ផ្សារដំរីស")
    imported(line, tmp_path, "domrei_sa,ផ្សារដំរីស,Domrei Sa,1408,0\n")
    line.price(8888, market="domrei_sa")
    knowledge = line.app.extensions["phsar"].knowledge
    monkeypatch.setattr(knowledge, "_monotonic", lambda: time.monotonic() + LOOK_EVERY)
    assert LOOK_EVERY <= 30
    assert "8,888" in line.sms(line.phone(), "តម្លៃជ្រូក ផ្សារដំរីស").text


def test_a_commodity_of_a_new_release_is_known_soon(line: Deployment) -> None:
    seconds = 0.0
    knowledge = Knowledge(line.engine, Lexicon.load(), monotonic=lambda: seconds)
    with writing(line.engine) as connection:  # as an older release left it
        connection.execute(update(table(Commodity)).where(Commodity.id == "pig_live").values(high=1))
    assert knowledge.now().goods["pig_live"].high == 1
    done = line.app.test_cli_runner().invoke(args=["release"])
    assert done.exit_code == 0, done.output
    seconds += LOOK_EVERY + 1
    assert knowledge.now().goods["pig_live"].high > 1


def test_many_threads_read_it_once(line: Deployment) -> None:
    knowledge = Knowledge(line.engine, Lexicon.load())
    assert len({id(known) for known in together(*[knowledge.now] * 6)}) == 1
