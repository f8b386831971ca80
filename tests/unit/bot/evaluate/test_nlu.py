"""Cross-validation of the intents: folds without leaks, figures by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.commands.evaluate_intents import ours, without_variants
from bot.errors import FaqbotError
from bot.evaluate.confusion import draw
from bot.evaluate.nlu import Example, cross_validate, figures, read_examples, split
from bot.evaluate.variants import alike
from bot.nlu.intents import catalogue_examples
from knowledge.encoder import Encoder
from knowledge.load import load

BASES = {
    "cost": ["how much is it", "price of an infusion", "do you take insurance", "refund after a cancelled visit"],
    "thanks": ["thanks a lot", "you were helpful", "much appreciated friend", "very kind of you"],
    "wear": ["what should i wear", "are short sleeves fine", "can i come in pyjamas", "which shoes are best"],
}
COATS = ("{}", "hi, {}??", "{} pls", "{}!")


def silent(message: str) -> None:
    """No progress."""


@pytest.fixture
def examples() -> list[Example]:
    """Each sentence in four variants: folds that ignore variants would part nearly all of them."""
    return [Example(coat.format(base), intent) for intent, bases in BASES.items() for base in bases for coat in COATS]


def test_every_example_is_held_out_once(examples: list[Example]) -> None:
    held = [i for fold in split(examples, folds=4) for i in fold]
    assert sorted(held) == list(range(len(examples)))


def test_no_variant_of_a_held_out_example_is_trained_on(examples: list[Example]) -> None:
    texts = [e.text for e in examples]
    for fold in split(examples, folds=4):
        rest = [t for i, t in enumerate(texts) if i not in fold]
        assert not alike([texts[i] for i in fold], rest).any()


def test_folds_depend_on_the_seed_alone(examples: list[Example]) -> None:
    assert split(examples, folds=4, seed=3) == split(examples, folds=4, seed=3)
    assert split(examples, folds=4, seed=3) != split(examples, folds=4, seed=4)


def test_the_systems_see_the_same_folds_and_never_the_held_out(examples: list[Example]) -> None:
    seen: dict[str, list[tuple[str, ...]]] = {"one": [], "two": []}

    def system(name: str, train: Sequence[Example], texts: Sequence[str]) -> list[str]:
        assert not {e.text for e in train} & set(texts)
        assert len(train) + len(texts) == len(examples)
        seen[name].append(tuple(texts))
        return ["cost"] * len(texts)

    def one(train: Sequence[Example], texts: Sequence[str]) -> list[str]:
        return system("one", train, texts)

    def two(train: Sequence[Example], texts: Sequence[str]) -> list[str]:
        return system("two", train, texts)

    result = cross_validate(examples, {"one": one, "two": two}, folds=4, progress=silent)
    assert seen["one"] == seen["two"]
    assert (result["examples"], result["groups"], result["intents"]) == (48, 12, 3)
    assert sum(result["folds"]) == 48
    assert result["systems"]["one"]["pooled"]["accuracy"] == pytest.approx(1 / 3, abs=1e-4)
    assert json.loads(json.dumps(result)) == result


def test_figures_by_hand() -> None:
    truth = ["a", "a", "a", "b"]
    found = figures(truth, ["a", "a", "b", "b"], [[0, 1], [2, 3]])
    assert found["accuracy"] == {"mean": 0.75, "deviation": 0.3536, "folds": [1.0, 0.5]}
    assert found["pooled"] == {"accuracy": 0.75, "macro_f1": 0.7333, "weighted_f1": 0.7667}
    assert found["by_intent"]["a"] == {"precision": 1.0, "recall": 0.6667, "f1": 0.8, "support": 3}
    assert found["by_intent"]["b"] == {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "support": 1}
    assert found["confusion"] == {"labels": ["a", "b"], "counts": [[2, 1], [0, 1]]}


def test_an_intent_that_is_never_true_has_a_column_and_no_share_in_the_means() -> None:
    found = figures(["a", "b"], ["a", "nlu_fallback"], [[0, 1]])
    assert found["confusion"] == {"labels": ["a", "b", "nlu_fallback"], "counts": [[1, 0, 0], [0, 0, 1], [0, 0, 0]]}
    assert found["pooled"]["macro_f1"] == 0.5


def test_examples_are_read_from_rasas_files(tmp_path: Path) -> None:
    (tmp_path / "greet.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hi - there\n    - hello\n'
        "- regex: zip\n  examples: |\n    - \\d+\n",
        encoding="utf-8",
    )
    assert read_examples(tmp_path) == [Example("hi - there", "greet"), Example("hello", "greet")]


def test_a_folder_without_examples_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FaqbotError, match="data/nlu"):
        read_examples(tmp_path)


def test_phrasings_that_are_variants_of_held_out_messages_are_left_out() -> None:
    catalogue = [Example("How much is it??", "cost"), Example("is parking free", "logistics")]
    assert without_variants(catalogue, ["hi, how much is it"]) == [catalogue[1]]
    assert without_variants(catalogue, []) == catalogue


def test_ours_never_trains_on_a_variant_from_the_catalogue(examples: list[Example], encoder: Encoder) -> None:
    # the only evidence for "wear" is a variant of the held-out message: with the leak it would be answered so
    train = [e for e in examples if e.intent != "wear"]
    leaking = [Example("what should i wear", "wear"), Example("when is the last bus", "out_of_scope")]
    assert ours(encoder, c=3.0, catalogue=leaking)(train, ["Hi! what should i wear pls"])[0] != "wear"
    assert ours(encoder, c=3.0, catalogue=leaking)(train, ["how much"])[0] == "cost"


def test_the_catalogues_phrasings_are_examples_of_their_topics(faq: Path) -> None:
    found = catalogue_examples(load(faq).questions)
    assert ("price of an infusion", "cost") in found
    assert {intent for _, intent in found} == {"cost", "preparation"}


def test_the_picture_is_a_png_of_the_same_bytes_each_time(tmp_path: Path) -> None:
    confusion = {"labels": ["a", "b"], "counts": [[2, 1], [0, 1]]}
    draw(confusion, tmp_path / "new" / "one.png", title="t")
    draw(confusion, tmp_path / "two.png", title="t")
    one = (tmp_path / "new" / "one.png").read_bytes()
    assert one.startswith(b"\x89PNG")
    assert one == (tmp_path / "two.png").read_bytes()
