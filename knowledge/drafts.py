"""Drafts of answers from the sections of a clinic's page, with the catalogue questions that each may answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.checks import MAX_TEXT
from knowledge.model import Question
from knowledge.page_sections import PageSection, pieces
from knowledge.search import Search

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Proposal:
    """A question that a draft may answer, and how sure the search is of it (0 to 1)."""

    question: Question
    confidence: float


@dataclass(frozen=True)
class Draft:
    """Text of one section that fits one answer: piece `part` of `parts` (from 1), and the questions proposed for it."""

    section: PageSection
    part: int
    parts: int
    paragraphs: tuple[str, ...]
    proposals: tuple[Proposal, ...] = ()


def drafts(sections: Sequence[PageSection]) -> list[Draft]:
    """The drafts of a page, without questions."""
    return [
        Draft(section, number, len(cut), paragraphs)
        for section in sections
        for cut in [pieces(section, MAX_TEXT)]
        for number, paragraphs in enumerate(cut, 1)
    ]


def with_questions(plain: Sequence[Draft], search: Search, clinic: str) -> list[Draft]:
    """The drafts with the questions that their headings ask and their sentences answer.

    Each question stands under the draft that it fits best, as one question has one answer.
    """
    found = [_proposals(draft, search, clinic) for draft in plain]
    best: dict[str, tuple[float, int]] = {}
    for number, proposals in enumerate(found):
        for proposal in proposals:
            rank = (proposal.confidence, -number)
            best[proposal.question.id] = max(rank, best.get(proposal.question.id, rank))
    return [
        replace(draft, proposals=tuple(p for p in proposals if best[p.question.id][1] == -number))
        for number, (draft, proposals) in enumerate(zip(plain, found, strict=True))
    ]


def _proposals(draft: Draft, search: Search, clinic: str) -> list[Proposal]:
    """The questions of one draft, the surest first."""
    surest: dict[str, Proposal] = {}
    for proposal in (*_of_heading(draft, search, clinic), *_of_text(draft, search, clinic)):
        known = surest.get(proposal.question.id)
        if known is None or known.confidence < proposal.confidence:
            surest[proposal.question.id] = proposal
    return sorted(surest.values(), key=_confidence, reverse=True)


def _of_heading(draft: Draft, search: Search, clinic: str) -> Iterator[Proposal]:
    """What the heading asks: it belongs to the first piece."""
    if draft.part == 1:
        for asked in search.understand(draft.section.title, clinic):
            if asked.known and not asked.off_topic:
                yield Proposal(asked.question, asked.confidence)


def _of_text(draft: Draft, search: Search, clinic: str) -> Iterator[Proposal]:
    """What each sentence comes near to; only what is sure, as a sentence is no question."""
    for paragraph in draft.paragraphs:
        for sentence in _SENTENCE_END.split(paragraph):
            near = search.understand(sentence, clinic)[0]
            if near.known and near.sure and not near.off_topic:
                yield Proposal(near.question, near.confidence)


def _confidence(proposal: Proposal) -> float:
    return proposal.confidence
