"""Refusals misspelt word by word: chop pher sa mok, dont txt me agan, កុផ្ញើសរមក.

Owns what each word of a refusal may be written as when it is heard, clipped or mistyped, and the few sentences
these words make. A clause counts only when every word of it belongs: so the words may be read this loosely.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.language.text.fold import Atom
from bot.language.words.reading import Reading

_MOST = 16  # words of a clause
_LONGEST = 16  # letters of a word

# Romanised Khmer, as farewell's sounds, but clipped and with strange vowels too.
_STOP = r"(?:(?:ch+|jh?|sh)(?:ou|or|oo|oa|au|uo|o|u)[bp]+|chh?[bp]|sto+p+|stp|s(?:or|o|u)[bp](?= ?[pf]h?n))"
_DONT = r"(?:[kg]h?(?:uo|[aou]{0,2})m+|k[oug](?= ?[pf]h?n))"
_NO_LONGER = r"(?:l(?:ae|e|ea|ie|ei|er)ngh?)"
_SEND = (
    r"(?:[pbf]h?(?:ng|gn|ny|n)[hy]?(?:[aeo][aeou]?)?[rh]*|[pbf]h?[aeou](?:ng|gn|ny|n)[hy]?[aeo][aeou]?[rh]*"
    r"|[pbf]h?(?:ae|oe|e)[ru]h?|(?:ph|f)(?:ae|e)"
    r"|nhe[ur]?|b[aou]{1,2}r?n?h?(?:ch|j)h?(?:ou|oo|uo|u|o)n+h?)"
)
_MESSAGE = r"(?:sa+r*h?|sms|msgs?|mes+[ae]*[gj]es?|mesej|te?xts?)"
_BOTHER = r"(?:r(?:om|ou|or|oo|o|u)?m ?kh?[aeou]{0,2}n+)"
_CALL = r"(?:kh?[ao]l|th?el?|hao|t(?:ou|u)ro?e?sap|sms|chat|(?:tak|teak) ?to+r?ng|s[ou]r?se+r?)"
_COME = r"(?:m(?:or|ou|o|u)?[kgr])"
_SELF = r"(?:k?h?n[hny]?h?[ou]+m|khy[ou]+m|anh|ahn|y(?:er|eu)ng)"
_AGAIN = r"(?:(?:th?|d)[aei]{1,3}r?[tdk]|tt)"
_NOT = r"(?:mi+n|mu+n|mn|o+r?t+|a+u?r?t+)"
_WANT = r"(?:(?:ch|j)h?[aou]{1,2}r?ng|jn?g|chn?g)"
_GET = r"(?:b[ao]+r?n+|th?[ou]+r? ?th?[ou]+r?[ao]?[ou]?r?l+|yo?k)"
_NEED = r"(?:t(?:or|r)[aeou]{0,3}v? ?kh?a+r?)"
_STRIKE = r"(?:l(?:ou|uo|o|u)[bp]+|do+r?k|dak|dauk|phdach|dach)"
_CUT = r"(?:to+r?ch|ta+ch|ka+t|yo?k)"
_NAME = r"(?:l[ae]+kh?e?|ch?h?m[aou]+[hrs]*)"
_AWAY = r"(?:(?:ch|j)[ea]nh|(?:ch|j)[ao]+l)"
_TAIL = (
    rf"(?:{_MESSAGE}|{_BOTHER}|{_GET}|{_COME}|{_SELF}|{_AGAIN}|{_AWAY}|t(?:e+[yrhi]?|o+v)|na+[sh]*|ph?o+ng|bo+ng"
    r"|haey|hery|hz|oy|avey|nis|nih|neng|nung|ning|elov|ilov|teang os|tang os|krup|pl[eaz]*se?|stop)"
)
_HEAD = rf"(?:{_SELF}|bo+ng|pu|ming|som|sum|oy|ch(?:uo|u|ou)y|please|pl[sz]|hello|hi|lok|elov|ilov|help|me)"
# A word is read once only: else many words that may each be two things take for ever.
_HEADS, _ENDS = rf"(?:(?>{_HEAD}) )*", rf"(?:(?> {_TAIL}(?![a-z])))*"
_ASKED_OFF = rf"(?:{_STOP}|{_DONT}) ?{_SEND}"
_KHMER_LATIN = re.compile(
    rf"{_HEADS}(?:{_ASKED_OFF}(?: ?{_MESSAGE})?|{_STOP} ?(?:{_GET} ?)?{_MESSAGE}|(?:{_DONT}|{_STOP}) ?{_BOTHER}"
    rf"|(?:{_DONT}|{_STOP}) {_CALL} (?:{_COME}|{_SELF}|{_AGAIN})"
    rf"|{_NOT} (?:{_WANT} ?(?:{_GET} )?|{_NEED} |yo?k ){_MESSAGE}"
    rf"|men (?:{_WANT} ?(?:{_GET} )?|{_NEED} |yo?k ){_MESSAGE}(?= .*te|.*tt)"
    rf"|{_NO_LONGER} (?:{_WANT} ?)?(?:{_GET} |{_NEED} ){_MESSAGE}"
    rf"|{_STRIKE} {_NAME}|{_CUT} {_NAME} (?:tou?ro?e?sap )?{_SELF}(?: {_AWAY}| oy| ph?ong| tov)+"
    rf"|to+r?ch {_NAME} {_SELF}|{_STRIKE} {_SELF} {_AWAY}){_ENDS}(?: pi (?:bo?a?n?h?ch?j?i|list))?{_ENDS}"
)
_HELD = re.compile(rf"(?:^|(\S+) ){_ASKED_OFF} (?:{_MESSAGE}|{_COME}|{_SELF})(?: |$)")
# Before it: do not stop, they stopped, why, forgot to.
_NOT_THAT = re.compile(
    rf"{_DONT}|{_NOT}|ke|k[eo]at|goat|vea|me(?:ch|k)|ey|avey|ban|ph?l[ie]ch|h[ae]+t(?:[ae]*[vy]+[ey]*|ei|ai)?"
)

# English: each word is made the nearest of these, then the sentence is looked at.
_TAILS = (
    "please now me my us i this that these those it the your to of off out from on list number phone name any anymore "
    "more again anything message messages text texts sms sending texting messaging calling receiving getting send "
    "receive get at all thanks thank you sir ever already for and in subscription service alone spam call calls "
    "contact system database stop want meeting"
)
_OTHERS = (
    "unsubscribe quit cancel end do dont never no write bother disturb email ring need like wish remove delete take "
    "drop erase strike clear leave interested am opt registration account not kindly ok hey hello hi just can could "
    "would will how"
)
_WORDS = frozenset((_TAILS + " " + _OTHERS).split())
_SHORT = {
    "pls": "please", "plz": "please", "plss": "please", "plse": "please", "pleas": "please", "u": "you", "ur": "your",
    "yr": "your", "txt": "text", "txts": "texts", "txting": "texting", "msg": "message", "msgs": "messages",
    "msging": "messaging", "massage": "message", "massages": "messages", "smses": "sms", "wnt": "want", "ths": "this",
    "rmv": "remove", "rmve": "remove", "del": "delete", "num": "number", "nr": "number", "nbr": "number",
    "numb": "number", "sim": "number", "dnt": "dont", "dun": "dont", "donot": "dont", "stp": "stop",
    "agn": "again", "tek": "take", "mobile": "phone", "cell": "phone", "im": "i", "ty": "thanks", "thx": "thanks",
    "rcv": "receive", "unsub": "unsubscribe", "registeration": "registration", "sub": "subscription", "nomore": "no",
}  # fmt: skip
_NO_SLIPS = frozenset((
    "shop", "step", "top", "soup", "sand", "test", "tests", "next", "bell", "ball",
    "tell", "sell", "cell", "fall", "lost", "hike", "bike", "lake", "make", "live", "leaf", "rope", "crop", "lime",
    "wing", "king", "wash", "fish", "dish", "seed", "feed", "weed", "tall", "wall", "hall", "male", "mail", "game",
    "came", "same", "late", "fine", "nine", "line", "last", "fist", "gift", "then", "them", "they", "there", "where",
    "hose", "rose", "with", "when", "pig", "water", "buy", "subscribe", "resubscribe",
))  # fmt: skip
_ANY = rf"(?:{'|'.join(sorted(_TAILS.split(), key=len, reverse=True))})"
_POLITE = r"(?:please|kindly|ok|hey|hello|hi|sir|just|now|can|could|would|will|you|i|want|like|to|how do|how|thanks|am)"
_REACHED = r"(?:send(?:ing)?|text(?:ing)?|message|messaging|contact|call(?:ing)?|write|bother|disturb|email|ring|sms)"
_WRITTEN = r"(?:messages?|texts?|sms|calls|spam)"
_MINE = r"(?:me|us|(?:my|the|this) (?:phone )?(?:number|name|phone|contact|no))"
_REFUSALS = (
    rf"stop (?:it|this|that|me|now|please|{_REACHED}|(?:(?:the|my|all) )?(?:meeting )?{_WRITTEN}|receiving|getting)",
    r"unsubscribe",
    r"opt (?:me )?out",
    rf"(?:do not|dont|never|not) {_REACHED} (?:me|us|again|anything|anymore|any|to|please|{_WRITTEN}|this|my)",
    rf"no {_WRITTEN} (?:please|thanks|anymore|to me)",
    rf"no more {_WRITTEN}",
    r"(?:do not|dont|never|not|no) (?:want|need|like|wish)"
    rf"(?: (?:any|more|your|these|this|those|to|receive|get|the|all))* (?:{_WRITTEN}|this|these|it|anymore)",
    rf"(?:remove|delete|erase|strike|clear|drop) {_MINE}",
    rf"(?:take|get|drop) {_MINE} (?:off|out|of|from)",
    r"leave (?:me|us) alone",
    r"not interested",
    rf"(?:cancel|end) (?:my )?(?:subscription|registration|account|{_WRITTEN})",
)
_ENGLISH = re.compile(rf"(?:{_POLITE} )*(?:{'|'.join(_REFUSALS)})(?: {_ANY})*")
# The same with no spaces between; a few words that only whole clauses lend their meaning are spelt stricter here.
_TOGETHER = re.compile(
    rf"{_HEAD}?(?:(?:{_STOP}|{_DONT}){_SEND}{_TAIL}+|{_STOP}(?:{_GET})?{_MESSAGE}|(?:{_DONT}|{_STOP}){_BOTHER}"
    rf"|(?:{_NOT}|{_NO_LONGER})(?:{_WANT}(?:{_GET})?|{_NEED}|{_GET}|yo?k){_MESSAGE}|(?:{_NOT})ba(?:ch|j){_SEND}"
    rf"|{_STRIKE}{_NAME}(?:{_SELF}|{_AWAY})|{_NOT}{_WANT}{_GET}|(?:ch|j)ak(?:ch|j)[ea]nhpi(?:ph?sa+r?|s[ae]v|b[ao]n|list|sa+r|sms))(?:{_TAIL}|pi|ph?sar?)*"
    rf"|(?:please|pls|plz)?(?:(?:stop|dont|donot)(?:send|sending|text|texting|message|messaging|call|calling|sms|spam)"
    r"(?:me|sms|messages?|msgs?|texts?|this|it|now|please|pls|again|anymore)*|(?:no|nomore)(?:sms|messages?|msgs?|texts?)"
    r"(?:please|pls|me|again|anymore)*"
    r"|(?:remove|delete)(?:me|my(?:phone)?(?:number|name))\w{0,12}|takemeoff\w{0,12}|unsubscribe\w{0,8})"
)

# Khmer: what is left without vowels and signs, letters that sound alike made one.
_SKIN = re.compile("[^\u1780-\u17a2]")
_ALIKE = str.maketrans("ឆណទដធឍឡ", "ឈនតតតតល")
_K_SEND = "(?:ផ[ញង]រ?|ពញរ?|ផ(?=សរ?|មក)|បញ?[ជចឈ]ន)"
_K_TAIL = "(?:មក|ត|ផង|ហយ|ន|ខញ?(?:ម(?!ក))?|បង|អយ|សវ|ចញ|ចល|បន|សរ?|លខ)"
_K_HEAD = "(?:សម|បង|ខញ?(?:ម(?!ក))?|ជយ|លក|អយ)"
_K_WANT = "(?:ចង(?:បន|តតល|តល)?|តរ?វករ?)"
_KHMER = re.compile(
    rf"{_K_HEAD}*(?:[កគ]ម?{_K_SEND}|(?:ប?ញ?ឈប+|បញប)(?:ករ)?{_K_SEND}|ប?ញ?ឈប+(?:តតល)?សរ?|[កគ]ម?រម?ខន|[កគ]ម?(?:ខល|ហ)មក"
    rf"|(?:អត|មន){_K_WANT}សរ?|លង(?:{_K_WANT}|តតល|យក)សរ?|(?:លប|តក)(?:លខ|ឈម?)(?:តរសពត?)?{_K_TAIL}+){_K_TAIL}*"
)
_HAVE = frozenset(("មាន", "មាន់", "មុន", "មែន"))
_GOODS = frozenset(("commodity", "group"))


def whole_clause(reading: Reading) -> bool:
    """True where one clause is nothing but a refusal of being written to, however its words are spelt."""
    return any(_refuses(clause, reading) for clause in _clauses(reading))


def whole(reading: Reading) -> bool:
    """The same of all that is said: then no goods are named, whatever a misspelt word resembles."""
    clauses = _clauses(reading)
    said = sum(a.kind != "s" for a in reading.atoms)
    return sum(map(len, clauses)) == said > 0 and all(_refuses(clause, reading) for clause in clauses)


def held(reading: Reading) -> bool:
    """True where a clause holds a plain "do not send me", whatever else is said in it."""
    for clause in _clauses(reading):
        found = _HELD.search(_latin(clause))
        if found and not (found[1] and _NOT_THAT.fullmatch(found[1])):
            return True
    return False


def run_together(joined: str) -> bool:
    """True where letters without a space are one refusal: kompnhersamoktiet."""
    return _TOGETHER.fullmatch(joined) is not None


def _clauses(reading: Reading) -> list[list[Atom]]:
    """The words between signs; a question and what holds a number is left out."""
    found: list[list[Atom]] = [[]]
    for atom in reading.atoms:
        if atom.kind != "s":
            found[-1].append(atom)
        elif atom.key in ("?", "？"):
            found[-1] = []
        elif atom.key not in ("'", '"'):
            found.append([])
    return [c for c in found if c and len(c) <= _MOST and all(a.kind in "kl" for a in c)]


def _refuses(clause: list[Atom], reading: Reading) -> bool:
    if all(a.kind == "k" for a in clause):
        return _KHMER.fullmatch(_bones(clause)) is not None and not _told(clause, reading)
    if any(a.kind == "k" for a in clause):
        return False
    return _KHMER_LATIN.fullmatch(_latin(clause)) is not None or _english(clause)


def _latin(clause: list[Atom]) -> str:
    return " ".join(a.key for a in clause)


def _bones(clause: list[Atom]) -> str:
    return _SKIN.sub("", "".join(a.key for a in clause)).translate(_ALIKE)


def _told(clause: list[Atom], reading: Reading) -> bool:
    """The same letters with other vowels are other words: មាន, to have; a cow, a duck."""
    first, last = clause[0].start, clause[-1].end
    for item in reading.items:
        if not first <= reading.atoms[item.i].start < last or item.score < 1:
            continue
        if any(s.kind in _GOODS and not s.weak for s in item.senses):
            return True
    return any(a.key in _HAVE or a.key + b.key in _HAVE for a, b in zip(clause, [*clause[1:], clause[-1]], strict=True))


def _english(clause: list[Atom]) -> bool:
    words = []
    for atom in clause:
        word = _meant(atom.key)
        if not word:
            return False
        words.append(word)
    return _ENGLISH.fullmatch(" ".join(words)) is not None


@lru_cache(maxsize=4096)
def _meant(typed: str) -> str:
    """The word of a refusal that was meant, one slip away (two in a long one), or nothing."""
    if typed in _WORDS:
        return typed
    if typed in _SHORT:
        return _SHORT[typed]
    if not 3 <= len(typed) <= _LONGEST or typed in _NO_SLIPS:
        return ""
    most = 2 if len(typed) > 7 else 1
    close = [word for word in _WORDS if len(word) > 3 and (len(typed) > 3 or word[0] == typed[0])]
    near = [(OSA.distance(typed, word, score_cutoff=most), word) for word in close] or [(most + 1, "")]
    off, word = min(near)
    return word if off <= most else ""
