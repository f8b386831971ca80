"""A clinic's public page as lines of text, each a heading or not: from plain text or from HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from knowledge.errors import KnowledgeError

LONGEST_QUESTION = 160
LONGEST_TITLE = 90
BLOCKS = frozenset(
    "p div li ul ol br h1 h2 h3 h4 h5 h6 dt dd dl tr td th table section article main summary details button "
    "blockquote figcaption header hr body".split()
)
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 dt summary".split())
SKIPPED = frozenset("script style noscript template svg head nav footer aside form select".split())

_HTML = re.compile(r"\s*(?:<!doctype html|<html|<head|<body|<[a-z][a-z0-9]*[\s>])", re.I)
_BULLET = re.compile(r"^(?:[\u2022\u25cf\u25aa\u00b7*\-\u2013\u2014]|\d{1,2}[.)])\s+")
_UNFINISHED = re.compile(r"[^\s.,:;!?\u2026]$")


@dataclass(frozen=True)
class Line:
    """A line of a page: where it stands in the file (from 1), its text in single spaces, and what it is."""

    number: int
    text: str
    heading: bool


def read_page(path: Path) -> list[Line]:
    """The lines of a saved page that hold words, in order.

    Raises KnowledgeError where the file cannot be read as text.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise KnowledgeError(f"{path} cannot be read ({error.strerror}); name a page saved as .txt or .html") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise KnowledgeError(f"{path}:{line}: not UTF-8; save the page as UTF-8") from error
    if path.suffix.lower() in {".html", ".htm", ".xhtml"} or _HTML.match(text):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        return reader.finished()
    return _plain(text)


def _plain(text: str) -> list[Line]:
    rows = [" ".join(row.split()) for row in text.splitlines()]
    rows = [row if _has_words(row) else "" for row in rows]
    lines = []
    for i, row in enumerate(rows):
        if row:
            below = next((r for r in rows[i + 1 :] if r), "")
            heading = _is_question(row) or _is_title(row, rows[i - 1] if i else "", below)
            lines.append(Line(i + 1, _BULLET.sub("", row), heading))
    return lines


def _has_words(row: str) -> bool:
    return sum(c.isalnum() for c in row) > 1


def _is_question(row: str) -> bool:
    return row.endswith("?") and len(row) <= LONGEST_QUESTION and not _BULLET.match(row)


def _is_title(row: str, above: str, below: str) -> bool:
    """Whether a line that asks nothing is a heading: short, no sentence, no list item, a sentence beneath it."""
    return _short(row) and row[0].isupper() and not _short(above) and bool(below) and not _is_item(below)


def _is_item(row: str) -> bool:
    return bool(_BULLET.match(row)) or _short(row) or _is_question(row)


def _short(row: str) -> bool:
    return 0 < len(row) <= LONGEST_TITLE and bool(_UNFINISHED.search(row)) and not _BULLET.match(row)


class _Reader(HTMLParser):
    """Gathers the text of each block; what is no part of the page's own text is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[Line] = []
        self._words: list[str] = []
        self._start = 1
        self._tag = ""
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a block, or what is left out."""
        if tag in SKIPPED:
            self._skipped += 1
        if tag in BLOCKS:
            self._end_block()
            self._tag = tag

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        if tag in SKIPPED:
            self._skipped = max(0, self._skipped - 1)
        if tag in BLOCKS:
            self._end_block()
            self._tag = ""

    def handle_data(self, data: str) -> None:
        """Keep the words of the block that is open."""
        if self._skipped or not (self._words or data.strip()):
            return
        if not self._words:
            self._start = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
        self._words.append(data)

    def finished(self) -> list[Line]:
        """The lines read."""
        self._end_block()
        return self._lines

    def _end_block(self) -> None:
        text = " ".join("".join(self._words).split())
        self._words = []
        if _has_words(text):
            heading = self._tag in HEADINGS or (self._tag != "li" and _is_question(text))
            self._lines.append(Line(self._start, _BULLET.sub("", text), heading))
