"""Abuse: insults and threats wait for staff; what victims tell, dead animals and burnt rubbish do not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.words.abuse import is_abusive

REPORTS = Path(__file__).with_name("data") / "reports.csv"
ABUSIVE = [
    "អាឆ្កែមេឃុំ ស៊ីលុយ",
    "អាចង្រៃ ឯងស៊ីលុយរាស្ត្រ",
    "យើងនឹងសម្លាប់មេឃុំ",
    "បើមិនដោះស្រាយ យើងនឹងដុតសាលាឃុំ",
    "ខ្ញុំនឹងវាយមេប៉ូលិសឱ្យងាប់",
    "ប្រយ័ត្នខ្ញុំគប់គ្រាប់បែក",
    "អាល្ងង់ ធ្វើការអត់បាន",
    "ចុយម៉ែប៉ូលិស",
    "អាចោរប្លន់ មេភូមិ",
    "យើងនឹងដាក់គ្រាប់បែកសាលាស្រុក",
    "ខ្ញុំនឹងកាប់វាឲ្យងាប់",
    "ឯងនឹងងាប់",
    "អាមេឃុំឆ្កែ",
    "ស្លាប់ទៅ អាប៉ូលិស",
    "អាឆ្កួត អាលុយ",
    "មេឃុំហ្នឹងឆ្កែស៊ីអាចម៍",
    "ខ្ញុំនឹងដុតផ្ទះឯង",
    "a chkae me khum",
    "achke polis",
    "yerng neng somlab me khum",
    "neng dot sala khum chol",
    "neng dot phteah me phum",
    "choy mae polis",
    "jui mae",
    "vay vea oy ngoab",
    "yerng neng banh polis",
    "kop krobek sala khum",
    "i will kill the commune chief",
    "we will burn the commune hall",
    "I will beat the policeman",
    "i'm going to kill you",
    "we gonna burn down your house",
    "fuck the police",
    "fuck you",
    "you are stupid idiots",
    "the chief is a bastard",
    "we will bomb your office",
    "son of a bitch official",
    "I'll shoot him",
    "you will be dead",
    "kill the police",
    "beat him to death",
    "we will cut your head off",
    "asshole",
    "you corrupt dog",
    "police are dogs, stupid pigs",
    "burn their office",
    "prepare to die",
    "watch your back, we know where you live",
    "knhom neng kab kbal vea",
    "a lngong",
    "កុំឲ្យយើងវាយសម្លាប់ឯង",
    "ល្ងង់ដូចក្របី មេឃុំ",
    "អាងាប់ អាក្បត់",
]
ORDINARY = [
    "ជ្រូកស្លាប់អស់ ២០ក្បាល",
    "ជ្រូកឆ្កែស្លាប់ដោយជំងឺ",
    "kill pests in rice",
    "we need medicine to kill worms",
    "burning rubbish smoke near the school",
    "គេដុតសំរាមធុំក្លិន",
    "ពួកគេគំរាមខ្ញុំ",
    "they threatened me with a gun",
    "he said he will kill me",
    "គេថានឹងសម្លាប់ខ្ញុំ",
    "police beat my brother",
    "ប៉ូលិសវាយខ្ញុំ",
    "they burned my house",
    "dog bites chickens",
    "ឆ្កែខាំមាន់",
    "អាជ្ញាធរសុំលុយ",
    "អាហារសត្វថ្លៃ",
    "មានគ្រាប់បែកក្នុងស្រែ",
    "there is an old bomb in the rice field",
    "chke si moan",
    "somlab moan",
    "សម្លាប់ជ្រូកនៅទីសត្តឃាត",
    "slaughterhouse kills pigs at night",
    "the disease will kill our pigs",
    "អាចដោះស្រាយទេ",
    "អាចម៍មាន់ធ្វើជី",
    "ចោរលួចគោ",
    "ភ្លើងឆេះផ្សារ",
    "fire burned the market",
    "thieves threaten to kill us",
    "they said they will burn our house",
    "គេគំរាមថានឹងដុតផ្ទះយើង",
    "my dog died",
    "បាញ់ថ្នាំសម្លាប់ដង្កូវ",
    "យើងនឹងសម្លាប់ជ្រូកឈឺចោល",
    "we will kill the sick pigs",
    "ខ្ញុំនឹងសម្លាប់មាន់ឈឺ",
    "burn the rice straw",
    "យើងនឹងដុតចំបើង",
    "pigs are beaten by disease",
    "we beat rice by hand",
    "chicken will die soon",
    "they will die if no water",
    "i saw police kill him",
    "i saw the police beat my brother",
    "we beat the drum at the commune hall",
    "ជំងឺនឹងសម្លាប់ជ្រូក",
    "យើងដុតសំរាមនៅមុខសាលា",
    "ភ្លើងនឹងឆេះសាលា",
    "the trader will kill our business",
    "we burn charcoal near the office",
    "police officers burn our boats",
    "យើងវាយស្រូវ មេឃុំសុំលុយ",
    "ខ្ញុំកាប់ដើមឈើ មន្ត្រីព្រៃឈើយកលុយ",
    "knhom kab chheu, polis yok luy",
    "i cut trees and the police fine me",
    "យើងបាញ់ថ្នាំស្រូវ អាជ្ញាធរមិនឱ្យ",
    "kill rats in the office",
]


@pytest.mark.parametrize("text", ABUSIVE)
def test_insults_and_threats(text: str) -> None:
    assert is_abusive(text)
    assert is_abusive(f"ជ្រូកងាប់ ២០ក្បាល។ {text}")
    assert is_abusive(text.upper())


@pytest.mark.parametrize("text", ORDINARY)
def test_what_people_tell_of_others_is_no_abuse(text: str) -> None:
    assert not is_abusive(text)


def test_no_report_is_abusive() -> None:
    with REPORTS.open(encoding="utf-8", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file) if is_abusive(row["text"])] == []


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    is_abusive(text)
