"""What sounds like a refusal and is nothing else for certain is STOP, whoever writes; what is another's is not."""

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Intent, Kind

# fmt: off
REFUSALS = [
    "មិនអោយផ្ញើមកទៀតទេ", "អត់លេងទៀតទេ", "សុំចេញ", "ot chong teang os", "som chenh pi sevea nis", "i want out",
    "let me out of this", "how to unregister", "sms no need", "block", "ot yok te sar nis", "stahp", "make it stop",
    "ចៅអើយ កុំផ្ញើអីមកយាយទៀត យាយមើលមិនឃើញទេ", "យាយចាស់ហើយ ឈប់ផ្ញើមកទៅចៅ", "លែងផ្ញើទៅ យាយអត់ចេះចុច",
    "ចៅ លុបលេខយាយចោលទៅ", "យាយមិនត្រូវការសារហ្នឹងទេ", "ទូរស័ព្ទរោទ៍រហូត យាយដេកមិនលក់ កុំផ្ញើទៀត",
    "យាយអត់ចង់បានទេ អាហ្នឹង", "ឈប់ទៅចៅ", "យាយសុំឈប់", "គ្រប់គ្រាន់ហើយចៅ", "អាចង្រៃ ឈប់ផ្ញើមកទៀត!!!",
    "ផ្ញើអីក៏ច្រើនម្ល៉េះ ធុញណាស់", "មួម៉ៅនឹងសារហ្នឹងណាស់", "អញប្រាប់ឱ្យឈប់ហើយ ម៉េចនៅតែផ្ញើ", "ប្លុកលេខនេះឥឡូវ",
    "spam សុទ្ធ ឈប់", "stop ភ្លាម អាឆ្កួត", "a chkae chob pnher mok anh tt", "thunh nas sar anh",
    "romkhan anh nas kom pnher tt", "សូមមេត្តាបញ្ឈប់ការផ្ញើសារមកកាន់លេខទូរស័ព្ទរបស់ខ្ញុំ សូមអរគុណ",
    "ខ្ញុំសូមស្នើសុំឈប់ទទួលព័ត៌មានពីសេវាកម្មនេះ", "សូមដកឈ្មោះខ្ញុំចេញពីបញ្ជីរបស់លោកផង",
    "ខ្ញុំមិនចាប់អារម្មណ៍ទៀតទេ សូមកុំទាក់ទងមក", "សូមកុំទូរស័ព្ទមកខ្ញុំទៀត",
    "I would be grateful if you could kindly stop these messages", "Kindly remove my number from your system",
    "Dear Sir, I no longer wish to receive your messages. Thank you.",
    "Please do not contact me again, thank you very much", "Would you please take my number off the list",
    "yo stop texting my grandma lol", "mak khnhom min jes mer sar te, kom pnher tt", "stop spamming bro",
    "bruh stop", "pls stop msging this num", "nih lek pa khnhom, gat ot trov kar te, chob pnher tov",
    "u guys r so annoying stop sending", "hey unsub me plz", "stoppp", "stp pls", "អាត្មាសូមញោមកុំផ្ញើសារមកទៀត",
    "សូមញោមលុបលេខអាត្មា", "អាត្មាឈប់ទទួល", "ញោម សូមកុំរំខានអាត្មា", "ឈប់់់់", "ឈបបប់",
    "ឈប់ បង ឈប់ សុំអង្វរ ឈប់", "chhobbbbb", "stoooop", "stopppp plsssss", "kom romkhan anh phek sra",
    "ឈប់ផ្ញើ ហិហិ", "sotp sotp", "chob chob chob chob", "ไม่เอา stop",
    "khnhom nov thai, kom pnher mok tiet os luy", "khnhom thveka nov bangkok hz ot trov kar sar nis te",
    "yood stop pnher na", "ខ្ញុំនៅថៃ លេខនេះអត់ប្រើទេ ឈប់ផ្ញើមក", "stop na krub",
    "khnhom min nov srok te chob pnher sar", "nov korea hz, kom pnher tlai chrouk, kom pnher avey teang os",
    "cancel ka pnher sar", "អត់នៅខ្មែរទេ cancel ទៅ", "chb", "chhb pnhr", "km pnhr mk tt", "stp sndng",
    "stp msg", "chb pnhr mk khnm", "km rmkhn", "ឈប់ផ្ញើសារមកខ្ញុំសញ្ញាខណ្ឌ",
    "ខ្ញុំចង់ឈប់ទទួលសារពីលេខនេះតើត្រូវធ្វើយ៉ាងម៉េច",
    "hello i want to stop getting these text messages on my phone how do i do that",
    "សួស្តីខ្ញុំមិនចង់ទទួលសារទៀតទេអរគុណ", "okay so please stop sending me stuff okay bye",
    "ធ្វើយ៉ាងណាដើម្បីចេញពីបញ្ជីនេះ", "តើខ្ញុំអាចលុបលេខរបស់ខ្ញុំចេញពីប្រព័ន្ធបានទេ",
    "how do i get off this list", "how can i unsubscribe", "where do i click to stop this",
    "យប់ជ្រៅហើយនៅតែផ្ញើ ឈប់!", "ម៉ោង១១យប់ហើយ កុំផ្ញើសារ", "it is midnight stop sending",
    "kon kom pung keng, kom pnher sar yub yub", "you woke my baby. no more texts!", "yub hz romkhan nas",
    "ភ្ញាក់កូនអស់ហើយ ឈប់ផ្ញើសារទៅ", "its 11pm leave me alone", "kom rumlerk knhom tiet", "កុំរំលឹកទៀត",
    "កុំសួរច្រើន", "kom suor tiet", "stop asking me", "ot chong chlery te chob", "លែងឆ្លើយហើយ លុបលេខទៅ",
    "ot jong leng teat te", "stop asking questions and remove my number", "ស្តុប", "ស្ដុប", "ស្តប់",
    "ស្តុប ស្តុប", "ស្តុបផ្ញើ", "អាន់ស៊ប", "ខេនសល", "សុំស្តុប", "ស្តុបទៅបង", "stop!!!", "s t o p", "S.T.O.P",
    "stop stop", "stop pls bong", "STOP.", "sttop", "stpo", "ឈប", "ឈប់់", "ឈប៉់", "ឈុប់", "ឈ ប់", "ឆប់",
    "chhop", "chhup", "chub", "choub", "chhhob", "joub", "who gave you my number? dont call",
    "ot skoal te kom pnher mok", "ហេតុអីផ្ញើមកខ្ញុំ ខ្ញុំមិនដែលសុំទេ", "i never asked for this",
    "i did not sign up for these texts", "wrong list", "Take me off this thing", "how to opt out", "opt out",
    "opt-out", "no more", "no more please", "no more msgs", "enough", "enough already",
    "enough!! every day message", "i dont want this", "don't want it anymore", "dont need these anymore",
    "not interested", "i am done with this, stop", "quit it", "cancel subscription", "cancel my subscription",
    "cancel this service", "delete my number", "remove", "remove me", "end", "លែងត្រូវការ", "លែងចង់",
    "លែងចង់បានហើយ", "អត់ចង់បានទៀតទេ", "មិនចង់ទទួលទេ", "ot chong ban te", "ot jg ban tt te", "lerng chong ban",
    "leng trov kar hz", "lerng pnher mok", "min trov kar te kom pnher", "ot trov kar sar te",
    "mn jong ban sar nh te", "laeng trov kar haey bong", "chhob teang os", "stop everything", "stop all of it",
    "ឈប់ទាំងអស់", "ឈប់ផ្ញើទាំងតម្លៃទាំងវិទ្យុ", "stop radio, prices, all", "លុបចោលទាំងអស់",
    "kom pnher vityu kom pnher tlai teang os", "stop all messages", "cancel all",
    "chhob tlai chhob vityu chhob prachum teang os", "kom tel mk tt", "កុំខលមកទៀត", "កុំតេមកខ្ញុំ ខ្ញុំរវល់",
    "please dont call this phone", "kom hao mok tiet", "kom tak tong khnhom", "don't ring me",
    "stop calling me",
]
NO_REFUSALS = [
    "ភ្លៀងឈប់ហើយឬនៅ", "ប៉ូលីសបញ្ឈប់ឡានខ្ញុំ", "police stop truck every day ask money",
    "they told us to stop selling", "the buyers stop coming to our village", "រោងម៉ាស៊ីនឈប់ទិញស្រូវ",
    "ម៉ាស៊ីនកិនស្រូវឈប់ដើរ", "ឈ្មួញឈប់ទិញជ្រូក", "ka chhmuonh chhob tinh srov", "ke chhob tinh kor haey",
    "lan chhob nov phlov", "tuk chhob hor pi thngai haey", "masin chhob daer", "the pump stopped",
    "my pig stop eating", "the office is closed, they stop working at 5", "ធនាគារឈប់ឱ្យខ្ចី",
    "ក្រុមហ៊ុនឈប់ទិញដំឡូង", "សាលាឈប់សម្រាក", "គ្រូឈប់បង្រៀន", "កូនខ្ញុំឈប់រៀន",
    "ខ្ញុំឈប់ចិញ្ចឹមជ្រូក ដូរទៅចិញ្ចឹមមាន់", "khnhom chhob dam srov haey dam damlong vinh",
    "when will the rain stop", "has the price stopped falling", "តម្លៃស្រូវឈប់ធ្លាក់ហើយឬនៅ",
    "tlai chrouk chhob choh haey reu nov", "ឡានក្រុងឈប់នៅឯណា", "where does the bus stop",
    "does the ferry stop today", "កុំឈប់ផ្ញើណា", "kom chhob pnher na", "don't stop",
    "please dont stop sending me prices", "កុំភ្លេចផ្ញើតម្លៃមក", "kom plich pnher tlai mok khnhom",
    "don't forget to send me the price", "កុំឈប់ណាបង ខ្ញុំត្រូវការ", "never stop please, very useful",
    "stop radio", "ឈប់វិទ្យុ", "ឈប់ផ្ញើតែវិទ្យុ", "stop only radio, keep prices",
    "chhob tae vityu, tlai nov yok", "ឈប់ផ្ញើតម្លៃជ្រូក", "kom pnher tlai srov tiet", "stop pig price",
    "cancel alert for rice", "no more duck price alerts", "stop alerts", "chenh pi krom", "ចាកចេញពីក្រុម",
    "leave the group", "cancel the meeting", "លុបប្រជុំស្អែក", "ហេតុអីអត់ផ្ញើតម្លៃ",
    "why dont you send the price", "i did not get any message today", "អត់បានទទួលសារ", "ot ban totuol sar",
    "khnhom ot kheunh pnher mok", "why did you stop sending", "i dont receive message anymore",
    "dont send in khmer please", "kom pnher aksor khmer ot jes merl", "i cannot read khmer",
    "កុំផ្ញើជាអក្សរអង់គ្លេស", "ត្រប់ ១គីឡូប៉ុន្មាន", "trob pp", "tlai chruok", "price of chop", "តម្លៃឆ្ពៃ",
    "chhab tlai ponman", "tlai trey chhpin", "angkor chhpung", "kampong chhnang srov", "stung treng rice",
    "stoung tlai srov", "jek tlai ponman", "tob", "ជ្រូកកំពង់ចាម", "tlai masut", "price corn",
    "rice enough water price", "not enough water for rice", "water not enough in village", "អរគុណបង",
    "បានហើយ អរគុណ", "ok thanks", "ok", "help", "ជួយ", "start", "មុននេះឈប់ ឥឡូវសូមផ្ញើមកវិញ",
    "i want messages again", "hello", "hi bong", "what is this", "អ្នកណាហ្នឹង", "is it free", "តើអស់លុយទេ",
    "no", "អត់ទេ", "0", "how to send price", "how do i report", "ot jes pnher tlai", "call me", "តេមកខ្ញុំផង",
    "talk to a person", "the road is bad nobody fix it", "no road, trucks cannot come", "pig sick",
    "police ask money", "traders bother us with low price", "គេរំខានឈ្មួញនៅផ្សារ",
    "i dont want to sell my pig now", "ot chong luok chrouk te", "want to sell rice", "i want to buy pig",
    "report pig 9500", "ខុស 9400", "my number is new", "wrong price",
]
# fmt: on


