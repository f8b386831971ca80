"""`faqbot consult` and `faqbot user`: what they show and change, and that all of it is in the audit."""

from __future__ import annotations

import csv
import getpass
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.consult import audit
from bot.consult.conversations import EVENTS
from bot.consult.keys import Keyring
from bot.consult.outbox import Outbox
from bot.consult.store import ConsultStore
from bot.consult.users import Users
from bot.consult_setup import open_store
from bot.settings import settings
from tests.consult.fixtures import NEW_KEY, NOW, OLD_KEY, PHONE, a_full_request, a_request
from tests.unit.bot.conftest import Call

ACTOR = f"command:{getpass.getuser()}"
PASSWORD = "correct horse battery"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> ConsultStore:
    """The store that the command opens."""
    monkeypatch.setenv("FAQBOT_CONSULT_KEYS", OLD_KEY)
    settings.cache_clear()
    return open_store(settings())


@pytest.fixture
def ids(store: ConsultStore) -> list[str]:
    """Two requests: an urgent one in the north with an addition, and one in the south."""
    first = store.add(a_full_request()).public_id
    store.add(a_full_request(form_run="2", reason_text="parking too", created_at=NOW + timedelta(hours=1)))
    return [first, store.add(a_request(form_run="3", clinic="south", name="Bo Example")).public_id]


def audited(store: ConsultStore) -> list[str]:
    """What the command did, oldest first."""
    return [row.action for row in reversed(audit.trail(store.database)) if row.actor == ACTOR]


def test_list_shows_a_line_for_each_and_can_be_narrowed(faqbot: Call, store: ConsultStore, ids: list[str]) -> None:
    code, out, _ = faqbot("consult", "list")
    first, second = out.splitlines()
    assert code == 0
    assert first.startswith(ids[0]) and "Ana Example" in first and PHONE in first and "URGENT" in first
    assert second.startswith(ids[1]) and "URGENT" not in second
    assert faqbot("consult", "list", "--clinic", "south")[1].split()[0] == ids[1]
    assert faqbot("consult", "list", "--status", "closed")[1] == ""
    assert faqbot("consult", "list", "--search", "(212) 555-0123", "--limit", "1")[1].split()[0] == ids[0]
    assert audited(store) == ["list"] * 4


def test_list_as_json_has_all_fields(faqbot: Call, ids: list[str]) -> None:
    rows = [json.loads(line) for line in faqbot("consult", "list", "--json")[1].splitlines()]
    assert [row["public_id"] for row in rows] == ids
    assert [s["reason_text"] for s in rows[0]["submissions"]] == ["the price of a series", "parking too"]
    assert rows[0]["created_at"] == NOW.isoformat()


def test_show_has_all_that_the_patient_sent(faqbot: Call, store: ConsultStore, ids: list[str]) -> None:
    code, out, _ = faqbot("consult", "show", ids[0].lower())
    assert code == 0
    for text in (
        "weekday mornings (America/New_York)",
        "Cost or payment: parking too",
        "asked before: how much is it?",
    ):
        assert text in out
    assert audited(store) == ["view"]


def test_an_unknown_id_is_an_error_with_the_mend(faqbot: Call, store: ConsultStore) -> None:
    code, out, err = faqbot("consult", "show", "NONE2345")
    assert (code, out) == (1, "")
    assert err == "faqbot: there is no request NONE2345; `faqbot consult list` shows those there are\n"


