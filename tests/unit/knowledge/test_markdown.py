"""The staff's Markdown: read with line numbers, written back to the same content."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.markdown import Section, parse, render

META = {"topic": "cost"}
# every printable character of any script; control characters and line separators end a line
CHARACTERS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
STARTS = st.sampled_from(
    ["", "#", "##", "## ", "+", "+ ", "- ", "-", "* ", "1.", "1. ", "> ", "---", "Clause:", "{#x}"]
)
LINES = st.builds("{}{}".format, STARTS, st.text(CHARACTERS, max_size=60)).map(str.strip)
PHRASINGS = LINES.filter(bool)
IDS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).map(lambda s: s[:40].strip("-"))
# free text is a paragraph: what a line of it may not begin with is syntax
PARAGRAPHS = PHRASINGS.filter(lambda s: not s.startswith(("# ", "## ", "- ")))


@st.composite
def sections(draw: st.DrawFn) -> list[Section]:
    """Sections as a file holds them, with the lines not yet known."""
    return [
        Section(
            title=draw(LINES),
            id=draw(IDS),
            line=0,
            bullets=[(0, text) for text in draw(st.lists(PHRASINGS, max_size=4))],
            text=[(0, text) for text in draw(st.lists(PARAGRAPHS, max_size=2))],
        )
        for _ in range(draw(st.integers(0, 3)))
    ]


def content(found: list[Section]) -> list[Any]:
    return [(s.title, s.id, [t for _, t in s.bullets], [t for _, t in s.text]) for s in found]


@settings(deadline=None, max_examples=50)
@given(written=sections(), fields_first=st.booleans())
def test_what_is_rendered_is_read_back_unchanged(written: list[Section], fields_first: bool) -> None:
    document = parse(render(META, written, fields_first=fields_first))
    assert document.faults == []
    assert document.meta == META
    assert content(document.sections) == content(written)


@settings(deadline=None, max_examples=50)
@given(written=sections())
def test_line_numbers_point_at_the_lines_themselves(written: list[Section]) -> None:
    source = render(META, written, fields_first=False)
    lines = source.splitlines()
    for section in parse(source).sections:
        assert lines[section.line - 1].startswith("## ")
        assert lines[section.line - 1].endswith(f"{{#{section.id}}}")
        for number, text in section.bullets:
            assert lines[number - 1] == f"- {text}"
        for number, text in section.text:
            assert lines[number - 1] == text


@settings(deadline=None)
@given(st.text())
def test_reading_never_raises(source: str) -> None:
    document = parse(source)
    assert all(1 <= line <= len(source.splitlines()) + 1 for line, _, _ in document.faults)


def test_fields_stand_above_the_text_of_an_answer_and_below_that_of_a_question() -> None:
    section = Section("Title", "an-id", 0, bullets=[(0, "field")], text=[(0, "Text.")])
    answer, question = (render(META, [section], fields_first=first) for first in (True, False))
    assert answer.index("- field") < answer.index("Text.")
    assert question.index("Text.") < question.index("- field")


def test_a_comment_line_is_no_content() -> None:
    document = parse("---\ntopic: cost\n---\n# For staff\n\n## How much? {#price}\n# a note\n- price\n")
    assert document.faults == []
    assert content(document.sections) == [("How much?", "price", ["price"], [])]


def test_windows_line_ends_read_alike() -> None:
    source = "---\ntopic: cost\n---\n\n## How much? {#price}\n\nClause: how much\n\n- price\n"
    assert parse(source.replace("\n", "\r\n")) == parse(source)


@pytest.mark.parametrize(
    ("source", "line", "what", "mend"),
    [
        pytest.param("## How much? {#price}\n", 1, "no front matter", "'topic: ...'", id="no front matter"),
        pytest.param("---\ntopic: cost\n", 1, "no front matter", "'topic: ...'", id="front matter without end"),
        pytest.param("---\ntopic: [\n---\n", 1, "no YAML", "'key: value'", id="front matter is no YAML"),
        pytest.param("---\n- cost\n---\n", 1, "no fields", "'key: value'", id="front matter is a list"),
        pytest.param("---\na: b\n---\n\nHi\n", 5, "before the first entry", "## Title {#id}", id="text before entries"),
        pytest.param("---\na: b\n---\n\n## How much?\n", 5, "no id", "{#an-id}", id="heading without id"),
        pytest.param("---\na: b\n---\n## How much? {#}\n", 4, "no id", "{#an-id}", id="empty id"),
        pytest.param("---\na: b\n---\n## X {#How_Much}\n", 4, "no id", "small letters", id="capitals in the id"),
    ],
)
def test_a_fault_has_its_line_and_its_mend(source: str, line: int, what: str, mend: str) -> None:
    faults = parse(source).faults
    assert any(n == line and what in w and mend in m for n, w, m in faults), faults
