"""Fits the confidence on the development questions and chooses its threshold on the calibration questions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from bot.evaluate import systems
from bot.evaluate.gold import GoldRow
from bot.evaluate.outcomes import Judged, judge
from knowledge.calibration import Tested, fit_confidence, learn_then_test
from knowledge.encoder import Encoder
from knowledge.index import Index
from knowledge.search import Search
from knowledge.thresholds import Features, Promise, Thresholds

# From where half of development is answered down to nearly nothing, chosen before calibration was looked at.
SEQUENCE = tuple(round(0.8 - 0.025 * step, 3) for step in range(29))
DOUBTFUL = 0.05  # of the answers on development that may be mistaken where the question is named with the answer
PLAUSIBLE = 0.3  # share of the threshold from which a question is worth asking back


@dataclass(frozen=True)
class Calibrated:
    """The thresholds to serve, each threshold that was tested, and whether one kept the promise."""

    thresholds: Thresholds
    tested: tuple[Tested, ...]
    kept: bool


def calibrate(
    index: Index,
    encoder: Encoder,
    development: Sequence[GoldRow],
    calibration: Sequence[GoldRow],
    off_topic: Sequence[str] = (),
    *,
    risk: float = 0.05,
    confidence: float = 0.95,
) -> Calibrated:
    """Thresholds with a promise for `sure`; `understood` is chosen on `development`, without one.

    Where no threshold keeps the promise: the strictest one, and no promise.
    `off_topic` are everyday requests: no question of the catalogue is right for them. `encoder` should remember
    what it has encoded: the calibration questions are read once a threshold.
    """
    features, right = examples(index, encoder, development)
    foreign = everyday(index, encoder, off_topic)
    intercept, weights = fit_confidence([*features, *foreign], [*right, *[False] * len(foreign)])
    fitted = at(Thresholds(0.0, 0.0, 0.0, intercept, weights), SEQUENCE[0])
    understood = _lowest(index, encoder, development, fitted)
    kept, tested = learn_then_test(
        SEQUENCE, lambda t: outcome(index, encoder, calibration, at(fitted, t)), risk=risk, confidence=confidence
    )
    if kept is None:
        return Calibrated(fitted, tuple(tested), kept=False)
    served = replace(at(fitted, min(understood, kept.threshold)), sure=kept.threshold)
    promise = Promise(
        risk=risk,
        confidence=confidence,
        answered=kept.answered,
        wrong=kept.wrong,
        p_value=float(f"{kept.p_value:.2g}"),
        data=rows_hash(calibration),
    )
    return Calibrated(replace(served, promise=promise), tuple(tested), kept=True)


def at(thresholds: Thresholds, understood: float) -> Thresholds:
    """The same confidence with another threshold, from which answers are given plainly."""
    return replace(thresholds, sure=understood, understood=understood, plausible=round(PLAUSIBLE * understood, 4))


def _lowest(index: Index, encoder: Encoder, rows: Sequence[GoldRow], fitted: Thresholds) -> float:
    """The lowest threshold of the sequence at which at most DOUBTFUL of the answers to `rows` are mistaken."""
    for threshold in reversed(SEQUENCE):
        answered, wrong = outcome(index, encoder, rows, at(fitted, threshold))
        if wrong <= DOUBTFUL * answered:
            return threshold
    return SEQUENCE[0]


def examples(index: Index, encoder: Encoder, rows: Sequence[GoldRow]) -> tuple[list[Features], list[bool]]:
    """The features of each question in the messages, understood or not, and whether it is a labelled one.

    Phrasings word for word have no features; they need no confidence. What the page does not answer and the
    catalogue does not know is understood wrongly, whatever is taken for it.
    """
    eager = _eager(index, encoder)
    features, right = [], []
    for row in rows:
        labels = {label for labels in row.questions for label in labels}
        for found in eager.understand(row.text, row.clinic):
            if found.features and (labels or row.unanswerable) and not found.off_topic:
                features.append(found.features)
                right.append(found.question.id in labels)
    return features, right


def everyday(index: Index, encoder: Encoder, texts: Sequence[str]) -> list[Features]:
    """The features of the questions for which everyday requests are mistaken, asked of the clinics in turn."""
    eager, clinics = _eager(index, encoder), sorted(index.clinics)
    asked = [(text, clinics[number % len(clinics)]) for number, text in enumerate(texts)]
    found = [u for text, clinic in asked for u in eager.understand(text, clinic)]
    return [u.features for u in found if u.features and not u.off_topic]


def _eager(index: Index, encoder: Encoder) -> Search:
    return Search(index, encoder, thresholds=replace(Thresholds.load(), understood=0.0))


def outcome(index: Index, encoder: Encoder, rows: Sequence[GoldRow], thresholds: Thresholds) -> tuple[int, int]:
    """How many messages get an answer by the search alone, and how many of these answers are wrong (`mistaken`)."""
    search = Search(index, encoder, thresholds=thresholds)
    judged = [judge(row, systems.alone(search, row)) for row in rows]
    return sum(j.given for j in judged), sum(mistaken(j) for j in judged)


def mistaken(judged: Judged) -> bool:
    """Whether an answer says something that was not asked for.

    So is any answer to what the page does not say, and one without the fact that answers another question too. An
    answer to the right question that leaves a part out is incomplete, not mistaken.
    """
    asked = {label for labels in judged.row.questions for label in labels}
    beside = not set(judged.reply.questions) <= asked
    return judged.outcome == "wrongly answered" or (judged.outcome == "wrong" and beside)


def rows_hash(rows: Sequence[GoldRow]) -> str:
    """SHA-256 of the rows: a promise holds for the questions it was made on."""
    text = json.dumps([asdict(row) for row in rows], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