def test_export_prints_csv_or_writes_fhir_for_the_owner_alone(
    faqbot: Call, store: ConsultStore, ids: list[str], tmp_path: Path
) -> None:
    rows = list(csv.DictReader(io.StringIO(faqbot("consult", "export")[1])))
    assert [row["id"] for row in rows] == [ids[0], ids[0], ids[1]]
    file = tmp_path / "out.json"
    code, out, err = faqbot("consult", "export", "--fhir", "--clinic", "south", "--output", str(file))
    assert (code, out, err) == (0, "", "1 requests\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text(encoding="utf-8"))["entry"][0]["resource"]["resourceType"] == "Task"
    assert audited(store).count("export") == 2 + 1 + 2


def test_erase_takes_a_phone_as_written_and_the_conversation_too(
    faqbot: Call, store: ConsultStore, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import create_engine, select

    url = f"sqlite:///{tmp_path / 'tracker.sqlite3'}"
    engine = create_engine(url, future=True)
    with engine.begin() as connection:
        EVENTS.metadata.create_all(connection)
        for sender in ("conversation-1", "conversation-9"):
            connection.execute(EVENTS.insert().values(sender_id=sender, type_name="user", timestamp=1.0, data="{}"))
    monkeypatch.setenv("FAQBOT_TRACKER_URL", url)
    settings.cache_clear()
    code, out, err = faqbot("consult", "erase", "--phone", "(212) 555-0123")
    assert (code, err) == (0, "") and out.startswith("2 requests erased\nnot reached: what the web page shows")
    assert store.count() == 0
    with engine.connect() as connection:
        assert list(connection.execute(select(EVENTS.c.sender_id)).scalars()) == ["conversation-9"]
    engine.dispose()
    assert audited(store) == ["erase", "erase"]
    assert faqbot("consult", "erase", "--email", "ana@example.com")[1] == "0 requests erased\n"


def test_erase_without_a_database_of_conversations_says_what_is_left_and_what_to_do(
    faqbot: Call, ids: list[str]
) -> None:
    _, out, _ = faqbot("consult", "erase", "--phone", PHONE)
    assert out.startswith("2 requests erased\nnot reached: the conversations themselves") and "restart it" in out


def test_where_the_conversations_cannot_be_erased_the_requests_stay_for_another_try(
    faqbot: Call, store: ConsultStore, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_TRACKER_URL", f"sqlite:///{tmp_path / 'none' / 'none.sqlite3'}")
    settings.cache_clear()
    code, out, err = faqbot("consult", "erase", "--phone", PHONE)
    assert (code, out) == (1, "") and "check FAQBOT_TRACKER_URL" in err
    assert store.count() == 2


def test_purge_erases_what_is_too_old(faqbot: Call, store: ConsultStore) -> None:
    store.add(a_request(created_at=NOW - timedelta(days=5000)))
    assert faqbot("consult", "purge") == (0, "1 requests and 0 conversations erased\n", "")
    assert store.count() == 0


def test_keys_rotate_by_command(faqbot: Call, ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_CONSULT_KEYS", f"{NEW_KEY},{OLD_KEY}")
    settings.cache_clear()
    assert faqbot("consult", "rotate-keys")[1].startswith("3 rows sealed again; all are sealed with key new now")
    monkeypatch.setenv("FAQBOT_CONSULT_KEYS", NEW_KEY)
    settings.cache_clear()
    assert "Ana Example" in faqbot("consult", "list")[1]
    monkeypatch.setenv("FAQBOT_CONSULT_KEYS", OLD_KEY)
    settings.cache_clear()
    code, _, err = faqbot("consult", "list")
    assert code == 1 and "'new', which is missing" in err


def test_a_made_key_can_be_used(faqbot: Call) -> None:
    assert Keyring.parse(faqbot("consult", "make-key")[1]).ids


def test_dead_letters_are_seen_and_sent_again(faqbot: Call, store: ConsultStore) -> None:
    notified = ConsultStore(settings().consult_url, Keyring.parse(OLD_KEY), destinations=lambda clinic: ("mail",))
    public_id = notified.add(a_request()).public_id
    outbox = Outbox(notified.database, max_attempts=1)
    (taken,) = outbox.take()
    outbox.failed(taken, "mail server: ConnectionRefusedError")
    out = faqbot("consult", "dead-letters")[1]
    assert taken.id in out and public_id in out and "1 tries: mail server: ConnectionRefusedError" in out
    assert faqbot("consult", "send-again") == (0, "1 notifications will be sent again\n", "")
    assert faqbot("consult", "dead-letters")[1] == ""
    assert outbox.waiting()


def test_accounts_are_made_changed_and_listed(faqbot: Call, small_faq: Path, store: ConsultStore) -> None:
    add = ("user", "add", "ana", "--role", "north:staff", "--role", "south:admin")
    assert faqbot(*add, typed=PASSWORD + "\n") == (0, "ana added\n", "")
    users = Users(store.database)
    assert users.authenticate("ana", PASSWORD).roles == {"north": "staff", "south": "admin"}
    assert faqbot("user", "passwd", "ana", typed="another good one\n")[0] == 0
    assert users.authenticate("ana", "another good one")
    assert faqbot("user", "disable", "ana")[1] == "ana is disabled\n"
    assert faqbot("user", "list")[1] == "ana  north:staff south:admin  disabled\n"
    assert faqbot("user", "enable", "ana")[1] == "ana is enabled\n"
    assert audited(store) == ["user add", "user passwd", "user disable", "user enable"]


@pytest.mark.usefixtures("small_faq", "store")
@pytest.mark.parametrize(
    ("arguments", "typed", "code", "told"),
    [
        (("add", "ana", "--role", "west:staff"), PASSWORD, 1, "unknown clinic 'west'; known: north, south"),
        (("add", "ana", "--role", "north"), PASSWORD, 2, "is not CLINIC:ROLE"),
        (("add", "ana", "--role", "north:king"), PASSWORD, 1, "a role is one of viewer, staff, admin"),
        (("add", "ana", "--role", "north:staff"), "short", 1, "12 to 256 signs"),
        (("add", "ana", PASSWORD, "--role", "north:staff"), "", 2, "unexpected extra argument"),
        (("passwd", "bo"), PASSWORD, 1, "there is no user 'bo'"),
        (("disable", "bo"), "", 1, "there is no user 'bo'"),
    ],
)
def test_a_bad_account_is_an_error_with_the_mend(
    faqbot: Call, arguments: tuple[str, ...], typed: str, code: int, told: str
) -> None:
    ended, out, err = faqbot("user", *arguments, typed=typed)
    assert (ended, out) == (code, "")
    assert told in err


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "arguments", [("erase",), ("erase", "--phone", PHONE, "--email", "a@example.com"), ("export", "--csv", "--fhir")]
)
def test_a_wrong_call_ends_with_two(faqbot: Call, arguments: tuple[str, ...]) -> None:
    assert faqbot("consult", *arguments)[0] == 2


def test_without_a_key_the_command_says_how_to_mend_it(faqbot: Call) -> None:
    code, _, err = faqbot("consult", "list")
    assert code == 1
    assert err.startswith("faqbot: FAQBOT_CONSULT_KEYS is not set") and "make-key" in err
