"""A page cut at its headings, and sections cut to the length of an answer."""

from __future__ import annotations

from knowledge.page_lines import Line
from knowledge.page_sections import PageSection, pieces, sections


def test_what_stands_under_no_heading_is_named_and_so_is_a_heading_without_text() -> None:
    page = sections(
        [
            Line(1, "Welcome.", False),
            Line(2, "FAQs", True),
            Line(3, "Where do I park?", True),
            Line(4, "In the garage.", False),
            Line(6, "It is free.", False),
            Line(8, "And by boat?", True),
        ]
    )
    assert page.sections == (PageSection("Where do I park?", 3, ("In the garage.", "It is free.")),)
    assert page.left_out == (1, 2, 8)


def test_pieces_fit_and_lose_nothing() -> None:
    section = PageSection("T", 1, ("One one. Two two two. Three.", "Four.", "Fivefivefivefivefivefive is long."))
    cut = pieces(section, 20)
    assert cut == [("One one.",), ("Two two two. Three.",), ("Four.",), ("Fivefivefivefivefivefive is long.",)]
    assert pieces(section, 500) == [section.paragraphs]
