"""Two keys and twenty seconds: what is heard before a price, at the lengths the studio is asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.language.intents.keypad import codes, pressed
from bot.language.saying.catalogue import load_catalogue
from bot.language.saying.speaking import SPOKEN, Speaking, clips
from bot.language.words.lexicon import Lexicon
from flows.engine import Run
from flows.facts import Can, Facts, Person, Verdict
from flows.heard import Heard, Intent
from flows.registry import REGISTRY
from tests.fakes.prices import FewPrices

LEXICON = Lexicon.load()
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
AT_MOST = 20.0


class LongNames(FewPrices):
    """What is asked for most has the longest names there are."""

    def __init__(self, goods: tuple[str, ...]) -> None:
        super().__init__(TODAY, Verdict(), None)
        self.goods = goods

    def asked_most(self, commodities: tuple[str, ...], place: str) -> tuple[str, ...]:
        return self.goods


@pytest.mark.parametrize("voice", SPOKEN)
@pytest.mark.parametrize("may_report", [False, True])
def test_a_price_is_two_keys_and_twenty_seconds_away(voice: str, may_report: bool) -> None:
    catalogue = load_catalogue(voice, "voice")
    lasts = {clip.id: clip.seconds for clip in clips(voice, catalogue, LEXICON)}
    priced = [id for id in codes().values() if not LEXICON.children(id)]  # what has a printed code is what is asked
    goods = tuple(sorted(priced, key=lambda id: lasts[f"c.{id}"], reverse=True))
    person = Person(voice, place="0305", may_report=may_report, known=True, textable=True)
    facts = Facts(person, LongNames(goods), TODAY, Can(type=False, record=True))
    speaking = Speaking(voice, catalogue, LEXICON, TODAY)
    menu = REGISTRY.step(Run(), Heard("", Intent.CALLED), facts, NOW)
    which = REGISTRY.step(menu.run, pressed("1", REGISTRY.asked(menu.run), LEXICON), facts, NOW)
    assert [option.value for option in which.run.options][:3] == list(goods[:3])
    price = REGISTRY.step(which.run, pressed("1", REGISTRY.asked(which.run), LEXICON), facts, NOW)
    assert price.run.at == "price.after"
    heard = [clip for step in (menu, which) for said in speaking.sentences(step.prompts) for clip, _ in said.clips]
    told = " / ".join(said.text for step in (menu, which) for said in speaking.sentences(step.prompts))
    assert round(sum(lasts[clip] for clip in heard), 1) <= AT_MOST, told
