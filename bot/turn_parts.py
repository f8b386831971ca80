"""What the parts of a turn cost, in a process of its own: `python -m bot.turn_parts SPEC OUT`.

SPEC holds `action_url` of a running action server and `turns`, a list of [clinic, text]; the settings name the built
model. Each text goes through the very code of a channel, with the clock around its parts. OUT gets a JSON object:
milliseconds of each part in each turn. `bot.bench` runs it; Rasa is kept out of its process.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

Times = dict[str, list[float]]

WARM_UP = 10  # turns that are not counted


class Clock:
    """Sums the time in the parts of one turn."""

    def __init__(self) -> None:
        self.now: defaultdict[str, float] = defaultdict(float)
        self.turns: Times = defaultdict(list)

    def wrap(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with its time counted to a part; a coroutine function stays one."""
        if asyncio.iscoroutinefunction(function):

            async def timed_async(*args: Any, **kwargs: Any) -> Any:
                with self.of(part):
                    return await function(*args, **kwargs)

            return timed_async

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.of(part):
                return function(*args, **kwargs)

        return timed

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        """Count the time of the block to a part."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.now[part] += (time.perf_counter() - began) * 1000

    def end(self) -> None:
        """End a turn."""
        for part, took in self.now.items():
            self.turns[part].append(took)
        self.now.clear()


def main(spec: Path, out: Path) -> None:
    """Measure all turns and write the times."""
    from bot.rasa_server import PUT_OFF, put_off

    logging.disable(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # as where Rasa serves
    put_off(PUT_OFF)
    asked: dict[str, Any] = json.loads(spec.read_text(encoding="utf-8"))
    times = asyncio.run(_rasa_side(asked["action_url"], asked["turns"]))
    times |= _search_side(asked["turns"])
    counted = {part: [round(v, 4) for v in values[WARM_UP:]] for part, values in times.items()}
    out.write_text(json.dumps(counted), encoding="utf-8")


async def _rasa_side(action_url: str, turns: list[list[str]]) -> Times:
    """Rasa's process: what a channel calls for one message, and the parts of that."""
    from rasa.core.actions.action import RemoteAction
    from rasa.core.agent import Agent
    from rasa.core.processor import MessageProcessor
    from rasa.utils.endpoints import EndpointConfig

    from bot import reading
    from bot.build import newest_model
    from bot.channels import turn as channel
    from bot.channels.memory_trackers import MemoryTrackers
    from bot.channels.mends import parsing
    from bot.channels.upstream import mend_rasa
    from bot.screening import safety_model
    from bot.settings import settings

    mend_rasa()
    safety_model()  # loaded in the first turn it would hold up the event loop, and the word ahead would count as lost
    clock = Clock()
    for owner, name, part in (
        (MessageProcessor, "_parse_message_with_graph", "NLU"),
        (MessageProcessor, "_predict_next_with_tracker", "policies"),
        (RemoteAction, "run", "action"),
        (MemoryTrackers, "retrieve", "tracker"),
        (MemoryTrackers, "save", "tracker"),
        (parsing, "encoded", "wait for the vector"),
        (reading, "screened", "screen"),
        (reading, "_have_encoded", "encode"),
        (channel, "_reply", "send"),
        (channel, "_completed", "send"),
    ):
        setattr(owner, name, clock.wrap(part, getattr(owner, name)))
    endpoint = EndpointConfig(action_url, enable_selective_domain=True)
    store = MemoryTrackers()
    agent = Agent.load(str(newest_model(settings())), action_endpoint=endpoint, tracker_store=store)
    for number, (clinic, text) in enumerate(turns):
        with clock.of("turn"):
            await channel.run_turn(
                agent.handle_message, text=text, conversation=f"parts-{number}", channel="web", clinic=clinic
            )
        clock.end()
    return dict(clock.turns)


def _search_side(turns: list[list[str]]) -> Times:
    """The action server's process: the same messages searched here, their vectors at hand as in a turn."""
    from actions.services import encoder, knowledge_service
    from knowledge.text import prepare

    clock = Clock()
    search = knowledge_service().search()
    behind: Any = encoder()._encoder
    behind.encode = clock.wrap("more to encode", behind.encode)
    forward = behind._session.run
    behind._session = _Session(clock.wrap("bare forward pass", forward))
    for clinic, text in turns:
        encoder().encode([prepare(text), *search.texts(text)])
        clock.now.pop("more to encode", None)
        passed = clock.now.pop("bare forward pass", 0.0)
        with clock.of("search with its encoding"):
            search.follow_up(text, clinic, "")
        more = clock.now.setdefault("more to encode", 0.0)
        clock.now["search"] = clock.now.pop("search with its encoding") - more
        clock.now["bare forward pass"] = passed
        clock.end()
    return dict(clock.turns)


class _Session:
    """An ONNX session whose `run` is timed."""

    def __init__(self, run: Callable[..., Any]) -> None:
        self.run = run


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:3]))
