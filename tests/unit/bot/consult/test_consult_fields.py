"""The fields of a consult request: what patients write, and what is kept of it."""

from __future__ import annotations

import pytest

from bot.consult.errors import InvalidFieldError
from bot.consult.fields import (
    MAX_FIELD,
    REMOVED,
    Contact,
    parse_contact,
    parse_email,
    parse_name,
    parse_phone,
    parse_reason,
    parse_when,
    parse_words,
)
from bot.consult.model import REASONS

PHONE = Contact(phone="+12127365000")


def refused(text: str) -> str:
    """What the patient reads about a contact that does not do."""
    with pytest.raises(InvalidFieldError) as caught:
        parse_contact(text)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "2127365000",
        "212-736-5000",
        "(212) 736-5000",
        "212.736.5000",
        "212 736 5000",
        "1-212-736-5000",
        "+1 (212) 736 5000",
        "  +12127365000  ",
        "call me at 212 736 5000 after 5",
        "my number's 212-736-5000.",
        "２１２７３６５０００",
    ],
)
def test_a_phone_number_is_kept_as_e164(text: str) -> None:
    assert parse_contact(text) == PHONE


def test_a_foreign_number_is_kept_with_its_country() -> None:
    assert parse_contact("+44 20 7946 0958") == Contact(phone="+442079460958")


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ana@example.com", "ana@example.com"),
        ("  Ana@Example.COM ", "Ana@example.com"),
        ("write to ana.b+clinic@mail.example.org, please", "ana.b+clinic@mail.example.org"),
        ("<ana@example.com>", "ana@example.com"),
        ("my mail: ana@example.com.", "ana@example.com"),
    ],
)
def test_an_email_address_is_found_in_what_is_written(text: str, email: str) -> None:
    assert parse_contact(text) == Contact(email=email)


@pytest.mark.parametrize("text", ["736-5000", "12345", "0000000000", "ana", "", "   ", "ana at example.com", "📞"])
def test_what_is_no_contact_is_refused_with_what_is_needed(text: str) -> None:
    assert refused(text) == "I need a phone number with area code, or an email address."


@pytest.mark.parametrize("text", ["@", "ana@", "ana@example", "@example.com", "ana@@example.com", "a b@c d"])
def test_half_an_email_address_is_refused_as_one(text: str) -> None:
    assert refused(text) == "That email address does not look complete. Please write it again."


def test_a_phone_number_after_an_at_sign_is_found() -> None:
    assert parse_contact("call me @ 212 736 5000") == PHONE


def test_the_digits_of_an_address_are_no_phone() -> None:
    assert parse_contact("2127365000@example.com") == Contact(email="2127365000@example.com")


def test_a_contact_is_shown_as_the_one_thing_it_is() -> None:
    assert PHONE.shown == "+12127365000"
    assert Contact(email="ana@example.com").shown == "ana@example.com"


@pytest.mark.parametrize(
    ("text", "name"),
    [("Ana", "Ana"), ("  Ana \n María  ", "Ana María"), ("李雷", "李雷"), ("O'Neil-Ruiz 3rd", "O'Neil-Ruiz 3rd")],
)
def test_a_name_is_kept_in_one_line(text: str, name: str) -> None:
    assert parse_name(text) == name


def test_a_name_of_eighty_characters_is_the_longest() -> None:
    assert parse_name("n" * 80) == "n" * 80
    with pytest.raises(InvalidFieldError):
        parse_name("n" * 81)


@pytest.mark.parametrize("text", ["", "  \n", "123", "?!", "😀"])
def test_what_is_no_name_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidFieldError, match=r"^Please write the name that staff should ask for\.$"):
        parse_name(text)


def test_words_are_kept_in_one_line_and_cut_to_the_column() -> None:
    assert parse_words(" Mondays \n after  5 ", what="when") == "Mondays after 5"
    assert len(parse_words("word " * 500, what="when")) == MAX_FIELD


def test_no_words_are_refused_with_what_is_missing() -> None:
    with pytest.raises(InvalidFieldError, match=r"^Please write in a few words what it is about\.$"):
        parse_words(" \t ", what="what it is about")


def test_a_phone_field_takes_no_email_and_the_other_way_round() -> None:
    assert parse_phone("(212) 555-0123") == "+12125550123"
    assert parse_email("Ana@Example.com") == "Ana@example.com"
    with pytest.raises(InvalidFieldError, match="phone number with area code"):
        parse_phone("ana@example.com")
    with pytest.raises(InvalidFieldError, match="does not look complete"):
        parse_email("212 555 0123")


def test_a_refused_email_address_is_in_no_part_of_the_error() -> None:
    with pytest.raises(InvalidFieldError) as caught:
        parse_email("canary..name@example.com")
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    assert "canary" not in repr(caught.value)
    assert "canary" not in repr(Contact(email="canary@example.com"))


@pytest.mark.parametrize("said", ["cost", "Cost or payment", " COST or  payment. ", "1"])
def test_a_reason_is_named_by_id_button_or_number(said: str) -> None:
    assert parse_reason(said) == "cost"


def test_an_unknown_reason_is_refused_with_all_choices() -> None:
    with pytest.raises(InvalidFieldError) as caught:
        parse_reason("7")
    assert all(label in str(caught.value) for label in REASONS.values())


@pytest.mark.parametrize("text", ["my ssn is 078-05-1120 ok", "my ssn is 078 05 1120 ok", "my ssn is 078.05.1120 ok"])
def test_a_social_security_number_is_never_kept(text: str) -> None:
    assert parse_words(text, what="why") == f"my ssn is {REMOVED} ok"


def test_a_phone_number_in_the_words_is_kept() -> None:
    assert parse_when("call 212-555-0123 after 5") == "call 212-555-0123 after 5"
