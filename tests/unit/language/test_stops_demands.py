"""Threats, strangers, names to be taken out: a STOP however it is put; a problem told of the police is none."""

import time

import pytest

from bot.language import demands
from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from bot.language.words.reading import read
from flows.heard import Asked, Intent, Kind

# fmt: off
DEMANDS = [
    "if you send once more I go to the police", "if you send me one more sms i will go to police",
    "keep sending and I will report you to Smart", "you still send, i will complain to cellcard",
    "send again and I change my SIM", "stop it or i call the police",
    "Next message and I go to the village chief", "បើផ្ញើមកទៀត ខ្ញុំទៅប្តឹងប៉ូលិស",
    "នៅតែផ្ញើ ខ្ញុំប្ដូរស៊ីមហើយ", "ផ្ញើមកទៀតខ្ញុំប្រាប់មេភូមិ", "ផ្ញើម្ដងទៀត ខ្ញុំរាយការណ៍ទៅស្មាត",
    "ber pnher tiet knhom prab police", "pnher mk tt knhom tov pdeng polis", "nov te pnher, knhom do sim",
    "ber nov pnher mk knhom te tov cellcard", "កុំឱ្យមានសារចូលទូរស័ព្ទខ្ញុំទៀត", "មិនចង់ឱ្យមានសារមកទៀតទេ",
    "kom oy mean sar mk lek knhom tiet", "kom oy mean sms chol lek knhom", "ot chong oy mean sar mk tiet te",
    "let no message come to my number any more", "let there be no more messages",
    "do not let any sms come into my phone", "no more messages to my number", "យកឈ្មោះខ្ញុំចេញ",
    "សូមយកលេខខ្ញុំចេញទៅ", "ខ្ញុំមិនដែលចុះឈ្មោះទេ យកឈ្មោះខ្ញុំចេញ", "yok chhmous knhom chenh",
    "som yok lek knhom chenh phong", "take my name out", "please take my number away",
    "take out my name from this", "I never signed up, take my name out", "I did not subscribe, remove",
    "i not register remove me", "who gave you my number, delete it, don't chat any more",
    "where did you get my number? remove it", "នរណាឱ្យលេខខ្ញុំ លុបចោលភ្លាម",
    "neak na oy lek knhom, lob chol tov", "free me from these messages", "ឱ្យខ្ញុំរួចពីសារទាំងនេះទៅ",
    "oy knhom phot pi sar nis", "tver mech leng mean sar", "tver mech terb leng mean sms mk tiet",
    "chong pdach hz", "som pdach sevea nis", "pdach lek knhom tov", "ខ្ញុំចង់ផ្ដាច់សេវានេះ", "សុំផ្តាច់",
    "leave my number alone", "leave me alone", "you people leave me alone please", "leave my old mother alone",
    "ធ្វើម៉េចទើបលែងមានសារមកទៀត", "I want to not receive sms", "please cut me off", "disconnect my number",
    "min del chos chhmous te, lob chenh", "i never asked for this stop", "ទុកខ្ញុំឱ្យនៅស្ងៀមទៅ",
    "tok oy knhom nov sngiem tov", "how can i no longer get these messages", "បើផ្ញើទៀតខ្ញុំប្លុកហើយ",
    "ឈប់ផ្ញើភ្លាម បើមិនអញ្ចឹងខ្ញុំប្តឹងប៉ូលិស", "stop or i tell police", "chhop tov, pnher sar mk romkhan nas",
    "pnher sar mk romkhan nas, chhop tov", "one more sms from you and i sue you", "ផ្ញើមកទៀតខ្ញុំបោះស៊ីមចោល",
    "if I get another message I go to police station", "next time you text me I will complain at the police",
    "you send more, I call TRC", "I will report this number to police if it does not stop",
    "I'll throw my sim away if these texts do not stop", "stop sending or I break my phone",
    "I will sue you if you text me again", "បើមានសារមកទៀត ខ្ញុំនឹងប្តឹងតុលាការ",
    "បើមិនឈប់ផ្ញើទេ ខ្ញុំតេទៅប៉ូលិស", "ប្រាប់មុនណា ផ្ញើមួយទៀតខ្ញុំប្តឹង", "ខ្ញុំនឹងប្ដូរស៊ីមបើឯងមិនឈប់ផ្ញើ",
    "ផ្ញើម្ដងទៀត ខ្ញុំហៅប៉ូលិស", "ដាច់ស៊ីមខ្ញុំទៅ កុំឱ្យមានសារមកទៀត", "កុំឲ្យសារណាមួយចូលមកលេខខ្ញុំទៀត",
    "កុំឱ្យខ្ញុំឃើញសារនេះទៀត", "កុំឱ្យសារមកទៀត", "កុំឱ្យទូរស័ព្ទខ្ញុំទទួលសារទៀត",
    "ខ្ញុំមិនចង់ឃើញសារពីលេខនេះទៀតទេ", "លុបឈ្មោះខ្ញុំចេញ មិនដែលចុះឈ្មោះផង", "អត់ដែលសុំទេ ដកខ្ញុំចេញ",
    "មិនស្គាល់អ្នកណាទេ លុបលេខខ្ញុំចោល", "យកលេខនេះចេញ", "យកលេខខ្ញុំចេញទៅ កុំដាក់ទៀត", "សូមដកឈ្មោះយាយចេញ",
    "បានលេខខ្ញុំពីណា ឈប់ឆាតមក", "អ្នកណាឱ្យលេខខ្ញុំទៅឯង ឈប់ផ្ញើ", "ណាគេប្រាប់លេខខ្ញុំ លុបទៅ",
    "ដោះលែងខ្ញុំពីសារទាំងនេះ", "សូមឱ្យខ្ញុំបានសុខផង", "សុំឱ្យខ្ញុំនៅសុខទៅ", "ទុកលេខខ្ញុំឱ្យនៅស្ងៀម",
    "ផ្ដាច់សេវានេះឱ្យខ្ញុំផង", "កាត់ផ្ដាច់លេខខ្ញុំ", "ជួយផ្តាច់សារនេះផង", "ចង់ផ្ដាច់ ធ្វើម៉េច",
    "ធ្វើយ៉ាងណាឱ្យលែងមានសារ", "ber pnher mk tiet knhom pdoeng police", "ber mean sar mk tt knhom pdeng smart",
    "pnher 1 tiet knhom hao police", "min chhop pnher knhom bdo sim hz", "kom oy sar mk tiet",
    "kom oy mean sa chol lek kyom tt", "kom oy khernh sar tiet", "ot jong khernh sar nis tiet te",
    "yok lek kyom jenh tov", "dok chhmos knhom chenh pong", "ot del chos chmos te dok knhom chenh",
    "nak na oy lek knhom? chhop pnher mk", "ban lek knhom pi na? lob chol", "oy knhom ban sok phong",
    "tok knhom oy nov sok", "jong kat pdach sevea", "pdach oy knhom phong", "phdach lek nis",
    "tver yang na oy leng mean sar", "make the messages go away", "make it stop",
    "please let me go from this list", "get my name out of there", "my name should not be on your list",
    "my number is not for you, erase it", "leave my phone in peace", "leave this number alone",
    "leave us in peace", "I want peace, no messages", "who told you my phone? stop",
    "how you got my number, do not text", "I didn't sign up for this. Remove.",
    "I did not give permission, take me off", "not my subscription, remove my number",
    "let me not receive any more", "not receive anymore please", "i dont want to receive",
    "may no more sms reach me", "end this service for my number", "cut off the service", "cut this off",
    "save me from these texts", "send more and I inform the authorities",
    "Do not let these messages come to my phone any more", "មិនដែលសុំសារនេះទេ ដកលេខចេញ",
    "ផ្ញើមកមួយទៀត ខ្ញុំជូនប៉ូលិស", "បើនៅតែរំខាន ខ្ញុំទៅប្តឹងសមត្ថកិច្ច", "នៅតែផ្ញើទៀត ប្តឹងអោយចាប់",
    "បើមិនឈប់ទេ ខ្ញុំប្ដឹង", "ប្តីខ្ញុំជាប៉ូលិស ឈប់ផ្ញើមក", "ដាក់ឈ្មោះខ្ញុំចេញ", "ឈ្មោះខ្ញុំយកចេញទៅ",
    "លេខខ្ញុំដកចេញផង", "អោយឈ្មោះខ្ញុំចេញពីបញ្ជី", "កុំទុកលេខខ្ញុំ", "កុំទុកឈ្មោះខ្ញុំក្នុងបញ្ជី",
    "កុំឱ្យលេខខ្ញុំនៅក្នុងបញ្ជីទៀត", "មិនទទួលសារទៀតទេ", "លែងអោយសារមក", "សូមកុំអោយសារចូលមកទៀត", "អោយស្ងៀមផង",
    "ទុកអោយខ្ញុំស្ងប់ផង", "chhmous knhom yok chenh tov", "lek knhom dok chenh", "kom tuk lek knhom",
    "ber ot chhop knhom pdeng police", "ber min chhop te knhom pdeng", "knhom tov pdeng hz ber nov te pnher",
    "som oy knhom nov sngiem", "leng oy sar mk", "min totuol sar tiet", "sms min oy chol tiet",
    "or else i call police, stop sms", "do not keep my number", "please forget me", "erase me",
    "why you have my number? erase", "i dont know you, delete my number", "no permission to text me",
    "enough! leave", "cut it off please", "nobody asked you to text, go away",
]
NONE = [
    "the police take money for letting pigs pass", "officials demand a fee", "traders stop buying",
    "traders stop buying pigs", "chhmuonh chhop tinh chrouk", "they demand a fee for moving pigs",
    "police take money when i carry pigs", "ប៉ូលិសយកលុយពេលដឹកជ្រូក ខ្ញុំចង់ប្ដឹង", "ខ្ញុំចង់ប្តឹងប៉ូលិស",
    "ខ្ញុំទៅប្តឹងប៉ូលិសហើយ តែគ្មានអ្នកឆ្លើយ", "khnhom chong pdeng police yok luy",
    "khnhom tov pdeng polis hz pontae ot mean nak chhlery te",
    "if police ask money again i will complain to the ministry", "i told the police but they still take money",
    "i will go to the police about the thief, cow stolen", "ឈ្មួញឈប់ទិញជ្រូក", "chhmuonh chhop tinh chrouk",
    "គេផ្តាច់ទឹកក្នុងភូមិ", "ke pdach plerng", "សុំផ្តាច់ទឹក", "they cut off the water to our field",
    "khnhom chong pdeng", "i want to report police to smart", "I never registered, how do I register",
    "ខ្ញុំមិនដែលចុះឈ្មោះទេ ចុះឈ្មោះយ៉ាងម៉េច", "take my pigs out of the market", "yok chrouk chenh",
    "how do I get messages", "why no more messages come to my phone", "លែងមានសារមកលេខខ្ញុំ", "leng mean sar mk",
    "កុំឱ្យមានជំងឺមាន់", "send me the price again", "police stop my truck", "យកឈ្មោះខ្ញុំចេញពីក្រុម",
    "កុំយកលេខខ្ញុំចេញ", "officials demand a fee, if they ask again I go to the police", "I leave my pigs alone",
    "ប៉ូលិសទារលុយម្តងទៀត", "ខ្ញុំបានប្តូរស៊ីម តើនៅតែផ្ញើសារមកបានទេ",
    "i changed my sim, can you still send me prices", "knhom do sim hz, som pnher mk lek nis tiet",
    "ខ្ញុំដូរលេខហើយ សូមផ្ញើមកលេខនេះទៀត", "if i change my sim will you still send messages",
    "someone stole my cow, call me again, i told the police",
    "trader keeps sending bad feed, i will tell the police", "ឈ្មួញនៅតែផ្ញើចំណីមិនល្អ ខ្ញុំប្តឹងប៉ូលិស",
    "how to block disease", "who gave you my number", "ប៉ូលិសឈប់ឡានខ្ញុំ ទារលុយទៀត",
    "where can i take my pigs out", "ឡានដឹកជ្រូកផ្តាច់ហ្វ្រាំង", "the factory disconnect the power",
    "they cut the service road", "i leave my house alone at 5", "let me know price",
    "how can i get no price messages", "ទុកតម្លៃឱ្យខ្ញុំផង", "ខ្ញុំទៅប៉ុស្តិ៍ប៉ូលិសផ្ញើសំបុត្រម្តងទៀត",
    "គេផ្ញើជ្រូកឈឺមកទៀត ខ្ញុំទៅប្រាប់មេភូមិ", "ke pnher chrouk chheu mk tiet, knhom prab mephum",
    "i sent my complaint again to the police, no answer", "ខ្ញុំដកលុយពីធនាគារ", "យកលុយចេញ", "យកជ្រូកចេញពីទ្រុង",
    "police cut my road off", "ke yok lek knhom tov", "I did not get paid, remove the trader",
    "ខ្ញុំអត់ដែលលក់ជ្រូក", "អត់ដែលឃើញតម្លៃ ឈប់លក់", "chief says stop selling", "មេភូមិប្រាប់ឱ្យឈប់លក់",
    "កុំឱ្យជ្រូកចូលស្រុក", "kom oy chrouk chol", "i lost my phone and number, what to do",
    "how to change my number", "ផ្ដាច់ផ្លូវហើយ ទឹកជំនន់", "phlov dach hz", "make the price go up",
    "ទឹកទន្លេផ្ដាច់ផ្លូវ", "cut off the road by flood", "ខ្ញុំទៅប្រាប់មេភូមិពីជំងឺមាន់ហើយ",
    "the police again ask money from us when we send pigs to market", "ប៉ូលិសយកលុយទៀតពេលផ្ញើជ្រូកទៅផ្សារ",
    "police yok luy tiet pel pnher chrouk tov phsar", "plov pdach hz", "ភ្លើងផ្ដាច់ទៅហើយ",
    "my price is not for you", "I did not receive messages any more", "i not receive sms anymore",
    "messages not receive again", "let me go to the market", "the trader leaves me alone",
    "police said if they see us again they tell the chief", "ភូមិយើងគ្មានទឹកទៀតទេ ប្រាប់មេភូមិហើយ",
    "will you call me again if i tell the police about the fee", "ខ្ញុំចង់ប្តឹងក្រុមហ៊ុនជី",
    "i will take my pigs out to phnom penh",
    "កុំទុកជ្រូកខ្ញុំ", "ប្តីខ្ញុំជាប៉ូលិស", "my husband is police", "ប៉ូលិសចាប់ឡាន ខ្ញុំប្តឹង",
    "knhom chong pdeng", "do not use my price", "លេខខ្ញុំយកពីណា", "no permission to sell",
    "ខ្ញុំចង់ប្តឹងឱ្យចាប់ចោរ",
]
PROBLEMS = [
    "the police take money for letting pigs pass", "officials demand a fee", "traders stop buying",
    "traders stop buying pigs", "chhmuonh chhop tinh chrouk", "they demand a fee for moving pigs",
    "ប៉ូលិសយកលុយពេលដឹកជ្រូក ខ្ញុំចង់ប្ដឹង",
    "khnhom chong pdeng police yok luy", "ខ្ញុំចង់ប្តឹងប៉ូលិស", "trader keeps sending bad feed, i will tell the police",
    "ប៉ូលិសទារលុយម្តងទៀត",
]
# fmt: on


@pytest.mark.parametrize("text", DEMANDS)
def test_a_demand_is_a_stop(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is Intent.STOP


@pytest.mark.parametrize("text", NONE)
def test_what_demands_no_end_of_messages_is_none(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is not Intent.STOP


@pytest.mark.parametrize("text", PROBLEMS)
def test_a_problem_stays_a_problem(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is Intent.ISSUE_NEW


@pytest.mark.parametrize("kind", [Kind.CONFIRM, Kind.CHOOSE, Kind.RSVP])
def test_a_demand_answers_no_question(kind: Kind, lexicon: Lexicon) -> None:
    text = "បើផ្ញើមកទៀត ខ្ញុំទៅប្តឹងប៉ូលិស"
    assert understand(text, Asked(kind), lexicon).intent is Intent.STOP


@pytest.mark.parametrize("text", ["ផ្ញើ" * 400, "if send text sms " * 90, "យកលេខខ្ញុំ" * 120, "sar chhop pnher " * 90])
def test_a_long_message_is_read_in_no_time(text: str, lexicon: Lexicon) -> None:
    reading = read(text, lexicon)
    started = time.perf_counter()
    demands.made(reading)
    assert time.perf_counter() - started < 0.2
