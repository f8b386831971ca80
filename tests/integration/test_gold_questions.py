"""The untouched gold questions through the built index: no worse than the committed report says."""

from __future__ import annotations

import pytest

from actions.services import knowledge_service
from bot.commands.evaluate_inputs import open_bench
from bot.evaluate.gold import load, of_split
from bot.evaluate.outcomes import Judged
from bot.evaluate.readme import read_report
from bot.evaluate.report import ALONE
from bot.evaluate.scores import summarise
from bot.settings import ROOT, settings
from knowledge.load import load as load_knowledge
from knowledge.search import Search
from knowledge.text import key

pytestmark = pytest.mark.integration

TOLERANCE = 0.02
OVERLAP = 0.05
GOLD = ROOT / "tests" / "gold"
REPORT = ROOT / "reports" / "evaluation.json"


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    """The untouched split by the search alone."""
    bench = open_bench(settings(), lambda stage, done, total: None, print)
    return bench.alone(of_split(load(GOLD), "test"))


@pytest.mark.parametrize(("part", "outcome"), [("answerable", "right"), ("unanswerable", "declined")])
def test_no_worse_than_the_committed_report(judged: list[Judged], part: str, outcome: str) -> None:
    report = read_report(REPORT)
    assert report["about"]["split"] == "test", "commit a report whose headline is the untouched split"
    committed = report["systems"][ALONE]["headline"][part][outcome]["value"]
    found = summarise(judged, seed=1, draws=1)[part][outcome]["value"]
    print(f"{part} {outcome}: {found:.4f}, committed {committed:.4f}")
    assert found >= committed - TOLERANCE


def test_no_entry_of_another_clinic(judged: list[Judged]) -> None:
    assert [j.row.id for j in judged if j.foreign] == []


def test_gold_questions_are_not_the_catalogues_phrasings() -> None:
    known = {key(p) for q in load_knowledge(settings().knowledge_dir).questions for p in (*q.phrasings, q.heading)}
    texts = [key(row.text) for row in of_split(load(GOLD), "test")]
    shared = sum(text in known for text in texts)
    print(f"word for word in the catalogue: {shared} of {len(texts)}")
    assert shared / len(texts) <= OVERLAP


def test_what_is_understood_does_not_depend_on_the_courtesy_around_it() -> None:
    search = knowledge_service().search()
    rows = of_split(load(GOLD), "development")[::10]
    frames = ("hi, {}", "Just wondering, {}", "Hello! Can you tell me: {} Thank you so much", "{} Need to know asap.")
    moved = [
        (row.text, frame)
        for row in rows
        if row.text.rstrip().endswith((".", "?", "!"))
        for frame in frames
        if _asked(search, frame.format(row.text.strip()), row.clinic) != _asked(search, row.text.strip(), row.clinic)
    ]
    assert len(rows) > 40 and moved == []


def _asked(search: Search, text: str, clinic: str) -> list[str]:
    return [understood.question.id for understood in search.understand(text, clinic) if understood.known]
