"""What no other rule wanted: a message left over that refuses messages is STOP, however it is put or spelt.

Owns the roles words play in such a refusal (not, want, a message, the service, leaving it) and the orders of roles
that are one. It looks only at messages whose meaning is in doubt, so it may read loosely.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.language import slurred
from bot.language.words.reading import Reading

_LONG = 40  # letters of words run together
_MOST = 160  # words: a longer message is a story
_GLUED = 6  # a shorter word is hardly two

# Folded Khmer: the sending, a message; what a syllable that begins another word goes on with.
_K_SEND = (
    "(?:ផ្?[ញងយ][\u17b6-\u17c5]*(?:រ(?!ព))?|ព្?ញើ|ប្?[ញន]្?[ជឈច]ូ[នណ]|ទាក់[ទតដ]ង|ម៉?េសេ[ជច]|ឆាត|តេ(?!ះ)|ខល|ហៅ|សរសេរ|រំ?ខាន)"
)
_K_SAR = "(?:សារ៍?|សា(?!រ|លា|មគ|ធ|ច់|ំង|ខា|ស)|អេសអ[េឹ]មអេស|ម៉?េសេ[ជច]|ដំ[ណន]ឹ?ង|ព័?ត[៌៍]?មាន)"
_K_NEED = "(?:ត្?រ?ូវ?កា(?:រ៍?)?)"

# One letter a role; the first that fits, from left to right.
_ROLES = {
    "Q": (  # why
        "ហេតុ(?:អី|អ្វី|ម៉េច)?|ម៉េចក៏|ម៉េចបាន",
        "het ?(?:ey|avey|ei|ai|vey)|mec?[hk] (?=kor?|ban|leng|ot|min|chh?op?b?)|why|how come",
    ),
    "B": (  # somebody else
        "ពួក?គេ|គេ(?!ង)|គាត់|ឈ្មួញ|អ្នកទិញ",
        "ke|k[ou]?at|goat|pouk ke|chh?m[uo]+nh?|they|he|she|nobody|no one|neak tinh|network|someone",
    ),
    "G": (
        "ក្រុម|សមាគម|សហគមន៍?|សហករណ៍?",
        "k(?:ro|ru|rou)m|group|association|cooperative|coop|samakum|sahak[oe]*m",
    ),
    "X": (  # leaving
        "ចាកចេញ|ចាកពី|លាចេញ|លាឈប់|ដក?ខ្លួន(?:ចេញ)?|(?:ឈប់|លែង)(?:ធ្វើ|ជា)សមាជិក",
        "(?:ch|j)ak ?(?:ch|j)[ea]+nh|lea (?:ch|j)[ea]nh|leave|leaving|exit|quit|opt out|withdraw|get out|go out|resign"
        "|quitting|do+r?k kh?l[uo]+n|(?:chh?op?b?|l[ea]+ng) (?:th?ver?|chea) samach[ie]k",
    ),
    "O": ("ចេញពី|ចេញ", "(?:ch|j)[ea]+nh? pi|(?:ch|j)[ea]nh|out of|out"),
    "R": ("បដិសេ[ធត]|ប្រកែក", "bod[ie]set?h?|bdeset|refuse|refusing|decline|reject|object"),
    "K": (  # striking off
        "ល[ុបេ]*ប់?ចោល|លុ?ប់?(?!ើ)|លេបលេខ|ដក|កាត់|ផ្តាច់|បោះបង់|លប់",
        "l(?:u|o|ou|uo)[bp]+(?: ?(?:ch|j)[ao]+l)?|do+r?k|dauk|kat (?=lek|chh?m)|phdach|bo+s ?bo+ng|delete|remov[a-z]*"
        "|erase|close|cancel|terminate|deactivate|exclude|revoke|take back",
    ),
    "I": (  # what is struck off
        "(?:ការ)?ចុះឈ្មោះ|លេ[ខក]|ឈ្មោះ|គណនី|ទិន្នន័យ|ការ(?:យល់ព្រម|អនុញ្ញាត)",
        "(?:ka+r? )?(?:ch|j)[ou]+[sh] ?chh?m[uo]+[hs]+|lek+h?|chh?m[uo]+[hs]+|tin+[eo]*n[eo]y|number|name|account"
        "|registration|data|subscription|details|me|consent|permission|contact",
    ),
    "S": (
        "បញ្?ឈប់?|បញ្?ចប់|ឈ[ាុ]?[បផព]់?|[ឆឃ]ប់|ផ្អាក|បិ[ទត]",
        "(?:b[ao]n(?:h|g)? ?)?(?:ch+|jh?|sh)(?:ou|or|oo|oa|au|uo|o|u)[bp]+|b[ei]t|pit|ph?[ao]+k|stop+(?:ing)?|cease"
        "|desist|end|mute|turn off|switch off",
    ),
    "D": (
        rf"[កគ][ុូ]?ំ?ះ?ម?(?:អោយ)?(?={_K_SEND}|{_K_SAR}|លុ|លប់|ដក|កាត់|ឈប់|ចាក|ចេញ|$)|(?:មិន|អត់)(?:ចាំ)?បាច់|(?:មិន|អត់)អោយ",
        "[kg]h?[aou]{1,2}m+(?: ?oy)?|km|kg|(?:m[iu]n|mn|o+r?t|at) (?:(?:ch|j)[ao]+m ?)?(?:b[ao]+(?:ch|j)|oy)|never"
        "|no need(?: to)?|do not|dont|no (?=sen[dt])",
    ),
    "L": ("លែង|លេង(?=ចង់|ត្រូវ|យក|ទទួល)", "l(?:ae|e|ea|ie|ei|er)ngh?|no longer"),
    "N": ("មិន|អត់|អាត់|អត|មឹន|ពុំ|អិត|គ្មាន(?=សេច|តម្រ|បំណ)", "pum|mi+n|mu+n|mn|o+r?t+|at|not|no|dont|wont|doesnt"),
    "W": (
        "ច[ុ]?ង់?បាន|ច[ុ]?ង់?|សុំ|ព្រម|យល់ព្រម|យក|ជាវ|ប្រើ|(?:សេចក្តី|តម្រូវ|បំណង)(?:ត្រូវការ|ការ)?|ចូលចិត្ត|សុខចិត្ត|អនុញ្ញាត",
        "(?:ch|j)(?:o|a|or|ou)ng|jg|chg|jogn|chogn|yo?k|som|prom|[bp]rer?|brae|an[nuh]*nhat"
        "|(?:ch|j)ol (?:ch|j)et|want(?:ed)?|like|agree|wish|care|accept|use",
    ),
    "E": (_K_NEED, "t(?:or|r)[aeou]{0,3}v? ?kh?a+r?|need(?:ed)?|required?"),
    "U": ("ដឹង|ឮ|លឺ|អាន|ឃើញ|មើល", "d[eo]+ng|leu|an|kh[eo]+r?nh|merl|know|hear(?! from)|read|see"),
    "J": ("ចាប់អារម្ម(?:ណ៍?)?", "(?:ch|j)[ao]p a+r+o*m+|interest(?:ed|ing)?"),
    "T": ("ទទួលយក|ទទួល(?!បាន)", "t(?:o|or)? ?t(?:uo|ou|u|o)[ao]?l|receive|recieve|get|getting|receiving"),
    "M": (_K_SAR, "s[a]+r*h?|sms|msgs?|mes+ag+es?|massages?|mesej|texts?|txts?|news|hear from|d[ao]m ?n[eo]+ng"),
    "P": (
        _K_SEND,
        "[pf]h?(?:ng|gn|ny|n)[hy]?(?:[aeo][aeou]?)?[rh]*|pher|fher|pjer|b[ao]n(?:h|g)?(?:ch|j)h?(?:ou|oo|u)n|send"
        "|sending|message|messaging|contact|sent",
    ),
    "Y": (
        "សេវា(?:កម្ម)?|បញ្ជី|ប្រព័ន្ធ|ការជាវ",
        "sev[ea]?a(?: ?kam+)?|b[ao]nh?(?:ch|j)i|lists?|services?|system|program(?:me)?|phone",
    ),
    "F": ("ផ្សារ?", "ph?sar?|ph?sah"),
    "A": (
        "ទៀត|តៀត|តទៅ|រហូត|សោះ|ទាំងអស់|ជារៀងរហូត",
        "(?:th?|d)[aei]{1,3}r?[tdk]|tt|tit|teang os|tang os|rohot|sos|anymore|any more|more|again|ever|all|any",
    ),
    "V": ("តម្លៃ|ថ្លៃ", "tlai|thlai|domlai|tamlai|tomlai|prices?"),
    "Z": ("ខ្ជិល|ហត់|ធុញ|នឿយ", "kh?(?:ch|j)h?[ie]l|tired|(?:so|too) (?:many|much)|th?un+h?"),
    "H": (  # politeness, oneself: nothing
        "ខ្ញុំ|យើង|ប៉ុន្តែ|តែ|លា|បង|ហើយ|ទេ|សូម|អរគុណ|អគុន|ណា|ផង|ទៅ|នេះ|ពី|ហ្នឹង|អី|របស់|មក|ការ",
        "k?h?n[hy]+o+m|khnom|knhom|bo+ng|te|hz|haey|hery|please|pls|orkun|thanks?|you|na|pho+ng|tov|nis|nih|pi|nung|neng|the"
        "|this|these|from|of|my|your|to|i|a|mok|mk|ka+r|pontae|tae|but|la|kindly|hey|i",
    ),
}
_FIRST = re.compile(
    "|".join(f"(?P<{role}>(?:{km})|(?: ?(?:{latin}))(?![a-z]))" for role, (km, latin) in _ROLES.items())
)
# A quick look whether there is anything to refuse with.
_HINT = re.compile(
    "[កគ]ុ?ំ|[កគ]ុម|[ឆឃ]ប់|ឈ[ាុ]?[បផព]|"
    "ខ្ជិល|ហត់|ធុញ|នឿយ|គ្មានស|លែង|លេង|មិន|អត|អាត់|ពុំ|អិត|ចេញ|បដិ|ល[ុបេ]|ដក|កាត់|ផ្តាច់|បោះ|បញ្ច|ផ្អាក|បិ[ទត]|ចាក"
    "| (?:pum|t(?:ire|h?un)|kh?[cj]|[kg]h?[aou]*m|k[mg]|[csj]h*[aou]+r?[bp]|l[aei]+n|min|mun|mn|o+r?t|at|l[ou]+[bp]|do"
    "|bos|bo?n|b[ei]t|pit"
    "|pha|pho|des|excl|rev|tak|so|too|leav|exit|quit|out|get|go|opt|with|refus|declin|reject|object|bod"
    "|clos|canc|delet|remov|eras|term|no|never|"
    "not|stop|end|mute|turn|switch|(?:ch|j)[ae])"
)
_GAP = "[^GBQ]"
_ORDERS = re.compile(
    rf"R{_GAP}{{0,3}}[MPTY]"  # refuse messages
    rf"|[NL]H?T{_GAP}{{0,2}}M{_GAP}{{0,2}}A"  # not receive messages any more
    rf"|L{_GAP}{{0,1}}T{_GAP}{{0,2}}M"
    rf"|(?<!B)[NLD]{_GAP}?[WE]{{1,2}}T?{_GAP}{{0,3}}[MYF]"  # not want a message, the service
    rf"|(?<!B)[NLD]H?[WE]H*A|[NLD]H?J|(?<!B)[NL]WU(?!H*[.])|M(?:H*)N[WE]"
    rf"|(?<!B)[DSL]H?[PT]{_GAP}{{0,2}}[MIH]|(?<!B)[DS]H{{0,2}}[MY]"  # do not send messages, stop the service
    rf"|N[HM]{{0,2}}MH*A"
    rf"|X{_GAP}{{0,3}}[YMTF]|(?:W|H)*O{_GAP}{{0,2}}[YMT]|WH*OH?F"  # leave the service
    rf"|KH{{0,2}}[IYMO]|S{_GAP}{{0,1}}I"
    rf"|Z{_GAP}{{0,3}}M|^[HW]+(?:D|SH*)$|^H*(?:[NLD]H?E|LW+)H*$"  # weary of messages; please do not
)
_STRICT = re.compile(r"[HA]*(?:[NLD]H?[WE]U?H*V?H*A|[DSL]H?PH*[MIA]|R[H]*[MPTY])[HAMPI]*")


def refused(reading: Reading) -> bool:
    """True where a message in doubt refuses being written to."""
    return any(_ORDERS.search(said) and not _excused(said) for said in _clauses(reading)) or glued(reading)


def wholly(reading: Reading) -> bool:
    """True where a clause is that and nothing else: even what looks like goods is not meant."""
    return any(_STRICT.fullmatch(said) for said in _clauses(reading)) or glued(reading)


def left(reading: Reading) -> bool:
    """Leaving the messages, the service, the list: not a group, if none is named."""
    said = _clauses(reading)
    return not any("G" in clause for clause in said) and any(_ORDERS.search(clause) for clause in said)


def struck(reading: Reading) -> bool:
    """A registration given up, a number taken out."""
    return any(re.search("K[HF]*[IO]", said) and not _excused(said) for said in _clauses(reading))


def needless(reading: Reading) -> bool:
    """Not needed, and nothing more: ត្រូវ is "right" too."""
    return any(re.fullmatch("H*[NLD]H?EH*", said) for said in _clauses(reading))


def glued(reading: Reading) -> bool:
    """kompnhersamoktiet: a refusal with its words run together."""
    latin = reading.lexicon.latn
    for atom in reading.atoms:
        if atom.kind == "l" and len(atom.key) >= _GLUED and not latin.get(atom.key):
            words = [a.key for a in reading.atoms if a.kind == "l"]
            joined = "".join(words)
            return len(joined) <= _LONG and slurred.run_together(joined)
    return False


def _excused(said: str) -> bool:
    """Why it stopped, do not stop: somebody who misses the messages."""
    return bool(re.search("Q.*[SLN]|[DN]H?[SKXO]", said))


def _clauses(reading: Reading) -> list[str]:
    """The roles of each clause, a dot for any other syllable or word."""
    pieces: list[str] = []
    starts: list[int] = []
    at = 0
    for atom in reading.atoms[:_MOST]:
        piece = f" {atom.key}" if atom.kind != "k" else atom.key
        starts.append(at)
        pieces.append(piece)
        at += len(piece)
    text = "".join(pieces)
    return list(_roles(text, tuple(starts))) if _HINT.search(text) else []


@lru_cache(maxsize=64)
def _roles(text: str, starts: tuple[int, ...]) -> tuple[str, ...]:
    said, end = "", 0
    for start in starts:
        if start < end:
            continue
        found = _FIRST.match(text, start)
        if found:
            said += found.lastgroup or ""
            end = found.end()
        else:
            said += "|" if text[start : start + 2].strip() in _SIGNS else "."
    return tuple(part for part in said.split("|") if part)


_SIGNS = frozenset(".!?;,។៕")
