"""A question added with its phrasings is found by other words than those: three questions, before and after."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT, settings
from knowledge.encoder import OnnxEncoder
from knowledge.index import build
from knowledge.load import load
from knowledge.markdown import Section, parse, render
from knowledge.search import Search
from knowledge.store import CachedEncoder
from knowledge.text import key
from knowledge.understood import Understood

pytestmark = pytest.mark.integration

CLINIC = "virginia-infusion"
TOPICS = ("logistics", "side_effects", "cost")  # a part of the content: it trains in seconds
# Phrasings of the catalogue at even distances, held out of it here. Not chosen by what they do.
ADDED = {
    "parking": (
        "where do i park",
        "Last place I went I circled for 20 minutes and was in tears. Will I find a spot at your building?",
        "Will I be circling the block or do you have a lot?",
        "Can I leave my car in your lot overnight since I'm not allowed to drive home?",
        "Are there spots for people with a blue disability tag near the entrance?",
    ),
    "nausea": (
        "queasy feeling?",
        "I get carsick on a gravel road, so is my belly going to revolt in that chair?",
        "does ketamine make you nauseous",
        "I get motion sick super easily, is the infusion going to make me vomit?",
        "sick to my stomach from infusion",
    ),
    "insurance-coverage": (
        "does blue cross pay for this",
        "Why won't health plans pay for these treatments?",
        "I pay a fortune for health insurance, will they cover any of this?",
        "does medicare cover ketamine for pain",
        "Would my husband's insurance pick up the cost?",
    ),
}
# Of five probes; nausea has narrow neighbours (vomiting, when and why), which two of its probes may mean as well.
LEAST = {"parking": 4, "nausea": 3, "insurance-coverage": 4}
UNTOUCHED = {
    "address": (
        "where are you located",
        "whats the zip code and cross street",
        "What part of town is your office in?",
        "Are you anywhere near downtown or out in the suburbs?",
        "Is your office in Virginia, and if so in which city?",
    ),
    "dizziness-after": (
        "woozy after?",
        "any meds for the spinny feeling afterward",
        "Will the room spin when I stand up?",
        "i feel wobbly since my infusion",
        "Does the faint feeling afterwards mean something's wrong?",
    ),
    "payment-methods": (
        "cash ok?",
        "money order or cashiers check fine?",
        "can i pay onlin thru a link",
        "Could my parents pay by phone for me?",
        "paypal ok?",
    ),
}


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Search:
    """The search over a part of the catalogue that has none of the three questions."""
    return search_over(tmp_path_factory.mktemp("without") / "knowledge", leave_out=ADDED)


@pytest.fixture(scope="module", params=ADDED)
def grown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Search]:
    """A question's id, and the search over the same catalogue with that question."""
    question = request.param
    left_out = set(ADDED) - {question}
    return question, search_over(tmp_path_factory.mktemp(question) / "knowledge", leave_out=left_out)


def test_a_question_is_found_by_words_that_are_not_its_phrasings(grown: tuple[str, Search], without: Search) -> None:
    added, search = grown
    before, after = understood(without, ADDED[added]), understood(search, ADDED[added])
    for old, new in zip(before, after, strict=True):
        print(f"{old.question.id} {old.confidence:.2f} -> {new.question.id} {new.confidence:.2f}: {new.text}")
    assert added not in {c.question.id for u in before for c in u.candidates}
    assert sum(u.question.id == added and u.known for u in after) >= LEAST[added]
    assert sum(u.confidence for u in after) > sum(u.confidence for u in before)
    higher = [best(new) > best(old) for old, new in zip(before, after, strict=True) if new.question.id == added]
    assert sum(higher) >= LEAST[added], "the fused score of what was asked rises above that of its neighbour"


def test_a_question_that_was_not_touched_loses_nothing(grown: tuple[str, Search], without: Search) -> None:
    _, search = grown
    found = {q: [u.question.id == q for u in understood(without, probes)] for q, probes in UNTOUCHED.items()}
    assert sum(map(sum, found.values())) >= 11, "the probes say something only where they are found"
    for question, probes in UNTOUCHED.items():
        now = [u.question.id == question for u in understood(search, probes)]
        assert [p for p, was, stays in zip(probes, found[question], now, strict=True) if was and not stays] == []


def understood(search: Search, probes: Iterable[str]) -> list[Understood]:
    """What each probe was understood to ask first."""
    return [search.understand(probe, CLINIC)[0] for probe in probes]


def best(found: Understood) -> float:
    """The fused score of the question found."""
    return found.candidates[0].score


def read(path: Path) -> tuple[dict[str, Any], list[Section]]:
    """Front matter and sections of a file of the content."""
    document = parse(path.read_text(encoding="utf-8"))
    return document.meta, document.sections


def asked(answer: Section) -> set[str]:
    """The questions that an answer names."""
    named = next(text for _, text in answer.bullets if text.startswith("questions:"))
    return {q.strip() for q in named.partition(":")[2].split(",")}


def write(path: Path, text: str) -> None:
    """Write a file of the content, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def search_over(root: Path, *, leave_out: Iterable[str]) -> Search:
    """Write a part of the content without some questions and without the probes, and index it."""
    probes = {key(p) for group in (ADDED, UNTOUCHED) for texts in group.values() for p in texts}
    kept: set[str] = set()
    for topic in TOPICS:
        meta, sections = read(ROOT / "knowledge" / "questions" / f"{topic}.md")
        sections = [s for s in sections if s.id not in set(leave_out)]
        for section in sections:
            section.bullets = [(line, text) for line, text in section.bullets if key(text) not in probes]
        kept.update(s.id for s in sections)
        write(root / "questions" / f"{topic}.md", render(meta, sections, fields_first=False))
    standing = ROOT / "knowledge" / "clinics" / CLINIC
    write(root / "clinics" / CLINIC / "clinic.yml", (standing / "clinic.yml").read_text(encoding="utf-8"))
    for topic in TOPICS:
        meta, sections = read(standing / f"{topic}.md")
        sections = [s for s in sections if asked(s) <= kept]
        write(root / "clinics" / CLINIC / f"{topic}.md", render(meta, sections, fields_first=True))
    encoder = OnnxEncoder(settings().encoder_dir)
    cached = CachedEncoder(encoder, settings().index_dir / "vectors.npz")
    return Search(build(load(root), cached), encoder)
