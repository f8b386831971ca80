"""The rules of the safety screen: what they must find and leave alone, that they never fail and are quick."""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.examples import DANGERS
from bot.safety.rules import PATTERNS, asks_advice, find

ROOT = Path(__file__).resolve().parents[4]

CRISIS = [
    # plain
    "i want to die",
    "I want to kill myself",
    "im suicidal",
    "I am thinking about suicide.",
    "I'm going to end my life",
    "I want to end it all",
    "I wish I was dead",
    "I don't want to live anymore",
    "i dont want to be here anymore",
    "I can\u2019t go on anymore",
    "there is no reason to live",
    "I have nothing left to live for",
    "i want to hurt myself",
    "started self harming again",
    "I have a plan to end my life",
    "I've been suicidal for years",
    "I HAVE BEEN SUICIDAL IN THE PAST WEEK",
    # indirect
    "I don't want to wake up tomorrow",
    "want to go to sleep and never wake up",
    "everyone would be better off without me",
    "what's the point of living like this",
    "Life isn't worth living.",
    "I'm tired of living",
    "I just want it all to be over",
    "thinking about ending it",
    "I wrote goodbye letters today",
    "i've said my goodbyes",
    "this is my last night",
    "you won't hear from me again after tonight, thanks for everything",
    "nobody would miss me",
    "I feel like a burden to everyone",
    "I can't keep myself safe",
    "I'm afraid of what I might do to myself",
    "I don't see a way out",
    "I've lost the will to live",
    "if ketamine doesn't help then I'm done with life",
    "I want out of this life",
    "I cant see myself living past this year",
    "if i could just go to sleep forever",
    "nobody cares if i live or die",
    "the world would be better without me",
    "I don't deserve to live",
    "is it normal to want to be dead",
    "everything would be easier if I were dead",
    "I can't stop thinking about death",
    "i have no will to live",
    # what is denied is not all that is said
    "I'm not suicidal but I don't want to exist",
    "I would never kill myself, I just don't want to be here",
    "not going to do anything, but I wish I wouldn't wake up",
    "No plan or anything. I'd rather be dead though.",
    "I was suicidal years ago and now I want to die again",
    # someone else
    "My son says he wants to die and I don't know what to do",
    "my husband is talking about killing himself",
    "worried my daughter is going to hurt herself",
    "how do i keep my sister from taking her own life",
    "my wife told me she doesn't want to live",
    "mom keeps saying we'd be better off without her",
    "My brother gave away all his things and says he won't be needing them",
    "she keeps saying she wishes she was dead",
    "my friend texted me goodbye and isn't answering",
    "my mom told me she's going to end it",
    "My friend is suicidal. Can you see her today?",
    # misspelt
    "i wnat to die",
    "i want too die",
    "i wanna dye",
    "suicde",
    "im sucidal",
    "kms",
    "i wanna kil mysef",
    "I'm going to kill my self",
    "dont want to liv anymor",
    "i dont wanna b here anymore",
    "i dont wnt to live",
    "i want to dieee",
    "im gonna kill myslf",
    # Spanish
    "quiero morir",
    "quisiera estar muerta",
    "tengo pensamientos suicidas",
    "me quiero matar",
    "ya no quiero vivir",
    "no puedo más, quiero acabar con todo",
    "mi hijo dice que se quiere morir",
    "estoy pensando en suicidarme",
    "me quiero hacer daño y no sé a quién llamar",
    "ya no le veo sentido a la vida",
    # an ordinary question with it
    "how much is an infusion, i dont think ill be alive next month",
    "do you have anything sooner, I'm thinking about suicide",
    "Where do I park? Also I don't want to live anymore.",
    "this back is killing me and I want to die",
    "do you treat suicidal patients? I am suicidal",
    "can you help me i am suicidal",
    "Do you take Aetna? I want to end my life.",
    "Thanks for the info. I'm going to kill myself tonight.",
    # sarcasm, which the screen cannot tell from the thing itself
    "lol guess i'll just die then",
    "great, I'll just kill myself then haha",
    "cool cool, time to unalive myself",
    "your prices make me want to die",
    # an idiom must not hide more than itself
    "I want to die to see my husband again",
    "I think of killing myself at work",
    "I want to hurt myself at work",
    "dying of boredom here, and i want to die anyway",
    "I don't want to wake up in the morning",
]

