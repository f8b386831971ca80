"""The files of a batch: how the lines are read, and what is left when writing is broken off."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.commands.batch import RowError, read_row
from bot.commands.batch_file import output, read_lines
from bot.errors import FaqbotError

# the lines in


def test_the_lines_of_a_batch_are_read_without_the_empty_ones(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"text": "é"}\n\n  \r\n{"text": "b"}', encoding="utf-8")
    assert read_lines(file) == ['{"text": "é"}', '{"text": "b"}']


def test_a_batch_that_is_missing_or_no_text_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FaqbotError, match=r"none\.jsonl cannot be read"):
        read_lines(tmp_path / "none.jsonl")
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FaqbotError, match=r"binary\.jsonl cannot be read"):
        read_lines(tmp_path / "binary.jsonl")


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85"])
def test_a_line_ends_only_where_the_file_has_a_new_line(tmp_path: Path, sign: str) -> None:
    (tmp_path / "in.jsonl").write_text(f'{{"text": "one{sign}two"}}\n', encoding="utf-8")
    assert len(read_lines(tmp_path / "in.jsonl")) == 1


@pytest.mark.usefixtures("small_faq")
def test_a_line_that_is_not_utf8_is_an_error_of_its_row_alone(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(
        b'{"id": 1, "clinic": "north", "text": "a"}\n{"id": 2, "clinic": "north", "text": "caf\xe9"}\r\n\xff\n'
    )
    first, second, third = read_lines(tmp_path / "in.jsonl")
    assert read_row(first).turns == ["a"]
    with pytest.raises(RowError, match=r"^not UTF-8; save the file as UTF-8$") as caught:
        read_row(second)
    assert caught.value.identifier == 2
    with pytest.raises(RowError, match="no JSON object"):
        read_row(third)


# the rows out


def ids(file: Path) -> list[Any]:
    """The ids of the rows in a file."""
    return [json.loads(line)["id"] for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_rows_become_the_output_when_all_are_there(tmp_path: Path) -> None:
    target, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    target.write_text("of the last run", encoding="utf-8")
    target.chmod(0o600)
    with output(target, pytest.fail) as write:
        write({"id": "é"})
        assert ids(part) == ["é"]  # at once: a crash loses nothing
        assert target.read_text(encoding="utf-8") == "of the last run"
        write({"id": 2})
    assert ids(target) == ["é", 2]
    assert target.stat().st_mode & 0o777 == 0o600
    assert not part.exists()


def test_what_is_broken_off_leaves_its_rows_beside_the_output(tmp_path: Path) -> None:
    target, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    notes: list[str] = []
    with pytest.raises(KeyboardInterrupt), output(target, notes.append) as write:
        write({"id": 1})
        raise KeyboardInterrupt
    assert ids(part) == [1] and not target.exists()
    assert notes == [f"not finished: {part} holds the first 1 rows"]


def test_what_fails_before_the_first_row_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FaqbotError), output(tmp_path / "out.jsonl", pytest.fail):
        raise FaqbotError("the rasa server did not start")
    assert list(tmp_path.glob("out*")) == []


def test_half_a_character_in_an_id_goes_out_as_it_came_in(tmp_path: Path) -> None:
    with output(tmp_path / "out.jsonl", pytest.fail) as write:
        write({"id": "\ud800"})
    assert ids(tmp_path / "out.jsonl") == ["\ud800"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "out.jsonl")
    with output(tmp_path / "link", pytest.fail) as write:
        write({"id": 1})
    assert (tmp_path / "link").is_symlink()
    assert ids(tmp_path / "out.jsonl") == [1]


def test_a_pipe_gets_the_rows_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with output(pipe, pytest.fail) as write:
            write({"id": 1})
            assert json.loads(os.read(reader, 100)) == {"id": 1}
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_is_full_is_told() -> None:
    with pytest.raises(FaqbotError, match=r"^/dev/full cannot be written: "), output(Path("/dev/full"), str) as write:
        write({"id": 1})
