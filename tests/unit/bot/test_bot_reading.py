"""What is read in a message before Rasa: verdict and vector, side by side, each once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bot import reading
from bot.safety.screen import Verdict
from bot.settings import Settings
from knowledge.encoder import DIMENSIONS
from knowledge.errors import EncoderError
from knowledge.recent import Recent, RecentEncoder, pack, unpack
from knowledge.text import prepare
from tests.conftest import WordEncoder

VERDICT = Verdict()


async def read_whole(text: str, clinic: str = "") -> Verdict:
    """The verdict, when the vector is there too."""
    verdict = await reading.read(text, clinic)
    await reading.encoded(text)
    return verdict


@pytest.fixture(autouse=True)
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has just begun."""
    monkeypatch.setattr(reading, "_made_there", Recent())
    monkeypatch.setattr(reading, "_verdicts", Recent())
    monkeypatch.setattr(reading, "_under_way", {})


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
    assert await read_whole(text) is VERDICT
    packed = reading.packed_vector(text)
    assert packed is not None
    np.testing.assert_array_equal(unpack(packed, behind.fingerprint), WordEncoder().encode([prepare(text)])[0])


async def test_a_text_that_was_read_is_not_encoded_again(behind: WordEncoder) -> None:
    for _ in range(2):
        assert await read_whole("price") is VERDICT
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
    assert await read_whole("fasting") is VERDICT
    assert len(threads) == 2 and threading.current_thread().name not in threads


