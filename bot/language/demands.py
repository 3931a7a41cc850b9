"""Refusals said as demands: or I go to the police, who gave you my number, take my name out, let none come in.

Owns the phrases these are made of. Each needs both its halves (a sending and a threat, a stranger and a demand), so
that a problem told of the police, a fee or a trader is none; what is asked of a group or a meeting is not looked at.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.language.words.reading import Reading

_MOST = 160  # words: a longer message is a story

# Khmer as it is folded, then romanised Khmer, then English; romanised words have a space before them.
_K_SEND = r"(?:ផ្?[ញងយ][ា-ៅ]*រ?|ព្?ញើ|បញ្ជូន|ឆាត|ម៉េសេជ|រំខាន)"
_L_SEND = r" (?:[pf]h?(?:ng|gn|n)[hy]?(?:[aeo][aeou]?)?[rh]*|chat|romkhan|rom khan|sms|send|text|message)"
_E_SEND = (
    r" (?:sen[dt](?:ing)?|te?xt(?:ing)?|messag(?:e|ing)|sms|spam(?:ming)?|both?er(?:ing)?|disturb(?:ing)?"
    r"|contact(?:ing)?"
    r"|harass(?:ing)?|call me|calling me|writ(?:e|ing))"
)
_K_SAR = r"(?:សារ?៍?|ម៉េសេជ|អេសអេមអេស|sms)"
_L_SAR = r" (?:sa+r*h?|sms|msgs?|messages?|mesej)"
_E_SAR = r" (?:messages?|sms(?:es)?|te?xts?|msgs?|spam|notifications?)"
_K_ME = r"(?:ខ្?ញ[ុំូ]*ម?|ខំ|អញ|យើង|យាយ|តា|ពូ|មីង|អ៉?ុំ|អូន|បង)"
_L_ME = r" (?:k?h?n[hy]+[ou]+m|kh?nom|kyom|kjom|khyom|nhom|nh|anh|yerng|yeung|yeay|ta|pu|bong|oun)"
_K_NUMBER = r"(?:ឈ្?មោះ?|លេ?[ខក]|ស[៉៊]?ីម|ទូរ?ស័?ព្?ទ?័?)"
_L_NUMBER = r" (?:l[ae]+kh?e?|ch?h?m[aou]+[hrs]*|sim)"
_E_NUMBER = r" (?:(?:phone|mobile|cell|sim) )?(?:name|number|phone|sim|contact|no|num|nr)"
_L_NOT = r" (?:mi+n|mu+n|mn|o+r?t+|at)"
_L_WISH = r" (?:(?:ch|j)(?:o|or|ou)ng|jg|chg|s[ou]m|(?:ch|j)(?:uo|u|ou)y|k?h?n[hy]+[ou]+m|kh?nom|kyom)"
_L_STOP = r" (?:ch+|jh?|sh)(?:ou|or|oo|o|u)[bp]+"
_L_DONT = r" [kg]h?[ou]{1,2}m"
_L_CUT = r" (?:[pb]h?[dt]h?[ae]+(?:ch|j)h?)"
_L_OFF = r" (?:(?:ch|j)[ea]+nh|(?:ch|j)[ao]+l)"

# It goes on: still, once more, if.
_AGAIN = re.compile(
    rf"(?:បើ|ប្រសិន).{{0,24}}(?:{_K_SEND}|{_K_SAR})|នៅ(?:តែ|បន្ត)?{_K_SEND}"
    rf"|(?<!ខ្ញុំ)(?<!គេ){_K_SEND}.{{0,14}}(?:ទៀត|តៀត)"
    rf"|(?:បើ|ប្រសិនបើ)(?:អ្នក|ឯង|អ្នកឯង)?(?:មិន|អត់)(?:ព្រម)?ឈប់| b(?:er|eu|ae)(?: neak| eng)?{_L_NOT}{_L_STOP}"
    rf"|{_K_SEND}.{{0,16}}ឈប់|ឈប់{_K_SEND}|កុំ{_K_SEND}"
    rf"| (?:b(?:er|eu|ae|eur)|prosen)(?: \w+){{0,4}}(?:{_L_SEND}|{_L_SAR})| nov (?:te|tae|tea|bantor)?{_L_SEND}"
    rf"|{_L_SEND}(?: \w+){{0,4}} (?:(?:th?|d)[aei]{{1,3}}r?[tdk]|tt)(?!\w)|(?:{_L_STOP}|{_L_DONT}){_L_SEND}"
    r"| (?:you|u) (?:are )?harass(?:ing)? (?:me|us)| (?:stop|quit|enough)(?: it| this| that| now)? (?:or|otherwise"
    r"|else)(?!\w)|ឈប់.{0,8}(?:បើមិន|បើអត់|មិនអញ្ចឹង)"
    rf"| if(?: \w+){{0,4}}(?:{_E_SEND}|{_E_SAR})| (?:keep|keeps|continue|still|stop|quit|dont|do not"
    rf"|never)(?: to)?{_E_SEND}"
    rf"|{_E_SEND}(?: \w+){{0,4}} (?:again|once more|one more|any ?more|any more|more)(?!\w)"
    rf"| next time(?: \w+){{0,2}}{_E_SEND}| (?:another|one more|next){_E_SAR}"
)
_K_LAW = (
    r"(?:ប៉ូល[ិី]ស|ប៉ុស្តិ?៍?|នគរបាល|តុលាការ|អាជ្ញាធរ|មេភូមិ|មេឃុំ|ក្រុមហ៊ុន|សែលកាត|ស្មាត|មិត្តហ្វូន|មិតហ្វូន"
    r"|cellcard|smart"
    r"|metfone|police)"
)
_LAW = (
    r" (?:pol[ie]+[cs]e?|polees|poli|post|police|tolaka+r?|court|lawyer|authorit(?:y|ies)|mephum|me phum|mekhum|chief"
    r"|krom ?h[ou]+n|cellcard|cell card|smart|metfone|operator|telecom|(?:phone|sim|mobile) company|trc|ministry"
    r"|newspaper)"
)
_THREAT = re.compile(
    rf"(?:ប្តឹង|ប្រាប់|រាយការណ៍|តេ|ខល|ហៅ|ទៅ|ជូន).{{0,14}}{_K_LAW}|(?:ដូរ|ប្តូរ|បោះ|បោក|កាច់"
    rf"|គ្រវែង).{{0,4}}(?:ស[៉៊]?ីម|លេខ|ទូរ)"
    r"|ប្លុ?ក|ប្តឹងអ្នក|ប្តឹងឯង|ប្តឹងហើយ|ខ្ញុំប្តឹង|ប្តឹងអោយ"
    rf"|{_L_ME}(?: tov| neng)? [pb]h?[dt]o?er?ng(?: hz| haey)?(?= b(?:er|eu|ae)|$|\|)| or (?:else )?police"
    rf"| (?:[pb]h?[dt]o?er?ng|prap|prab|tel|te|khal|call|hao|tov|report|reay ?ka+r?)(?: \w+){{0,4}}{_LAW}"
    r"| (?:d[ou]+r?|bdo|pdo|bos|bok|kach) (?:sim|lek)| (?:block|plok|blok) "
    rf"| (?:report|tell|go|complain|inform|call|sue|see|take|bring|contact)(?: \w+){{0,4}}{_LAW}"
    r"| (?:report|sue|block|blacklist) (?:you|u|this|your)(?!\w)"
    r"| (?:change|throw|break|destroy|burn)(?: away)?(?: my| the)?(?: phone)? (?:sim|number|phone)"
)

# Not ours: who else may send or be threatened; somebody who asks to be written to.
_ELSEWHERE = re.compile(
    rf"ឈ្មួ[ញន]|អ្នកទិញ|អ្នកលក់|ចំណី|ចោរ|លួច|សំបុត្រ|ពាក្យ|ផ្ញើលុយ|តើ|(?:សូម|ជួយ|សុំ|អាច){_K_SEND}"
    rf"| (?:chh?m[uo]+nh?|neak tinh|neak lu?ok|ch[ao]mney|ch[ao]+r|lu?och|letters?|traders?|buyers?|sellers?|feed"
    rf"|thie(?:f|ves)|stole[n]?)(?!\w)"
    rf"| (?:som|sum|ch?(?:uo|u|ou)y|juy|ach){_L_SEND}(?!\w)| (?:please|pls|plz|can you|will you|can u"
    rf"|kindly)(?: still)?{_E_SEND}(?!\w)"
)

# Who is a stranger to us, and what is asked of us then.
_STRANGER = re.compile(
    r"(?:អ្នកណា|នរណា|នណា|ណាគេ|ម៉េច)(?:គេ)?(?:បាន)?(?:អោយ|ប្រាប់|លក់|យក|មាន|ស្គាល់).{0,3}(?:លេ?[ខក])"
    r"|(?:យក|បាន|ស្គាល់)លេ?[ខក].{0,12}ពី(?:ណា|អ្នកណា)"
    r"|(?:មិន|អត់|មឹន|ពុំ)(?:ធ្លាប់|ដែ[លរ]|បាន)(?:ដែ[លរ])?(?:ចុះ|សុំ|ស្នើ|ជាវ|ព្រម|យល់ព្រម|អោយលេខ|ដាក់លេខ|ស្គាល់"
    r"|អនុញ្ញាត)"
    r"| (?:nak na|neak na|anak na|n[ao]rna|na ke)(?: ke)?(?: ban)? (?:oy|aoy|prab|prap|l[uo]+k|yok|mean) lek"
    r"| (?:yok|ban|skoal) lek(?: \w+){0,3} pi na"
    rf"|{_L_NOT} (?:del|dael|dol|tlob|thlob|ban)(?: (?:ch|j)h?[ou]+[sh]| s[ou]m| oy lek| prom| skoal| yol prom)"
    rf"| who(?: \w+)? (?:ga?ive|gave|give|given|told|sold|share[ds]?)(?: \w+){{0,2}} my{_E_NUMBER}"
    rf"| (?:where|how)(?: \w+){{0,2}} (?:get|got|find|found|have|has|take|know) my{_E_NUMBER}"
    rf"| why(?: do| did)? (?:you|u|they) (?:have|got|get|know) my{_E_NUMBER}"
    r"| (?:never|not|didnt|dont|havent)(?: ever| even)? (?:sign|signed|register(?:ed)?|subscribed?|joined|join|asked?"
    r"|agreed?|requested|request|give|gave|consent(?:ed)?|enrol(?:led)?|opted)(?!\w)"
)
_DEMAND = re.compile(
    rf"លុ?ប់?(?!ើ)|ដក|ផ្តាច់|បិទ|យក{_K_NUMBER}.{{0,10}}ចេញ|យក.{{0,8}}ចេញ|ឈប់|កុំ(?:{_K_SEND}|មក|តេ|ខល|ហៅ)"
    rf"|ដោះ.{{0,12}}ចេញ"
    rf"| (?:l[ou]+[bp]|do+r?k|delete|remove|stop|cancel|block)(?!\w)|{_L_CUT}(?!\w)"
    rf"|{_L_STOP}(?!\w)|{_L_DONT}(?:{_L_SEND}| mo?r?k| tel| hao| call)| yok(?: \w+){{0,3}}{_L_OFF}"
    rf"| (?:erase|drop|unsubscribe|strike|clear)(?!\w)| take(?: \w+){{0,4}} (?:out|off|away)(?!\w)| (?:dont|do not"
    rf"|never|no more)"
)

# What says all of it at once.
_KM_WHOLE = (
    rf"(?<!កុំ)(?<!មិន)(?<!អត់)(?:យក|ដក|ដោះ|ដកយក|កាត់|លុ?ប់?){_K_NUMBER}(?:{_K_ME}|នេះ|ហ្នឹង).{{0,3}}(?:ចេញ|ចោល)"
    rf"|(?<!កុំ)(?<!មិន)(?<!អត់)(?:យក|ដក|ដោះ)(?:{_K_NUMBER})?{_K_ME}ចេញពី(?:បញ្ជី|ប្រព័ន្ធ|កុំព្យូទ័រ|សារ|សេវា|នេះ"
    rf"|ហ្នឹង|ផ្សារ)"
    rf"|{_K_NUMBER}{_K_ME}(?:យក|ដក|ដោះ)ចេញ|កុំ(?:ទុក|រក្សា){_K_NUMBER}{_K_ME}|(?:^|\|)អោយស្ងៀម|(?:ទុក"
    rf"|អោយ)+{_K_ME}(?:ស្ងប់|ស្ងាត់|ស្ងៀម|សុខ)(?:ផង|ទៅ)"
    rf"|(?:(?:កុំ|ឈប់|មិនបាច់|អត់បាច់)(?:ចង់)?(?:អោយ)|(?:លែង|មិន|អត់)ចង់(?:អោយ|ឃើញ))(?:មាន|ឃើញ)?{_K_SAR}.{{0,16}}"
    rf"(?:មក|ចូល|ទៀត|លោត)"
    rf"|(?:ធ្វើម៉េច|(?:ម៉េច|យ៉ាងណា)(?:ទើប|ដើម្បី|អោយ|បាន)+)(?:វា|{_K_ME})?(?:អោយ)?(?:លែង|កុំ|ឈប់|អស់)(?:អោយ)?(?:មាន"
    rf"|បាន|ឃើញ|ទទួល)?{_K_SAR}"
    rf"|(?:សុំ|សូម|ចង់)(?:កុំ|មិន|លែង)(?:អោយ)?(?:ទទួល|បាន|មាន){_K_SAR}"
    rf"|(?:អោយ|លែង){_K_ME}.{{0,3}}(?:ផុត|រួច|ឆ្ងាយ)(?:ខ្លួន)?ពី.{{0,8}}(?:{_K_SAR}|រំខាន|លេខ|សេវា)|ផុតពី{_K_SAR}"
    rf"|រួចពី{_K_SAR}"
    rf"|(?:ទុក|អោយ|ទុកអោយ)(?:{_K_NUMBER})?{_K_ME}(?:អោយ)?(?:នៅ|បាន)(?:សុខ|ស្ងៀម|សៀម|ស្ងាត់|ស្ងប់)"
    rf"|(?:ចង់|សុំ|សូម|ជួយ|{_K_ME})(?:កាត់)?(?>ផ្តាច់?)(?!ភ្លើង|ទឹក|ផ្លូវ|ចរន្ត|អគ្គិស|អ៉ីន|ជ្រូក|មាន់)"
    rf"|ផ្តាច់(?:{_K_NUMBER}|សេវា|{_K_SAR}|អោយ{_K_ME}|{_K_ME})|(?:^|\|)(?:កាត់)?ផ្តាច់(?:ទៅ|ចោល|អោយ)"
    rf"|{_K_SAR}.*កុំមក(?:ទៀត|តៀត)"
    rf"|(?:{_K_SEND}|{_K_SAR}).*(?<!គេ)(?<!គាត់)(?<!ឈ្មួញ)ឈប់(?:ភ្លាម|ទៅ)(?:ណា|បង|ហា)?(?:$|\|)"
)
_LATN_WHOLE = (
    rf"(?<! kom)(?<! min)(?<! ot)(?<! ban) (?:yok|do+r?k|dos|kat|l[ou]+[bp])(?:{_L_NUMBER}{_L_ME}?|{_L_ME})"
    rf"(?: t(?:ou|u)ro?e?sap)?{_L_OFF}(?!\w)"
    rf"|(?:(?:{_L_DONT}|{_L_STOP}) ?(?:ch?[oa]ng )?(?:a?oy)|(?: l(?:ea?|ae|er)ngh?|{_L_NOT}) (?:jong|chong|jg"
    rf"|chg) (?:a?oy|khernh))"
    rf"(?: mean)?{_L_SAR}(?: \w+){{0,4}} (?:mo?r?k|(?:ch|j)[ou]+l|tiet|teat|tt|tiat)"
    rf"| (?:th?v[eu]+r?h? m[ae]+(?:ch|k|j)h?|(?:m[ae]+(?:ch|k|j)h?|yang na) (?:t[eu]+r?[bp]|derm[bp]ey|oy))(?: vea"
    rf"| oy)? (?:l(?:ea?|ae|er)ngh?|kom|ch+[ou]+[bp]|os)"
    rf"(?: oy)?(?: mean| ban| khernh| t?tuol)*{_L_SAR}"
    rf"|{_L_NUMBER}{_L_ME} (?:yok|do+r?k|dos) (?:(?:ch|j)[ea]+nh)| kom (?:tuk|tok|ttok){_L_NUMBER}{_L_ME}"
    rf"| (?:som|sum|jong|chong|jg) (?:kom|min|ot|leng)(?: oy)? (?:t?tuol|totuol|ttoul|ban|mean){_L_SAR}"
    rf"| (?:oy|aoy|leng){_L_ME} (?:ph?[ou]t|ru?o+(?:ch|j)h?)(?: pi)?(?:{_L_SAR}| \w+{_L_SAR})"
    rf"| (?:tok|tuk|ttok|oy|aoy)(?: a?oy)?(?:{_L_NUMBER})?{_L_ME}(?: a?oy)?(?: nov| ban)? (?:s[ou]+k|sngiem|sngeam"
    rf"|sngat)"
    rf"|{_L_WISH}(?: kat)?{_L_CUT}(?! (?:plerng|phleung|ple?ung|teuk|tuk|plov|phlov|internet))(?!\w)"
    rf"|{_L_CUT}(?:{_L_NUMBER}|{_L_SAR}| sevea?| oy{_L_ME})|(?:^|\|){_L_CUT}(?: tov| oy| ch[oa]+l)(?!\w)"
    rf"|(?:{_L_SEND}|{_L_SAR}) .*(?:\|| hz| haey){_L_STOP} (?:tov|plam|phleam)(?: na| bong)?(?:$|\|)"
    rf"|{_L_SAR} .*{_L_DONT} mo?r?k (?:tiet|teat|tt|tiat)(?!\w)"
)
_EN_WHOLE = (
    r"(?<! not)(?<! dont)(?<! never)"
    rf"(?: (?:take|pull|get|remove|delete|erase|wipe|cross|throw|bring)(?: away| out)? (?:me|us"
    rf"|my{_E_NUMBER}) (?:out|off|away)(?!\w)"
    rf"| (?:take|cross|wipe|pull|throw) (?:away|out|off) my{_E_NUMBER}(?!\w)"
    rf"|(?<! i)(?<! we)(?<! they) (?:leave|let) (?:my |our |this |the )?(?:me|us|(?:old |phone |poor )?(?:number"
    rf"|phone|sim"
    rf"|name|mother|father|wife|husband|family|house"
    r"|grandm\w+)) (?:alone|in peace|be(?= please|$|\|)))"
    rf"| let (?:there be )?no(?: more| other)?{_E_SAR}(?: \w+){{0,3}} (?:come|enter|reach|arrive|my|here|again"
    rf"|any ?more)"
    rf"| (?:dont|do not|never|not) let(?: \w+){{0,3}}{_E_SAR}(?: \w+){{0,2}} (?:come|enter|reach|arrive|in)(?!\w)"
    rf"| no(?: more| other)?{_E_SAR} (?:may |should |must |shall |can |will )?(?:come|enter|reach|arrive|to|on|in"
    rf"|into|for)(?: \w+){{0,2}}"
    r" (?:number|phone|sim)(?!\w)"
    r"|(?:^|\|)(?: please| pls)* cut (?:this|it|them) off(?!\w)| let me go (?:from|out)(?!\w)"
    rf"| (?:dont|do not|never) (?:keep|store|save|hold|have|use) my{_E_NUMBER}| (?:please|pls) forget (?:me|my)(?!\w)"
    rf"| (?:no|without)(?: my)? (?:permission|right|consent) to{_E_SEND}"
    rf"| my{_E_NUMBER} (?:should|must|is)(?: not|nt) (?:be )?(?:on|in|for) (?:you|your|this|that)(?!\w)"
    rf"| (?:want|need|have) (?:some |my |in )?peace\|? (?:and )?no{_E_SAR}"
    r"| (?:want|wish|let me|rather)(?: to)? (?:not|no longer)(?: to)? (?:receive|get)(?: it| this| them)? any ?more"
    r"|(?:^|\|)(?: i| please| pls| to)* not receive (?:it |this |them )?(?:any ?more|again) (?:please|pls)"
    rf"| how(?: \w+){{0,3}} (?:not|no longer) (?:get|receive|have)(?: \w+){{0,2}}{_E_SAR}"
    rf"| (?:want|wish|like|prefer|please|pls|let me|rather)(?: to)? (?:not|no|no longer)(?: to)? (?:get|receive"
    rf"|recieve|have)(?: \w+){{0,2}}{_E_SAR}"
    rf"| (?:free|release|rid|spare|liberate|save|rescue|deliver) (?:me|us) (?:from|of"
    rf"|out of)(?: \w+){{0,2}}(?:{_E_SAR}| service| list| this)"
    rf"|(?<! they) (?:cut|disconnect)(?: off)? (?:me|my{_E_NUMBER}|(?:this|the|your|these|all)(?: service"
    rf"|{_E_SAR}))(?! road"
    rf"| line)(?!\w)"
)
_WHOLE = re.compile(f"{_KM_WHOLE}|{_LATN_WHOLE}|{_EN_WHOLE}")
# A group, a meeting, a fee, a report: another matter. Why it stopped: somebody who misses us.
_OTHER_MATTER = re.compile(
    r"ក្រុម(?!ហ៊ុន)|សមាគម|សហគមន៍|សហករណ៍|ប្រជុំ|ជំនុំ|ទារលុយ|ទារប្រាក់|សូកប៉ាន់|លុយកាក់|របាយការណ៍|ហេតុអី|ហេតុអ្វី"
    r"|ម៉េចក៏|ម៉េចបាន"
    r"| (?:k(?:ro|ru)m(?! ?h[ou]+n)|group|samakum|sahak\w+|pr[ao]chum|meeting|tea luy|bribes?|fees?|robaykar\w*"
    r"|het ?ey|het avey"
    r"|why (?:did(?! you (?:get|have))|do(?! you (?:have|know))|dont|have|has|was|were|is|no|not)|mech ko|mech ban"
    r"|radio|vityu|officials?)(?!\w)|វិទ្យុ|(?:យក"
    r"|ទាម)លុយ"
)


def made(reading: Reading) -> bool:
    """True where it is demanded, however it is put, that nothing be sent any more."""
    pieces = []
    for atom in reading.atoms[:_MOST]:
        if atom.kind == "k":
            pieces.append(atom.key)
        elif atom.kind != "s":
            pieces.append(f" {atom.key}")
        elif atom.key not in ("'", '"'):
            pieces.append("|")
    goods = any(s.kind in _GOODS and not s.weak and item.score == 1 for item in reading.items for s in item.senses)
    return _made("".join(pieces).strip("|"), goods)


_GOODS = frozenset(("commodity", "group"))


@lru_cache(maxsize=64)
def _made(text: str, goods: bool) -> bool:
    if _OTHER_MATTER.search(text):
        return False
    if _WHOLE.search(text):
        return True
    if not goods and _AGAIN.search(text) and _THREAT.search(text) and not _ELSEWHERE.search(text):
        return True
    stranger = _STRANGER.search(text)
    return stranger is not None and _DEMAND.search(text[: stranger.start()] + "|" + text[stranger.end() :]) is not None
