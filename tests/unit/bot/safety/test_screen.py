"""The screen: rules and model weighed together, the traits, the language; the rules alone without a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.examples import DANGERS, TRAITS
from bot.safety.model import Estimate
from bot.safety.screen import Verdict, screen, weights

CALM = Estimate(-6.0, -4.0, dict.fromkeys(DANGERS, 0.2), dict.fromkeys(TRAITS, -4.0))
ALARM = Estimate(
    6.0, 4.0, {"crisis": 0.1, "crisis_other": 0.1, "emergency": 0.6, "abuse": 0.1, "harm_others": 0.1}, CALM.traits
)


class Fixed:
    """A model that finds what it is told in texts with a word, and calm in all others."""

    def __init__(self, word: str, estimate: Estimate) -> None:
        self.word, self.alarm, self.whole = word, estimate, ""
        self.read: list[str] = []

    def estimate(self, text: str) -> Estimate:
        self.read.append(text)
        return self.alarm if self.word in text else CALM

    def estimates(self, texts: Sequence[str], glanced: Sequence[object]) -> list[Estimate]:
        return [self.estimate(text) for text, _ in zip(texts, glanced, strict=True)]

    def glance(self, text: str) -> list[float]:
        return [weights()["glance"] - 1 if "park" in text else weights()["glance"] + 1]


def test_without_a_model_the_rules_decide_alone() -> None:
    verdict = screen("I want to die")
    assert (verdict.danger, verdict.sure, verdict.reason) == ("crisis", True, "i want to die")


def test_the_model_finds_what_no_rule_names() -> None:
    verdict = screen("something odd is happening", Fixed("odd", ALARM))  # type: ignore[arg-type]
    assert verdict.danger == "emergency"
    assert verdict.help_first


def test_a_danger_in_one_sentence_of_a_long_message_is_found() -> None:
    text = "How much is it? " * 5 + "Something odd. " + "And where do I park? " * 5
    model = Fixed("odd", ALARM)
    assert screen(text, model).danger == "emergency"  # type: ignore[arg-type]
    assert "Something odd." in model.read


def test_a_piece_whose_words_are_far_from_danger_costs_no_pass_of_the_network() -> None:
    model = Fixed("odd", ALARM)
    screen("Something odd. And where do I park?", model)  # type: ignore[arg-type]
    assert sorted(model.read) == ["Something odd.", "Something odd. And where do I park?"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("so odd it is to me. And what do I wear?", True),  # a sentence as it was written
        ("odd it is. And what do I wear?", False),  # three words: a fragment says too little
        (" ".join(["word"] * 12 + ["odd"] + ["word"] * 20), False),  # words cut out of a sentence
    ],
)
def test_a_piece_must_be_surer_than_the_whole_and_surer_still_where_it_is_cut_out(text: str, found: bool) -> None:
    class Pieces(Fixed):
        def estimate(self, text: str) -> Estimate:
            return super().estimate(text) if len(text) < len(self.whole) else CALM

    w = weights()
    level = (w["sure"] + (w["piece"] + w["window"]) / 2) / (w["network"] + w["linear"])
    model = Pieces("odd", replace(ALARM, network=level, linear=level))
    model.whole = text
    assert screen(text, model).help_first is found  # type: ignore[arg-type]


def test_between_the_thresholds_help_stands_beside_the_answer() -> None:
    w = weights()
    middle = (w["doubt"] + w["sure"]) / 2
    level = (middle - w["bias"]) / (w["network"] + w["linear"])
    verdict = screen("hm hm hm hm", Fixed("hm", replace(ALARM, network=level, linear=level)))  # type: ignore[arg-type]
    assert verdict.danger != "none"
    assert not verdict.help_first


@pytest.mark.parametrize("name", ["Ana Lopez", "my back", "hm"])
def test_a_name_or_a_fragment_is_less_of_a_danger_to_the_model_alone(name: str) -> None:
    def read(text: str, odds: float) -> Verdict:
        level = odds / (weights()["network"] + weights()["linear"])
        return screen(text, Fixed(name, replace(ALARM, network=level, linear=level)))  # type: ignore[arg-type]

    sure, doubt = weights()["sure"] + 0.5, weights()["doubt"] + 0.5
    assert read(f"{name} and then some more", sure).help_first
    assert not read(name, sure).help_first
    assert read(f"{name} and then some more", doubt).danger != "none"
    assert read(name, doubt).danger == "none"


def test_a_rule_weighs_for_danger_and_for_its_kind() -> None:
    unsure = replace(ALARM, network=1.0, linear=1.0, kinds=dict.fromkeys(DANGERS, 0.2))
    assert screen("I want to die", Fixed("die", unsure)).danger == "crisis"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("trait", "field"), [("medical_advice", "advice"), ("personal_data", "personal"), ("insult", "insult")]
)
def test_traits_are_told(trait: str, field: str) -> None:
    told = replace(CALM, traits={**CALM.traits, trait: 6.0})
    assert getattr(screen("hm", Fixed("hm", told)), field)  # type: ignore[arg-type]
    assert not getattr(screen("hm", Fixed("else", told)), field)  # type: ignore[arg-type]


def test_personal_data_is_told_without_a_model() -> None:
    assert screen("my ssn is 000-12-3456").personal


@pytest.mark.parametrize(
    ("text", "language"),
    [("quiero morir", "es"), ("ya no puedo más", "es"), ("I want to die", "en"), ("", "en"), ("988", "en")],
)
def test_the_language_is_told(text: str, language: str) -> None:
    assert screen(text).language == language


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_gives_a_verdict_on_any_text(text: str) -> None:
    assert isinstance(screen(text, Fixed("zz", ALARM)), Verdict)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["\ud800", "\x00\x01", "a" * 1_000_000, "\u0301" * 50_000])
def test_gives_a_verdict_on_broken_and_huge_texts(text: str) -> None:
    assert screen(text).danger == "none"


def test_words_that_are_certain_outweigh_a_model_that_is_unsure() -> None:
    unsure = replace(CALM, network=-2.0, linear=-2.0)
    assert screen("I am suicidal right now", Fixed("suicidal", unsure)).help_first  # type: ignore[arg-type]
    assert not screen("suicidal people, can they be treated", Fixed("suicidal", unsure)).help_first  # type: ignore[arg-type]
