"""What goes out in one SMS: alphabet, length, pages, choices, the line that says who is texting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sms.choices import numbered, picked
from bot.channels.sms.compose import compose, wants_more
from bot.channels.sms.parts import joined, may_go_on
from bot.channels.sms.segments import fits, measure, pages, plain
from bot.channels.sms.texts import text, texts
from bot.safety import help as help_module
from bot.settings import ROOT
from knowledge import gsm7
from knowledge.compose import compose as answer
from knowledge.load import load
from knowledge.model import Clinic
from knowledge.near import Candidate, Understood
from knowledge.reply import fixed

LONGEST_NAME = "x" * 20


def one_message(words: str) -> bool:
    """Whether a text is one message of two GSM-7 segments."""
    length = measure(words)
    return length.encoding == "GSM-7" and length.segments <= 2 and length.units <= 306


def clinics() -> list[Clinic]:
    """All clinics as they stand in the knowledge."""
    return list(load(ROOT / "knowledge").clinics)


def test_check_16_every_answer_of_every_clinic_is_one_message_with_the_first_contact_line_too() -> None:
    knowledge = load(ROOT / "knowledge")
    seen, without_line = 0, []
    for clinic in knowledge.clinics:
        for question in (*knowledge.questions, *clinic.own_questions):
            found = Understood(
                question.heading, question, 1.0, True, clinic.answer_to(question.id), (Candidate(question, 1.0),), 1.0
            )
            for advice in (False, True):
                for message in answer([found], clinic, "sms", advice=advice).messages:
                    seen += 1
                    assert one_message(message.text), message.text
                    said = compose([{"text": message.text}], help_first=False, introduce=True, short=clinic.short_name)
                    assert one_message(said.text) and not said.rest, said.text
                    if not said.introduced:
                        without_line.append((clinic.id, question.id, advice))
    assert seen > 1000
    assert len(without_line) <= seen // 50, without_line  # these say it with the next reply


def test_check_16_every_fixed_text_and_form_prompt_is_one_message() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    said = []
    for name, variants in domain["responses"].items():
        forms: list[dict[str, Any]] = [v for v in variants if v.get("channel") == "sms"] or variants
        said += [(name, v["text"], [b["title"] for b in v.get("buttons") or []]) for v in forms]
    needs = yaml.safe_load(help_module.FILE.read_text(encoding="utf-8"))
    said += [
        (f"{n} {lang}", help_module.help_text(n, "sms", language=lang), []) for n in needs for lang in ("en", "es")
    ]
    said += [(name, text(name, LONGEST_NAME), []) for name in texts()]
    assert len(said) > 20
    for name, words, buttons in said:
        reply = compose(
            [{"text": words, "buttons": [{"title": b} for b in buttons]}], help_first=True, introduce=False, short="x"
        )
        assert one_message(reply.text) and not reply.rest, name
        assert reply.text.startswith(plain(words)), name


def test_check_16_every_sentence_around_the_answers_is_one_message() -> None:
    file = yaml.safe_load((ROOT / "knowledge" / "replies.yml").read_text(encoding="utf-8"))
    filled = {"clause": "x" * 80, "heading": "x" * 80, "near": "", "title": "x", "reviewed": "2026-11-22",
              "choices": "x" * 200, "numbers": "1, 2", "text": "x" * 80}  # fmt: skip
    for clinic in clinics():
        for name in file:
            assert one_message(fixed(name, "sms", clinic, **filled) or "x"), name


@pytest.mark.parametrize("need", ["crisis", "crisis_other", "emergency", "abuse", "harm_others"])
def test_check_16_in_danger_the_numbers_stand_in_the_first_segment(need: str) -> None:
    words = help_module.help_text(need, "sms")
    assert "911" in words[:160] and "988" in words[:160] and one_message(words)
    said = compose([{"text": words}, {"text": "What name?" * 20}], help_first=True, introduce=True, short="Clinic")
    assert said.text.startswith(words) and not said.introduced and said.rest


@given(st.text(max_size=1500), st.text(max_size=300))
def test_whatever_is_said_goes_out_as_gsm_7_pages_of_two_segments(first: str, second: str) -> None:
    said = compose([{"text": first}, {"text": second}], help_first=False, introduce=True, short="Clinic")
    for page in (said.text, *said.rest):
        assert not gsm7.outside(page) and fits(page)


@given(st.lists(st.text(st.sampled_from("abc .!"), min_size=1, max_size=120), min_size=1, max_size=6))
def test_pages_hold_every_word_in_order(parts: list[str]) -> None:
    written = pages([" ".join(p.split()) for p in parts if p.split()], "MORE")
    words = [w for page in written for w in page.split() if w != "MORE"]
    assert words == [w for p in parts for w in p.split()]


def test_a_reply_that_fits_keeps_its_lines() -> None:
    words = f"{'An answer. ' * 24}".strip() + "\n(North FAQ, 2026-11-22)"
    assert gsm7.length(words) > 285
    said = compose([{"text": words}], help_first=False, introduce=False, short="x")
    assert (said.text, said.rest) == (words, ())


def test_typographic_signs_are_made_plain_and_emoji_left_out() -> None:
    typed = "\u201cIt\u2019s\u201d 6\u20138 \u2014 ok\u2026 \U0001f600\u00a0\u2264 5\u00b0"
    assert plain(typed) == '"It\'s" 6-8 - ok... <= 5 degrees'


def test_segments_as_the_network_counts() -> None:
    lengths = {160: 1, 161: 2, 306: 2, 307: 3}
    assert {n: measure("x" * n).segments for n in lengths} == lengths
    assert measure("\u20ac" * 80).units == 160
    assert [measure("\u2019" * n).segments for n in (70, 71, 134, 135)] == [1, 2, 2, 3]


def test_check_15_choices_are_numbered_and_picked_by_number_words_or_a_near_spelling() -> None:
    titles = ["Cost", "Scheduling", "Medical question"]
    assert numbered("About?", titles).splitlines()[1:] == ["1 Cost", "2 Scheduling", "3 Medical question"]
    for words in ("2", "2.", "#2", " 2 ) ", "scheduling", "SCHEDULING!", "schedulng"):
        assert picked(words, titles) == "Scheduling", words
    for words in ("4", "0", "no", "", "what is the cost of an infusion?", "22"):
        assert picked(words, titles) is None, words
    assert picked("now", ["Yes", "No"]) is None


def test_what_goes_on_with_more() -> None:
    assert wants_more("MORE") and wants_more("more please") and not wants_more("more pain")


def test_parts_of_a_long_message_are_one_text() -> None:
    assert may_go_on("x" * 150) and not may_go_on("x" * 149) and may_go_on("\u2019" * 67)
    assert joined(["a" * 153, "b"]) == "a" * 153 + "b"
    assert joined(["a" * 155, "b"]) == "a" * 155 + " b"


def test_the_texts_say_what_first_contact_must() -> None:
    for name in ("intro", "intro_short"):
        words = text(name, "Clinic")
        assert words.startswith("Clinic") and "automatic" in words and "STOP" in words
        assert "emergenc" in words.lower()
    assert Path(help_module.FILE).is_file()
