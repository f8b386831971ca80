"""Patients as the ledger knows them: first contact, consent, what MORE brings, the choices just offered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.channels.sms.compose import Composed
from bot.channels.sms.privacy import Keys
from bot.channels.sms.tables import CONSENT, SENDERS

How = Literal["keyword", "words", "provider"]
MEMORY = 3600.0  # seconds for which MORE and a choice's number mean the last reply, as long as a session of Rasa's
MAX_WORDS = 300  # characters of the patient's words kept with an opt-out


@dataclass(frozen=True)
class Person:
    """A sender at a clinic. `out_by` says how they opted out, empty where they did not."""

    sender: str
    clinic: str
    introduced: bool = False
    epoch: int = 0
    out_by: str = ""
    rest: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One line of the consent ledger."""

    change: Literal["out", "in"]
    how: str
    words: str
    at: float


class People:
    """The senders' rows; each method works in the transaction that it is given."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def get(self, connection: Connection, sender: str, clinic: str, now: float) -> Person:
        """A person, noted down at first sight."""
        row = connection.execute(select(SENDERS).where(SENDERS.c.sender == sender)).one_or_none()
        if row is None:
            connection.execute(insert(SENDERS).values(sender=sender, clinic=clinic, first_at=now))
            return Person(sender, clinic)
        fresh = row.said_at is not None and row.said_at > now - MEMORY
        rest, choices = (self._list(c if fresh else None) for c in (row.sealed_rest, row.sealed_choices))
        return Person(sender, clinic, row.introduced, row.epoch, row.out_by or "", rest, choices)

    def remember(self, connection: Connection, sender: str, reply: Composed, now: float) -> None:
        """What a reply left: pages for MORE and choices; that it said who is texting is never taken back."""
        values: dict[str, object] = {
            "sealed_rest": self._sealed(reply.rest),
            "sealed_choices": self._sealed(reply.choices),
            "said_at": now,
        }
        if reply.introduced:
            values["introduced"] = True
        connection.execute(update(SENDERS).where(SENDERS.c.sender == sender).values(**values))

    def wipe(self, connection: Connection, now: float) -> None:
        """Pages and choices of conversations that are over."""
        old = update(SENDERS).where(SENDERS.c.said_at < now - MEMORY)
        connection.execute(old.values(sealed_rest=None, sealed_choices=None, said_at=None))

    def opt_out(self, connection: Connection, person: Person, how: How, words: str, now: float) -> None:
        """No texts from now on; the conversation that ran is over."""
        self._note(connection, person, "out", how, words, now)
        connection.execute(
            update(SENDERS)
            .where(SENDERS.c.sender == person.sender)
            .values(out_by=how, epoch=SENDERS.c.epoch + 1, sealed_rest=None, sealed_choices=None)
        )

    def opt_in(self, connection: Connection, person: Person, how: How, words: str, now: float) -> None:
        """Texts again."""
        self._note(connection, person, "in", how, words, now)
        connection.execute(update(SENDERS).where(SENDERS.c.sender == person.sender).values(out_by=None))

    def changes(self, connection: Connection, sender: str) -> list[Change]:
        """Every opt-out and opt-in of a sender, the first one first."""
        rows = connection.execute(select(CONSENT).where(CONSENT.c.sender == sender).order_by(CONSENT.c.id))
        return [Change(r.change, r.how, self._keys.open(r.sealed_words), r.at) for r in rows]

    def _note(self, connection: Connection, person: Person, change: str, how: str, words: str, now: float) -> None:
        sealed = self._keys.seal(words[:MAX_WORDS])
        connection.execute(
            insert(CONSENT).values(
                sender=person.sender, clinic=person.clinic, change=change, how=how, sealed_words=sealed, at=now
            )
        )

    def _sealed(self, items: tuple[str, ...]) -> str | None:
        return self._keys.seal(json.dumps(items)) if items else None

    def _list(self, sealed: str | None) -> tuple[str, ...]:
        return tuple(json.loads(self._keys.open(sealed))) if sealed else ()
