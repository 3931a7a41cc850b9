"""The page of one problem: its history, how others join, which number leads where."""

from __future__ import annotations

from datetime import timedelta

from tests.fakes.raised import NOW
from tests.fakes.raised_pages import World


def test_the_page_of_a_problem_tells_its_whole_history(world: World) -> None:
    raised = world.raised
    here, other = raised.office("Department of Kampong Cham", "03"), raised.office("Office of Prey Chhor", "0313")
    ministry = raised.office("Ministry of Samples")
    issue = raised.issue(
        "The well is foul", "shown", timedelta(days=30), code="0616500", office_id=ministry, state="reopened", voices=2
    )
    at = NOW - timedelta(days=1)
    raised.entry(issue, "acknowledged", office_id=other, at=NOW - timedelta(days=29))
    raised.entry(issue, "transferred", office_id=other, detail=str(other), at=NOW - timedelta(days=5))
    raised.entry(issue, "transferred", "staff", office_id=ministry, detail=str(here), at=at)
    raised.entry(issue, "overdue", "clock", detail="1", at=at)
    raised.entry(issue, "more", "voice", words="Ours as well", public="shown", at=at)
    raised.entry(issue, "more", "voice", words="Not read yet", at=at)
    raised.entry(issue, "reply", "voice", words="Nor this", at=at)
    raised.entry(issue, "question", words="Which well?", public="shown", office_id=ministry, at=at)
    raised.entry(issue, "answer", words="Words nobody read yet", office_id=ministry, at=at)
    raised.entry(issue, "resolved", words="It is mended", public="shown", office_id=ministry, at=at)
    raised.entry(issue, "reopened", "voice", at=at)
    text = world.read("/issues/0616500?lang=en")
    told = (
        "Raised by SMS or telephone",
        "The office in charge has it and works on it",  # its name would tell the district
        "Passed on to Department of Kampong Cham",
        "Passed on to Ministry of Samples",
        "No answer in time: the office above has been told",
        "Somebody who has this problem too adds Ours as well",
        "Ministry of Samples asks the people behind it Which well?",
        "Ministry of Samples answers The staff of Phsar still look at the words.",
        "Ministry of Samples says it is solved It is mended",
        "Who raised it says it is not solved",
    )
    places = [text.index(part) for part in told]
    assert places == sorted(places)
    for part in (
        "061-6500",
        "fewer than 10 people",
        "▼ not solved, says who raised it",
        "yesterday",
        "ME TOO 061-6500",
    ):
        assert part in text
    for part in ("Not read yet", "Nor this", "additions", "10:00", "Words nobody read yet", "Prey Chhor"):
        assert part not in text
    assert 'datetime="2026-11-22" title="22/11/2026"' in world.html("/issues/0616500?lang=en")
    assert "ខ្ញុំដែរ 061-6500" in world.read("/issues/0616500?lang=km")


def test_a_closed_problem_can_no_longer_be_joined(world: World) -> None:
    world.raised.issue(code="0616500", state="confirmed")
    text = world.read("/issues/0616500?lang=en")
    assert "ME TOO" not in text
    assert "▲ solved" in text


def test_a_merged_problem_leads_to_the_other(world: World) -> None:
    raised = world.raised
    other = raised.issue(code="0616500")
    middle = raised.issue(code="1111111", state="merged", merged_into=other)
    raised.issue(code="2222222", state="merged", merged_into=middle)
    hidden = raised.issue(code="3333333", hidden=True)
    raised.issue(code="4444444", state="merged", merged_into=hidden)
    assert "222-2222 is the same problem; it goes on as 061-6500." in world.read("/issues/2222222?lang=en")
    assert "goes on as" not in world.read("/issues/0616500?lang=en")
    assert world.client.get("/issues/4444444").status_code == 404


def test_a_number_is_found_as_people_write_it(world: World) -> None:
    world.raised.issue(code="0616500")
    response = world.client.get("/issues/061-6500?lang=km")
    assert (response.status_code, response.headers["Location"]) == (301, "/issues/0616500?lang=km")
    for code in ("061650", "06165000", "x", "0616501", "٠٦١٦٥٠٠", "061-65-00"):
        response = world.client.get(f"/issues/{code}?lang=en")
        assert response.status_code == 404
        assert "No problem with this number" in response.text
