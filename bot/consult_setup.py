"""Opens the consult store from the settings: keys, database, the clinics' destinations and opening hours."""

from __future__ import annotations

import os
from datetime import datetime

from bot.consult.clinics import Clinics, load_clinics
from bot.consult.conversations import purge_conversations
from bot.consult.database import Database
from bot.consult.errors import ConsultKeyError
from bot.consult.forget import purge
from bot.consult.hours import due_at
from bot.consult.keys import MEND, Keyring, make_key
from bot.consult.store import ConsultStore
from bot.settings import Settings


def keyring(settings: Settings) -> Keyring:
    """The keys of FAQBOT_CONSULT_KEYS, or else of the key file. Raises ConsultKeyError where there are none."""
    if settings.consult_keys:
        return Keyring.parse(settings.consult_keys)
    if settings.database_url or not settings.consult_key_file.is_file():
        raise ConsultKeyError(f"FAQBOT_CONSULT_KEYS is not set: consult requests cannot be kept safe; {MEND}")
    return Keyring.parse(settings.consult_key_file.read_text(encoding="utf-8"))


def provide_key_file(settings: Settings) -> None:
    """For a trial on one machine: without keys and without a database of its own, make a key in the run folder.

    Whoever sets FAQBOT_DATABASE_URL must set FAQBOT_CONSULT_KEYS too. The file is readable by its owner alone.
    """
    if settings.consult_keys or settings.database_url:
        return
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(settings.consult_key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(make_key() + "\n")


def clinics(settings: Settings) -> Clinics:
    """The clinics' opening hours, destinations and retention. Raises SettingsError for a bad file."""
    return load_clinics(settings.consult_clinics)


def open_store(settings: Settings) -> ConsultStore:
    """The store of consult requests, with its tables. Raises ConsultError where database or keys cannot be used."""
    known = clinics(settings)
    return ConsultStore(
        settings.consult_url,
        keyring(settings),
        destinations=lambda clinic: known.of(clinic).notify.kinds,
        due=lambda clinic, at: due_at(at, known.of(clinic)),
    )


def purge_all(settings: Settings, database: Database, *, now: datetime, actor: str) -> tuple[int, int]:
    """Erase requests and conversations that are older than their clinics keep them; returns how many of each."""
    known = clinics(settings)
    requests = purge(database, known, now=now, actor=actor).requests
    conversations: tuple[str, ...] = ()
    if settings.tracker_url:
        conversations = purge_conversations(
            settings.tracker_url, now=now, days=lambda clinic: known.of(clinic).retention_days.conversations
        )
    return len(requests), len(conversations)
