"""Rasa's stock baselines: what is written for Rasa, and what is read of its answer. Nothing is trained here."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.errors import FaqbotError
from bot.evaluate import stock, stock_diet
from bot.evaluate.nlu import Example
from bot.evaluate.rasa_project import RasaProject, parse_all
from bot.rasa_job import rankings
from knowledge.load import load
from knowledge.model import Knowledge

DEFAULT_FEATURES = [
    "WhitespaceTokenizer",
    "RegexFeaturizer",
    "LexicalSyntacticFeaturizer",
    "CountVectorsFeaturizer",
    "CountVectorsFeaturizer",
]


@dataclass(frozen=True)
class Row:
    """A message to a clinic."""

    clinic: str
    text: str


@pytest.fixture
def knowledge(faq: Path) -> Knowledge:
    """The small FAQ."""
    return load(faq)


def silent(message: str) -> None:
    """No progress."""


def read(nlu: str) -> dict[str, list[str]]:
    """Intent -> examples of a training file."""
    return {b["intent"]: [e[2:] for e in b["examples"].splitlines()] for b in yaml.safe_load(nlu)["nlu"]}


def make(knowledge: Knowledge, **options: Any) -> RasaProject:
    """The project with few options given."""
    return stock.project(knowledge, **{"epochs": 100, "phrasings": None, "seed": 1, **options})


def test_the_pipeline_is_rasas_default_with_a_response_selector(knowledge: Knowledge) -> None:
    pipeline = yaml.safe_load(make(knowledge, epochs=7, seed=3).config)["pipeline"]
    assert [c["name"] for c in pipeline] == [*DEFAULT_FEATURES, "ResponseSelector"]
    assert pipeline[4] == {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}
    assert pipeline[-1] == {
        "name": "ResponseSelector",
        "retrieval_intent": "faq",
        "epochs": 7,
        "constrain_similarities": True,
        "random_seed": 3,
    }


def test_every_question_is_a_response_key_with_all_its_texts(knowledge: Knowledge) -> None:
    made = make(knowledge)
    examples = read(made.nlu)
    assert list(examples) == [f"faq/{q.id}" for q in knowledge.questions]
    for question in knowledge.questions:
        assert examples[f"faq/{question.id}"] == [*question.phrasings, question.heading]
    domain = yaml.safe_load(made.domain)
    assert domain["intents"] == ["faq"]
    assert domain["responses"]["utter_faq/price"] == [{"text": "How much does one infusion cost?"}]


def test_a_sample_is_repeatable_and_of_the_size_asked(knowledge: Knowledge) -> None:
    one, again, other = (make(knowledge, phrasings=4, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.nlu != other.nlu
    full = read(make(knowledge).nlu)
    for intent, texts in read(one.nlu).items():
        assert len(texts) == 4
        assert set(texts) <= set(full[intent])


def test_the_id_follows_everything_that_is_trained_on(knowledge: Knowledge) -> None:
    ids = {
        make(knowledge).id,
        make(knowledge, epochs=1).id,
        make(knowledge, seed=2).id,
        make(knowledge, phrasings=3).id,
    }
    assert len(ids) == 4
    assert make(knowledge).id in ids


def test_brackets_cannot_become_entities() -> None:
    made = RasaProject.make({"name": "DIETClassifier"}, {"greet": ["[hi](name) {x}", "two\nlines"]})
    assert read(made.nlu) == {"greet": ["(hi)(name) (x)", "two lines"]}


def test_the_stock_classifier_gets_the_examples_by_intent() -> None:
    train = [Example("hi", "greet"), Example("bye", "goodbye"), Example("hello", "greet")]
    made = stock_diet.project(train, epochs=100, seed=1)
    assert read(made.nlu) == {"greet": ["hi", "hello"], "goodbye": ["bye"]}
    assert [c["name"] for c in yaml.safe_load(made.config)["pipeline"]] == [*DEFAULT_FEATURES, "DIETClassifier"]
    assert "responses" not in yaml.safe_load(made.domain)


def test_both_rankings_are_read_from_a_parse_result() -> None:
    parsed = {
        "intent_ranking": [{"name": "faq", "confidence": 0.9}],
        "response_selector": {
            "all_retrieval_intents": ["faq"],
            "faq": {"ranking": [{"intent_response_key": "faq/price", "confidence": 0.8}]},
        },
    }
    assert rankings(parsed) == {"intents": [["faq", 0.9]], "responses": [["faq/price", 0.8]]}
    assert rankings({}) == {"intents": [], "responses": []}


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Rasa's process replaced: it names the question `price`, then `stop-eating`, whatever is asked."""
    calls: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        texts = json.loads(Path(command[-2]).read_text(encoding="utf-8"))
        ranking = [["faq/price", 0.8], ["faq/stop-eating", 0.1]]
        Path(command[-1]).write_text(json.dumps([{"intents": [], "responses": ranking if t else []} for t in texts]))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    return calls


def test_each_row_gets_the_first_question_or_none(knowledge: Knowledge, tmp_path: Path, job: list[list[str]]) -> None:
    rows = [Row("north", "what does it cost"), Row("south", "")]
    found = stock.response_selector(knowledge, rows, progress=silent, cache=tmp_path)
    assert found == ["price", None]
    folder = Path(job[0][-3])
    assert folder == tmp_path / make(knowledge).id
    assert {p.name for p in folder.iterdir()} == {"config.yml", "nlu.yml", "domain.yml"}


def test_what_rasa_says_when_it_fails_reaches_the_user(
    knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "out of memory")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(FaqbotError, match="out of memory"):
        parse_all(make(knowledge), ["hi"], cache=tmp_path, progress=silent)
