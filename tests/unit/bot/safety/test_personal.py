"""Personal data: found, and blacked out so that nothing of it is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.personal import personal_data, redact

CANARIES = [
    ("phone", "(512) 555-0123"),
    ("phone", "512-555-0147"),
    ("phone", "+1 512 555 0147"),
    ("phone", "5125550147"),
    ("email", "jo.canary@example.org"),
    ("card", "4111 1111 1111 1111"),
    ("card", "5555-5555-5555-4444"),
    ("social security number", "000-12-3456"),
    ("date of birth", "03/14/1961"),
    ("address", "12 Sample Street"),
    ("address", "4410 N Example Ave, Apt 3"),
]


@pytest.mark.parametrize(("kind", "span"), CANARIES)
@pytest.mark.parametrize("frame", ["{}", "my details: {} thanks", "hi,{}.", "is it ok? ({})"])
def test_a_span_is_found_and_nothing_of_it_is_left(kind: str, span: str, frame: str) -> None:
    text = frame.format(span)
    assert kind in personal_data(text)
    assert span not in redact(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("my name is Wanda Example and I hurt", "Wanda"),
        ("me llamo Rosa Ejemplo", "Rosa"),
        ("member id: H00011122", "H00011122"),
        ("ssn 000123456", "000123456"),
        ("dob 3/4/70", "3/4/70"),
    ],
)
def test_what_follows_its_name_is_blacked_out(text: str, left: str) -> None:
    assert left not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "how much are 6 infusions at $450 each",
        "call 988 or 911",
        "text HOME to 741741",
        "I am 45 years old and weigh 180 pounds",
        "my blood pressure was 150/90",
        "0.5 mg/kg over 40 minutes",
        "can I come at 2:30 on 12/05",
        "my name is Sam",
    ],
)
def test_ordinary_messages_hold_none(text: str) -> None:
    assert personal_data(text) == ()


def test_known_spans_are_blacked_out_wherever_they_stand() -> None:
    assert redact("slot consult_name: Wanda Example", known=["wanda example"]) == "slot consult_name: [given]"


@given(
    st.sampled_from([span for _, span in CANARIES]),
    st.text(alphabet=st.characters(whitelist_categories=("Ll", "Zs")), max_size=30),
    st.text(alphabet=st.characters(whitelist_categories=("Ll", "Zs")), max_size=30),
)
def test_redaction_never_leaks_and_changes_nothing_more_the_second_time(span: str, before: str, after: str) -> None:
    once = redact(f"{before} {span} {after}")
    assert span not in once
    assert redact(once) == once
