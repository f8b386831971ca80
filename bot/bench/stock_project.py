"""Rasa's stock project over the same content: its default pipeline and policies, the FAQ by its ResponseSelector.

As Rasa's documentation has it: one retrieval intent `faq` with a response key for each question, a rule that answers
it, rules and stories for small talk. One clinic's answers: the stock pipeline knows no clinics.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.evaluate import stock, stock_diet
from bot.evaluate.nlu import Example
from bot.evaluate.rasa_project import FEATURES, nlu_file
from knowledge.index import question_texts
from knowledge.model import TOPICS, Clinic, Knowledge

EPOCHS = 100  # of every model, as in Rasa's default configuration
STORIES = 12
FAQ = stock.INTENT


def write(
    folder: Path,
    knowledge: Knowledge,
    clinic: Clinic,
    small_talk: Sequence[Example],
    *,
    epochs: int,
    seed: int,
    told: int = STORIES,
) -> None:
    """Write the project into `folder`: what `rasa train` and `rasa run` need.

    `small_talk` are the examples of all intents that are no topic of the FAQ.
    """
    folder.mkdir(parents=True)
    intents = sorted({e.intent for e in small_talk} - TOPICS.keys())
    examples: dict[str, Sequence[str]] = {f"{FAQ}/{q.id}": question_texts(q) for q in knowledge.all_questions()}
    examples |= {name: [e.text for e in small_talk if e.intent == name] for name in intents}
    (folder / "config.yml").write_text(_dump(config(epochs=epochs, seed=seed)), encoding="utf-8")
    (folder / "domain.yml").write_text(_dump(domain(knowledge, clinic, intents)), encoding="utf-8")
    (folder / "endpoints.yml").write_text("{}\n", encoding="utf-8")
    (folder / "credentials.yml").write_text("rest: {}\n", encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "nlu.yml").write_text(nlu_file(examples), encoding="utf-8")
    (folder / "data" / "rules.yml").write_text(_dump(rules(intents)), encoding="utf-8")
    (folder / "data" / "stories.yml").write_text(_dump(stories(intents, seed=seed, number=told)), encoding="utf-8")


def write_echo(folder: Path) -> None:
    """Write the least project that replies: no model, one rule, one sentence. What Rasa itself costs."""
    (folder / "data").mkdir(parents=True)
    files: dict[str, Mapping[str, Any]] = {
        "config.yml": {
            "recipe": "default.v1",
            "assistant_id": "echo",
            "language": "en",
            "pipeline": [{"name": "KeywordIntentClassifier"}, {"name": "FallbackClassifier", "threshold": 0.3}],
            "policies": [{"name": "RulePolicy"}],
        },
        "domain.yml": {
            "version": "3.1",
            "intents": ["greet", "goodbye"],
            "responses": {"utter_echo": [{"text": "I heard you."}]},
        },
        "endpoints.yml": {},
        "credentials.yml": {"rest": {}},
        "data/rules.yml": {
            "version": "3.1",
            "rules": [{"rule": "echo", "steps": [{"intent": "nlu_fallback"}, {"action": "utter_echo"}]}],
        },
    }
    for name, data in files.items():
        (folder / name).write_text(_dump(data), encoding="utf-8")
    words = {"greet": ["hello bot", "hi bot"], "goodbye": ["goodbye bot", "bye bot"]}
    (folder / "data" / "nlu.yml").write_text(nlu_file(words), encoding="utf-8")


def config(*, epochs: int, seed: int) -> dict[str, Any]:
    """Rasa's default configuration (default_config.yml of 3.6.21), with a seed so that a run can be repeated."""
    selector = {k: v for k, v in stock.config(epochs=epochs, seed=seed).items() if k != "retrieval_intent"}
    ted = {"max_history": 5, "epochs": epochs, "random_seed": seed}
    return {
        "recipe": "default.v1",
        "assistant_id": "stock",
        "language": "en",
        "pipeline": [
            *(dict(f) for f in FEATURES),
            stock_diet.config(epochs=epochs, seed=seed),
            {"name": "EntitySynonymMapper"},
            selector,
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "UnexpecTEDIntentPolicy", **ted},
            {"name": "TEDPolicy", **ted, "constrain_similarities": True},
        ],
    }


def domain(knowledge: Knowledge, clinic: Clinic, intents: Sequence[str]) -> dict[str, Any]:
    """Intents and responses: the clinic's answer to each question, or that its FAQ does not say."""
    responses = {f"utter_{FAQ}/{q.id}": [{"text": _reply(q.id, q.clause, clinic)}] for q in knowledge.all_questions()}
    responses |= {_utter(name): [{"text": f"{name.replace('_', ' ')}: a fixed reply"}] for name in intents}
    responses["utter_default"] = [{"text": "I did not understand that."}]
    session = {"session_expiration_time": 60, "carry_over_slots_to_new_session": True}
    return {"version": "3.1", "intents": [FAQ, *intents], "responses": responses, "session_config": session}


def rules(intents: Sequence[str]) -> dict[str, Any]:
    """One rule for the FAQ, one for what no model is sure of, one for each intent of small talk."""
    steps = {FAQ: f"utter_{FAQ}", "nlu_fallback": "utter_default", **{name: _utter(name) for name in intents}}
    return {
        "version": "3.1",
        "rules": [
            {"rule": f"reply to {intent}", "steps": [{"intent": intent}, {"action": action}]}
            for intent, action in steps.items()
        ],
    }


def stories(intents: Sequence[str], *, seed: int, number: int = STORIES) -> dict[str, Any]:
    """So many conversations of small talk and questions for the policies that learn from stories."""
    draw = random.Random(f"stories {seed}")
    told = []
    for n in range(number):
        turns = [draw.choice(intents), FAQ, draw.choice(intents), FAQ, draw.choice(intents)]
        actions = [f"utter_{FAQ}" if turn == FAQ else _utter(turn) for turn in turns]
        steps = [step for t, a in zip(turns, actions, strict=True) for step in ({"intent": t}, {"action": a})]
        told.append({"story": f"conversation {n}", "steps": steps})
    return {"version": "3.1", "stories": told}


def _reply(question: str, clause: str, clinic: Clinic) -> str:
    answer = clinic.answer_to(question)
    return answer.text if answer else f"{clinic.name}'s FAQ does not say {clause}."


def _utter(intent: str) -> str:
    return f"utter_{intent}"


def _dump(data: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=10_000)
