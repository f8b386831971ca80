"""The channel's work: each message becomes one turn, in order for each patient, and its reply is handed over once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.sms import parts
from bot.channels.sms.config import SmsConfig, Texted
from bot.channels.sms.incoming import Incoming
from bot.channels.sms.keywords import Control
from bot.channels.sms.ledger import Clock, Done, Ledger
from bot.channels.sms.opted_out import Forget, forgotten
from bot.channels.sms.order import Order
from bot.channels.sms.people import Person
from bot.channels.sms.privacy import Keys
from bot.channels.sms.turns import Turns, control_of, controlled
from bot.screening import screened

logger = logging.getLogger(__name__)

RECOVER_EVERY = 5.0  # seconds between looks for turns that nobody works on
STOP_SECONDS = 5.0
MAX_RUNS = 3  # of a turn; one that never came to an end in them gets fixed words

T = TypeVar("T")


@dataclass
class Job:
    """One turn. While `hand` is true a webhook's response waits for `ready`: public id and text, or None."""

    message: Incoming
    sender: str
    texted: Texted
    received_at: float
    hand: bool
    ready: asyncio.Future[tuple[str, str] | None]
    runs: int = 1
    bodies: list[str] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)


class Service:
    """Takes messages in and sees that each is answered. All methods run in one event loop.

    `wake` is called when a reply waits for the REST API, `forget` with the id of a conversation that has ended.
    """

    def __init__(
        self,
        config: SmsConfig,
        ledger: Ledger,
        keys: Keys,
        turns: Turns,
        *,
        forget: Forget,
        wake: Callable[[], None],
        clock: Clock,
        redis_url: str = "",
    ) -> None:
        self.config = config
        self._ledger, self._keys, self._turns = ledger, keys, turns
        self._forget, self._wake, self._clock = forget, wake, clock
        # one thread: the database's work stays in the order of arrival, and off the event loop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sms-ledger")
        self._jobs: dict[str, Job] = {}
        self._held: dict[tuple[str, str], Job] = {}
        self._order = Order(redis_url)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def call(self, work: Callable[..., T], *args: Any, **more: Any) -> T:
        """Work of the ledger, in its thread. Raises what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *args, **more))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start work that goes on whoever waits for it; `stop` sees it to its end."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def take(self, message: Incoming) -> Job | None:
        """Note a message down and begin its turn; None where it was here before or is a part of another's turn.

        Raises SQLAlchemyError where it could not be noted down.
        """
        texted = self.config.numbers[message.number]
        sender = self._keys.sender(message.sender, texted.clinic)
        if not await self.call(self._ledger.receive, message, sender):
            return None
        held = self._held.get((sender, message.number))
        if held and control_of(message) is None and await self._joined(held, message):
            return None
        return self._begin(message, sender, texted, self._clock(), hand=True)

    def settle(self, job: Job, *, written: bool) -> None:
        """A webhook's response is over: written out with the reply in it, or not."""
        job.hand = False
        handed = job.ready.result() if job.ready.done() and not job.ready.cancelled() else None
        if handed and written:
            self.spawn(self.call(self._ledger.handed_over, handed[0]))
        elif handed:
            self.spawn(self._put_back(handed[0], unsure=True))

    async def recover_forever(self) -> None:
        """Again and again: take over turns that nobody works on."""
        while True:
            try:
                await self.recover()
            except Exception:  # whatever it was: ended, the loop would leave lost turns unanswered for good
                logger.exception("the turns that nobody works on could not be taken over; trying again")
            await asyncio.sleep(RECOVER_EVERY)

    async def recover(self) -> None:
        """Begin the turns that dead processes left; their replies go through the REST API."""
        for found in await self.call(self._ledger.take_over, frozenset(self._jobs)):
            texted = self.config.numbers.get(found.message.number)
            if texted is None:
                logger.error("a message to a number that is no longer configured stays unanswered; its words are wiped")
                await self.call(self._ledger.abandon, found.message.sid)
                continue
            sender = self._keys.sender(found.message.sender, texted.clinic)
            self._begin(found.message, sender, texted, found.received_at, hand=False, runs=found.runs)
        self._wake()

    async def stop(self) -> None:
        """Wait a little for what runs; what does not end is taken over at the next start."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=STOP_SECONDS)
        self._thread.shutdown(wait=True)
        await self._order.close()

    def _begin(self, message: Incoming, sender: str, texted: Texted, at: float, *, hand: bool, runs: int = 1) -> Job:
        ready: asyncio.Future[tuple[str, str] | None] = asyncio.get_running_loop().create_future()
        job = Job(message, sender, texted, at, hand, ready, runs, [message.body])
        self._jobs[message.sid] = job
        what = control_of(message)
        if what is None and hand and parts.may_go_on(message.body) and not screened(message.body).help_first:
            self._held[sender, message.number] = job
        self.spawn(self._run(job, what))
        return job

    async def _run(self, job: Job, what: Control | None) -> None:
        handed = None
        try:
            handed = await (self._in_turn(job) if what is None else self._controlled(job, what))
        except SQLAlchemyError:
            logger.exception("a turn's end could not be written down; it is run again")
        finally:
            self._jobs.pop(job.message.sid, None)
            if handed and not job.hand:
                self.spawn(self._put_back(handed[0], unsure=False))
                handed = None
            job.ready.set_result(handed)
            self._wake()

    async def _in_turn(self, job: Job) -> tuple[str, str] | None:
        async with self._order.of(job.sender):
            words = await self._words(job)
            person = await self.call(self._ledger.begin, job.message.sid, job.sender, job.texted.clinic)
            if person is None:
                return None
            conversation = self._keys.conversation(job.sender, person.epoch)
            if job.runs > MAX_RUNS:
                done = self._turns.give_up(words, person, job.texted)
            else:
                done = await self._turns.take(words, job.message.media, person, conversation, job.texted)
            return await self._finish(job, person, done)

    async def _controlled(self, job: Job, what: Control) -> tuple[str, str] | None:
        """A keyword waits for no turn before it."""
        person = await self.call(self._ledger.begin, job.message.sid, job.sender, job.texted.clinic)
        if person is None:
            return None
        return await self._finish(job, person, controlled(what, person, job.texted.short_name))

    async def _finish(self, job: Job, person: Person, done: Done) -> tuple[str, str] | None:
        """Write the turn's end down; public id and text of a reply that the webhook's response may carry."""
        finish = partial(self._ledger.finish, job.message, person, done)
        public_id = await self.call(finish, hand=job.hand, received_at=job.received_at)
        if done.change and done.change[0] == "out":
            self.spawn(self._forgotten(job.sender, self._keys.conversation(job.sender, person.epoch)))
        return (public_id, done.reply.text) if public_id and done.reply else None

    async def _forgotten(self, sender: str, conversation: str) -> None:
        """Erase a conversation that has ended. No reply waits for it."""
        async with self._order.of(sender):
            pass  # the turns that were before its end are over
        await forgotten(self._forget, conversation)

    async def _words(self, job: Job) -> str:
        """A message's words, with those of its further parts where it is long enough to have some."""
        held = (job.sender, job.message.number)
        try:
            while self._held.get(held) is job and parts.may_go_on(job.bodies[-1]):
                job.came.clear()
                await asyncio.wait_for(job.came.wait(), parts.WAIT)
        except asyncio.TimeoutError:
            pass
        finally:
            if self._held.get(held) is job:
                del self._held[held]
        return parts.joined(job.bodies)

    async def _joined(self, held: Job, message: Incoming) -> bool:
        """Whether a message became a part of the turn that is held for it."""
        held.bodies.append(message.body)
        held.came.set()
        return await self.call(self._ledger.join, message.sid, held.message.sid)

    async def _put_back(self, public_id: str, *, unsure: bool) -> None:
        await self.call(self._ledger.put_back, public_id, after=2.0 if unsure else 0.0, unsure=unsure)
        self._wake()
