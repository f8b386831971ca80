"""A saved page as lines: what is a heading, where it stands, and what is no part of its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.page_lines import read_page

TEXT = """\
Welcome to our harbor office.

Where do I park?
The garage is free for patients.

Getting here by boat

The ferry stops 200 meters from our door every half hour.

We treat these
Knees
Elbows
\u2022 Is your knee sore?
w
"""
HTML = """\
<!doctype html>
<html><head><title>Not this</title><style>p { color: red }</style></head>
<body><nav><a href="/">Home?</a></nav>
<h2>Getting here</h2>
<p>Take the <b>ferry</b> <i>every</i> half&nbsp;hour.<br>It is free.</p>
<div><button>Where do I park?</button>
<div>In the garage &amp; nowhere else.</div></div>
<ul><li>Is your car tall?</li></ul>
<script>var question = "Why?"</script>
<footer>Call us</footer></body></html>
"""


def lines(tmp_path: Path, name: str, text: str) -> list[tuple[int, str, bool]]:
    """The lines read from a file of this name."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    return [(line.number, line.text, line.heading) for line in read_page(tmp_path / name)]


def test_plain_text_questions_and_titles_are_headings_and_list_items_are_not(tmp_path: Path) -> None:
    assert lines(tmp_path, "page.txt", TEXT) == [
        (1, "Welcome to our harbor office.", False),
        (3, "Where do I park?", True),
        (4, "The garage is free for patients.", False),
        (6, "Getting here by boat", True),
        (8, "The ferry stops 200 meters from our door every half hour.", False),
        (10, "We treat these", False),
        (11, "Knees", False),
        (12, "Elbows", False),
        (13, "Is your knee sore?", False),
    ]


@pytest.mark.parametrize("name", ["page.html", "page.txt"])
def test_html_is_read_by_its_tags_and_without_what_frames_the_page(tmp_path: Path, name: str) -> None:
    assert lines(tmp_path, name, HTML) == [
        (4, "Getting here", True),
        (5, "Take the ferry every half hour.", False),
        (5, "It is free.", False),
        (6, "Where do I park?", True),
        (7, "In the garage & nowhere else.", False),
        (8, "Is your car tall?", False),
    ]


def test_a_page_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(b"Fine\nCaf\xe9\n")
    with pytest.raises(KnowledgeError, match=r"page\.txt:2: not UTF-8; save the page as UTF-8"):
        read_page(tmp_path / "page.txt")


def test_a_page_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"page\.txt cannot be read .*; name a page saved as"):
        read_page(tmp_path / "page.txt")
