"""The durable inbox: each MessageSid once, claimed by a process until its turn is done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Row

from bot.channels.sms.incoming import Incoming
from bot.channels.sms.owner import gone
from bot.channels.sms.parts import joined
from bot.channels.sms.privacy import Keys
from bot.channels.sms.tables import INBOX

FORGET = 30 * 86400.0  # seconds after which a message's row is deleted
LEASE = 90.0  # seconds after which another machine may take over a turn; longer than a turn may take


@dataclass(frozen=True)
class Unfinished:
    """A message whose turn nobody ended, its parts joined; `runs` counts how often it was begun."""

    message: Incoming
    received_at: float
    runs: int


class Inbox:
    """The messages' rows; each method works in the transaction that it is given."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def receive(self, connection: Connection, message: Incoming, sender: str, owner: str, now: float) -> bool:
        """Note a message down and claim its turn; False where this MessageSid was here before."""
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        row = {
            "sid": message.sid,
            "sender": sender,
            "number": message.number,
            "sealed_from": self._keys.seal(message.sender),
            "sealed_body": self._keys.seal(message.body),
            "media": message.media,
            "control": message.control[:8],
            "state": "new",
            "owner": owner,
            "lease": now + LEASE,
            "received_at": now,
        }
        statement = dialect.insert(INBOX).values(**row).on_conflict_do_nothing(index_elements=["sid"])
        return bool(connection.execute(statement).rowcount)

    def join(self, connection: Connection, sid: str, head: str) -> bool:
        """Make a message a part of the turn of `head`; False where that turn is done already."""
        open_head = select(INBOX.c.id).where(INBOX.c.sid == head, INBOX.c.state == "new").exists()
        changed = update(INBOX).where(INBOX.c.sid == sid, INBOX.c.state == "new", open_head)
        return bool(connection.execute(changed.values(state="part", head=head)).rowcount)

    def renew(self, connection: Connection, sid: str, owner: str, now: float) -> bool:
        """Keep a claim; False where another process has taken it over."""
        mine = update(INBOX).where(INBOX.c.sid == sid, INBOX.c.owner == owner, INBOX.c.state == "new")
        return bool(connection.execute(mine.values(lease=now + LEASE)).rowcount)

    def finish(self, connection: Connection, sid: str, owner: str, kind: str) -> bool:
        """The turn is done and its words are wiped; False where another process has taken it over."""
        mine = update(INBOX).where(INBOX.c.sid == sid, INBOX.c.owner == owner, INBOX.c.state == "new")
        wiped = {"state": "done", "sealed_from": None, "sealed_body": None, "kind": kind[:20]}
        if not connection.execute(mine.values(**wiped)).rowcount:
            return False
        connection.execute(update(INBOX).where(INBOX.c.head == sid, INBOX.c.state == "part").values(**wiped))
        return True

    def take_over(self, connection: Connection, owner: str, now: float, busy: Collection[str]) -> list[Unfinished]:
        """Claim the turns that nobody works on any more, in the order of their arrival.

        Those of dead processes, and own ones that failed; `busy` are the own ones that run (their ids).
        """
        out = []
        for row in connection.execute(select(INBOX).where(INBOX.c.state == "new").order_by(INBOX.c.id)).all():
            if row.sid in busy or (row.lease > now and not gone(row.owner)):
                continue
            same = and_(INBOX.c.id == row.id, INBOX.c.owner == row.owner, INBOX.c.state == "new")
            values = {"owner": owner, "lease": now + LEASE, "runs": INBOX.c.runs + 1}
            if connection.execute(update(INBOX).where(same).values(**values)).rowcount:
                parts = select(INBOX).where(or_(INBOX.c.id == row.id, INBOX.c.head == row.sid)).order_by(INBOX.c.id)
                out.append(self._unfinished(row, connection.execute(parts).all()))
        return out

    def wipe(self, connection: Connection, now: float) -> None:
        """Ids of messages that no provider brings again."""
        connection.execute(delete(INBOX).where(INBOX.c.state != "new", INBOX.c.received_at < now - FORGET))

    def _unfinished(self, row: Row, parts: Sequence[Row]) -> Unfinished:
        bodies = [self._keys.open(p.sealed_body) for p in parts if p.sealed_body]
        sender = self._keys.open(row.sealed_from)
        message = Incoming(row.sid, sender, row.number, joined(bodies), row.media, row.control)
        return Unfinished(message, row.received_at, row.runs + 1)
