"""Opening the consult store from the settings: whose keys, and what is refused before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.consult.clinics import load_clinics
from bot.consult.errors import ConsultKeyError
from bot.consult_delivery import deliverers
from bot.consult_setup import clinics, keyring, open_store, provide_key_file
from bot.errors import SettingsError
from bot.servers import Assistant
from bot.settings import settings
from tests.consult.fixtures import NOW, OLD_KEY, a_request

NOTIFIED = (
    "clinics: {north: {answer_within_hours: 2, notify: {emails: [desk@example.org], "
    "webhook: {url: 'http://127.0.0.1:9/', secret_env: NORTH_SECRET}}}}"
)


@pytest.fixture
def clinics_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The north is told by mail and webhook."""
    file = tmp_path / "clinics.yml"
    file.write_text(NOTIFIED, encoding="utf-8")
    monkeypatch.setenv("FAQBOT_CONSULT_CLINICS", str(file))
    monkeypatch.delenv("NORTH_SECRET", raising=False)
    settings.cache_clear()
    return file


def test_without_keys_nothing_opens_and_the_mend_is_told() -> None:
    with pytest.raises(ConsultKeyError, match=r"FAQBOT_CONSULT_KEYS is not set: .*faqbot consult make-key"):
        open_store(settings())


def test_for_a_trial_a_key_file_is_made_once_for_its_owner_alone() -> None:
    provide_key_file(settings())
    file = settings().consult_key_file
    assert file.stat().st_mode & 0o777 == 0o600
    first = file.read_text(encoding="utf-8")
    provide_key_file(settings())
    assert file.read_text(encoding="utf-8") == first
    assert open_store(settings()).add(a_request()).public_id


def test_a_database_of_its_own_needs_keys_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    provide_key_file(settings())
    monkeypatch.setenv("FAQBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'other.sqlite3'}")
    settings.cache_clear()
    with pytest.raises(ConsultKeyError, match="FAQBOT_CONSULT_KEYS is not set"):
        keyring(settings())


@pytest.mark.parametrize("name", ["DATABASE_URL", "CONSULT_KEYS"])
def test_no_key_file_is_made_for_who_has_set_up_a_database_or_keys(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"FAQBOT_{name}", OLD_KEY)
    settings.cache_clear()
    provide_key_file(settings())
    assert not settings().consult_key_file.exists()


def test_the_settings_keys_come_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    provide_key_file(settings())
    monkeypatch.setenv("FAQBOT_CONSULT_KEYS", OLD_KEY)
    settings.cache_clear()
    assert keyring(settings()).ids == ("old",)


@pytest.mark.usefixtures("clinics_file")
def test_the_store_notifies_and_sets_its_times_as_the_clinic_wants() -> None:
    from datetime import timedelta

    from bot.consult.filters import Filter
    from bot.consult.outbox import Outbox
    from bot.consult.queue import StaffQueue

    provide_key_file(settings())
    store = open_store(settings())
    store.add(a_request())
    store.add(a_request(form_run="2", clinic="south"))
    assert sorted((n.clinic, n.kind) for n in Outbox(store.database).take()) == [
        ("north", "mail"),
        ("north", "webhook"),
    ]
    found = StaffQueue(store.database, actor="test", clinics=None).list(Filter())
    assert {r.clinic: r.due_at - NOW for r in found} == {"north": timedelta(hours=2), "south": timedelta(hours=24)}


@pytest.mark.usefixtures("clinics_file")
@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("FAQBOT_SMTP_HOST", "FAQBOT_SMTP_HOST is not set, but a clinic has notify.emails"),
        ("FAQBOT_SMTP_FROM", "FAQBOT_SMTP_FROM is not set"),
        ("NORTH_SECRET", "NORTH_SECRET is not set: the secret of the webhook of clinic north"),
    ],
)
def test_a_missing_mail_server_or_secret_is_told_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, missing: str, told: str
) -> None:
    values = {"FAQBOT_SMTP_HOST": "127.0.0.1", "FAQBOT_SMTP_FROM": "faqbot@example.org", "NORTH_SECRET": "c2VjcmV0"}
    for name, value in values.items():
        monkeypatch.setenv(name, "" if name == missing else value)
    settings.cache_clear()
    with pytest.raises(SettingsError, match=told):
        deliverers(settings(), clinics(settings()))
    monkeypatch.setenv(missing, values[missing])
    settings.cache_clear()
    assert set(deliverers(settings(), clinics(settings()))) == {"mail", "webhook"}


def test_where_nobody_wants_to_be_told_nothing_sends() -> None:
    assert deliverers(settings(), load_clinics(None)) == {}


def test_the_worker_is_served_where_the_clinics_have_set_something_up(
    clinics_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinics_file.write_text("clinics: {north: {retention_days: {requests: 9}}}", encoding="utf-8")
    assistant = Assistant(settings(), port=1, action_port=2, progress=print)
    (worker,) = assistant._consult_worker()
    assert worker.command[-3:] == ["bot.cli", "consult", "work"]
    monkeypatch.delenv("FAQBOT_CONSULT_CLINICS")
    settings.cache_clear()
    assert Assistant(settings(), port=1, action_port=2, progress=print)._consult_worker() == []
