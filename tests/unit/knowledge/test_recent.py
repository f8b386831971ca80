"""An encoder that knows the last texts, and vectors that travel between processes."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from knowledge.encoder import DIMENSIONS
from knowledge.recent import Recent, RecentEncoder, pack, unpack
from tests.conftest import WordEncoder


def test_what_was_made_lately_is_not_made_again() -> None:
    recent: Recent[str, list[int]] = Recent(kept=2)
    made: list[str] = []

    def make(key: str) -> list[int]:
        return recent.made(key, lambda: (made.append(key), [len(made)])[1])

    assert make("a") is make("a") and make("b") == [2]
    make("c")
    assert recent.get("a") is None and recent.get("b") == [2]
    assert make("a") == [4] and made == ["a", "b", "c", "a"]


def test_what_cannot_be_made_is_not_kept() -> None:
    recent: Recent[str, int] = Recent()

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        recent.made("a", fail)
    assert recent.made("a", lambda: 1) == 1


def test_texts_are_encoded_once_and_in_their_order(encoder: WordEncoder) -> None:
    recent = RecentEncoder(encoder)
    found = recent.encode(["price", "fasting", "price"])
    assert encoder.encoded == ["price", "fasting"]
    np.testing.assert_array_equal(found, WordEncoder().encode(["price", "fasting", "price"]))
    recent.encode(["fasting"])
    assert encoder.encoded == ["price", "fasting"]


def test_no_texts_give_no_vectors(encoder: WordEncoder) -> None:
    assert RecentEncoder(encoder).encode([]).shape == (0, DIMENSIONS)


def test_only_the_last_texts_are_kept(encoder: WordEncoder) -> None:
    recent = RecentEncoder(encoder, kept=2)
    recent.encode(["one", "two", "three"])
    assert recent.known("one") is None
    assert recent.known("two") is not None and recent.known("three") is not None


def test_a_text_that_is_given_again_counts_as_new(encoder: WordEncoder) -> None:
    recent = RecentEncoder(encoder, kept=2)
    recent.encode(["one", "two"])
    recent.give("one", np.ones(DIMENSIONS, dtype=np.float32))
    recent.encode(["three"])
    assert recent.known("two") is None and recent.known("one") is not None


def test_a_vector_that_is_handed_in_is_taken(encoder: WordEncoder) -> None:
    recent = RecentEncoder(encoder)
    given = np.full(DIMENSIONS, 0.5, dtype=np.float32)
    recent.give("price", given)
    np.testing.assert_array_equal(recent.encode(["price"])[0], given)
    assert encoder.encoded == []


def test_the_fingerprint_is_that_of_the_encoder_behind(encoder: WordEncoder) -> None:
    assert RecentEncoder(encoder).fingerprint == encoder.fingerprint


def test_the_unknown_ones_are_encoded_in_one_call(encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    recent, calls = RecentEncoder(encoder), []
    behind = encoder.encode
    monkeypatch.setattr(encoder, "encode", lambda texts: (calls.append(list(texts)), behind(texts))[1])
    recent.encode(["price"])
    recent.encode(["fasting", "price", "length", "fasting"])
    assert calls == [["price"], ["fasting", "length"]]


def test_many_threads_get_the_vectors_of_their_own_texts(encoder: WordEncoder) -> None:
    recent = RecentEncoder(encoder, kept=3)
    texts = [f"text {n % 7}" for n in range(200)]
    want = {text: WordEncoder().encode([text])[0] for text in set(texts)}
    with ThreadPoolExecutor(8) as pool:
        for text, found in zip(texts, pool.map(lambda text: recent.encode([text])[0], texts), strict=True):
            np.testing.assert_array_equal(found, want[text])


def test_a_vector_comes_out_as_it_went_in(encoder: WordEncoder) -> None:
    vector = encoder.encode(["price"])[0]
    found = unpack(pack(vector, "a"), "a")
    assert found is not None and found.dtype == np.float32
    np.testing.assert_array_equal(found, vector)


GOOD = pack(np.ones(DIMENSIONS, dtype=np.float32), "a")


@pytest.mark.parametrize(
    "packed",
    [
        {},
        {**GOOD, "encoder": "b"},
        {"encoder": "a"},
        {**GOOD, "numbers": "not base64!"},
        {**GOOD, "numbers": GOOD["numbers"][:-4]},
        {**GOOD, "numbers": None},
        pack(np.ones(DIMENSIONS - 1, dtype=np.float32), "a"),
        pack(np.full(DIMENSIONS, np.nan, dtype=np.float32), "a"),
    ],
)
def test_what_is_not_a_whole_vector_of_this_encoder_is_none(packed: Mapping[str, Any]) -> None:
    assert unpack(GOOD, "a") is not None
    assert unpack(packed, "a") is None
