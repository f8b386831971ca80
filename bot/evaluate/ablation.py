"""What each part of the search adds: the search with that part switched off, beside the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from bot.evaluate.bootstrap import DRAWS, clusters, share
from bot.evaluate.outcomes import Judged
from bot.evaluate.scores import Scores, as_json
from knowledge.classifier import QuestionClassifier
from knowledge.encoder import Encoder
from knowledge.index import Index, question_texts
from knowledge.lexical import LexicalIndex
from knowledge.model import OFF_TOPIC, Question
from knowledge.ranking import Weights
from knowledge.search import Search
from knowledge.spelling import Speller
from knowledge.text import spell_out
from knowledge.thresholds import Thresholds
from knowledge.vectors import flat
from knowledge.words import WordClassifier

EVIDENCE = {
    "nearest": "the nearest phrasing",
    "mean_of_three": "the three nearest phrasings",
    "classifier": "the classifier",
    "lexical": "the lexical ranking",
    "words": "the classifier over words",
    "answers": "the answers' sentences",
}


@dataclass(frozen=True)
class Variant:
    """The search with one part switched off: `without` names the part."""

    without: str
    search: Search


class NoSpelling(Speller):
    """Spells shorthand out and corrects nothing."""

    def __init__(self) -> None:
        """No vocabulary."""
        super().__init__({})

    def correct(self, text: str) -> str:
        """`text` with its shorthand spelt out."""
        return spell_out(text)


def variants(index: Index, encoder: Encoder) -> Iterator[Variant]:
    """The search without each part in turn. Thresholds and the other weights stay as they are."""
    weights, thresholds = Weights(), Thresholds.load()
    for field in fields(Weights):
        if getattr(weights, field.name):
            less = replace(weights, **{field.name: 0.0})
            yield Variant(EVIDENCE.get(field.name, field.name), Search(index, encoder, weights=less))
    yield Variant("spelling correction", Search(replace(index, speller=NoSpelling()), encoder))
    yield Variant("splitting of messages", Search(index, encoder, splitting=False))
    yield Variant("the threshold", Search(index, encoder, thresholds=replace(thresholds, understood=0.0)))
    on_topic = without_questions(index, _is_off_topic)
    yield Variant("off-topic questions", Search(on_topic, encoder))
    answered = {q for clinic in index.clinics.values() for a in clinic.answers for q in a.questions}
    open_ones = without_questions(index, lambda q: q.id not in answered and not _is_off_topic(q))
    yield Variant("questions that no clinic answers", Search(open_ones, encoder))


def without_questions(index: Index, dropped: Callable[[Question], bool]) -> Index:
    """The index without some questions, all else alike (the classifier keeps what it learned of the others)."""
    kept = [i for i, q in enumerate(index.questions) if not dropped(q)]
    questions = tuple(index.questions[i] for i in kept)
    rows = np.flatnonzero(np.isin(index.owners, kept))
    number = {old: new for new, old in enumerate(kept)}
    classifier = index.classifier
    owners = np.array([number[o] for o in index.owners[rows].tolist()], dtype=np.int64)
    texts = [t for q in questions for t in question_texts(q)]
    return replace(
        index,
        questions=questions,
        owners=owners,
        phrasings=flat(index.phrasings.reconstruct_n(0, index.phrasings.ntotal)[rows]),
        lexical=LexicalIndex.build(texts),
        classifier=QuestionClassifier(classifier.weights[kept], classifier.bias[kept]),
        words=WordClassifier.train([spell_out(t) for t in texts], owners, len(questions)),
        coarse=None,  # it is of all phrasings
    )


def difference(whole: Sequence[Judged], part: Sequence[Judged], *, seed: int, draws: int = DRAWS) -> Scores:
    """What the part that is switched off adds: whole less part, paired by row, with intervals.

    `right` over the answerable rows, `declined` over the unanswerable ones.
    """
    return {
        "right": _paired(whole, part, unanswerable=False, outcome="right", seed=seed, draws=draws),
        "declined": _paired(whole, part, unanswerable=True, outcome="declined", seed=seed, draws=draws),
    }


def _paired(
    whole: Sequence[Judged], part: Sequence[Judged], *, unanswerable: bool, outcome: str, seed: int, draws: int
) -> Scores | None:
    pairs = [(w, p) for w, p in zip(whole, part, strict=True) if w.row.unanswerable is unanswerable]
    gains = np.array([(w.outcome == outcome) - (p.outcome == outcome) for w, p in pairs], dtype=np.float64)
    return as_json(share(gains, clusters([w.row for w, _ in pairs]), seed=seed, draws=draws))


def _is_off_topic(question: Question) -> bool:
    return question.topic == OFF_TOPIC
