"""What this process reads in a message before Rasa does: the screen's verdict and the sentence vector, side by side.

Both are forward passes of milliseconds that leave Python's lock alone: in threads of their own they run at the same
time and block no other conversation. The NLU components then find both done.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from bot.safety.screen import Verdict
from bot.screening import screened
from bot.settings import settings
from knowledge.encoder import OnnxEncoder, Vectors
from knowledge.errors import EncoderError
from knowledge.recent import RecentEncoder, pack
from knowledge.text import prepare

THREADS = 2  # more would only take turns: the machine that this is made for has two cores


async def read(text: str) -> Verdict:
    """The verdict on a text; its vector is made meanwhile, for `packed_vector` and the NLU."""
    loop = asyncio.get_running_loop()
    if _encoded(text) is not None:
        return screened(text)  # read before, by another layer of the channel
    encoding = loop.run_in_executor(_pool(), _encode, text)
    verdict = await loop.run_in_executor(_pool(), screened, text)
    await encoding
    return verdict


@cache
def shared_encoder(folder: Path) -> RecentEncoder:
    """The encoder of a folder, once in this process. Raises EncoderError where it cannot be used."""
    return RecentEncoder(OnnxEncoder(folder))


def packed_vector(text: str) -> dict[str, str] | None:
    """The vector of a message that was read lately, in the form to hand on (`knowledge.recent.pack`); or None."""
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