async def test_a_turn_goes_on_when_the_screen_is_done_and_waits_for_the_vector_where_it_needs_it(
    behind: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrives = asyncio.Event()

    async def vector(text: str, clinic: str, sent: asyncio.Event) -> dict[str, str]:
        sent.set()
        await arrives.wait()
        return pack(np.ones(DIMENSIONS, dtype=np.float32), behind.fingerprint)

    monkeypatch.setattr(reading, "early_vector", vector)
    assert await asyncio.wait_for(reading.read("price?", "small"), 2) is VERDICT
    needed = asyncio.ensure_future(reading.encoded("price?"))
    await asyncio.sleep(0.02)
    assert not needed.done() and reading._encoded("price?") is None
    arrives.set()
    await asyncio.wait_for(needed, 2)
    assert reading._encoded("price?") is not None and behind.encoded == []
    assert reading._under_way == {}, "nothing is kept of what is done"


async def test_two_layers_that_read_a_text_have_it_screened_and_encoded_once(
    behind: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, screened = Told(pack(np.ones(DIMENSIONS, dtype=np.float32), behind.fingerprint), seconds=0.05), []
    monkeypatch.setattr(reading, "early_vector", told.vector)
    monkeypatch.setattr(reading, "screened", lambda text: (screened.append(text), VERDICT)[1])
    await reading.read("price?", "small")
    await reading.read("price?", "small")  # while the vector is on its way
    await reading.encoded("price?")
    await reading.read("price?", "small")  # and when it is there
    assert told.heard == [("price?", "small")] and screened == ["price?"]


async def test_a_text_whose_vector_was_lost_is_read_again(behind: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    await read_whole("price")
    emptied = RecentEncoder(behind)
    monkeypatch.setattr(reading, "_encoder", lambda: emptied)
    await read_whole("price")
    assert behind.encoded == [prepare("price")] * 2 and reading._encoded("price") is not None


async def test_for_a_text_that_nobody_read_there_is_nothing_to_wait_for(behind: WordEncoder) -> None:
    await asyncio.wait_for(reading.encoded("/consult"), 1)
    assert behind.encoded == []


class Told:
    """The line to the action server; `packed` is its answer, after `seconds`."""

    def __init__(self, packed: dict[str, str] | None, seconds: float = 0.0) -> None:
        self.packed, self.seconds = packed, seconds
        self.heard: list[tuple[str, str]] = []
        self.screened: list[str] = []

    async def vector(self, text: str, clinic: str, sent: asyncio.Event) -> dict[str, str] | None:
        """As `Early.vector`."""
        self.screened_before = list(self.screened)
        sent.set()
        self.heard.append((text, clinic))
        await asyncio.sleep(self.seconds)
        return self.packed


async def test_the_action_server_is_told_of_a_message_and_encodes_it(
    behind: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = np.full(DIMENSIONS, 0.5, dtype=np.float32)
    told = Told(pack(given, behind.fingerprint))
    monkeypatch.setattr(reading, "early_vector", told.vector)
    assert await read_whole("price?", "small") is VERDICT
    assert told.heard == [("price?", "small")] and behind.encoded == []
    np.testing.assert_array_equal(reading._encoded("price?"), given)


@pytest.mark.parametrize(("servers", "goes_back"), [(1, False), (2, True)])
async def test_a_vector_goes_back_to_the_action_servers_only_where_another_one_may_be_asked(
    behind: WordEncoder, monkeypatch: pytest.MonkeyPatch, servers: int, goes_back: bool
) -> None:
    given = np.full(DIMENSIONS, 0.5, dtype=np.float32)
    monkeypatch.setattr(reading, "settings", lambda: Settings(action_servers=servers))
    monkeypatch.setattr(reading, "early_vector", Told(pack(given, behind.fingerprint)).vector)
    await read_whole("price?", "small")
    packed = reading.packed_vector("price?")
    assert (packed == pack(given, behind.fingerprint)) is goes_back and (packed is None) is not goes_back


@pytest.mark.parametrize("packed", [None, pack(np.ones(DIMENSIONS, dtype=np.float32), "another encoder"), {}])
async def test_without_a_vector_of_the_same_encoder_the_text_is_encoded_here(
    behind: WordEncoder, monkeypatch: pytest.MonkeyPatch, packed: dict[str, str] | None
) -> None:
    monkeypatch.setattr(reading, "early_vector", Told(packed).vector)
    assert await read_whole("price?", "small") is VERDICT
    assert behind.encoded == [prepare("price?")]


async def test_the_word_to_the_action_server_goes_out_before_the_screen_begins(
    behind: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(pack(np.ones(DIMENSIONS, dtype=np.float32), behind.fingerprint))
    monkeypatch.setattr(reading, "early_vector", told.vector)
    monkeypatch.setattr(reading, "screened", lambda text: (told.screened.append(text), VERDICT)[1])
    await reading.read("price?", "small")
    assert told.screened == ["price?"] and told.screened_before == []


async def test_a_word_that_does_not_go_out_does_not_hold_up_the_screen(
    behind: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stuck(Told):
        async def vector(self, text: str, clinic: str, sent: asyncio.Event) -> dict[str, str] | None:
            """Never sent."""
            await asyncio.sleep(30)
            return None

    monkeypatch.setattr(reading, "early_vector", Stuck(None).vector)
    monkeypatch.setattr(reading, "screened", lambda text: Verdict(danger="emergency"))
    assert (await asyncio.wait_for(reading.read("help", "small"), 2)).danger == "emergency"


async def test_in_danger_the_action_server_is_not_waited_for(
    behind: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    danger = Verdict(danger="crisis")
    monkeypatch.setattr(reading, "early_vector", Told(None, seconds=30).vector)
    monkeypatch.setattr(reading, "screened", lambda text: danger)
    for _ in range(2):
        assert await asyncio.wait_for(read_whole("i want to die", "small"), 2) is danger
    await asyncio.sleep(0)
    assert reading._under_way == {} and behind.encoded == []


async def test_without_a_clinic_nobody_is_told(behind: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(None)
    monkeypatch.setattr(reading, "early_vector", told.vector)
    await read_whole("hello")
    assert told.heard == [] and behind.encoded == [prepare("hello")]


async def test_without_an_encoder_the_screen_still_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> RecentEncoder:
        raise EncoderError("not built")

    monkeypatch.setattr(reading, "_encoder", missing)
    monkeypatch.setattr(reading, "screened", lambda text: VERDICT)
    assert await read_whole("i want to die") is VERDICT
    assert reading.packed_vector("i want to die") is None


async def test_an_encoder_that_breaks_unforeseen_takes_no_verdict_away_and_is_logged(
    behind: WordEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(texts: list[str]) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(behind, "encode", broken)
    assert await read_whole("price") is VERDICT
    assert "RuntimeError: out of memory" in caplog.text


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
