"""Personal data: found, and blacked out so that nothing of it is left."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.personal import personal_data, redact
from bot.safety.segments import MAX_LENGTH
from knowledge.load import load

ROOT = Path(__file__).parents[4]
GOLD = sorted((ROOT / "tests/gold").rglob("*.jsonl"))
BORN = "How many days old am I if I was born on March 2, 1951?"  # off the topic, and a date of birth
TELLING = {"s138", "s353", "rt-058"}  # a crisis or an emergency with a phone number or a date of birth in it

CANARIES = [
    ("phone", "(512) 555-0123"),
    ("phone", "512-555-0147"),
    ("phone", "+1 512 555 0147"),
    ("phone", "5125550147"),
    ("phone", "+44 20 7946 0958"),
    ("phone", "+4915112345678"),
    ("email", "jo.canary@example.org"),
    ("card", "4111 1111 1111 1111"),
    ("card", "5555-5555-5555-4444"),
    ("social security number", "000-12-3456"),
    ("social security number", "123.45.6789"),
    ("date of birth", "03/14/1961"),
    ("address", "12 Sample Street"),
    ("address", "4410 N Example Ave, Apt 3"),
    ("address", "12 Oak Park Apt 3"),
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


def test_no_phrasing_of_the_catalogue_holds_any() -> None:
    questions = load(ROOT / "knowledge").all_questions()
    texts = [text for question in questions for text in (question.heading, *question.phrasings)]
    assert len(texts) > 10_000
    assert {text: kinds for text in texts if (kinds := personal_data(text))} == {BORN: ("date of birth",)}


@pytest.mark.parametrize("path", GOLD, ids=[path.relative_to(ROOT / "tests/gold").as_posix() for path in GOLD])
def test_no_ordinary_gold_message_holds_any(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    ordinary = [row["text"] for row in rows if row.get("kind") != "privacy" and row.get("id") not in TELLING]
    assert {text: kinds for text in ordinary if (kinds := personal_data(text))} == {}


@pytest.mark.parametrize("part", ["1 ", "+1 ", "9-", "12 Oak ", "24 hours I drive ", "id 12 ", "born on the ", "1"])
def test_a_long_text_is_looked_through_at_once(part: str) -> None:
    text = (part * MAX_LENGTH)[:MAX_LENGTH]
    started = time.perf_counter()
    personal_data(text)
    assert time.perf_counter() - started < 2  # about 0.03 s by itself; a pattern gone wild takes minutes


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
