"""Which price is quoted and how it is said: age, direction, other markets, and what is dropped for room."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.language.saying.catalogue import VOICES, load_catalogue
from bot.language.saying.wording import Wording
from bot.language.text.sms_parts import parts
from bot.prices.demo import load_demo
from bot.prices.facts import PriceFacts
from bot.prices.knowledge import Knowledge
from flows.engine import Run
from flows.facts import Facts, Person
from flows.heard import Heard, Intent, Slots
from tests.conftest import ENVIRON
from tests.fakes.deployment import START, Deployment, deployed

PIG = "តម្លៃជ្រូក កំពង់ចាម"


@pytest.fixture(autouse=True)
def _no_prices(line: Deployment) -> None:
    with line.engine.begin() as connection:
        for table in ("price_report", "price", "latest_price"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


def asked(line: Deployment, words: str, **who: str) -> str:
    return line.sms(line.phone(**who) if who else line.phone(), words).text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("commodity", "words", "age", "said"),
    [
        ("pig_live", PIG, 0, "fresh"),
        ("pig_live", PIG, 2, "fresh"),
        ("pig_live", PIG, 3, "old"),
        ("pig_live", PIG, 7, "old"),
        ("pig_live", PIG, 8, "withheld"),
        ("pig_live", PIG, 60, "withheld"),
        ("tomato", "តម្លៃប៉េងប៉ោះ កំពង់ចាម", 1, "fresh"),
        ("tomato", "តម្លៃប៉េងប៉ោះ កំពង់ចាម", 2, "old"),
        ("tomato", "តម្លៃប៉េងប៉ោះ កំពង់ចាម", 3, "old"),
        ("tomato", "តម្លៃប៉េងប៉ោះ កំពង់ចាម", 4, "withheld"),
    ],
)
def test_the_age_of_a_price(line: Deployment, commodity: str, words: str, age: int, said: str) -> None:
    line.price(4321, age, commodity=commodity)
    answer = asked(line, words)
    day = START.date().toordinal() - age
    assert f"{date.fromordinal(day).day}/{date.fromordinal(day).month}" in answer
    assert ("4,321" in answer) == (said != "withheld")
    assert (f"{age}ថ្ងៃ" in answer) == (said == "old")


@pytest.mark.parametrize(("before", "word"), [(9300, "ឡើង"), (9700, "ចុះ"), (9500, ""), (None, "")])
def test_the_direction(line: Deployment, before: int | None, word: str) -> None:
    line.price(9500)
    if before is not None:
        line.price(before, 2)
    answer = asked(line, PIG)
    assert (word in answer) if word else not re.search("ឡើង|ចុះ", answer)


def test_a_price_of_three_weeks_ago_says_nothing_of_the_direction(line: Deployment) -> None:
    line.price(9500)
    line.price(5000, 21)
    assert not re.search("ឡើង|ចុះ", asked(line, PIG))


def test_the_place_asked_for_then_the_contacts_then_the_reference(line: Deployment) -> None:
    line.price(9500)
    line.price(9800, market="phnom_penh")
    line.price(9400, market="prey_veng")
    assert "៛" in asked(line, "តម្លៃជ្រូក")
    assert asked(line, "តម្លៃជ្រូក").index("9,800") < 25
    assert asked(line, "តម្លៃជ្រូក", place="140805").index("9,400") < 25
    assert asked(line, PIG, place="140805").index("9,500") < 25


def test_old_and_other_prices_are_no_neighbours(line: Deployment) -> None:
    line.price(9500)
    line.price(9800, 5, market="phnom_penh")
    line.price(11000, market="prey_veng", level="retail")
    answer = asked(line, PIG)
    assert "9,800" not in answer
    assert "11,000" not in answer


def test_another_level_and_the_best_there_is(line: Deployment) -> None:
    line.price(9500)
    line.price(11000, level="retail")
    line.price(8700, level="farmgate")
    assert "9,500" in asked(line, PIG)
    assert "11,000" in asked(line, PIG + " លក់រាយ")
    retail_only = "pork"
    line.price(18000, commodity=retail_only, level="retail")
    assert "18,000" in asked(line, "តម្លៃសាច់ជ្រូក កំពង់ចាម")


def test_where_the_place_has_none_it_says_so_and_quotes_the_nearest(line: Deployment) -> None:
    line.price(9400, market="prey_veng")
    answer = asked(line, PIG)
    assert "កំពង់ចាម" in answer
    assert "9,400" in answer
    assert "ព្រៃវែង" in answer


def test_nothing_known_is_said(line: Deployment) -> None:
    answer = asked(line, PIG)
    assert "៛" not in answer
    assert parts(answer).parts == 1


# --- All of the sample data ----------------------------------------------------------------------------


class Said:
    """The answers of one process to structured questions, without the reading of words."""

    def __init__(self, line: Deployment):
        self._conversation = line.app.extensions["phsar"].conversation
        self.known = Knowledge(line.engine, line.app.extensions["phsar"].lexicon).now()
        self._line = line

    def all(self, voice: str, pairs: list[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, Heard]]:
        wording = Wording(voice, load_catalogue(voice), self.known.lexicon)
        said = {}
        with self._line.engine.connect() as connection:
            prices = PriceFacts(connection, self.known, None, START.date(), START)
            for commodity, market in pairs:
                heard = Heard("", Intent.PRICE, 1.0, Slots(commodity=commodity, market=market))
                step = self._conversation.registry.step(Run(), heard, Facts(Person(), prices, START.date()), START)
                said[commodity, market] = (wording.text(step.prompts), heard)
        return said


@pytest.fixture(scope="module")
def demo(sqlite_template: Path, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A line with the sample data."""

    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(sqlite_template, folder / "a.sqlite")
    environ = {**ENVIRON, "DATABASE_URL": f"sqlite:///{folder}/a.sqlite", "REDIS_URL": redis_url}
    settings = load_settings(environ, folder)
    with deployed(settings) as line:
        with line.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM market")
        load_demo(line.engine, line.vault, START.date(), START.astimezone(settings.timezone))
        yield line


