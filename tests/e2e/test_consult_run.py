"""A consult request from the patient's first word to the clinic's mail, with everything set up and logs at DEBUG."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from bot.commands.ask import Operator
from bot.consult.conversations import erase_conversations
from bot.consult.filters import Filter
from bot.consult.forget import erase_by_contact
from bot.consult.queue import StaffQueue
from bot.consult.records import StoredRequest
from bot.consult_setup import open_store
from bot.ports import free_port
from bot.servers import Assistant
from bot.settings import Settings, settings
from tests.consult.receiver import Posted, mail_server, webhook

pytestmark = pytest.mark.e2e

SECRET = "whsec_" + "c2VjcmV0" * 4
SAID = ("can someone call me", "Zebulon Quick", "(212) 555-0199", "canary words at nine", "canary words on cost", "yes")
CANARIES = (b"Zebulon", b"5550199", b"555-0199", b"canary words")


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Posted, list[str], int]]:
    """The clinic's webhook, its mails, and the port of its mail server."""
    port = free_port()
    with webhook() as posted, mail_server(port) as mails:
        yield posted, mails, port


@pytest.fixture(scope="module")
def run_with_all(
    told: tuple[Posted, list[str], int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, list[str]]]:
    """The settings of servers that run with everything set up, and the replies to a consult request."""
    run = tmp_path_factory.mktemp("consult-run")
    posted, _, port = told
    notify = {"emails": ["desk@example.org"], "webhook": {"url": posted.url, "secret_env": "PAIN_TEAM_SECRET"}}
    clinics = run / "clinics.yml"
    clinics.write_text(json.dumps({"clinics": {"pain-team": {"notify": notify}}}), encoding="utf-8")
    values = {
        "FAQBOT_RUN_DIR": str(run),
        "FAQBOT_CONSULT_CLINICS": str(clinics),
        "FAQBOT_TRACKER_URL": f"sqlite:///{run / 'tracker.sqlite3'}",
        "FAQBOT_SMTP_HOST": "127.0.0.1",
        "FAQBOT_SMTP_PORT": str(port),
        "FAQBOT_SMTP_SECURITY": "none",
        "FAQBOT_SMTP_FROM": "faqbot@example.org",
        "PAIN_TEAM_SECRET": SECRET,
        "LOG_LEVEL": "DEBUG",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        settings.cache_clear()
        with Assistant(settings(), port=free_port(), action_port=free_port(), progress=print) as assistant:
            yield settings(), asyncio.run(_say(assistant))
    settings.cache_clear()


async def _say(assistant: Assistant) -> list[str]:
    async with Operator(assistant.address) as operator:
        return [
            (await operator.turn(text, conversation="mine", clinic="pain-team", channel="web"))["text"] for text in SAID
        ]


def the_request(chosen: Settings) -> StoredRequest:
    """The one that is stored."""
    (found,) = StaffQueue(open_store(chosen).database, actor="test", clinics=None).list(Filter())
    return found


def test_check_19_the_clinic_is_told_within_seconds_by_mail_and_webhook(
    run_with_all: tuple[Settings, list[str]], told: tuple[Posted, list[str], int]
) -> None:
    chosen, replies = run_with_all
    posted, mails, _ = told
    request = the_request(chosen)
    assert request.public_id in replies[-1]
    end = time.monotonic() + 20
    while time.monotonic() < end and not (mails and posted.bodies):
        time.sleep(0.1)
    (mail,), (body,), (headers,) = mails, posted.bodies, posted.headers
    assert request.public_id in mail
    assert Webhook(SECRET).verify(body, headers)["data"]["id"] == request.public_id
    assert not [word for word in CANARIES if word in (mail + body).encode()]


def test_check_24_no_log_at_debug_and_no_file_of_the_requests_names_the_patient(
    run_with_all: tuple[Settings, list[str]],
) -> None:
    chosen, _ = run_with_all
    assert the_request(chosen).latest.name == "Zebulon Quick"
    files = [file for file in chosen.run_dir.iterdir() if not file.name.startswith("tracker.")]
    names = {file.name.split("-")[0].split(".")[0] for file in files}
    assert {"actions", "rasa", "consult"} <= names
    assert b"DEBUG" in b"".join(file.read_bytes() for file in files if file.name.startswith("rasa-")), "logs at DEBUG"
    assert {file.name: word for file in files for word in CANARIES if word in file.read_bytes()} == {}


def test_check_26_erased_by_phone_nothing_is_left_anywhere(run_with_all: tuple[Settings, list[str]]) -> None:
    chosen, _ = run_with_all
    tracker: Path = chosen.run_dir / "tracker.sqlite3"
    assert b"Zebulon" in tracker.read_bytes(), "Rasa keeps conversations there"
    erased = erase_by_contact(open_store(chosen).database, "+12125550199", actor="test")
    assert len(erased.requests) == 1
    assert erase_conversations(chosen.tracker_url, erased.conversations) > 0
    left = {file.name: word for file in chosen.run_dir.iterdir() for word in CANARIES if word in file.read_bytes()}
    assert left == {}
