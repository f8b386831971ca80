"""The fixed texts of help: complete, short enough for SMS, and the same wherever they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from textstat import textstat

from bot.safety.help import help_text, resources
from knowledge import gsm7

DOMAIN = Path(__file__).resolve().parents[4] / "domain.yml"


def uttered(response: str) -> dict[str, str]:
    """The texts of a response of the domain, by channel ("" where it names none)."""
    domain: Any = yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))
    return {variant.get("channel", ""): variant["text"] for variant in domain["responses"][response]}


def test_a_crisis_sms_names_both_numbers_in_its_first_segment() -> None:
    first = help_text("crisis", "sms")[:160]
    assert "988" in first
    assert "911" in first


DANGERS = ["crisis", "crisis_other", "emergency", "abuse", "harm_others"]
SPANISH = ["spanish", "spanish_defer"]  # no English words
NEEDS = [*DANGERS, *SPANISH, "line", "privacy", "broken", "closed"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("need", DANGERS)
def test_every_help_sms_names_both_numbers_in_its_first_160_letters(need: str, language: str) -> None:
    first = help_text(need, "sms", language=language)[:160]
    assert "988" in first
    assert "911" in first


@pytest.mark.parametrize("need", NEEDS)
def test_the_words_are_at_sixth_grade_at_most(need: str) -> None:
    if need not in SPANISH:
        assert textstat.flesch_kincaid_grade(help_text(need, "web")) <= 6.0


@pytest.mark.parametrize("need", DANGERS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_help_is_one_screen_and_claims_nobody_who_watches(need: str, language: str) -> None:
    text = help_text(need, "web", language=language)
    assert len(text) <= 600
    assert ("nobody is watching it" if language == "en" else "nadie lo est\u00e1 viendo") in text
    assert "988, press 3" not in text


def test_help_for_abuse_names_the_hotline_and_the_page() -> None:
    text = help_text("abuse", "web")
    assert resources()["abuse"] in text
    assert "close it" in text


def test_a_country_without_numbers_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match=r"no numbers for the country 'XX'.*known: US"):
        help_text("crisis", "web", country="XX")


def test_a_need_without_words_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="no help text 'worry'"):
        help_text("worry", "web")


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_an_sms_is_two_segments_of_plain_letters_at_most(need: str, language: str) -> None:
    text = help_text(need, "sms", language=language)
    assert gsm7.outside(text) == set()
    assert gsm7.length(text) <= gsm7.MAX_CHARACTERS


def test_the_web_text_of_a_crisis_begins_with_what_to_do() -> None:
    first, second, *rest = help_text("crisis", "web").splitlines()
    assert first == "I am sorry that it hurts this much. Please get help now:"
    assert "988" in second
    assert "911" in rest[0]


def test_the_web_text_of_an_emergency_begins_with_911() -> None:
    first = help_text("emergency", "web").splitlines()[0]
    assert first.startswith("This may be an emergency. Call 911 now. Do not wait and do not drive.")


def test_an_emergency_that_was_meant_is_sent_to_988_too() -> None:
    for channel in ("web", "sms"):
        assert "988" in help_text("emergency", channel)
        assert "1-800-222-1222" in help_text("emergency", channel)


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_a_fault_of_the_assistant_still_names_the_numbers(channel: str) -> None:
    text = help_text("broken", channel)
    assert "911" in text
    assert "988" in text


@pytest.mark.parametrize("channel", ["shell", "cmdline", ""])
def test_every_channel_but_sms_gets_the_web_text(channel: str) -> None:
    assert help_text("crisis", channel) == help_text("crisis", "web") != help_text("crisis", "sms")


@pytest.mark.parametrize("need", ["crisis", "emergency"])
def test_the_domain_says_the_same(need: str) -> None:
    texts = uttered(f"utter_{need}")
    assert texts == {"sms": help_text(need, "sms"), "": help_text(need, "web")}