EMERGENCY = [
    "chest pain right now",
    "I have crushing pain in my chest and down my left arm",
    "my chest hurts and my arm is numb",
    "I'm having chest pain",
    "think im having a heart attack",
    "I think I'm having a stroke",
    "cant breathe",
    "I can\u2019t breathe",
    "I can't catch my breath, it's getting worse",
    "my husband is having trouble breathing",
    "she's not breathing",
    "he stopped breathing",
    "he's barely breathing",
    "his lips are turning blue",
    "he's choking",
    "my mom is unresponsive",
    "wont wake up",
    "My wife won't wake up after her infusion",
    "I can't wake my wife up after her infusion",
    "he collapsed and isn't moving",
    "passed out and hit his head, what do i do",
    "dad is having a seizure",
    "seizing right now help",
    "one side of his face is drooping",
    "mom's speech is slurred all of a sudden",
    "cant move my left side",
    "sudden worst headache of my life and I can't see straight",
    "throat is closing up",
    "my tongue and lips are swelling fast",
    "severe allergic reaction happening now",
    "I took too many of my pills by accident",
    "took too much medicine please help",
    "i think i overdosed",
    "accidentally double dosed and now I'm very drowsy and confused",
    "my toddler got into my pills",
    "a child swallowed one of my ketamine lozenges",
    "my 4 year old ate grandma's medication",
    "I'm bleeding heavily and it won't stop",
    "throwing up blood",
    "send an ambulance",
    "please call 911",
    "my throat feels like it's closing",
    "pain in my chest and left arm",
    "help, she's not waking up",
    "can't wake up my husband",
    "mom collapsed",
    "he took a whole bottle of pills",
    "dad fell and he's not moving",
    "my lips are swollen and I can't swallow",
    "he had a seizure just now",
    "my wife swallowed a lot of pills",
    "My son accidentally ate my pills",
    "this is an emergency",
    "emergencia, mi esposo no respira",
    "me duele mucho el pecho y no puedo respirar",
    # with an ordinary question, and with a crisis: the emergency goes first
    "how much is a session, also I can't breathe",
    "I wanted to die so I took too many pills",
]

HARMLESS = [
    "me estoy cortando el pelo, llego tarde a mi cita",
    "mi hija se está cortando las uñas",
    "I'm ending it with the other clinic",
    "We are ending the lease today",
    # idioms
    "this back is killing me",
    "my feet are killing me after work, do you treat neuropathy",
    "the wait is killing me, when do you open?",
    "I'm dying to know the price",
    "dying to hear back from you about an appointment",
    "will I die of boredom during the infusion?",
    "I nearly died laughing at your ad",
    "I'd kill for one night of good sleep",
    "those prices are to die for, said no one ever",
    "my phone died, sorry, what did you say about parking?",
    "I'm dead tired after work, can I come in the evening",
    "I'm dead serious, how long does it take",
    "over my dead body will I pay that",
    "hang on, let me get my insurance card",
    "shoot me an email with the price list",
    "I took a stab at the intake form, where do I send it",
    "it took too much time to find parking",
    "this is way out of my budget",
    "I want my life back, does it work for fibromyalgia?",
    "I want to take my life back from this pain",
    "migraines have taken my life, do you treat them",
    "I don't want to be here all day, how long is a session?",
    "I don't want to wake up in the middle of it, am I asleep?",
    "I don't want to wake up groggy",
    "i dont want to go on opioids",
    "I hurt myself lifting boxes and have had sciatica since",
    "been killing myself at the gym with no progress on the pain",
    "can I end the infusion early if I don't like it",
    "I gave up on gabapentin",
    "is there a way out if it gets too intense",
    "I'm going to be dead tired after that drive",
    "I don't want to wake up my baby, is the place quiet",
    # questions about policy, risk and the past
    "do you treat suicidal patients?",
    "do you accept people who are actively suicidal",
    "Does ketamine help with suicidal thoughts?",
    "will it reduce suicidal ideation",
    "is suicidal ideation an exclusion?",
    "what is your policy on suicidal thoughts",
    "why do you ask about suicidal thoughts on the form",
    "can ketamine make you suicidal",
    "does it work for suicide headaches",
    "years ago I was suicidal, fine now, is it for me?",
    "I was suicidal ten years ago. Can I still be treated?",
    "I was suicidal as a teenager, does that rule me out",
    "I have a history of suicide attempts, am I eligible?",
    "could I die from a ketamine infusion",
    "has anyone ever died during an infusion",
    "am I going to die during this? I'm nervous",
    "has anybody ever overdosed at a ketamine clinic",
    "can you overdose on ketamine",
    "what is the death rate of this treatment",
    "I've struggled with suicidal thoughts in the past. Am I a candidate?",
    "I attempted suicide 8 years ago, would you still treat me",
    "my brother died by suicide, does family history matter",
    "is ketamine good for suicidality",
    "how quickly do suicidal thoughts go away",
    "I had a suicide attempt in 2010, still ok?",
    "my dad has a collapsed disc, do you treat that",
    "is there any reason to keep going after 6 infusions",
    "I'm tired of living with chronic pain",
    "I cut myself off coffee already, is that enough",
    "will I feel like I'm dying",
    "does it feel like dying",
    # the body, in general
    "can ketamine cause chest pain?",
    "will I get chest tightness from it",
    "does it slow your breathing",
    "could I stop breathing on this like with opioids",
    "is trouble breathing a side effect",
    "I have asthma and use an inhaler, is that a problem",
    "I have COPD, is ketamine safe for my lungs?",
    "I had a heart attack in 2015, can I have infusions?",
    "my father had a stroke, is it safe for him",
    "I have a seizure disorder, can I still get ketamine",
    "what if i have a panic attack during it",
    "can a person be allergic to ketamine",
    "can you have an allergic reaction to ketamine?",
    "I have an egg and a latex allergy, does that matter",
    "what are the signs of an allergic reaction",
    "I broke out in hives from penicillin years ago",
    "do you monitor my heart and breathing",
    "will my heart race",
    "will my speech be slurred afterwards",
    "will someone wake me up after the infusion",
    "do you call 911 if something goes wrong",
    "is there a number if it's an emergency after hours",
    "do you have an ambulance on call",
    "I took all my meds this morning, is that a problem",
    "should I take my pills before the infusion?",
    "my son took ketamine lozenges at home before, can he switch to infusions",
    "what does too much ketamine do",
    "does ketamine make you confused",
    "what if I can't breathe during the infusion",
    "can I take it if I have chest pains sometimes",
    "my husband passed out when he had anesthesia, is it safe",
    "my son won't wake up early, any afternoon slots",
    "I can't feel my left foot from neuropathy",
    "my mom has trouble breathing at night, sleep apnea, ok for her?",
    "my face gets red with alcohol, is that an issue",
    # Spanish
    "¿cuánto cuesta una infusión?",
    "me muero de hambre, ¿cuándo puedo comer?",
    "¿me puede hacer daño la ketamina?",
    "la clínica no responde el teléfono",
    "¿la ketamina da dolor de pecho?",
    # nothing to read
    "",
    "   ",
    "?!",
    "911 Main Street, is that your address?",
]

