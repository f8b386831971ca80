"""The Markdown that staff write: read with line numbers, written back unchanged in meaning.

The form is a strict subset (one heading per entry, one line per field or phrasing), so it is read line by
line: a phrasing may begin with any character, which a general Markdown reader would take as syntax.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

HEADING = re.compile(r"## (?P<title>.*?)(?: \{#(?P<id>[^}]*)\})?\s*")
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass
class Section:
    """One `## Title {#id}` with what stands beneath it. Lines are numbered from 1."""

    title: str
    id: str
    line: int
    bullets: list[tuple[int, str]] = field(default_factory=list)
    text: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Document:
    """A knowledge file: its front matter, and its sections in order."""

    meta: dict[str, Any]
    sections: list[Section]
    faults: list[tuple[int, str, str]]  # line, what, mend


def parse(source: str) -> Document:
    """Read one knowledge file. Never raises on bad content: `faults` says what could not be read."""
    lines = source.splitlines()
    meta, start, faults = _front_matter(lines)
    sections: list[Section] = []
    for number, line in enumerate(lines[start:], start + 1):
        if line.startswith("## "):
            sections.append(_section(line, number, faults))
        elif not line.strip() or line.startswith("# "):
            continue
        elif not sections:
            faults.append((number, "text before the first entry", "begin the entry with '## Title {#id}'"))
        elif line.startswith("- "):
            sections[-1].bullets.append((number, line[2:].strip()))
        else:
            sections[-1].text.append((number, line.strip()))
    return Document(meta, sections, faults)


def render(meta: dict[str, Any], sections: list[Section], *, fields_first: bool) -> str:
    """Write a file that `parse` reads back to the same content.

    `fields_first` puts the bullets above the text (answers); otherwise the text comes first (questions).
    """
    out = ["---", yaml.safe_dump(meta, sort_keys=False, allow_unicode=True).rstrip(), "---"]
    for section in sections:
        bullets = [f"- {text}" for _, text in section.bullets]
        text = [text for _, text in section.text]
        first, second = (bullets, text) if fields_first else (text, bullets)
        out += ["", f"## {section.title} {{#{section.id}}}"]
        out += ([] if fields_first else [""]) + first
        out += ["", *second]
    return "\n".join(out) + "\n"


def _front_matter(lines: list[str]) -> tuple[dict[str, Any], int, list[tuple[int, str, str]]]:
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        return {}, 0, [(1, "no front matter", "begin the file with '---', 'topic: ...', '---'")]
    end = next(i for i, line in enumerate(lines[1:], 1) if line.strip() == "---")
    try:
        meta = yaml.safe_load("\n".join(lines[1:end])) or {}
    except yaml.YAMLError as error:
        return {}, end + 1, [(1, f"front matter is no YAML ({error})", "write 'key: value' lines")]
    if not isinstance(meta, dict):
        return {}, end + 1, [(1, "front matter holds no fields", "write 'key: value' lines")]
    return meta, end + 1, []


def _section(line: str, number: int, faults: list[tuple[int, str, str]]) -> Section:
    match = HEADING.fullmatch(line)
    title, identifier = (match["title"], match["id"]) if match else (line[3:], None)
    if not identifier or not ID.fullmatch(identifier):
        faults.append((number, "the heading has no id", "end it with ' {#an-id}' in small letters and hyphens"))
    return Section(title=title.strip(), id=identifier or "", line=number)
