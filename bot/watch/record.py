"""What the servers call in a turn. Each call does nothing where the part that it is for is off."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from bot.watch.labels import why_declined

if TYPE_CHECKING:
    from bot.watch.metrics import Metrics
    from bot.watch.traces import Traces

_NOTHING: AbstractContextManager[None] = nullcontext()


TRACE = "trace"  # beside the latest message of a call of an action: the span that it belongs to


class Watch:
    """The parts that are on in this process."""

    def __init__(self) -> None:
        self.metrics: Metrics | None = None
        self.traces: Traces | None = None
        self.tell: Callable[..., None] | None = None  # writes the line of a turn into the log

    @property
    def on(self) -> bool:
        """Whether anything looks at turns."""
        return bool(self.metrics or self.traces or self.tell)


watch = Watch()  # of this process; `bot.watch.start` fills it


def turning() -> AbstractContextManager[None]:
    """The block is one turn."""
    return watch.traces.span("turn") if watch.traces else _NOTHING


def part(name: str, below: Mapping[str, str] | None = None) -> AbstractContextManager[None]:
    """The time of the block is that of a part of a turn (`labels.PARTS`); `below` is a span that was carried here."""
    if watch.metrics is None and watch.traces is None:
        return _NOTHING
    return _timed(name, below)


def turned(
    *, channel: str, clinic: str, reply: Any, seconds: float | None, danger: str = "", helped: bool = False
) -> None:
    """A turn ended with a reply (`TurnReply`); `danger` is what the screen saw, `helped` whether it was sure.

    `seconds` is None where the turn was given up and the reply is the one without it.
    """
    if watch.metrics is not None:
        where = {"channel": channel, "clinic": clinic}
        watch.metrics.turn(**where, kind=reply.kind, seconds=seconds)
        reason = why_declined(reply.kind, questions=bool(getattr(reply, "questions", ())))
        if reason:
            watch.metrics.declined(**where, reason=reason)
        if danger:
            watch.metrics.danger(**where, danger=danger, reply="help" if helped else "line")
    if watch.traces is not None:
        watch.traces.note(channel=channel, clinic=clinic, kind=reply.kind)
    if watch.tell is not None:
        watch.tell(channel=channel, clinic=clinic, kind=reply.kind, seconds=seconds)


def carried(message: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The span that the call of an action belongs to, where one is traced."""
    trace = message.get(TRACE)
    return trace if isinstance(trace, dict) and watch.traces is not None else None


def failed(what: str) -> None:
    """Something went wrong in a turn (`labels.FAILURES`)."""
    if watch.metrics is not None:
        watch.metrics.failed(what)


def version(name: str, value: str) -> None:
    """What is served now (`labels.VERSIONS`)."""
    if watch.metrics is not None:
        watch.metrics.version(name, value)


@contextmanager
def _timed(name: str, below: Mapping[str, str] | None) -> Iterator[None]:
    span = watch.traces.span(name, below) if watch.traces else _NOTHING
    began = time.perf_counter()
    try:
        with span:
            yield
    finally:
        if watch.metrics is not None:
            watch.metrics.part(name, time.perf_counter() - began)