# Words of the catalogue's phrasings with which a patient may well be in danger: help is the right reply to them.
# What may be met with help though it is asked as a question: whoever asks about suicide may be asking for themselves.
READS_LIKE_DANGER = (
    "can't breathe",
    "cant breathe",
    "I think about dying",
    "thinking about not being here anymore",
    "suicid",
)


@pytest.mark.parametrize("text", CRISIS)
def test_finds_a_crisis(text: str) -> None:
    assert find(text).danger in {"crisis", "crisis_other"}


@pytest.mark.parametrize("text", EMERGENCY)
def test_finds_an_emergency(text: str) -> None:
    assert find(text).danger == "emergency"


@pytest.mark.parametrize("text", HARMLESS)
def test_leaves_alone_what_only_sounds_so(text: str) -> None:
    finding = find(text)
    assert (finding.danger, finding.words) == ("none", "")


def test_names_the_words_in_which_it_found_the_danger() -> None:
    assert find("Hello. I Want to DIE, how much is it").words == "i want to die"


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("I want to kill myself", "crisis"),
        ("my wife left and I want to die", "crisis"),
        ("quiero morirme", "crisis"),
        ("My son says he wants to die and I don't know what to do", "crisis_other"),
        ("my friend keeps saying she wishes she was dead", "crisis_other"),
        ("mi hijo dice que se quiere morir", "crisis_other"),
        ("mi hermana se está cortando otra vez", "crisis_other"),
        ("Mi nieto se corta las piernas", "crisis_other"),
        ("otra vez me estoy cortando", "crisis"),
        ("encontramos una nota de despedida en su cuarto", "crisis"),
        ("my cousin wrote that he's ending it tonight", "crisis_other"),
        ("my husband hits me", "abuse"),
        ("I'm afraid of my boyfriend", "abuse"),
        ("mi marido me pega", "abuse"),
        ("I'm going to kill my boss tomorrow", "harm_others"),
        ("I'm afraid I might hurt my baby", "harm_others"),
    ],
)
def test_tells_whose_danger_it_is(text: str, danger: str) -> None:
    assert find(text).danger == danger


