"""The fields of a consult request: what patients write, and what is kept of it."""

from __future__ import annotations

import pytest

from bot.consult.model import MAX_FIELD, Contact, InvalidFieldError, parse_contact, parse_name, parse_words

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
