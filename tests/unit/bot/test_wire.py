"""JSON between our own processes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.wire import packed, unpacked


@pytest.mark.parametrize(
    "value",
    [{"a": [1, 2.5, None, True], "\u00e9": "\u2019 \U0001f600"}, "half: \ud83d", {"big": 2**70}, []],
)
def test_what_is_packed_is_unpacked_again(value: Any) -> None:
    text = packed(value)
    assert unpacked(text) == value == json.loads(text)
    assert unpacked(text.encode()) == value


@pytest.mark.parametrize("text", ["", "{", "nothing"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        unpacked(text)
