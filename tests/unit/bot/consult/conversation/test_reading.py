"""Names, contacts, methods, changes, choices and what is withheld."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.conversation.change import read_change, read_field
from bot.consult.conversation.contact import contact_of, read_contacts, read_name
from bot.consult.conversation.method import read_method
from bot.consult.conversation.private import withhold
from bot.consult.conversation.steps import FIELDS, before, required
from bot.consult.conversation.words import pick, plain
from bot.consult.errors import InvalidFieldError


@pytest.mark.parametrize(
    ("text", "name", "reached"),
    [
        ("Jane Example", "Jane Example", ""),
        ("I'm Ana Ruiz, 212-555-0123", "Ana Ruiz", "+12125550123"),
        ("my name is Bo and my email is bo@example.org", "Bo", "bo@example.org"),
        ("Will Smith (415) 555-0123", "Will Smith", "+14155550123"),
        ("O'Brien", "O'Brien", ""),
    ],
)
def test_a_name_is_read_with_the_contact_beside_it(text: str, name: str, reached: str) -> None:
    assert read_name(text) == (name, reached)


@pytest.mark.parametrize("text", ["yes", "hello", "212-555-0123", "contact me", "12", ""])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidFieldError):
        read_name(text)


def test_phone_and_email_together_are_both_kept() -> None:
    contact = contact_of(read_contacts("212-555-0123 or a@example.org"))
    assert (contact.phone, contact.email) == ("+12125550123", "a@example.org")


@pytest.mark.parametrize(
    ("text", "method", "rest"),
    [
        ("text me tomorrow after 3", "text", "tomorrow after 3"),
        ("Text me instead", "text", ""),
        ("call me after 5", "call", "after 5"),
        ("by email please", "email", ""),
        ("don't text me", "", "don't text me"),
        ("call or text", "", "call or text"),
        ("mornings", "", "mornings"),
    ],
)
def test_call_text_or_email_is_heard_beside_a_time(text: str, method: str, rest: str) -> None:
    assert read_method(text) == (method, rest)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("change phone", ("consult_contact", "")),
        ("please change my phone number to 212-555-0199", ("consult_contact", "212-555-0199")),
        ("wrong number", ("consult_contact", "")),
        ("the time is wrong", ("consult_when", "")),
        ("fix my name", ("consult_name", "")),
        ("change my appointment", None),
        ("can I change the day of my infusion", None),
    ],
)
def test_a_change_names_its_field(text: str, change: tuple[str, str] | None) -> None:
    assert read_change(text) == change


def test_a_bare_word_names_a_field_where_it_was_asked() -> None:
    assert [read_field(w) for w in ("phone", "my name", "trombone")] == ["consult_contact", "consult_name", None]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ana 123-45-6789", "Ana"),
        ("my dob is 4/5/1980", ""),
        ("back pain, born on April 3, 1970", "back pain"),
        ("social security number 123456789", ""),
        ("member id: ABC123456 and my back", "and my back"),
        ("04/05/1980", ""),
        ("my social is 000-12-3456", ""),
        ("Ana, mrn 0012345", "Ana"),
    ],
)
def test_numbers_that_nobody_asks_for_are_withheld(text: str, kept: str) -> None:
    assert withhold(text) == (kept, True)


@pytest.mark.parametrize(
    "text", ["212-555-0123", "tomorrow after 3", "my insurance plan", "12/3 at 2pm", "3 infusions"]
)
def test_other_words_and_numbers_stay(text: str) -> None:
    assert withhold(text) == (text, False)


@given(st.text(max_size=80))
def test_withholding_twice_finds_nothing_more_than_words(text: str) -> None:
    assert len(withhold(text)[0]) <= max(len(text), 0)


@pytest.mark.parametrize(
    ("text", "chosen"), [("2", 1), ("#1", 0), ("option 2", 1), ("two ways", None), ("B!", 1), ("9", None)]
)
def test_a_choice_is_taken_by_number_or_words(text: str, chosen: int | None) -> None:
    assert pick(text, ("a", "b")) == chosen


def test_signs_and_accents_do_not_count() -> None:
    assert plain("S\u00ed, don\u2019t!") == "si dont"


def test_the_field_before_is_the_last_that_was_answered_in_words() -> None:
    slots = {"consult_name": "Ana", "consult_contact": "+1", "consult_words": ""}
    assert before("consult_consent", slots) == "consult_contact"
    assert before("consult_name", slots) is None
    assert required({"consult_left": "left"}) == [] and "consult_sms_consent" in FIELDS


def test_the_button_that_ends_the_words_is_understood_as_such() -> None:
    from bot.consult.conversation.steps import THAT_IS_ALL
    from bot.consult.conversation.words import NOTHING_MORE, plain

    assert plain(THAT_IS_ALL) in NOTHING_MORE
