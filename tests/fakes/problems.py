"""Problems as a conversation asks for them, from a small world of one reporter's, voice's or official's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from flows import codes
from flows.issues.known import Category, Issue, Office, Pending
from flows.prompts import Named, Titled
from flows.questions import Question

KINDS = (
    "licence",
    "unofficial_fee",
    "market_access",
    "animal_disease",
    "plant_disease",
    "inputs",
    "water",
    "road",
    "other",
)
HALL = Titled("សាលាស្រុកព្រៃឈរ", "Prey Chhor office")
DESK = Office(7, HALL, 70)
REPORT = "អណ្ដូងក្នុងភូមិមានក្លិនស្អុយ ផឹកមិនបាន កូនក្មេងឈឺពោះ យើងសូមមានអណ្ដូងថ្មី"


def issue(number: int, state: str = "sent", **more: object) -> Issue:
    """One of this world's issues."""
    words = "យើងនឹងទៅជួសជុលថ្ងៃពុធ" if state in ("answered", "resolved") else ""
    plain = Issue(
        number, codes.made(number), Named("category", "water"), "0313", state, date(2026, 11, 20), 13, HALL, words=words
    )
    return replace(plain, **more)  # type: ignore[arg-type]


class FewProblems:
    """The answers. `mine` and `on_desk` are states of this person's issues, and of those their office has."""

    def __init__(
        self,
        now: datetime,
        mine: tuple[str, ...] = (),
        on_desk: tuple[str, ...] = (),
        *,
        asked: bool = False,
        may: bool = True,
        alike: bool = True,
    ):
        self._now = now.replace(tzinfo=None)
        self._mine = tuple(issue(1 + n, state, mine="reporter", asked=asked) for n, state in enumerate(mine))
        self._desk = tuple(issue(50 + n, state, desk=DESK, report=REPORT) for n, state in enumerate(on_desk))
        self._others = (issue(90), issue(91, "confirmed"), issue(92, held=True))
        self._asked = asked
        self._may = may
        self._alike = alike

    def as_anybody(self) -> FewProblems:
        return FewProblems(self._now, may=self._may, alike=False)

    def categories(self) -> tuple[Category, ...]:
        goods = ("animal_disease", "plant_disease", "market_access", "inputs")
        return tuple(Category(id, Named("category", id), id in goods, id == "unofficial_fee") for id in KINDS)

    def fresh_code(self) -> str:
        return codes.made(123_456)

    def may_raise(self) -> bool:
        return self._may

    def tries_left(self) -> int:
        return 5 if self._may else 0

    def office_for(self, category: str, place: str, about_office: bool) -> Titled | None:
        return None if category == "other" else HALL

    def places_in(self, place: str) -> tuple[str, ...]:
        return tuple(f"{place}{number:02}" for number in range(1, 8))

    def similar(self, category: str, place: str, words: str) -> tuple[Issue, ...]:
        return (issue(90), issue(93)) if self._alike else ()

    def with_code(self, code: str) -> Issue | None:
        known = (*self._mine, *self._desk, *self._others, issue(93))
        return next((one for one in known if one.code == code), None)

    def mine(self) -> tuple[Issue, ...]:
        return tuple(one for one in self._mine if one.is_live)

    def desk(self) -> tuple[Office, ...]:
        return (DESK,) if self._desk else ()

    def on_desk(self) -> tuple[Issue, ...]:
        return tuple(one for one in self._desk if one.is_open)

    def passed_to(self, office: int) -> Titled | None:
        return Titled(f"ការិយាល័យទី{office}", f"Office {office}")

    def targets(self, office: int, place: str) -> tuple[Office, ...]:
        return tuple(Office(number, Titled(f"ការិយាល័យទី{number}", f"Office {number}")) for number in range(1, 8))

    def pending(self) -> tuple[Pending, ...]:
        return tuple(Pending(n, one.code, DESK, "answer", n == 0) for n, one in enumerate(self._desk))

    def as_told(self, words: str) -> str:
        return words.translate({ord("{"): "(", ord("}"): ")"})  # what is left in braces was not filled in

    def questions(self) -> tuple[Question, ...]:
        if not self._asked:
            return ()
        ours = [Question("resolved", issue=one) for one in self._mine if one.state == "resolved"]
        theirs = [Question("asked", issue=one) for one in self._mine if one.state == "acknowledged"]
        return (*ours, *theirs, Question("official", office=DESK))
