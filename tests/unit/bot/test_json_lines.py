"""Values over a connection, one a line, whatever pieces they come in."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from bot import json_lines
from bot.json_lines import JsonLines

SAID = b'{"a": 1}\n["\xc3\xa9"]\n"half'


class End(JsonLines):
    """Keeps what it hears."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[Any] = []
        self.over = 0

    def heard(self, value: Any) -> None:
        """Keep it; "odd" has the wrong form."""
        if value == "odd":
            raise KeyError(value)
        self.values.append(value)

    def lost(self) -> None:
        """Count it."""
        self.over += 1


async def until_heard() -> None:
    """A few steps of the event loop."""
    for _ in range(10):
        await asyncio.sleep(0)


class Wire(asyncio.Transport):
    """The transport of one end."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        """Keep it."""
        self.written.append(data)

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.closed

    def close(self) -> None:
        """Close it."""
        self.closed = True


@pytest.fixture
def end() -> End:
    """One end, connected."""
    made = End()
    made.connection_made(Wire())
    return made


def wire(end: End) -> Wire:
    """Its transport."""
    assert isinstance(end._transport, Wire)
    return end._transport


@pytest.mark.parametrize("size", [1, 3, 7, 100])
async def test_values_are_heard_whole_and_in_order_in_whatever_pieces_they_come(end: End, size: int) -> None:
    for at in range(0, len(SAID), size):
        end.data_received(SAID[at : at + size])
    await until_heard()
    assert end.values == [{"a": 1}, ["\u00e9"]]
    end.data_received(b'"\n')
    await until_heard()
    assert end.values[2:] == ["half"]


async def test_between_two_values_others_have_their_turn(end: End) -> None:
    end.data_received(b"1\n2\n3\n")
    assert end.values == [1]
    await until_heard()
    assert end.values == [1, 2, 3]


def test_a_value_is_one_line(end: End) -> None:
    end.say({"text": "two\nlines"})
    assert wire(end).written == [b'{"text":"two\\nlines"}\n']


@pytest.mark.parametrize("bad", [b"{\n", b"\xff\n", b'"odd"\n'])
async def test_what_cannot_be_read_ends_the_connection_and_is_logged(
    end: End, bad: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    end.data_received(b"1\n" + bad + b"2\n")
    await until_heard()
    assert end.values == [1] and wire(end).closed and "cannot be read" in caplog.text


async def test_a_line_without_an_end_is_not_kept_for_ever(
    end: End, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(json_lines, "LONGEST", 10)
    with caplog.at_level(logging.ERROR):
        end.data_received(b"1" * 11)
    assert wire(end).closed and "more than 10 bytes" in caplog.text


def test_where_the_connection_is_over_nothing_can_be_said(end: End) -> None:
    assert end.open
    end.connection_lost(None)
    assert not end.open and end.over == 1
    with pytest.raises(ConnectionResetError):
        end.say(1)
    end.close()  # and closing it again does no harm


def test_before_it_is_connected_nothing_can_be_said() -> None:
    with pytest.raises(ConnectionResetError):
        End().say(1)
