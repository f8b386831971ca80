"""Cross-validation of the intents: several systems on the same folds, variants of one sentence never parted.

A system is a function from training examples and messages to the intents of the messages;
`bot.commands.evaluate_intents` makes ours and Rasa's stock one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.errors import FaqbotError
from bot.evaluate.variants import groups

DIGITS = 4


@dataclass(frozen=True)
class Example:
    """A message and its intent."""

    text: str
    intent: str


System = Callable[[Sequence[Example], Sequence[str]], list[str]]
Progress = Callable[[str], None]


def read_examples(folder: Path) -> list[Example]:
    """The intent examples of Rasa's training files under `folder`, in file order.

    Raises FaqbotError where there are none.
    """
    found = [
        Example(line.strip()[2:].strip(), block["intent"])
        for file in sorted(folder.glob("*.yml"))
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
        for line in block.get("examples", "").splitlines()
        if "intent" in block and line.strip().startswith("- ")
    ]
    if not found:
        raise FaqbotError(f"no intent examples in {folder}; name the folder of Rasa's training data (data/nlu)")
    return found


def split(examples: Sequence[Example], *, folds: int = 5, seed: int = 1) -> list[list[int]]:
    """The numbers of the examples of each fold: alike in intents, variants together (`variants.groups`)."""
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    intents = [e.intent for e in examples]
    together = groups([e.text for e in examples])
    return [[int(i) for i in test] for _, test in splitter.split(intents, intents, together)]


def cross_validate(
    examples: Sequence[Example],
    systems: Mapping[str, System],
    *,
    folds: int = 5,
    seed: int = 1,
    progress: Progress,
) -> dict[str, Any]:
    """Train and ask every system on every fold; what comes out can be written as JSON.

    {"examples", "groups", "intents", "folds": sizes, "seed", "systems": {name: see `figures`}}
    """
    parts = split(examples, folds=folds, seed=seed)
    predicted: dict[str, list[str]] = {name: [""] * len(examples) for name in systems}
    for number, held in enumerate(parts, start=1):
        outside = set(held)
        train = [e for i, e in enumerate(examples) if i not in outside]
        for name, system in systems.items():
            progress(f"intents, fold {number} of {len(parts)}: {name}")
            for i, intent in zip(held, system(train, [examples[i].text for i in held]), strict=True):
                predicted[name][i] = intent
    truth = [e.intent for e in examples]
    return {
        "examples": len(examples),
        "groups": len(set(groups([e.text for e in examples]))),
        "intents": len(set(truth)),
        "folds": [len(held) for held in parts],
        "seed": seed,
        "systems": {name: figures(truth, said, parts) for name, said in predicted.items()},
    }


def figures(truth: Sequence[str], predicted: Sequence[str], parts: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Accuracy and F1 over the folds (mean, standard deviation, each), and by intent over all examples.

    An intent that is predicted but never true counts in no mean; it has a column in the confusion matrix (rows: true,
    columns: predicted).
    """
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    names = sorted(set(truth))
    labels = [*names, *sorted(set(predicted) - set(names))]
    by_fold = [_scores([truth[i] for i in p], [predicted[i] for i in p]) for p in parts]
    columns = precision_recall_fscore_support(truth, predicted, labels=names, zero_division=0)
    return {
        **{key: _spread([scores[key] for scores in by_fold]) for key in ("accuracy", "macro_f1", "weighted_f1")},
        "pooled": _rounded(_scores(truth, predicted)),
        "by_intent": {
            name: {
                "precision": round(float(precision), DIGITS),
                "recall": round(float(recall), DIGITS),
                "f1": round(float(f1), DIGITS),
                "support": int(support),
            }
            for name, precision, recall, f1, support in zip(names, *columns, strict=True)
        },
        "confusion": {"labels": labels, "counts": confusion_matrix(truth, predicted, labels=labels).tolist()},
    }


def _scores(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score

    def f1(average: str) -> float:
        names = sorted(set(truth))
        return float(f1_score(truth, predicted, labels=names, average=average, zero_division=0))

    return {
        "accuracy": float(accuracy_score(truth, predicted)),
        "macro_f1": f1("macro"),
        "weighted_f1": f1("weighted"),
    }


def _spread(values: Sequence[float]) -> dict[str, Any]:
    """Mean and standard deviation (of a sample) over the folds, and each fold's value."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return {
        "mean": round(float(np.mean(values)), DIGITS),
        "deviation": round(deviation, DIGITS),
        "folds": [round(v, DIGITS) for v in values],
    }


def _rounded(scores: Mapping[str, float]) -> dict[str, float]:
    return {key: round(value, DIGITS) for key, value in scores.items()}
