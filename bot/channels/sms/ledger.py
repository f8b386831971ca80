"""The ledger: inbox, outbox and consent in one database, each step one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import insert, select

from bot.channels.sms.compose import Composed
from bot.channels.sms.inbox import Inbox, Unfinished
from bot.channels.sms.incoming import Incoming
from bot.channels.sms.outbox import Draft, Outbox, Outgoing
from bot.channels.sms.owner import this_process
from bot.channels.sms.people import Change, How, People, Person
from bot.channels.sms.privacy import Keys
from bot.channels.sms.tables import KEY, open_database
from bot.tables import alone

Clock = Callable[[], float]


@dataclass(frozen=True)
class Done:
    """How a turn ended. `exempt` replies go in spite of an opt-out; `change` is the opt-out or opt-in that it was."""

    kind: str
    reply: Composed | None = None
    exempt: bool = False
    change: tuple[str, How] | None = None


class Ledger:
    """What the channel knows for good. Methods block for as long as the database takes."""

    def __init__(self, url: str, keys: Keys, *, clock: Clock, owner: str = "") -> None:
        """Open the database and make its tables where they are missing. Times come from `clock` (seconds).

        Raises SettingsError where the database was written with other keys.
        """
        self._engine = open_database(url)
        self._keys = keys
        self._clock = clock
        self._given_owner = owner
        self._check_key()
        self._engine.dispose()  # no connection goes along into the server's workers: they are forked behind this
        self._inbox, self._outbox, self._people = Inbox(keys), Outbox(keys), People(keys)

    @property
    def _owner(self) -> str:
        """The process that asks: each worker goes by its own name."""
        return self._given_owner or this_process()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _check_key(self) -> None:
        with self._engine.begin() as connection:
            alone(connection)  # two containers that start together would both write it
            sealed = connection.execute(select(KEY.c.sealed)).scalar_one_or_none()
            if sealed is None:
                connection.execute(insert(KEY).values(id=1, sealed=self._keys.seal("this is the key")))
            else:
                self._keys.open(sealed)

    def receive(self, message: Incoming, sender: str) -> bool:
        """Note a message down before anything is done with it; False where it was here before."""
        with self._engine.begin() as connection:
            return self._inbox.receive(connection, message, sender, self._owner, self._clock())

    def join(self, sid: str, head: str) -> bool:
        """Make a message a part of another's turn."""
        with self._engine.begin() as connection:
            return self._inbox.join(connection, sid, head)

    def begin(self, sid: str, sender: str, clinic: str) -> Person | None:
        """The person whose turn begins now; None where another process has taken the turn over."""
        with self._engine.begin() as connection:
            if not self._inbox.renew(connection, sid, self._owner, self._clock()):
                return None
            return self._people.get(connection, sender, clinic, self._clock())

    def finish(self, message: Incoming, person: Person, done: Done, *, hand: bool, received_at: float) -> str | None:
        """Write down how a turn ended, with its reply, in one step.

        Returns the public id of a reply that the caller is to hand over itself, which it may where `hand` says so
        and no earlier reply waits; None where there is none, or the REST API is to bring it.
        """
        now = self._clock()
        with self._engine.begin() as connection:
            if not self._inbox.finish(connection, message.sid, self._owner, done.kind):
                return None
            now_known = self._people.get(connection, person.sender, person.clinic, now)
            if done.change and done.change[0] == "out":
                self._people.opt_out(connection, now_known, done.change[1], message.body, now)
                self._outbox.suppress(connection, person.sender)
            elif done.change:
                self._people.opt_in(connection, now_known, done.change[1], message.body, now)
            reply = done.reply
            if reply is None or not reply.text:
                return None
            draft = Draft(
                person.sender, person.clinic, message.number, message.sender, reply.text, message.sid, received_at,
                exempt=done.exempt,
            )  # fmt: skip
            if now_known.out_by and not done.exempt and not done.change:
                self._outbox.add(connection, draft, state="suppressed", owner=self._owner, now=now, due=now)
                return None
            state = "handing" if hand and not self._outbox.has_waiting(connection, person.sender) else "ready"
            public_id = self._outbox.add(connection, draft, state=state, owner=self._owner, now=now, due=now)
            self._people.remember(connection, person.sender, reply, now)
            return public_id if state == "handing" else None

    def abandon(self, sid: str) -> bool:
        """End a turn without a reply and wipe its words; False where another process has taken it over."""
        with self._engine.begin() as connection:
            return self._inbox.finish(connection, sid, self._owner, "error")

    def handed_over(self, public_id: str, provider_sid: str | None = None) -> None:
        """The provider has a message."""
        with self._engine.begin() as connection:
            self._outbox.sent(connection, public_id, provider_sid)

    def put_back(self, public_id: str, *, after: float = 0.0, unsure: bool = False) -> None:
        """A message was not handed over; the REST API brings it in `after` seconds, asking first where `unsure`."""
        with self._engine.begin() as connection:
            state = "check" if unsure else "ready"
            self._outbox.hold_back(connection, public_id, state=state, due=self._clock() + after)

    def give_up(self, public_id: str, error: int | None, *, suppress: bool) -> None:
        """A message will not go; `suppress` where the provider says that its number has opted out."""
        now = self._clock()
        with self._engine.begin() as connection:
            row = self._outbox.find(connection, public_id)
            if row is None:
                return
            self._outbox.end(connection, public_id, "suppressed" if suppress else "failed", error)
            person = self._people.get(connection, row.sender, row.clinic, now)
            if suppress and not person.out_by:
                self._people.opt_out(connection, person, "provider", f"error {error}", now)
                self._outbox.suppress(connection, row.sender)

    def delivered(self, public_id: str) -> None:
        """A message reached its phone."""
        with self._engine.begin() as connection:
            if self._outbox.find(connection, public_id) is not None:
                self._outbox.end(connection, public_id, "delivered")

    def attempts(self, public_id: str) -> int | None:
        """How often a message was handed to the provider; None for an unknown one."""
        with self._engine.connect() as connection:
            row = self._outbox.find(connection, public_id)
            return None if row is None else max(1, int(row.attempts))

    def send_again(self, public_id: str, *, after: float, error: int) -> None:
        """Send a message once more in `after` seconds."""
        with self._engine.begin() as connection:
            self._outbox.send_again(connection, public_id, self._clock() + after, error)

    def due(self) -> list[Outgoing]:
        """Messages that may go now through the REST API; the caller reports what became of each."""
        with self._engine.begin() as connection:
            return self._outbox.claim(connection, self._owner, self._clock())

    def take_over(self, busy: Collection[str] = ()) -> list[Unfinished]:
        """The turns that nobody works on (`busy` are those that this process does); half-sent replies are queued."""
        now = self._clock()
        with self._engine.begin() as connection:
            self._outbox.take_over(connection, self._owner, now)
            for table in (self._inbox, self._outbox, self._people):
                table.wipe(connection, now)
            return self._inbox.take_over(connection, self._owner, now, busy)

    def consent(self, number: str, clinic: str) -> list[Change]:
        """What a patient's number said about texts, the first change first."""
        with self._engine.connect() as connection:
            return self._people.changes(connection, self._keys.sender(number, clinic))
