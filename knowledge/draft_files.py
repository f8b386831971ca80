"""Drafts in the form of entries, marked so that `faqbot knowledge check` refuses each until it has been reviewed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge.checks import DRAFT
from knowledge.drafts import Draft
from knowledge.errors import KnowledgeError
from knowledge.markdown import Section, render
from knowledge.model import Clinic

NO_TOPIC = "choose-a-topic"  # no topic: the check refuses it and names those that there are
MARK = f"{DRAFT} put it into the clinic's own words, fill in the empty fields above, then remove this line]"
EMPTY = ("reviewed:", "reviewer:", "sms:")

_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")
LONGEST_SLUG = 40


def files(drafts: Sequence[Draft], clinic: Clinic, *, page: str, source: str) -> dict[str, str]:
    """The drafts as Markdown: name of the file -> its text, one file a topic of the surest question.

    `page` is the file that they are copied from, `source` what patients read as the source of an answer.
    """
    taken = {answer.id for answer in clinic.answers}
    by_topic: dict[str, list[Section]] = {}
    for draft in drafts:
        topic = draft.proposals[0].question.topic if draft.proposals else NO_TOPIC
        by_topic.setdefault(topic, []).append(_entry(draft, clinic, page, source, taken))
    return {
        f"{topic}.md": render({"clinic": clinic.id, "topic": topic}, sections, fields_first=True)
        for topic, sections in sorted(by_topic.items())
    }


def write_new(folder: Path, texts: dict[str, str]) -> list[Path]:
    """Write files that are not there yet, all or none. Raises KnowledgeError where one is, or cannot be written."""
    paths = [folder / name for name in texts]
    for path in paths:
        if path.exists():
            raise KnowledgeError(f"{path} is there already, nothing was written; move it away or name another --output")
    begun: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(paths, texts.values(), strict=True):
            with path.open("x", encoding="utf-8") as file:
                begun.append(path)
                file.write(text)
    except OSError as error:
        for path in begun:
            path.unlink(missing_ok=True)
        raise KnowledgeError(f"{error.filename} cannot be written ({error.strerror}); name another --output") from error
    return paths


def _entry(draft: Draft, clinic: Clinic, page: str, source: str, taken: set[str]) -> Section:
    questions = ", ".join(p.question.id for p in draft.proposals)
    first = draft.proposals[0].question.id if draft.proposals else _slug(draft.section.title)
    bullets = [f"questions: {questions}".rstrip(), f'source: {source}, "{draft.section.title}"', *EMPTY]
    text = [MARK, *_remarks(draft, clinic, page), *filter(None, map(_harmless, draft.paragraphs))]
    return Section(
        title=draft.section.title,
        id=_free(first, taken),
        line=0,
        bullets=[(0, bullet) for bullet in bullets],
        text=[(0, line) for line in text],
    )


def _remarks(draft: Draft, clinic: Clinic, page: str) -> Iterator[str]:
    """Lines for staff; the reader of entries skips them."""
    piece = f", piece {draft.part} of {draft.parts}" if draft.parts > 1 else ""
    yield f"# from {page}:{draft.section.line}{piece}"
    for proposal in draft.proposals:
        yield f"# proposed ({proposal.confidence:.2f}): {proposal.question.id}: {proposal.question.heading}"
        answer = clinic.answer_to(proposal.question.id)
        if answer:
            yield f"#   answered already by '{answer.id}' ({answer.place}): change that one, or leave this question out"
    if not draft.proposals:
        yield "# no question proposed: see `faqbot knowledge list --questions`"


def _harmless(paragraph: str) -> str:
    """A line of the page that no reader of entries takes for a heading, a field or a remark."""
    return paragraph.lstrip("#-*> ")


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = _NOT_IN_A_SLUG.sub("-", plain).strip("-")
    if len(slug) > LONGEST_SLUG:
        slug = slug[:LONGEST_SLUG].rpartition("-")[0]
    return slug or "draft"


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    taken.add(name)
    return name
