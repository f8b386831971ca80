"""Baseline: Rasa's stock ResponseSelector, trained on the same catalogue that our search uses.

One retrieval intent `faq` with a response key for each question; the phrasings and the heading are its examples, the
heading its response. The answer of a clinic is then a look-up by the question's id, as with ours.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.evaluate.passages import Asked
from bot.evaluate.rasa_project import Progress, Ranking, RasaProject, parse_all
from bot.settings import settings
from knowledge.index import question_texts
from knowledge.model import Knowledge, Question

INTENT = "faq"
EPOCHS = 100  # as in Rasa's default pipeline (the component's own default is 300)


def response_selector(
    knowledge: Knowledge,
    rows: Sequence[Asked],
    *,
    progress: Progress,
    epochs: int = EPOCHS,
    phrasings: int | None = None,
    seed: int = 1,
    cache: Path | None = None,
) -> list[str | None]:
    """The question that the stock ResponseSelector takes each row to ask; None where it names none.

    The arguments are those of `rankings`.
    """
    ranked = rankings(knowledge, rows, progress=progress, epochs=epochs, phrasings=phrasings, seed=seed, cache=cache)
    return [ranking[0][0] if ranking else None for ranking in ranked]


def rankings(
    knowledge: Knowledge,
    rows: Sequence[Asked],
    *,
    progress: Progress,
    epochs: int = EPOCHS,
    phrasings: int | None = None,
    seed: int = 1,
    cache: Path | None = None,
) -> list[Ranking]:
    """(question id, confidence) for each row, the likeliest first, at most Rasa's ten.

    `phrasings` caps the examples of a question, drawn by `seed` (None: all). The model is kept under `cache`
    (build/baselines) by a hash of all that it is trained from. Another clinic's own questions are left out of a row's
    ranking, as in our search. Raises FaqbotError where Rasa fails.
    """
    made = project(knowledge, epochs=epochs, phrasings=phrasings, seed=seed)
    cache = cache or settings().build_dir / "baselines"
    parsed = parse_all(made, [row.text for row in rows], cache=cache, progress=progress)
    owner = {q.id: q.clinic for q in knowledge.all_questions()}
    return [
        [(key, score) for key, score in map(_unprefixed, p.responses) if owner.get(key) in {None, row.clinic}]
        for row, p in zip(rows, parsed, strict=True)
    ]


def project(knowledge: Knowledge, *, epochs: int, phrasings: int | None, seed: int) -> RasaProject:
    """The Rasa project whose model answers by question id."""
    questions = knowledge.all_questions()
    return RasaProject.make(
        config(epochs=epochs, seed=seed),
        {f"{INTENT}/{q.id}": examples(q, phrasings=phrasings, seed=seed) for q in questions},
        responses={f"{INTENT}/{q.id}": q.heading for q in questions},
    )


def config(*, epochs: int, seed: int) -> dict[str, Any]:
    """The component as Rasa's default pipeline has it, with a seed so that a run can be repeated."""
    return {
        "name": "ResponseSelector",
        "retrieval_intent": INTENT,
        "epochs": epochs,
        "constrain_similarities": True,
        "random_seed": seed,
    }


def examples(question: Question, *, phrasings: int | None, seed: int) -> list[str]:
    """The heading and the phrasings of a question, or a sample of `phrasings` of these, in their order."""
    texts = question_texts(question)
    if phrasings is None or len(texts) <= phrasings:
        return texts
    chosen = random.Random(f"{seed} {question.id}").sample(range(len(texts)), phrasings)
    return [texts[i] for i in sorted(chosen)]


def _unprefixed(item: tuple[str, float]) -> tuple[str, float]:
    return item[0].removeprefix(f"{INTENT}/"), item[1]
