"""The stock project is what Rasa's documentation and default configuration have, over the same content."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.bench.stock_project import EPOCHS, FAQ, config, domain, rules, stories, write, write_echo
from bot.evaluate.nlu import Example
from knowledge.load import load
from knowledge.model import Knowledge

SMALL_TALK = [Example("hi there", "greet"), Example("good day", "greet"), Example("bye", "goodbye")]
A_TOPIC = Example("what does it cost", "cost")


@pytest.fixture
def knowledge(faq: Path) -> Knowledge:
    """The small FAQ."""
    return load(faq)


def read(path: Path) -> Any:
    """A YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def without_seed(component: dict[str, Any]) -> dict[str, Any]:
    """A component's configuration as Rasa's file has it."""
    return {name: value for name, value in component.items() if name != "random_seed"}


def test_pipeline_and_policies_are_rasas_default_configuration() -> None:
    spec = find_spec("rasa")
    assert spec is not None and spec.submodule_search_locations
    default = read(
        Path(spec.submodule_search_locations[0]) / "engine/recipes/config_files/default_config.yml",
    )
    ours = config(epochs=EPOCHS, seed=1)
    assert [without_seed(c) for c in ours["pipeline"]] == default["pipeline"]
    policies = [without_seed(c) for c in ours["policies"]]
    assert policies == [{**c} for c in default["policies"]]


def test_every_trained_component_has_the_seed_and_the_epochs() -> None:
    ours = config(epochs=3, seed=42)
    trained = [c for c in (*ours["pipeline"], *ours["policies"]) if "epochs" in c]
    assert len(trained) == 4
    assert all((c["epochs"], c["random_seed"]) == (3, 42) for c in trained)


def test_it_holds_every_phrasing_that_this_assistant_holds(knowledge: Knowledge, tmp_path: Path) -> None:
    folder = tmp_path / "stock"
    write(folder, knowledge, knowledge.clinics[0], [*SMALL_TALK, A_TOPIC], epochs=1, seed=1, told=2)
    told = {row["intent"]: row["examples"] for row in read(folder / "data" / "nlu.yml")["nlu"]}
    assert set(told) == {"greet", "goodbye", *(f"{FAQ}/{q.id}" for q in knowledge.questions)}
    for question in knowledge.questions:
        lines = [line.removeprefix("- ") for line in told[f"{FAQ}/{question.id}"].splitlines()]
        assert sorted(lines) == sorted([*question.phrasings, question.heading])
    assert read(folder / "config.yml")["policies"][3]["epochs"] == 1
    assert len(read(folder / "data" / "stories.yml")["stories"]) == 2


def test_it_answers_as_the_clinic_does_and_says_what_its_faq_does_not_say(knowledge: Knowledge) -> None:
    south = knowledge.clinics[1]
    told = domain(knowledge, south, ["greet"])["responses"]
    assert told["utter_faq/stop-eating"] == [{"text": "Stop eating 4 hours before your infusion."}]
    assert told["utter_faq/price"] == [{"text": "South Clinic's FAQ does not say how much one infusion costs."}]


def test_every_intent_has_a_rule_and_every_action_a_response(knowledge: Knowledge) -> None:
    intents = ["greet", "goodbye"]
    told = domain(knowledge, knowledge.clinics[0], intents)
    ruled = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules(intents)["rules"]}
    assert set(ruled) == {*told["intents"], "nlu_fallback"}
    assert set(ruled.values()) - set(told["responses"]) == {f"utter_{FAQ}"}  # whose responses are one a question
    for story in stories(intents, seed=1)["stories"]:
        pairs = zip(story["steps"][::2], story["steps"][1::2], strict=True)
        assert all(ruled[said["intent"]] == done["action"] for said, done in pairs)


def test_the_echo_project_is_whole(tmp_path: Path) -> None:
    write_echo(tmp_path / "echo")
    config_ = read(tmp_path / "echo" / "config.yml")
    assert not any("epochs" in c for c in (*config_["pipeline"], *config_["policies"]))
    assert read(tmp_path / "echo" / "credentials.yml") == {"rest": {}}
    actions = [step["action"] for step in read(tmp_path / "echo" / "data" / "rules.yml")["rules"][0]["steps"][1:]]
    assert actions == list(read(tmp_path / "echo" / "domain.yml")["responses"])
