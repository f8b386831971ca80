"""Sealing everything again with the newest key, after which the older ones may be taken out of the key ring."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from bot.consult import audit
from bot.consult.database import Database
from bot.consult.keys import Keyring
from bot.consult.records import note_place
from bot.consult.sealing import SEALED, about
from bot.consult.tables import KEYS, NOTES, SUBMISSIONS


def rotate_keys(database: Database, *, actor: str) -> int:
    """Seal all values and hash all contacts with the newest key, in one transaction; returns how many rows changed.

    Raises ConsultKeyError, with nothing changed, where a value cannot be opened.
    """
    keys, changed = database.keys, 0
    with database.write() as connection:
        for row in connection.execute(select(SUBMISSIONS)).mappings().all():
            if _old(row["name_sealed"], keys):
                values = _submission(row, keys)
                connection.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == row["id"]).values(**values))
                changed += 1
        for row in connection.execute(select(NOTES)).mappings().all():
            if _old(row["text_sealed"], keys):
                sealed = _again(row["text_sealed"], note_place(row["id"]), keys)
                connection.execute(update(NOTES).where(NOTES.c.id == row["id"]).values(text_sealed=sealed))
                changed += 1
        connection.execute(delete(KEYS).where(KEYS.c.key_id != keys.newest))
        audit.record(connection, actor=actor, action="rotate keys", detail=f"{changed} rows to key {keys.newest}")
    database.compact()
    return changed


def _submission(row: Any, keys: Keyring) -> dict[str, str]:
    values = {}
    for name in (*SEALED, "history"):
        if row[f"{name}_sealed"] is not None:
            values[f"{name}_sealed"] = _again(row[f"{name}_sealed"], about(row["id"], name), keys)
    for name in ("phone", "email"):
        if row[f"{name}_sealed"] is not None:
            values[f"{name}_hash"] = keys.fingerprint(keys.open(row[f"{name}_sealed"], about(row["id"], name)))
    return values


def _old(sealed: str, keys: Keyring) -> bool:
    return sealed.partition(":")[0] != keys.newest


def _again(sealed: str, place: str, keys: Keyring) -> str:
    return keys.seal(keys.open(sealed, place), place)
