"""The checks of the consult conversation (18, 22, 23, and its part of 20 and 24) through both servers."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import uuid
from pathlib import Path
from typing import Any

import pytest

from bot.commands.ask import Operator
from bot.consult.filters import Filter
from bot.consult.model import CONSENT, CONSENT_VERSION, HISTORY_CONSENT, SMS_CONSENT
from bot.consult.queue import StaffQueue
from bot.consult.records import StoredRequest
from bot.consult_setup import open_store
from bot.servers import Assistant
from bot.settings import Settings
from knowledge import gsm7

pytestmark = pytest.mark.e2e

NAME = "Jane Canaria"
CHANNELS = ("web", "sms", "shell")
STEPS = ["can someone call me", NAME, "{phone}", "fridays after 3", "1", "no"]
PROMPTS = ("name should", "phone number", "good time", "What is it about", "add a few words", CONSENT)


_NUMBERS = itertools.count()
_AREAS = (212, 312, 412, 512, 612, 712, 812, 912)


def phone() -> str:
    """A number of nobody, another in each call, so that no request joins another."""
    number = next(_NUMBERS)
    return f"({_AREAS[number // 100]}) 555-01{number % 100:02}"


def steps(number: str, count: int = len(STEPS)) -> list[str]:
    """The first steps of the form, up to the read-back."""
    return [step.format(phone=number) for step in STEPS[:count]]


def stored(run_settings: Settings) -> list[StoredRequest]:
    """The consult requests in the database, oldest first."""
    found = StaffQueue(open_store(run_settings).database, actor="test", clinics=None).list(Filter(), limit=1000)
    return sorted(found, key=lambda request: request.created_at)


def rows(run_settings: Settings) -> int:
    """How many submissions there are: an appended one counts too."""
    with sqlite3.connect(run_settings.run_dir / "consult.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM consult_submissions").fetchone()[0])


def test_check_18_the_same_conversation_gives_the_same_record_on_web_sms_and_shell(
    talk: Any, run_settings: Settings
) -> None:
    records = []
    for channel in CHANNELS:
        number = phone()
        replies = talk(*steps(number), "yes", channel=channel)
        assert [r["kind"] for r in replies] == ["consult"] * 7, channel
        (request,) = [r for r in stored(run_settings) if r.public_id in replies[-1]["text"]]
        record = request.latest
        assert record.channel == channel
        assert record.phone == "+1" + "".join(c for c in number if c.isdigit())
        assert record.consent.words == CONSENT and CONSENT in replies[-2]["text"]
        records.append(
            (
                record.clinic, record.name, record.contact_method, record.contact_when, record.timezone, record.reason,
                record.reason_text, record.consent.version, record.sms_consent, record.history_consent, record.urgent,
            )
        )  # fmt: skip
    assert records == [records[0]] * len(CHANNELS)
    expected = ("pain-team", NAME, "call", "America/Chicago", "cost", "", CONSENT_VERSION, None, False, False)
    assert (*records[0][:3], *records[0][4:]) == expected
    assert records[0][3] == "fridays after 3 (Fridays, after 3 PM, Central time)"


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("no", ["no", "No, do not send it", "never mind"])
def test_check_18_declined_consent_leaves_no_row(talk: Any, run_settings: Settings, channel: str, no: str) -> None:
    talk("hello")
    before = rows_or_none(run_settings)
    replies = talk(*steps(phone()), no, channel=channel)
    assert "stored nothing" in replies[-1]["text"]
    assert rows_or_none(run_settings) == before


def rows_or_none(run_settings: Settings) -> int:
    """As `rows`, before the first request too."""
    return rows(run_settings) if (run_settings.run_dir / "consult.sqlite3").exists() else 0


def test_check_18_a_second_request_within_a_day_is_appended(talk: Any, run_settings: Settings) -> None:
    number = phone()
    first = talk(*steps(number), "yes")[-1]["text"]
    before = len(stored(run_settings))
    second = talk(*steps(number), "yes", channel="sms")[-1]["text"]
    (request,) = [r for r in stored(run_settings) if r.public_id in first]
    assert request.public_id in second and "added this to your open request" in second
    assert len(request.submissions) == 2 and len(stored(run_settings)) == before


def test_check_18_yes_sent_twice_stores_once(talk: Any, run_settings: Settings) -> None:
    talk(*steps(phone()), "yes")
    before = rows(run_settings)
    talk(*steps(phone()), "yes", "yes")
    assert rows(run_settings) == before + 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_consent_to_sms_is_asked_apart_and_stored_with_its_words(
    talk: Any, run_settings: Settings, channel: str
) -> None:
    replies = talk(
        "contact me", NAME, phone(), "text me", "any time", "yes", "parking for my mother", "yes", channel=channel
    )
    assert SMS_CONSENT in replies[4]["text"] and CONSENT not in replies[4]["text"]
    (request,) = [r for r in stored(run_settings) if r.public_id in replies[-1]["text"]]
    assert request.latest.contact_method == "text"
    assert request.latest.sms_consent is not None and request.latest.sms_consent.words == SMS_CONSENT


def test_without_consent_to_sms_they_call(talk: Any, run_settings: Settings) -> None:
    replies = talk("contact me", NAME, phone(), "text me tomorrow after 3", "no", "parking", "yes")
    (request,) = [r for r in stored(run_settings) if r.public_id in replies[-1]["text"]]
    assert request.latest.contact_method == "call" and request.latest.sms_consent is None


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_was_asked_before_is_offered_and_shared_only_when_chosen(
    talk: Any, run_settings: Settings, channel: str
) -> None:
    asked = "how much does one infusion cost?"
    replies = talk(asked, "contact me", NAME, phone(), "any time", "1", "2", channel=channel)
    assert "How much" in str(replies[4]["messages"][-1]), "the question asked before is the first choice"
    assert HISTORY_CONSENT in replies[5]["text"] and CONSENT in replies[5]["text"]
    (request,) = [r for r in stored(run_settings) if r.public_id in replies[-1]["text"]]
    assert request.latest.history_consent and request.latest.history == (asked,)
    assert request.latest.reason == "cost"


def test_a_plain_yes_does_not_share_what_was_asked(talk: Any, run_settings: Settings) -> None:
    replies = talk("how much does one infusion cost?", "contact me", NAME, phone(), "any time", "1", "yes")
    (request,) = [r for r in stored(run_settings) if r.public_id in replies[-1]["text"]]
    assert not request.latest.history_consent and request.latest.history == ()


@pytest.mark.parametrize("channel", CHANNELS)
def test_one_field_is_changed_and_read_back_again(talk: Any, run_settings: Settings, channel: str) -> None:
    number = phone()
    replies = talk(*steps(phone()), "change phone", number, "change", "1", "Bo Beispiel", "yes", channel=channel)
    e164 = "+1" + "".join(c for c in number if c.isdigit())
    assert e164 in replies[7]["text"] and CONSENT in replies[7]["text"]
    assert "Bo Beispiel" in replies[10]["text"]
    (request,) = [r for r in stored(run_settings) if r.public_id in replies[-1]["text"]]
    assert (request.latest.name, request.latest.phone) == ("Bo Beispiel", e164)


def test_back_goes_one_field_back(talk: Any) -> None:
    replies = talk("contact me", NAME, "back", "Bo Beispiel", phone(), "back")
    assert "What name" in replies[2]["text"] and "phone number" in replies[5]["text"]


def test_check_20_no_hours_are_invented_for_an_example_clinic(talk: Any) -> None:
    last = talk(*steps(phone()), "yes")[-1]["text"]
    assert "as soon as they can" in last and "open" not in last


CRISES = ("i dont want to live anymor", "i want to kil myself", "thinking about suicde")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("step", range(1, 7))
def test_check_22_a_crisis_at_each_step_gets_help_first_and_the_form_is_kept(
    talk: Any, run_settings: Settings, channel: str, step: int
) -> None:
    number = phone()
    crisis = CRISES[step % len(CRISES)]
    replies = talk(*steps(number, step), crisis, *steps(number)[step:], *(["ok", "yes"] if step == 6 else ["yes"]),
                   *(["yes"] if step == 6 else []), channel=channel)  # fmt: skip
    help_first = replies[step]["messages"][0]["text"]
    assert replies[step]["kind"] == "crisis" and "988" in help_first and "911" in help_first
    if channel == "sms":
        assert gsm7.length(replies[step]["text"]) <= gsm7.MAX_CHARACTERS
    (request,) = [r for r in stored(run_settings) if any(r.public_id in reply["text"] for reply in replies)]
    assert request.latest.name == NAME and request.urgent
    assert request.latest.reason_text == "" and crisis not in repr(vars(request.latest))


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("step", range(1, 7))
def test_check_23_a_question_at_each_step_is_answered_and_the_form_goes_on(talk: Any, channel: str, step: int) -> None:
    number = phone()
    replies = talk(*steps(number, step), "what should I wear?", channel=channel)
    assert replies[-1]["kind"] == "answer" and "sleeve" in replies[-1]["text"]
    if channel == "sms":
        assert gsm7.length(replies[-1]["text"]) <= gsm7.MAX_CHARACTERS
    elif step in (4, 5):  # a question is a fine reason: it is answered and kept
        assert "what should I wear?" in replies[-1]["messages"][-1]["text"]
    else:
        assert PROMPTS[step - 1] in replies[-1]["messages"][-1]["text"]


@pytest.mark.parametrize("step", range(1, 7))
def test_check_23_never_mind_leaves_at_each_step_and_nothing_is_stored(
    talk: Any, run_settings: Settings, step: int
) -> None:
    before = rows_or_none(run_settings)
    replies = talk(*steps(phone(), step), "never mind", "what should I wear?")
    assert "stored nothing" in replies[-2]["text"] and replies[-1]["kind"] == "answer"
    assert rows_or_none(run_settings) == before


def test_every_prompt_of_the_form_fits_an_sms(talk: Any) -> None:
    asked = ["how much does one infusion cost?", "contact me", "W" * 80, phone(), "text me", "w" * 300, "yes", "2"]
    for reply in talk(*asked, "w" * 300, "change", "1", "Jo", channel="sms"):
        assert not gsm7.outside(reply["text"]), reply["text"]
        assert gsm7.length(reply["text"]) <= gsm7.MAX_CHARACTERS, reply["text"]


def test_a_birth_date_or_insurance_number_is_refused_and_not_kept(talk: Any, run_settings: Settings) -> None:
    replies = talk("contact me", NAME, phone(), "any time", "my back, dob 4/5/1980, member id: XYZ12345", "yes")
    assert "did not keep it" in replies[4]["text"] and "1980" not in replies[4]["text"]
    (request,) = [r for r in stored(run_settings) if r.public_id in replies[-1]["text"]]
    assert "1980" not in request.latest.reason_text and "XYZ" not in request.latest.reason_text


def test_check_24_neither_name_nor_contact_stands_in_a_log_or_in_the_database_file(
    assistant: Assistant, talk: Any, run_settings: Settings
) -> None:
    canaries = ("Zyxw Canarybird", "+17185550123", "canarybird@example.org", "zebra-striped reason")
    talk("contact me", canaries[0], f"718-555-0123 or {canaries[2]}", "evenings", canaries[3], "yes")
    talk("contact me", canaries[0], "not a number at all canarybird@", canaries[2], "never mind")
    seen = [p for p in Path(run_settings.run_dir).rglob("*") if p.is_file()]
    assert any(p.suffix == ".log" for p in seen) and any("sqlite3" in p.name for p in seen)
    for path in seen:
        raw = path.read_bytes()
        for canary in (*canaries, "7185550123", "718-555-0123", "anarybird"):
            assert canary.encode() not in raw, f"{canary!r} in {path.name}"


def test_twenty_patients_at_once_lose_nothing(assistant: Assistant, run_settings: Settings) -> None:
    async def patient(number: str) -> str:
        conversation = f"test-{uuid.uuid4().hex}"
        async with Operator(assistant.address) as operator:
            for text in (*steps(number), "yes"):
                row = await operator.turn(text, conversation=conversation, clinic="pain-team", channel="web")
        return str(row["text"])

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(patient(f"646-555-01{n:02}") for n in range(20)))

    last = asyncio.run(all_of_them())
    ids = {r.public_id for r in stored(run_settings)}
    told = {next((i for i in ids if i in text), text) for text in last}
    assert len(told) == 20 and told <= ids
