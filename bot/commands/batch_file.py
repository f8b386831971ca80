"""The files of a batch: the lines in, and the rows out, each kept as soon as it is there."""

from __future__ import annotations

import codecs
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.commands.batch import Row
from bot.errors import FaqbotError


def read_lines(path: Path) -> list[str]:
    """The non-empty lines of a batch file; a line that is not UTF-8 is for `read_row` to refuse.

    Raises FaqbotError where the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FaqbotError(f"{path} cannot be read: {error}") from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FaqbotError(f"{path} cannot be read: it is UTF-16; save it as UTF-8")
    return [line for line in re.split(r"[\r\n]", data.decode("utf-8-sig", "surrogateescape")) if line.strip()]


@contextmanager
def output(target: Path, note: Callable[[str], None]) -> Iterator[Callable[[Row], None]]:
    """Gives a function that writes a row out. The rows are in `<target>.part` until all are there, then in `target`;
    where the block fails they stay there, and `note` is told. A device or a pipe gets them at once.

    Raises FaqbotError where they cannot be written.
    """
    if target.exists() and not target.is_file():
        with _rows(target) as write:
            yield write
        return
    whole = target.resolve()  # a link stays a link
    part = whole.with_name(f"{whole.name}.part")
    with _rows(part) as write:
        try:
            yield write
        except BaseException:
            _told(part, note)
            raise
    with _writing(target):
        if whole.exists():
            shutil.copymode(whole, part)
        part.replace(whole)


@contextmanager
def _rows(path: Path) -> Iterator[Callable[[Row], None]]:
    with _writing(path):  # half a character in an id goes out escaped, as it came in
        file = path.open("w", buffering=1, encoding="utf-8", errors="backslashreplace", newline="\n")

    def write(row: Row) -> None:
        with _writing(path):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    try:
        yield write
    finally:
        with _writing(path):
            file.close()


def _told(part: Path, note: Callable[[str], None]) -> None:
    """Say where the rows of a batch that broke off are; a file without any goes."""
    with part.open("rb") as file:
        rows = sum(line.endswith(b"\n") for line in file)
    if rows:
        note(f"not finished: {part} holds the first {rows} rows")
    else:
        part.unlink()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FaqbotError(f"{path} cannot be written: {error}") from error
