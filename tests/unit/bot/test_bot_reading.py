"""What is read in a message before Rasa: verdict and vector, side by side, each once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bot import reading
from bot.safety.screen import Verdict
from knowledge.encoder import DIMENSIONS
from knowledge.errors import EncoderError
from knowledge.recent import RecentEncoder, unpack
from knowledge.text import prepare
from tests.conftest import WordEncoder

VERDICT = Verdict()


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[WordEncoder]:
    """The encoder behind the shared one; the screen finds nothing."""
    encoder = WordEncoder()
    recent = RecentEncoder(encoder)
    monkeypatch.setattr(reading, "_encoder", lambda: recent)
    monkeypatch.setattr(reading, "screened", lambda text: VERDICT)
    yield encoder


async def test_a_text_is_screened_and_its_vector_is_at_hand_then(behind: WordEncoder) -> None:
    text = "When do I stop  eating?"
    assert reading.packed_vector(text) is None
    assert await reading.read(text) is VERDICT
    packed = reading.packed_vector(text)
    assert packed is not None
    np.testing.assert_array_equal(unpack(packed, behind.fingerprint), WordEncoder().encode([prepare(text)])[0])


async def test_a_text_that_was_read_is_not_encoded_again(behind: WordEncoder) -> None:
    for _ in range(2):
        assert await reading.read("price") is VERDICT
    assert behind.encoded == [prepare("price")]


async def test_screen_and_encoder_run_at_the_same_time_and_off_the_event_loop(
    behind: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits for the other to have begun: one after the other would never end."""
    both = threading.Barrier(2, timeout=5)
    threads: set[str] = set()

    def meet(then: Callable[[], object]) -> object:
        threads.add(threading.current_thread().name)
        both.wait()
        return then()

    encode = behind.encode
    monkeypatch.setattr(behind, "encode", lambda texts: meet(lambda: encode(texts)))
    monkeypatch.setattr(reading, "screened", lambda text: meet(lambda: VERDICT))
    assert await reading.read("fasting") is VERDICT
    assert len(threads) == 2 and threading.current_thread().name not in threads


async def test_without_an_encoder_the_screen_still_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> RecentEncoder:
        raise EncoderError("not built")

    monkeypatch.setattr(reading, "_encoder", missing)
    monkeypatch.setattr(reading, "screened", lambda text: VERDICT)
    assert await reading.read("i want to die") is VERDICT
    assert reading.packed_vector("i want to die") is None


async def test_a_screen_that_fails_is_not_hidden(behind: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> Verdict:
        raise ValueError("screen")

    monkeypatch.setattr(reading, "screened", fail)
    with pytest.raises(ValueError, match="screen"):
        await reading.read("price")


def test_the_encoder_of_a_folder_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Path] = []

    def load(folder: Path) -> SimpleNamespace:
        loaded.append(folder)
        return SimpleNamespace(fingerprint="a", encode=lambda texts: np.zeros((len(texts), DIMENSIONS)))

    monkeypatch.setattr(reading, "OnnxEncoder", load)
    first, again = (reading.shared_encoder(tmp_path / "one") for _ in range(2))
    assert first is again
    assert reading.shared_encoder(tmp_path / "other") is not first
    assert loaded == [tmp_path / "one", tmp_path / "other"]
