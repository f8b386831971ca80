"""The durable outbox: one reply for each turn, in order for each patient, until the provider has it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import and_, case, delete, insert, or_, select, update
from sqlalchemy.engine import Connection, Row

from bot.channels.sms.owner import gone
from bot.channels.sms.privacy import Keys
from bot.channels.sms.tables import OUTBOX, SENDERS

LEASE = 60.0  # seconds within which a hand-over is over
AHEAD = 60.0  # seconds: an earlier message that is due within them goes first
CHECK_AFTER = 2.0  # seconds in which the provider's log shows what it took over
FORGET = 30 * 86400.0  # seconds after which a message's row is deleted
KEEP = 3600.0  # seconds for which a sent message can be sent again, where its phone was out of reach

WAITING = ("ready", "check")


@dataclass(frozen=True)
class Draft:
    """A message to be. `reply_to` is the MessageSid that it answers; `exempt` ones go in spite of an opt-out."""

    sender: str
    clinic: str
    number: str
    to: str
    body: str
    reply_to: str
    since: float
    exempt: bool = False


@dataclass(frozen=True)
class Outgoing:
    """A message of ours that is to go through the REST API.

    `unsure` says that it may have gone already, at `since` (seconds since 1970) or later.
    """

    public_id: str
    clinic: str
    number: str
    to: str
    body: str
    attempts: int
    since: float
    unsure: bool


class Outbox:
    """The replies' rows; each method works in the transaction that it is given."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def add(self, connection: Connection, draft: Draft, *, state: str, owner: str, now: float, due: float) -> str:
        """Note a message down; returns its public id. A suppressed one keeps neither words nor number."""
        public_id = secrets.token_hex(12)
        kept = state != "suppressed"
        connection.execute(
            insert(OUTBOX).values(
                public_id=public_id, reply_to=draft.reply_to, sender=draft.sender, clinic=draft.clinic,
                number=draft.number, sealed_to=self._keys.seal(draft.to) if kept else None,
                sealed_body=self._keys.seal(draft.body) if kept else None, exempt=draft.exempt,
                state=state, via="twiml" if state == "handing" else "rest", due=due, owner=owner, lease=now + LEASE,
                since=draft.since, created_at=now,
            )
        )  # fmt: skip
        return public_id

    def has_waiting(self, connection: Connection, sender: str) -> bool:
        """Whether an earlier message to that sender has not gone yet."""
        waiting = select(OUTBOX.c.id).where(OUTBOX.c.sender == sender, OUTBOX.c.state.in_((*WAITING, "handing")))
        return connection.execute(waiting.limit(1)).first() is not None

    def claim(self, connection: Connection, owner: str, now: float, limit: int = 8) -> list[Outgoing]:
        """The messages that may go now: due, none earlier to the same patient, nobody opted out."""
        earlier, me = OUTBOX.alias("earlier"), OUTBOX
        soon = and_(earlier.c.state.in_(WAITING), earlier.c.due <= now + AHEAD)
        blocked = select(earlier.c.id).where(
            earlier.c.sender == me.c.sender, earlier.c.id < me.c.id, or_(earlier.c.state == "handing", soon)
        )
        out = select(SENDERS.c.sender).where(SENDERS.c.sender == me.c.sender, SENDERS.c.out_by.isnot(None))
        ready = (
            select(me)
            .where(me.c.state.in_(WAITING), me.c.due <= now)
            .where(or_(me.c.exempt, and_(~blocked.exists(), ~out.exists())))
            .order_by(me.c.id)
            .limit(limit)
        )
        rows = connection.execute(ready).all()
        taken = []
        for row in rows:
            same = and_(me.c.id == row.id, me.c.state == row.state)
            values = {"state": "handing", "via": "rest", "owner": owner, "lease": now + LEASE}
            if connection.execute(update(me).where(same).values(**values, attempts=row.attempts + 1)).rowcount:
                taken.append(self._outgoing(row))
        return taken

    def hold_back(self, connection: Connection, public_id: str, *, state: str, due: float) -> None:
        """Put a message that is being handed over back: `ready`, or `check` where it may have gone."""
        mine = update(OUTBOX).where(OUTBOX.c.public_id == public_id, OUTBOX.c.state == "handing")
        connection.execute(mine.values(state=state, due=due))

    def sent(self, connection: Connection, public_id: str, provider_sid: str | None) -> None:
        """The provider has it."""
        mine = update(OUTBOX).where(OUTBOX.c.public_id == public_id, OUTBOX.c.state == "handing")
        connection.execute(mine.values(state="sent", provider_sid=provider_sid))

    def end(self, connection: Connection, public_id: str, state: str, error: int | None = None) -> None:
        """It is delivered, failed or suppressed for good; words and number are wiped."""
        ended = {"state": state, "error": error, "sealed_to": None, "sealed_body": None}
        connection.execute(update(OUTBOX).where(OUTBOX.c.public_id == public_id).values(**ended))

    def suppress(self, connection: Connection, sender: str) -> None:
        """Nothing that waits goes to that sender any more."""
        waiting = and_(OUTBOX.c.sender == sender, OUTBOX.c.state.in_(WAITING), OUTBOX.c.exempt.is_(False))
        wiped = {"state": "suppressed", "sealed_to": None, "sealed_body": None}
        connection.execute(update(OUTBOX).where(waiting).values(**wiped))

    def find(self, connection: Connection, public_id: str) -> Row | None:
        """The row of a message, for what the provider reports of it."""
        return connection.execute(select(OUTBOX).where(OUTBOX.c.public_id == public_id)).one_or_none()

    def send_again(self, connection: Connection, public_id: str, due: float, error: int) -> None:
        """Send once more at `due`: its phone could not be reached."""
        mine = and_(OUTBOX.c.public_id == public_id, OUTBOX.c.state == "sent", OUTBOX.c.sealed_body.isnot(None))
        attempts = case((OUTBOX.c.attempts < 1, 1), else_=OUTBOX.c.attempts)  # one in the webhook's response counts too
        connection.execute(update(OUTBOX).where(mine).values(state="ready", due=due, error=error, attempts=attempts))

    def take_over(self, connection: Connection, owner: str, now: float) -> int:
        """Messages whose hand-over nobody ended: the provider must be asked whether it has them."""
        handing = connection.execute(select(OUTBOX).where(OUTBOX.c.state == "handing")).all()
        lost = [r for r in handing if r.lease < now or (r.owner != owner and gone(r.owner))]
        for row in lost:
            same = and_(OUTBOX.c.id == row.id, OUTBOX.c.owner == row.owner, OUTBOX.c.state == "handing")
            connection.execute(update(OUTBOX).where(same).values(state="check", due=now + CHECK_AFTER))
        return len(lost)

    def wipe(self, connection: Connection, now: float) -> None:
        """Words and numbers of messages that went long enough ago, and in the end the rows."""
        over = OUTBOX.c.state.notin_((*WAITING, "handing"))
        connection.execute(delete(OUTBOX).where(over, OUTBOX.c.created_at < now - FORGET))
        old = and_(OUTBOX.c.state == "sent", OUTBOX.c.created_at < now - KEEP, OUTBOX.c.sealed_body.isnot(None))
        connection.execute(update(OUTBOX).where(old).values(sealed_to=None, sealed_body=None))

    def _outgoing(self, row: Row) -> Outgoing:
        return Outgoing(
            row.public_id, row.clinic, row.number, self._keys.open(row.sealed_to), self._keys.open(row.sealed_body),
            row.attempts, row.since, row.state == "check",
        )  # fmt: skip
