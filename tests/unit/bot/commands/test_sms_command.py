"""`faqbot sms`: what staff see of the ledger, and errors that say the mend."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from bot.channels.sms.compose import Composed
from bot.channels.sms.config import sms_config
from bot.channels.sms.incoming import Incoming
from bot.channels.sms.ledger import Done, Ledger
from bot.channels.sms.privacy import Keys
from bot.channels.sms.simulate import Phone
from bot.commands.sms import app
from bot.errors import FaqbotError, ServingError
from bot.settings import settings

PATIENT = "+15555550123"


@pytest.fixture
def configured(small_faq: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel that is on."""
    for name, value in {
        "PUBLIC_URL": "https://x.example.org", "SMS_NUMBERS": '{"+15555550100": "north"}', "SMS_ACCOUNT_SID": "AC1",
        "SMS_AUTH_TOKEN": "token", "SMS_KEY": "k" * 32,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"FAQBOT_{name}", value)


def test_consent_of_a_clinic_or_number_written_wrongly_is_refused(configured: None) -> None:
    runner = CliRunner()
    unknown = runner.invoke(app, ["consent", "--clinic", "nort", "--from", PATIENT])
    assert "unknown clinic 'nort'" in str(unknown.exception)
    assert runner.invoke(app, ["consent", "--clinic", "north", "--from", "5550123"]).exit_code
    spaced = runner.invoke(app, ["consent", "--clinic", "north", "--from", "(212) 736-5000"])
    assert spaced.stdout == "+12127365000 has never opted out at north\n"


def test_consent_shows_the_words_and_the_time(configured: None) -> None:
    runner = CliRunner()
    command = ["consent", "--clinic", "north", "--from", PATIENT]
    assert runner.invoke(app, command).stdout == f"{PATIENT} has never opted out at north\n"
    keys = Keys("k" * 32)
    sender = keys.sender(PATIENT, "north")
    ledger = Ledger(settings().sms_database_url, keys, clock=lambda: 0.0)
    message = Incoming("SM1", PATIENT, "+15555550100", "please stop texting me")
    assert ledger.receive(message, sender)
    person = ledger.begin("SM1", sender, "north")
    assert person
    done = Done("stop", Composed("Bye."), exempt=True, change=("out", "words"))
    assert ledger.finish(message, person, done, hand=True, received_at=time.time())
    ledger.close()
    assert runner.invoke(app, command).stdout == "1970-01-01T00:00:00+00:00  out  by words: please stop texting me\n"


def test_without_numbers_there_is_no_ledger(small_faq: Path) -> None:
    with pytest.raises(FaqbotError, match="FAQBOT_SMS_NUMBERS is not set"):
        CliRunner().invoke(app, ["consent", "--clinic", "north", "--from", PATIENT], catch_exceptions=False)


@pytest.mark.parametrize(("clinic", "words"), [("nowhere", "unknown clinic"), ("north", "no server runs here")])
def test_simulate_says_what_is_missing(configured: None, clinic: str, words: str) -> None:
    with pytest.raises(FaqbotError, match=words):
        CliRunner().invoke(app, ["simulate", "--clinic", clinic], catch_exceptions=False)


def test_a_phone_tells_when_the_server_is_gone_or_refuses(configured: None) -> None:
    config = sms_config(settings())
    assert config
    with pytest.raises(FaqbotError, match="no number of clinic 'south'"):
        Phone(config, "http://127.0.0.1:9", clinic="south", number=PATIENT)
    phone = Phone(config, "http://127.0.0.1:9", clinic="north", number=PATIENT)
    with pytest.raises(ServingError, match="does it still run"):
        phone.text("hi")
    phone.close()
    refusing = httpx.MockTransport(lambda request: httpx.Response(403, text="the signature is missing or wrong"))
    phone._client = httpx.Client(base_url="http://x", transport=refusing)
    with pytest.raises(ServingError, match=r"403.*same FAQBOT_SMS_"):
        phone.text("hi")
    phone.close()