@pytest.mark.parametrize("voice", VOICES)
def test_every_answer_of_the_sample_data_fits(demo: Deployment, voice: str) -> None:
    said = Said(demo)
    pairs = [(good, market) for good in said.known.goods for market in said.known.markets]
    answers = said.all(voice, pairs)
    assert len(answers) > 500
    for (commodity, market), (answer, _) in answers.items():
        assert 1 <= parts(answer).parts <= 2, (commodity, market, answer)
        assert not re.search(r"[{}_]|None", answer), answer


def test_the_ordinary_answer_in_khmer_is_one_part(demo: Deployment) -> None:
    said = Said(demo)
    rows = demo.rows("SELECT DISTINCT commodity, market FROM latest_price")
    answers = said.all("km", [(row[0], row[1]) for row in rows])
    counts = [parts(answer).parts for answer, _ in answers.values()]
    assert len(counts) > 300
    assert sum(counts) / len(counts) <= 1.3


def test_what_an_answer_never_leaves_out(demo: Deployment) -> None:
    said = Said(demo)
    rows = demo.rows(
        "SELECT DISTINCT commodity, market, usual FROM latest_price WHERE level = 'wholesale' AND observed_on = :day",
        day=str(START.date()),
    )
    answers = said.all("km", [(row[0], row[1]) for row in rows])
    names = said.known.lexicon
    for commodity, market, usual in rows:
        answer, _ = answers[commodity, market]
        for needed in (f"{usual:,}", "22/11", "/", "លក់ដុំ", names.name("market", market, "km")):
            assert needed in answer, (commodity, market, answer)
        assert names.name("commodity", commodity, "km") in answer
