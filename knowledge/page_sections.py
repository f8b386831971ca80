"""A page cut into sections: a heading, and what stands beneath it in pieces that fit one answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.page_lines import Line

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class PageSection:
    """A heading of a page with its paragraphs; `line` is where the heading stands."""

    title: str
    line: int
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Sections:
    """What a page holds, and the numbers of the lines that belong to no section: nothing is dropped in silence."""

    sections: tuple[PageSection, ...]
    left_out: tuple[int, ...]


def sections(lines: Sequence[Line]) -> Sections:
    """The sections of a page. Text above the first heading and headings with no text beneath are left out."""
    found: list[PageSection] = []
    left_out: list[int] = []
    heading: Line | None = None
    for line in lines:
        if line.heading:
            if heading and not (found and found[-1].line == heading.number):
                left_out.append(heading.number)
            heading = line
        elif heading is None:
            left_out.append(line.number)
        elif found and found[-1].line == heading.number:
            found[-1] = PageSection(heading.text, heading.number, (*found[-1].paragraphs, line.text))
        else:
            found.append(PageSection(heading.text, heading.number, (line.text,)))
    if heading and not (found and found[-1].line == heading.number):
        left_out.append(heading.number)
    return Sections(tuple(found), tuple(left_out))


def pieces(section: PageSection, most: int) -> list[tuple[str, ...]]:
    """The paragraphs of a section in pieces of at most `most` characters, cut between paragraphs or sentences.

    A single sentence longer than that stays whole.
    """
    units = [part for paragraph in section.paragraphs for part in _fitting(paragraph, most)]
    cut: list[tuple[str, ...]] = []
    for unit in units:
        if cut and len(" ".join((*cut[-1], unit))) <= most:
            cut[-1] = (*cut[-1], unit)
        else:
            cut.append((unit,))
    return cut


def _fitting(paragraph: str, most: int) -> list[str]:
    if len(paragraph) <= most:
        return [paragraph]
    parts: list[str] = []
    for sentence in _SENTENCE_END.split(paragraph):
        if parts and len(parts[-1]) + 1 + len(sentence) <= most:
            parts[-1] += f" {sentence}"
        else:
            parts.append(sentence)
    return parts