def test_a_refusal_in_any_words_is_a_stop(lexicon: Lexicon) -> None:
    assert [text for text in REFUSALS if understand(text, Asked(), lexicon).intent is not Intent.STOP] == []


def test_what_is_another_thing_is_no_stop(lexicon: Lexicon) -> None:
    assert [text for text in NO_REFUSALS if understand(text, Asked(), lexicon).intent is Intent.STOP] == []


@pytest.mark.parametrize(
    ("text", "kind", "intent"),
    [
        ("មិនទៅទេ រវល់", Kind.RSVP, Intent.NO),
        ("ot trov kar te", Kind.RSVP, Intent.NO),
        ("អត់ចង់ទៅទេ", Kind.RSVP, Intent.NO),
        ("not interested", Kind.RSVP, Intent.NO),
        ("ot tov te, chhob samrak", Kind.RSVP, Intent.NO),
        ("no, enough meetings this week", Kind.RSVP, Intent.NO),
        ("mok, kom barom", Kind.RSVP, Intent.YES),
        ("មក កុំភ្លេចខ្ញុំណា", Kind.RSVP, Intent.YES),
        ("no wrong", Kind.CONFIRM, Intent.NO),
        ("ot trov te", Kind.CONFIRM, Intent.NO),
        ("not yet, they never call", Kind.RESOLVED, Intent.NO),
        ("នៅទេ គេអត់ទាន់ទាក់ទងមក", Kind.RESOLVED, Intent.NO),
        ("ប៉ូលីសឈប់ឡាន", Kind.WORDS, Intent.WORDS),
        ("they call me every day and bother me", Kind.WORDS, Intent.WORDS),
        ("គេទារលុយរាល់ថ្ងៃ ធុញណាស់", Kind.WORDS, Intent.WORDS),
        ("please tell the traders to stop lying", Kind.WORDS, Intent.WORDS),
        ("don't send the truck", Kind.WORDS, Intent.WORDS),
        ("kom tak tong mk knhom tiet", Kind.WORDS, Intent.STOP),
        ("STOP", Kind.WORDS, Intent.STOP),
        ("ឈប់ផ្ញើមកទៀត", Kind.WORDS, Intent.STOP),
        ("leave me alone", Kind.WORDS, Intent.STOP),
        ("ot yok te kom tak tong mok", Kind.CHOOSE, Intent.STOP),
        ("ot tov te kom tel mok tiet", Kind.RSVP, Intent.STOP),
        ("dont text me", Kind.POLL, Intent.STOP),
        ("ស្តុប", Kind.PLACE, Intent.STOP),
        ("ឈប៉់", Kind.CONFIRM, Intent.STOP),
        ("remove me please", Kind.PLACE, Intent.STOP),
        ("មិនទៅទេ ធុញសារហ្នឹងណាស់", Kind.RSVP, Intent.STOP),
        ("no. stop contacting me", Kind.RESOLVED, Intent.STOP),
        ("kom suor tiet", Kind.AMOUNT, Intent.STOP),
        ("stoppp", Kind.CHOOSE, Intent.STOP),
    ],
)
def test_an_open_question_is_answered_or_refused(text: str, kind: Kind, intent: Intent, lexicon: Lexicon) -> None:
    assert understand(text, Asked(kind), lexicon).intent is intent


def test_a_price_in_words_before_the_unit_leaves_the_place(lexicon: Lexicon) -> None:
    heard = understand("report chruk 9pon5 kg cham", Asked(), lexicon)
    assert (heard.intent, heard.slots.commodity, heard.slots.place) == (Intent.REPORT, "pig_live", "03")
