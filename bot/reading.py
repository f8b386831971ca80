"""What this process reads in a message before Rasa does: the screen's verdict and the sentence vector, side by side.

Both are forward passes of milliseconds. The vector comes from the action server, which is told of the message at
once (`bot.early`), or else is made here; in threads of their own both leave the event loop to other conversations.
A turn goes on when the verdict is there, and waits for the vector where the NLU components need it
(`bot.channels.mends.parsing`).
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from bot.early import early_vector
from bot.safety.screen import Verdict
from bot.screening import screened
from bot.settings import settings
from knowledge.encoder import OnnxEncoder, Vectors
from knowledge.errors import EncoderError
from knowledge.recent import Recent, RecentEncoder, pack, unpack
from knowledge.text import prepare

logger = logging.getLogger(__name__)

# Steps of the event loop in which the word to the action server should be out. The screen begins behind it: its thread
# would hold Python's lock, and the other process would wait.
MOST_STEPS = 10
_made_there: Recent[str, bool] = Recent()  # texts whose vectors came from the action server
_verdicts: Recent[str, Verdict] = Recent()
_under_way: dict[str, asyncio.Task[None]] = {}  # what has a text's vector made, by the text as it is encoded
THREADS = 2  # more would only take turns: the machine that this is made for has two cores


async def read(text: str, clinic: str = "") -> Verdict:
    """The verdict on a text; its vector is made meanwhile, and `encoded` waits for it.

    The action server is told of a message to a `clinic`. In danger no vector is made.
    """
    known = _verdicts.get(text)
    if known is not None and (known.help_first or prepare(text) in _under_way or _encoded(text) is not None):
        return known  # read before, by another layer of the channel
    sent = asyncio.Event()
    encoding = asyncio.ensure_future(_have_encoded(text, clinic, sent))
    for _ in range(MOST_STEPS):  # the word goes out before anything else is done
        if sent.is_set():
            break
        await asyncio.sleep(0)
    screening = asyncio.get_running_loop().run_in_executor(_pool(), screened, text)
    prepared = prepare(text)
    _under_way[prepared] = encoding
    encoding.add_done_callback(lambda done: _made(prepared, done))
    verdict = await screening
    if verdict.help_first:
        encoding.cancel()
    return _verdicts.put(text, verdict)


async def encoded(text: str) -> None:
    """Wait until the vector of a text that was read is here; where none is on its way there is nothing to wait for."""
    encoding = _under_way.get(prepare(text))
    if encoding is not None:
        await asyncio.wait({encoding})


def _made(prepared: str, encoding: asyncio.Task[None]) -> None:
    if _under_way.get(prepared) is encoding:
        del _under_way[prepared]
    if not encoding.cancelled() and encoding.exception():
        logger.error("a message could not be encoded ahead", exc_info=encoding.exception())  # its search says more


async def _have_encoded(text: str, clinic: str, sent: asyncio.Event) -> None:
    """Take over the action server's vector, or make it here; `sent` is set when the screen is held up no longer."""
    packed = await early_vector(text, clinic, sent) if clinic else None
    sent.set()
    try:
        vector = unpack(packed, _encoder().fingerprint) if packed else None
    except EncoderError:
        return  # not built: Rasa's own component says so
    if vector is None:
        await asyncio.get_running_loop().run_in_executor(_pool(), _encode, text)
    else:
        _encoder().give(prepare(text), vector)
        _made_there.put(prepare(text), True)


@cache
def shared_encoder(folder: Path) -> RecentEncoder:
    """The encoder of a folder, once in this process. Raises EncoderError where it cannot be used."""
    return RecentEncoder(OnnxEncoder(folder))


def packed_vector(text: str) -> dict[str, str] | None:
    """The vector of a message that was read lately, in the form to hand on (`knowledge.recent.pack`); or None.

    None too where our one action server has made it.
    """
    if settings().one_action_server and _made_there.get(prepare(text)):
        return None
    vector = _encoded(text)
    return None if vector is None else pack(vector, _encoder().fingerprint)


@cache
def _encoder() -> RecentEncoder:
    return shared_encoder(settings().encoder_dir)


def _encoded(text: str) -> Vectors | None:
    """The vector of a text that was read lately, or None."""
    try:
        return _encoder().known(prepare(text))
    except EncoderError:
        return None


def _encode(text: str) -> None:
    try:
        _encoder().encode([prepare(text)])
    except EncoderError:
        return  # not built: Rasa's own component says so


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="reading")
