"""The SMS webhook as carriers and their enemies use it: signatures, repeats, senders, and every kind of text."""

from __future__ import annotations

import http.client
import random
import re
from functools import partial
from urllib.parse import quote, urlencode, urlsplit

import pytest
import requests
from twilio.request_validator import RequestValidator

from bot.language.text.sms_parts import parts
from tests.fakes.deployment import Deployment, together

PIG = "តម្លៃជ្រូក កំពង់ចាម"


@pytest.fixture(scope="module")
def line(line: Deployment) -> Deployment:
    """A line with a price, so that there is something to answer."""
    line.price(9300, 1)
    line.price(9500)
    return line


def signed(line: Deployment, url: str, form: dict[str, str], token: str = "") -> str:
    signature: str = RequestValidator(token or line.settings.auth_token).compute_signature(url, form)
    return signature


def failures(line: Deployment) -> float:
    """How many turns of this process ended in an apology, as the metrics count them."""
    metrics = requests.get(f"{line.url}/metrics", timeout=10).text
    counts = re.findall(r'phsar_sms_requests_total{end="failed"} (\S+)', metrics)
    return sum(map(float, counts))


def raw_post(line: Deployment, target: bytes, form: dict[str, str], signature: str | None) -> tuple[int, str]:
    """A request whose target goes over the wire byte for byte."""
    address = urlsplit(line.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    body = urlencode(form).encode()
    head = b"POST " + target + b" HTTP/1.1\r\nHost: phsar.example.org\r\nConnection: close\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n" % len(body)
    if signature is not None:
        head += b"X-Twilio-Signature: " + signature.encode("latin-1") + b"\r\n"
    connection.connect()
    connection.sock.sendall(head + b"\r\n" + body)
    answer = http.client.HTTPResponse(connection.sock)
    answer.begin()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


# --- Who calls -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("signature", [None, "", "x", "AAAA" * 7, "é" * 28, "\x00\x01", "a" * 5000])
def test_without_a_right_signature_nothing_happens(line: Deployment, signature: str | None) -> None:
    number = line.phone()
    form = {"MessageSid": f"SMforged{signature!r:.9}", "From": number, "Body": PIG}
    if signature == "\x00\x01":
        headers = {"X-Twilio-Signature": b"\x01\x02"}
        status = requests.post(f"{line.url}/sms", form, headers=headers, timeout=10).status_code
    else:
        status, _ = raw_post(line, b"/sms", form, signature)
    assert status == 403
    assert line.one("SELECT count(*) FROM contact WHERE address_hash = :h", h=line.vault.look_up(number)) == 0


def test_a_signature_of_another_token_address_or_text_is_refused(line: Deployment) -> None:
    form = {"MessageSid": "SMother", "From": line.phone(), "Body": PIG}
    url = line.settings.public_url + "/sms"
    for signature in (
        signed(line, url, form, token="another token"),
        signed(line, f"{line.url}/sms", form),  # where it is served, not where it is known
        signed(line, url, {**form, "Body": "STOP"}),
        signed(line, url + "?a=1", form),
    ):
        assert raw_post(line, b"/sms", form, signature)[0] == 403
    assert line.one("SELECT count(*) FROM message WHERE sid = 'SMother'") == 0


@pytest.mark.parametrize(
    "query",
    ["a=1", quote("តម្លៃ=ជ្រូក"), "a=1&b=%20+%2B&c", "x=%", "x=%FF", "a=1?b=2"],
)
def test_the_raw_query_is_what_is_signed(line: Deployment, query: str) -> None:
    form = {"MessageSid": f"SMq{hash(query)}", "From": line.phone(), "Body": PIG}
    signature = signed(line, f"{line.settings.public_url}/sms?{query}", form)
    status, body = raw_post(line, b"/sms?" + query.encode(), form, signature)
    assert status == 200
    assert "9,500" in body
    forged = raw_post(line, b"/sms?" + query.encode() + b"&more", form, signature)
    assert forged[0] == 403


@pytest.mark.parametrize("query", [b"x=\xff\xfe", b"\xe1\x9e", b"x=\xed\xbf\xbf"])
def test_a_query_that_is_no_text_is_forbidden_not_a_fault(line: Deployment, query: bytes) -> None:
    form = {"MessageSid": "SMbytes", "From": line.phone(), "Body": PIG}
    assert raw_post(line, b"/sms?" + query, form, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")[0] == 403


@pytest.mark.parametrize("signed_over", ["/sms", "/sms?"])
def test_a_bare_question_mark_changes_nothing(line: Deployment, signed_over: str) -> None:
    form = {"MessageSid": f"SMbare{len(signed_over)}", "From": line.phone(), "Body": PIG}
    signature = signed(line, line.settings.public_url + signed_over, form)
    assert raw_post(line, b"/sms?", form, signature)[0] == 200


def test_only_posts_are_heard(line: Deployment) -> None:
    assert requests.get(f"{line.url}/sms", timeout=10).status_code == 405


# --- Once and identically ------------------------------------------------------------------------------


def test_a_repeat_later_gets_the_stored_answer(line: Deployment) -> None:
    number = line.phone()
    first = line.sms(number, PIG, "SMlate")
    line.sms(number, "help")
    line.time.passes(hours=5)
    assert line.sms(number, PIG, "SMlate") == first
    assert line.sms(number, "another text, same sid", "SMlate") == first
    assert line.sms(line.phone(), PIG, "SMlate") == first
    assert line.one("SELECT count(*) FROM message WHERE sid = 'SMlate'") == 1
    line.time.passes(hours=-5)


@pytest.mark.parametrize("known", [True, False])
def test_many_at_once_with_one_sid_are_one(line: Deployment, known: bool) -> None:
    number = line.phone(place="0305" if known else "")
    sid = f"SMonce{known}"
    answers = together(*[partial(line.sms, number, PIG, sid)] * 8)
    assert len(set(answers)) == 1
    assert "9,500" in answers[0].text
    assert line.one("SELECT count(*) FROM message WHERE sid = :sid", sid=sid) == 1


def test_many_at_once_from_a_withheld_number_are_one(line: Deployment) -> None:
    answers = together(*[partial(line.sms, "ANONYMOUS", PIG, "SMnobody")] * 8)
    assert [answer.messages for answer in answers] == [[]] * 8
    assert line.one("SELECT count(*) FROM message WHERE sid = 'SMnobody'") == 1


def test_a_report_that_comes_many_times_is_one_report(line: Deployment) -> None:
    number = line.phone(may_report=True, place="0305")
    answers = together(*[partial(line.sms, number, "ជ្រូក 9600 កំពង់ចាម", "SMreport")] * 6)
    answers += [line.sms(number, "ជ្រូក 9600 កំពង់ចាម", "SMreport") for _ in range(2)]
    assert len(set(answers)) == 1
    assert "9,600" in answers[0].text
    contact = line.contact(number)
    assert line.one("SELECT count(*) FROM price_report WHERE contact_id = :id", id=contact) == 1


def test_two_messages_at_once_of_somebody_new_make_one_contact(line: Deployment) -> None:
    number = line.phone()
    one, other = together(partial(line.sms, number, PIG), partial(line.sms, number, "help"))
    assert "9,500" in one.text
    assert "STOP" in other.text or "ឈប់" in other.text
    contact = line.contact(number)
    assert line.one("SELECT count(*) FROM message WHERE contact_id = :id", id=contact) == 2


def test_messages_at_once_of_one_person_are_taken_one_after_the_other(line: Deployment) -> None:
    number = line.phone(place="0305")
    answers = together(*[partial(line.sms, number, f"help {letter}") for letter in "abcdefgh"])
    assert all(answer.status == 200 for answer in answers)
    counted = line.one("SELECT burst_count FROM run WHERE contact_id = :id", id=line.contact(number))
    assert counted == 8  # each saw what the one before had saved


# --- Senders -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sender",
    [
        "ANONYMOUS",
        "Restricted",
        "anonymous",
        "unknown",
        "unavailable",
        "",
        "+266696687",
        "+",
        "-",
        "855" * 20,
        "sip:a@b",
        "SmartAxiata",
        "ACLEDA Bank",
        "1294",
        "١٢٣",
        "8888",
    ],
)
def test_who_cannot_be_written_to_is_not_answered(line: Deployment, sender: str) -> None:
    contacts, items = line.one("SELECT count(*) FROM contact"), line.one("SELECT count(*) FROM inbox_item")
    for words in (PIG, "STOP", "ជ្រូក 9600 កំពង់ចាម", "not me, new number", *["xxyy zzqq"] * 4):
        said = line.sms(sender, words)
        assert (said.status, said.messages) == (200, [])
    assert line.one("SELECT count(*) FROM contact") == contacts
    assert line.one("SELECT count(*) FROM inbox_item") == items


def test_one_phone_is_one_contact_however_its_number_is_written(line: Deployment) -> None:
    before = line.one("SELECT count(*) FROM contact")
    for written in ("+85512777001", "85512777001", "0085512777001", "012777001", "012 777 001", " 85512777001"):
        line.sms(written, PIG)
    assert line.one("SELECT count(*) FROM contact") == before + 1


# --- Forms ---------------------------------------------------------------------------------------------


def test_a_form_may_lack_everything_but_the_sid(line: Deployment) -> None:
    assert line.post("/sms", {"MessageSid": "SMlone"}).messages == []  # nobody to answer to
    assert parts(line.post("/sms", {"SmsSid": "SMlone2", "From": line.phone()}).text).parts <= 3
    assert line.post("/sms", {"From": line.phone(), "Body": PIG}).status == 400
    assert line.post("/sms", {"MessageSid": "x" * 65, "Body": PIG}).status == 400
    assert line.post("/sms", {}).status == 400


def test_somlengs_form_with_parameters_nobody_knows(line: Deployment) -> None:
    form = {
        "MessageSid": "2b6f5c5e-9d0a-4f0c-8a8e-0e7f3a1b2c3d",
        "SmsSid": "2b6f5c5e-9d0a-4f0c-8a8e-0e7f3a1b2c3d",
        "AccountSid": line.settings.account_sid,
        "From": line.phone().removeprefix("+"),
        "To": "1294",
        "Body": PIG,
        "ApiVersion": "2010-04-01",
        "Brand_new[parameter]": "ថ្មី",
        "Another": "",
    }
    first = line.post("/sms", form)
    assert "9,500" in first.text
    assert line.post("/sms", {**form, "Late": "1"}) == first
    foreign = {**form, "MessageSid": "other", "AccountSid": "6f362591-ab86-4d1a-b39b-40c87e7929fc"}
    assert line.post("/sms", foreign).status == 403


def _any_text(seed: int, length: int) -> str:
    # Any code point that is a character; what UTF-8 cannot carry is tried apart.
    die = random.Random(seed)
    points = (die.randrange(0x110000) for _ in range(length * 2))
    return "".join(chr(point) for point in points if not 0xD800 <= point < 0xE000)[:length]


TEXTS = {
    "empty": "",
    "blank": " \n\t ",
    "1600 letters": "ជ្រូក " * 266 + "abcd",
    "5000 letters": "a" * 5000,
    "random 1": _any_text(1, 1600),
    "random 2": _any_text(2, 1600),
    "random 3": _any_text(3, 1600),
    "control": "".join(map(chr, range(32))) + "\x7f\x80\x9f",
    "nul": "\x00",
    "nul inside": "តម្លៃ\x00ជ្រូក",
    "noncharacters": "\ufffe\uffff\U0001ffff",
    "emoji": "🐷🐷🐷❤️👨‍👩‍👧‍👦🇰🇭",
    "zero width": "\u200b" * 300,
    "40 digits": "1234567890" * 4,
    "price with 40 digits": "ជ្រូក " + "9" * 40 + " កំពង់ចាម",
    "right to left": "\u202e\u2067pig\u2069\u200f price\u202c",
    "sql": "'; DROP TABLE contact; --",
    "html": "<script>alert(1)</script>&amp;<b>",
    "xml": "]]></Message><Message>x",
    "formats": "{commodity} %s %(x)s {0.__class__} \\u0000 ${jndi:ldap://x}",
    "coeng": "្" * 500,
    "combining": "ក" + "\u0301" * 1500,
    "numbers": "១២៣ ½ Ⅷ ٣ 一 1e999999 -5 0x10 NaN inf",
    "1/0": "pig 1/0 kg -1 0 00000",
    "date": "99/99 31/02 pig",
}


@pytest.mark.parametrize("who", ["farmer", "enumerator"])
@pytest.mark.parametrize("name", TEXTS)
def test_any_text_gets_a_short_answer(line: Deployment, name: str, who: str) -> None:
    number = line.phone(may_report=who == "enumerator", place="0305")
    for _ in range(2):  # also where the first one opened a question
        said = line.sms(number, TEXTS[name])
        assert said.status == 200
        assert 1 <= parts(said.text).parts <= 3
        assert said.text.isprintable()
    assert failures(line) == 0


@pytest.mark.parametrize("body", ["%ED%A0%80", "%FF%FE%00", "%E1%9E", "%", "%zz", "%C0%80", "a%00b", "%F4%90%80%80"])
def test_bytes_that_are_no_utf8_get_an_answer_too(line: Deployment, body: str) -> None:
    form = f"MessageSid=SMb{body.encode().hex()}&From={quote(line.phone())}&Body={body}"
    with line.app.test_request_context(
        "/sms", method="POST", data=form, content_type="application/x-www-form-urlencoded"
    ):
        from flask import request

        seen = request.form.to_dict()
    headers = {
        "X-Twilio-Signature": signed(line, line.settings.public_url + "/sms", seen),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    answer = requests.post(f"{line.url}/sms", form, headers=headers, timeout=10)
    assert answer.status_code == 200
    assert "<Message" in answer.text


def test_a_huge_form_is_refused_without_a_fault(line: Deployment) -> None:
    assert line.post("/sms", {"MessageSid": "SMhuge", "Body": "a" * 300_000}).status == 413
