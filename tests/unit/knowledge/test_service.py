"""A server's search changes to a newer index while it serves, and keeps the old one where that is broken."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge import sentences, service
from knowledge.errors import IndexUnusableError
from knowledge.load import load
from knowledge.service import KnowledgeService
from knowledge.store import CURRENT, build_to
from tests.conftest import WordEncoder, answer_block, write_clinic


@pytest.fixture
def root(faq: Path, tmp_path: Path, encoder: WordEncoder) -> Path:
    """A folder with the index of the small FAQ."""
    folder = tmp_path / "built"
    build_to(folder, load(faq), encoder)
    return folder


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a newer index at every turn."""
    monkeypatch.setattr(service, "CHECK_SECONDS", 0.01)


def price(serving: KnowledgeService) -> str:
    """What a patient of `north` reads about the price."""
    answer = serving.search().understand("what does it cost", "north")[0].answer
    assert answer is not None
    return answer.text


def rebuild(faq: Path, root: Path, encoder: WordEncoder, dollars: int) -> str:
    """Build an index with another price; returns its id."""
    text = f"One infusion costs ${dollars}."
    write_clinic(faq, "north", {"cost": [answer_block("price", "price", text, text)]}, name="North Clinic")
    return build_to(root, load(faq), encoder)[0]


def soon(happened: Callable[[], bool]) -> bool:
    """Whether something happens within five seconds."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if happened():
            return True
        time.sleep(0.01)
    return False


def test_no_server_starts_without_an_index(tmp_path: Path, encoder: WordEncoder) -> None:
    with pytest.raises(IndexUnusableError, match="run `faqbot build`"):
        KnowledgeService(tmp_path, encoder)


def test_what_is_slow_at_its_first_use_is_used_before_a_patient_comes(root: Path, encoder: WordEncoder) -> None:
    sentences._sentencizer.cache_clear()  # loading spaCy takes a second or two
    KnowledgeService(root, encoder)
    assert sentences._sentencizer.cache_info().currsize == 1


@pytest.mark.usefixtures("impatient")
def test_a_new_index_is_served_without_a_restart(faq: Path, root: Path, encoder: WordEncoder) -> None:
    serving = KnowledgeService(root, encoder)
    assert price(serving) == "One infusion costs $400."
    newer = rebuild(faq, root, WordEncoder(), 450)
    assert soon(lambda: price(serving) == "One infusion costs $450.")
    assert serving.identifier == newer


@pytest.mark.usefixtures("impatient")
def test_a_turn_keeps_the_search_that_it_began_with(faq: Path, root: Path, encoder: WordEncoder) -> None:
    serving = KnowledgeService(root, encoder)
    begun = serving.search()
    rebuild(faq, root, WordEncoder(), 450)
    assert soon(lambda: serving.search() is not begun)
    answer = begun.understand("what does it cost", "north")[0].answer
    assert answer is not None
    assert answer.text == "One infusion costs $400."


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("damage", ["no manifest", "cut file", "another encoder"])
def test_a_broken_new_index_leaves_the_old_one_serving_and_is_logged(
    faq: Path, root: Path, encoder: WordEncoder, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    pointer = root / CURRENT
    old = pointer.read_text(encoding="utf-8")
    other = WordEncoder()
    other.fingerprint = "words-2" if damage == "another encoder" else other.fingerprint
    broken = rebuild(faq, root, other, 450)
    pointer.write_text(old, encoding="utf-8")
    if damage == "no manifest":
        (root / broken / "manifest.json").unlink()
    elif damage == "cut file":
        (root / broken / "phrasings.faiss").write_bytes(b"cut")
    serving = KnowledgeService(root, encoder)
    with caplog.at_level(logging.ERROR, logger="knowledge.service"):
        pointer.write_text(broken, encoding="utf-8")
        assert soon(lambda: bool(serving.search()) and "the current index cannot be used" in caplog.text)
    assert "faqbot build" in caplog.text
    assert serving.identifier == old
    assert price(serving) == "One infusion costs $400."


@pytest.mark.usefixtures("impatient")
def test_after_a_broken_index_the_next_good_one_is_served(
    faq: Path, root: Path, encoder: WordEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    serving = KnowledgeService(root, encoder)
    (root / CURRENT).write_text("0123456789abcdef", encoding="utf-8")
    assert soon(lambda: bool(serving.search()) and "cannot be used" in caplog.text)
    rebuild(faq, root, WordEncoder(), 450)
    assert soon(lambda: price(serving) == "One infusion costs $450.")


@pytest.mark.usefixtures("impatient")
def test_an_index_that_vanishes_goes_on_serving_from_memory(
    root: Path, encoder: WordEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    serving = KnowledgeService(root, encoder)
    (root / CURRENT).unlink()
    assert soon(lambda: "no index in" in caplog.text)
    assert price(serving) == "One infusion costs $400."


@pytest.mark.usefixtures("impatient")
def test_an_unforeseen_error_is_logged_once_and_the_watch_goes_on(
    faq: Path, root: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    serving = KnowledgeService(root, encoder)
    looks: list[int] = []

    def fail(*_: object, **__: object) -> None:
        looks.append(1)
        raise OSError("too many open files")

    with monkeypatch.context() as broken:
        broken.setattr(service, "load", fail)
        rebuild(faq, root, WordEncoder(), 450)
        assert soon(lambda: len(looks) > 2)
        assert price(serving) == "One infusion costs $400."
    assert soon(lambda: price(serving) == "One infusion costs $450.")
    assert caplog.text.count("the current index cannot be used") == 1
    assert "OSError: too many open files" in caplog.text


def test_a_turn_does_not_look_at_the_disk(root: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "CHECK_SECONDS", 1000.0)
    serving = KnowledgeService(root, encoder)

    def refuse(_: Path) -> str:
        raise AssertionError("looked at the disk")

    monkeypatch.setattr(service, "current_id", refuse)
    assert price(serving) == "One infusion costs $400."
