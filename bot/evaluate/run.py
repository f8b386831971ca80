"""What is measured in process, without Rasa: the search alone, its curves and parts, the plain baselines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.evaluate import nearest, passages, systems
from bot.evaluate.ablation import variants
from bot.evaluate.gold import GoldRow
from bot.evaluate.metrics import DEPTH
from bot.evaluate.outcomes import Judged, Reply, judge
from bot.evaluate.rankings import Ranking
from bot.evaluate.report import NO_TOPIC
from knowledge.encoder import Encoder
from knowledge.index import Index, question_texts
from knowledge.search import Search
from knowledge.thresholds import Thresholds
from knowledge.understood import Understood

Tick = Callable[[str, int, int], None]  # stage, how many are done, of how many
PASSAGES = 3
BY_ENCODER = "encoder, nearest phrasing"
BY_BM25 = "BM25, nearest phrasing"


class Bench:
    """The built index with what is measured on it."""

    def __init__(self, index: Index, encoder: Encoder, tick: Tick) -> None:
        """`encoder` should remember what it has encoded (`CachedEncoder`): every part reads the same messages."""
        self.index = index
        self.encoder = encoder
        self.search = Search(index, encoder)
        self.eager = Search(index, encoder, thresholds=replace(Thresholds.load(), understood=0.0))
        self._tick = tick
        self._eagerly: dict[str, list[Understood]] = {}

    def judged(self, rows: Sequence[GoldRow], stage: str, reply: Callable[[GoldRow], Reply]) -> list[Judged]:
        """Each row with the reply to it."""
        out = []
        for number, row in enumerate(rows, 1):
            out.append(judge(row, reply(row)))
            self._tick(stage, number, len(rows))
        return out

    def alone(self, rows: Sequence[GoldRow]) -> list[Judged]:
        """The search without Rasa."""
        return self.judged(rows, "search alone", partial(systems.alone, self.search))

    def without_threshold(self, rows: Sequence[GoldRow]) -> list[Judged]:
        """The search without a threshold, for the curve of risk against coverage."""
        return self.judged(rows, "risk and coverage", partial(systems.without_threshold, self.search, self.eager))

    def rankings(self, rows: Sequence[GoldRow]) -> list[list[Ranking]]:
        """The ranked questions of each part of each message, as the search splits and reads it."""
        out = []
        for number, row in enumerate(rows, 1):
            out.append([[c.question.id for c in u.candidates] for u in self._understood(row)])
            self._tick("rankings", number, len(rows))
        return out

    def confidences(self, rows: Sequence[GoldRow]) -> list[tuple[GoldRow, float, bool]]:
        """(row, confidence, whether it is a labelled one) of each question in the messages, understood or not."""
        out = []
        for row in rows:
            labels = {label for labels in row.questions for label in labels}
            found = self._understood(row) if labels else []
            out += [(row, u.confidence, u.question.id in labels) for u in found]
        return out

    def topics(self, rows: Sequence[GoldRow]) -> dict[str, str]:
        """The topic of the first thing that each row asks, by the row's id."""
        topic = {q.id: q.topic for q in self.index.questions}
        first = {row.id: next((label for labels in row.questions for label in labels), "") for row in rows}
        return {identifier: topic.get(label, NO_TOPIC) for identifier, label in first.items()}

    def nearest_phrasings(self, rows: Sequence[GoldRow]) -> dict[str, list[nearest.Ranking]]:
        """Our catalogue searched by its nearest phrasing alone: by the encoder, and by BM25."""
        pairs = [(text, q.id) for q in self.index.questions for text in question_texts(q)]
        known = nearest.NearestKnown([t for t, _ in pairs], [q for _, q in pairs], self.encoder)
        among = {
            clinic: {q.id for q in self.index.questions if q.clinic in {None, clinic}} for clinic in self.index.clinics
        }
        found: dict[str, list[nearest.Ranking]] = {BY_ENCODER: [], BY_BM25: []}
        for number, row in enumerate(rows, 1):
            found[BY_ENCODER].append(known.by_encoder(row.text, among=among[row.clinic])[:DEPTH])
            found[BY_BM25].append(known.by_bm25(row.text, among=among[row.clinic])[:DEPTH])
            self._tick("nearest phrasings", number, len(rows))
        return found

    def looked_up(self, rows: Sequence[GoldRow], rankings: Sequence[nearest.Ranking]) -> list[Judged]:
        """The replies of a system that gives the clinic's answer to its first question."""
        clinics = self.index.clinics
        firsts: list[tuple[str | None, float]] = [r[0] if r else (None, 0.0) for r in rankings]
        pairs = zip(rows, firsts, strict=True)
        return [judge(row, systems.look_up(clinics[row.clinic], *first)) for row, first in pairs]

    def page_passages(self, rows: Sequence[GoldRow], pages: Mapping[str, str]) -> dict[str, list[Judged]]:
        """The nearest 120-word passages of the clinic's page: the best, and the best three."""
        found = {
            "BM25": passages.bm25(pages, rows, PASSAGES),
            "encoder": passages.encoder(pages, rows, self.encoder, PASSAGES),
        }
        return {
            f"{name}, {'best passage' if depth == 1 else 'best three passages'} of the page": [
                judge(row, systems.passage(row, best, depth=depth)) for row, best in zip(rows, ranked, strict=True)
            ]
            for name, ranked in found.items()
            for depth in (1, PASSAGES)
        }

    def ceiling(self, rows: Sequence[GoldRow]) -> list[Judged]:
        """A search that finds the labelled questions always: what labels and answers' texts allow."""
        return [judge(row, systems.answer_ceiling(row, self.index.clinics[row.clinic])) for row in rows]

    def ablations(self, rows: Sequence[GoldRow]) -> dict[str, list[Judged]]:
        """The search without each of its parts."""
        return {
            v.without: self.judged(rows, f"without {v.without}", partial(systems.alone, v.search))
            for v in variants(self.index, self.encoder)
        }

    def _understood(self, row: GoldRow) -> list[Understood]:
        """All questions of a message, however unsure; read once."""
        if row.id not in self._eagerly:
            self._eagerly[row.id] = self.eager.understand(row.text, row.clinic)
        return self._eagerly[row.id]