@pytest.mark.parametrize(
    "text",
    [
        "I  want\nto\tdie",
        "I want to die!!!",
        "…i want, to die…",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "í wánt tó díe",
        "don`t want to live",
    ],
)
def test_spacing_case_accents_and_signs_hide_nothing(text: str) -> None:
    assert find(text).danger == "crisis"


def test_no_phrasing_of_the_catalogue_is_met_with_help_unless_it_reads_like_danger() -> None:
    files = sorted((ROOT / "knowledge" / "questions").glob("*.md"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    phrasings = [line[2:].strip() for line in lines if line.startswith("- ")]
    phrasings += [re.sub(r"\{#.*", "", line[3:]).strip() for line in lines if line.startswith("## ")]
    assert len(phrasings) > 1000
    harmless = [p for p in phrasings if not any(words in p for words in READS_LIKE_DANGER)]
    sample = harmless  # all of them take 8 s
    assert [(p, find(p).words) for p in sample if find(p).danger != "none"] == []


@given(st.text(max_size=400) | st.text(max_size=50).map(lambda t: t * 30))
@settings(max_examples=100, deadline=None)
def test_gives_a_verdict_on_any_text(text: str) -> None:
    assert find(text).danger in {"none", *DANGERS}


@pytest.mark.parametrize("text", ["\ud800", "\x00\x01", "a" * 1_000_000, "\u0301" * 50_000, "dont want " * 20_000])
def test_gives_a_verdict_on_broken_and_huge_texts(text: str) -> None:
    assert find(text).danger == "none"


def test_takes_at_most_three_milliseconds_a_message() -> None:
    texts = [*CRISIS, *EMERGENCY, *HARMLESS]
    find(texts[0])  # the patterns are compiled at the first message
    took = []
    for text in texts * 3:
        started = time.perf_counter()
        find(text)
        took.append(time.perf_counter() - started)
    assert statistics.median(took) < 0.003


def test_the_longest_message_of_the_channels_is_screened_in_time() -> None:
    text = ("i was wondering how my husband and i have to do it and he cannot really " * 40)[:2000]
    find(text)
    took = []
    for _ in range(5):
        started = time.perf_counter()
        find(text)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "I am suicidal right now and I don't know who else to write to",
        "im going to kill myself",
        "I don't want to live anymore",
        "I just don't want to be here any more. do you take my plan",
        "ya no quiero vivir",
        "quiero morirme, cuanto cuesta?",
        "ya me quiero morir",
        "my husband is having a seizure",
        "she just took the whole bottle",
    ],
)
def test_what_is_said_plainly_of_now_is_certain(text: str) -> None:
    assert find(text).certain


@pytest.mark.parametrize(
    "text",
    [
        "I'm not suicidal, just in pain",
        "before treatment I wanted to die",
        "can suicidal people be treated?",
        "I want to die of embarrassment",
        "no quiero morir, quiero saber si es seguro",
        "quiero morirme de la risa",
        "me quiero morir con estos precios",
        "no me quiero morir, es seguro?",
        "he took the whole bottle of lemonade with him",
        "what happens if somebody is having a seizure?",
        "my brother is suicidal",
    ],
)
def test_what_is_denied_past_asked_or_of_others_is_not_certain(text: str) -> None:
    assert not find(text).certain


@pytest.mark.parametrize(
    "text",
    [
        "How much should I take before I come in?",
        "can i skip my lithium on the day",
        "Is my heart rate of 110 normal?",
        "I'm pregnant, may I still come?",
        "my labs came back odd, is that a problem",
        "I ate a sandwich an hour ago, can I still have it",
        "¿puedo tomar mi clonazepam?",
    ],
)
def test_finds_advice_on_the_own_case(text: str) -> None:
    assert asks_advice(text)


@pytest.mark.parametrize(
    "text",
    [
        "how much does an infusion cost",
        "how long before my infusion do I stop eating?",
        "can I bring my own music",
        "do you take Medicare",
        "what is ketamine",
    ],
)
def test_a_general_question_is_no_advice(text: str) -> None:
    assert not asks_advice(text)


def test_each_word_of_a_pattern_is_whole() -> None:
    """A space in the wrong place cuts a choice in two, and the rest of the list would still compile."""
    lists = yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))
    assert set(lists) == {
        "certain_emergency",
        "certain_crisis",
        "emergency",
        "crisis",
        "advice",
        "harm_others",
        "abuse",
        "idiom",
    }
    for line in (line for lines in lists.values() for line in lines):
        for piece in re.findall(r"\S*\([^)]*\)\S*|\S+", line):
            assert piece.count("(") == piece.count(")"), f"'{piece}' in '{line}'"
            assert piece == piece.lower() and "'" not in piece, f"'{piece}' in '{line}'"
