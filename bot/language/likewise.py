"""Me too: one more voice for a problem that others have told, with its code or, unmistakably, without.

Owns the forms of "me too". Which problem is meant without a code is for the conversation to know.
"""

from __future__ import annotations

import re

from bot.language.sight import heard
from bot.language.slots import codes
from bot.language.text.fold import Atom, fold, loose
from bot.language.words.reading import Reading
from flows.heard import Heard, Intent, Slots

_SURE, _LOOSE = 0.95, 0.9
_MOST = 14  # atoms that can be a "me too"


def _either(*words: str) -> str:
    return "(?:" + "|".join(loose(fold(word)) for word in sorted(words, key=len, reverse=True)) + ")"


_HAS = _either("មាន", "ជួប", "ជួបប្រទះ", "ត្រូវ", "អញ្ចឹង", "អ៊ីចឹង", "អញ្ជឹង", "ដូច្នេះ", "ដូច្នោះ", "ដូចគ្នា", "រងគ្រោះ", "ប្រឈម")
_WHAT = _either("បញ្ហា", "បញ្ហានេះ", "រឿង", "រឿងនេះ", "រឿងហ្នឹង", "បញ្ហាហ្នឹង", "នេះ", "បញ្ហាដូចគ្នា")
_KHMER = re.compile(
    "(?:"
    + _either("ផ្ទះ", "ភូមិ", "គ្រួសារ", "ឡាន", "នៅ")
    + ")?"
    + _either("ខ្ញុំ", "ខ្ញុំបាទ", "នាងខ្ញុំ", "យើង", "ពួកយើង", "យើងខ្ញុំ")
    + f"(?:{_either('ក៏')}?{_HAS}?{_WHAT}?{_either('ដែរ')}|{_either('ក៏')}{_HAS}{_WHAT}?)"
    + _either("បាទ", "ចាស", "បង", "ហើយ", "ណា")
    + "?"
)
_ALSO = r"(?:d[ae]+[er]+|d[ae]e|d[ea]+r|dael)"
_ME = r"(?:k?h?n[hy]?[ou]+m|kh?n[ho]+m|nh?om|yerng|yeung|yoeng)"
_LATIN = re.compile(
    rf"{_ME} (?:(?:k[oa]+[rw]?|kor) )?(?:(?:mean|chuo[bp]|chuop|jub|jrub|trov|anhcheung|anchoeng) )?"
    rf"(?:(?:panhha|banha|panha|roeung) )?(?:(?:nis|nih|neng) )?{_ALSO}(?: (?:bong|bat|chas|haey))?"
    r"|(?:me|us|we|i|my family|our village) (?:too|also|as well)|also (?:me|us)|(?:the )?same here"
    r"|same (?:for|with) (?:me|us)"
    r"|(?:i|we) (?:also|too) (?:have|got) (?:it|this|that|(?:this|that) (?:problem|issue)|the same(?: problem)?)"
    r"|(?:i|we) (?:have|had|got) (?:it|this|that|this problem|that problem|the same problem|the same|this issue)"
    r"(?: (?:too|also|as well))"
    r"|(?:i|we) have the same(?: problem| issue)?|it happened to (?:me|us) (?:too|also|as well)"
    r"|it happens to (?:me|us) (?:too|also|as well)|count (?:me|us) in|add (?:me|us)(?: too)?|(?:i|we) join"
)
_PLUS = re.compile(r"\s*\+\s*[1១](?!\d)")
_JOINED = {"metoo": "me too", "samehere": "same here", "meto": "me too", "mee too": "me too"}


def also(reading: Reading) -> Heard | None:
    """One more voice for the problem of a code, words behind them kept; without a code where nothing else is said."""
    if len(reading.atoms) <= _MOST and _is_also(reading.atoms):
        return heard(reading, Intent.ISSUE_JOIN, _LOOSE)
    return _with_code(reading)


def _with_code(reading: Reading) -> Heard | None:
    plus = _PLUS.match(reading.cleaned)
    begin = 0
    if plus is not None:
        begin = next((n for n, atom in enumerate(reading.atoms) if atom.start >= plus.end()), len(reading.atoms))
    code = codes.first(reading, begin)
    if code is None:
        return None
    before, behind = reading.atoms[begin : code.i], reading.atoms[code.j :]
    if plus is not None:
        said = not any(atom.kind in "kl" for atom in _without_code_word(before))
    elif any(atom.kind in "kl" for atom in before):
        said = _is_also(_without_code_word(before))
        behind = behind if said else []
    else:
        said = _is_also(behind)
        behind = []
    if not said:
        return None
    words = codes.behind(reading, code) if behind else ""
    return heard(reading, Intent.ISSUE_JOIN, _SURE, Slots(code=code.digits, words=words or None))


def _without_code_word(found: list[Atom]) -> list[Atom]:
    """Without the word for a code that stands right before it: me too, problem number."""
    while found and (found[-1].kind == "s" or found[-1].key in _NUMBER):
        found = found[:-1]
    joined = loose("".join(atom.key for atom in found))
    return [] if found and found[-1].kind == "k" and _KHMER_NUMBER.fullmatch(joined) else found


_NUMBER = frozenset(("lek", "leik", "code", "number", "no", "problem", "issue", "panhha", "for", "with", "case", "to"))
_KHMER_NUMBER = re.compile(_either("លេខ", "លេខកូដ", "លេខបញ្ហា", "កូដ", "បញ្ហា", "បញ្ហាលេខ", "ចំពោះ", "ជាមួយ") + "+$")


def _is_also(found: list[Atom]) -> bool:
    words = [atom for atom in found if atom.kind != "s"]
    if not words or len({atom.kind for atom in words}) != 1 or any(atom.key in "?？" for atom in found):
        return False
    if words[0].kind == "k":
        said = loose("".join(atom.key for atom in words))
        said = _KHMER_NUMBER.sub("", said) or said
        return _KHMER.fullmatch(said) is not None
    if words[0].kind != "l":
        return False
    said = " ".join(atom.key for atom in words)
    return _LATIN.fullmatch(_JOINED.get(said, said)) is not None
