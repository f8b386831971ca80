"""Numbers that identify: one set of patterns, found here and withheld by the consult form alike."""

from __future__ import annotations

import pytest

from bot.consult.conversation.private import withhold
from bot.safety.personal import personal_data, redact

TOLD = [
    ("social security number", "my ssn is 123.45.6789", "123.45.6789"),
    ("social security number", "123.45.6789", "123.45.6789"),
    ("social security number", "ss# 000 55 1212", "000 55 1212"),
    ("social security number", "social security number (000123456)", "000123456"),
    ("social security number", "mi seguro social es 000-12-3456", "000-12-3456"),
    ("date of birth", "dob 6 6 66", "6 6 66"),
    ("date of birth", "bday 8.8.07", "8.8.07"),
    ("date of birth", "I was born on April 3, 1970", "April 3, 1970"),
    ("date of birth", "nací el 15 de julio de 1979", "15 de julio de 1979"),
    ("date of birth", "date of birth: 19700403", "19700403"),
    ("date of birth", "Robert Sample 7/2/58", "7/2/58"),
    ("date of birth", "04.05.1980", "04.05.1980"),
    ("card", "card-4111 1111 1111 1111", "4111 1111 1111 1111"),
    ("member or record number", "member id: ABC123456", "ABC123456"),
    ("member or record number", "my plan number is 4471", "4471"),
    ("member or record number", "membership card no. TEST-4471", "TEST-4471"),
    ("member or record number", "Medicare # 0AA0-AA0-AA00", "0AA0-AA0-AA00"),
    ("member or record number", "Medicaid TEST777", "TEST777"),
    ("member or record number", "MRN000987", "000987"),
    ("member or record number", "chart 00-77-00", "00-77-00"),
]


@pytest.mark.parametrize(("kind", "text", "number"), TOLD)
def test_a_number_is_told_blacked_out_and_withheld_alike(kind: str, text: str, number: str) -> None:
    assert kind in personal_data(text)
    assert number not in redact(text)
    kept, withheld = withhold(text)
    assert withheld and number not in kept


@pytest.mark.parametrize(
    "text",
    [
        "will it be on my medical record 4ever",
        "is the cancellation policy 24-48hrs",
        "my insurance is Aetna PPO 2500",
        "does the group 5-6pm meet",
        "I have the years on record 2019-2024",
        "from 10-11-2026 to 10-14-2026",
    ],
)
def test_ordinary_numbers_are_neither_told_nor_withheld(text: str) -> None:
    assert personal_data(text) == ()
    assert withhold(text) == (text, False)


@pytest.mark.parametrize(
    "phone", ["212-555-0123", "+44 20 7946 0958", "+4915112345678", "06.12.34.56.78", "1-800-555-0123"]
)
@pytest.mark.parametrize("frame", ["{}", "I am a patient {}", "insurance {}", "ssn 123456789 {}"])
def test_a_phone_number_beside_is_not_withheld(phone: str, frame: str) -> None:
    assert phone in withhold(frame.format(phone))[0]


def test_a_year_of_birth_is_withheld_and_no_personal_data() -> None:
    assert withhold("back pain, born in 1951") == ("back pain", True)
    assert personal_data("I was born in 1951, am I too old?") == ()


@pytest.mark.parametrize("text", ["my ssn is 000-12-3456 12345", "dob 3/4/70 5/6/71", "record number 12345 67890"])
def test_what_is_blacked_out_leads_to_no_further_number(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
    assert redact(f"{redact(text.rsplit(' ', 1)[0])} 12345").endswith(" 12345")
