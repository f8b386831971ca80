"""From a patient's message to the questions asked, and this clinic's answers to them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from knowledge.cut import Cut, cut
from knowledge.encoder import Encoder
from knowledge.errors import UnknownClinicError
from knowledge.index import Index
from knowledge.leaning import NAMES_ITSELF, asks_why, bare, leans, of_the_one_before
from knowledge.model import OFF_TOPIC, Clinic, Question
from knowledge.near import meant
from knowledge.parts import ONE_OF_SEVERAL, asks_plainly, price_of_unanswered, share_of_whole
from knowledge.ranking import Weights, mass_of, probabilities
from knowledge.reading import Reader, Reading
from knowledge.recent import Recent
from knowledge.split import MAX_QUESTIONS
from knowledge.text import key, terms, without_courtesy
from knowledge.thresholds import Features, Thresholds
from knowledge.understood import CANDIDATES, Candidate, Other, Understood

# The share of the whole message in the scores of a question in it: what stands around it often names the thing.
ONLY_QUESTION = 0.75
WITH_WHAT_IS_TOLD = 0.6  # of one that points to what is told before it, which then counts as much as itself
HALF = 0.6
EXACT = 1.0  # confidence of a whole message that is a phrasing word for word; a part may be about anything
SURE_TOGETHER = 0.4  # a message read together with the question before it must be this sure
SURE_ALONE = 0.5  # a part that points to the question before it, and is less sure, is read together with that
BEFORE = 0.4  # how much of what the question before says by itself does not count: its own neighbours are not meant
RIVALS = 3  # questions asked back at most
OTHER = 0.1  # how likely another question must be to be answered beside the best one (development and calibration)
BY_ITSELF = 0.6  # where the whole is heard as one half, the other must be as sure as this alone
NEAR = 4  # a half must mean one of this many best questions of the whole,
LIKELY = 0.4  # or be as sure as this
CASES = frozenset({"eligibility", "conditions"})  # topics of which a message may name several in one breath,
BESIDE_CASES = CASES | {"medications"}  # also beside a medicine
NAMED = 0.6  # how sure a clause that names one more of them must be


class Search:
    """Finds questions and answers for the clinics of one index. Safe to share between threads.

    What it made of the last messages it knows: one that was searched ahead of its turn costs nothing then.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        *,
        weights: Weights | None = None,
        thresholds: Thresholds | None = None,
        candidates: int = CANDIDATES,
        splitting: bool = True,
    ) -> None:
        """`candidates` is how many of the best questions are kept; without `splitting` a message is one question."""
        self.index = index
        self._thresholds = thresholds or Thresholds.load()
        self._count = candidates
        self._splitting = splitting
        self._ends = np.append(index.starts[1:], len(index.owners))
        self._allowed = {clinic: self._allowed_for(clinic) for clinic in index.clinics}
        self._reader = Reader(index, encoder, weights or Weights(), self._allowed)
        self._understood: Recent[tuple[str, str], tuple[Understood, ...]] = Recent()
        self._cuts: Recent[str, Cut] = Recent()

    def clinic(self, clinic_id: str) -> Clinic:
        """The clinic by its id. Raises UnknownClinicError."""
        try:
            return self.index.clinics[clinic_id]
        except KeyError:
            known = ", ".join(sorted(self.index.clinics))
            raise UnknownClinicError(f"no clinic '{clinic_id}'; known: {known}") from None

    def understand(self, text: str, clinic_id: str) -> list[Understood]:
        """The questions of a message, in the order asked, each once; the first is there always.

        A part that was not understood is kept only where nothing of the message was; else the first question has it
        as `lost`, if it asks something. Raises UnknownClinicError.
        """
        clinic, asked = self.clinic(clinic_id), without_courtesy(text)
        return list(self._understood.made((asked, clinic_id), lambda: tuple(self._all_cases(asked, clinic))))

    def knows(self, text: str, clinic_id: str) -> bool:
        """Whether a message was read lately: `understand` costs nothing then."""
        return self._understood.get((without_courtesy(text), clinic_id)) is not None

    def texts(self, text: str) -> list[str]:
        """What `understand` has the encoder read of a message, as it reads it: encoded ahead in one pass."""
        return [self._reader.prepared(part) for part in self._cut(without_courtesy(text)).texts()]

    def read(self, text: str, clinic_id: str) -> Reading:
        """What one text, as it stands, says of every question. Raises UnknownClinicError."""
        return self._read(text, self.clinic(clinic_id))

    def _all_cases(self, text: str, clinic: Clinic) -> list[Understood]:
        """What is understood, with every illness or hindrance that the message names beside the one understood.

        "She is expecting and his blood pressure is high. Would you treat either of them?" asks of both.
        """
        found = self._understand(text, clinic)
        of_cases = [u for u in found if u.known and u.answer and u.question.topic in BESIDE_CASES]
        clauses = self._cut(text).told_clauses if self._splitting and of_cases else ()
        if not clauses or any(u.confidence == EXACT for u in found):
            return found
        whole = self._read(text, clinic)
        self._reader.encode(clauses)
        for clause in clauses:
            named = self._decide(clause, self._read(clause, clinic), whole, clinic, ONE_OF_SEVERAL)
            said = {u.answer.id for u in found if u.answer}
            new = named.answer and named.answer.id not in said and named.question.topic in CASES
            if new and named.confidence >= NAMED and len(found) < MAX_QUESTIONS:
                found = [*found, replace(named, other=None)]
        return found

    def _understand(self, text: str, clinic: Clinic) -> list[Understood]:
        message = self._cut(text)
        self._reader.encode(message.texts())
        whole = self._read(text, clinic)
        if whole.exact and self._allowed[clinic.id][self.index.number_of[whole.exact.id]]:
            message = replace(message, parts=(text,))
        if len(message.parts) < 2:
            return self._one_question(message, whole, clinic)
        found: list[Understood] = []
        for part, read in message.read:
            heard = self._decide(part, self._read(read, clinic), whole, clinic, share_of_whole(read))
            if found and read == part and of_the_one_before(part):
                heard = self._of_before(heard, found[-1], clinic)
            found.append(heard)
        found = [u for u, before in zip(found, [None, *found], strict=False) if not price_of_unanswered(u, before)]
        distinct = {u.question.id: u for u in reversed(found) if u.known}
        ordered = [u for u in found if u.known and distinct[u.question.id] is u]
        if ordered:
            ordered[0] = replace(ordered[0], lost=tuple(u.text for u in found if not u.known and asks_plainly(u.text)))
        return ordered or [self._decide(text, whole, whole, clinic, ONLY_QUESTION)]

    def _one_question(self, message: Cut, whole: Reading, clinic: Clinic) -> list[Understood]:
        """What a message asks that seems to be one question; two where it asks for two things by one verb."""
        part = message.parts[0]
        alone = whole if key(part) == key(message.text) else self._read(part, clinic)
        share = ONLY_QUESTION
        if alone is not whole and len(terms(part)) < NAMES_ITSELF:
            alone = replace(alone, exact=None)  # "My mother asks. How much?" is not the phrasing "How much?"
        if alone is not whole and message.told:
            told = self._read(message.told, clinic)
            alone, share = replace(alone, scores=(alone.scores + told.scores) / 2), WITH_WHAT_IS_TOLD
        only = self._decide(message.text, alone, whole, clinic, share)
        return self._halves(message, only, whole, clinic) if self._splitting else [only]

    def _read(self, text: str, clinic: Clinic) -> Reading:
        return self._reader.read(text, clinic)

    def _cut(self, text: str) -> Cut:
        return self._cuts.made(text, lambda: cut(text, splitting=self._splitting))

    def follow_up(self, text: str, clinic_id: str, previous_id: str) -> list[Understood]:
        """A message that leans on the question before it ("why?", "and for migraines?", "how much is that?").

        What the words alone say clearly stands; otherwise they are read together with that question, which
        itself is not meant again. A message that stands by itself, or an unknown question, is understood as usual. A
        "why?" alone is never guessed at: it means the question that the catalogue names as the reason, or nothing.
        """
        text, number = without_courtesy(text), self.index.number_of.get(previous_id)
        alone = self.understand(text, clinic_id)
        empty = [replace(alone[0], known=False, rivals=())] if bare(text) else []
        if asks_why(text):
            reason = self.index.questions[number].reason if number is not None else ""
            return [meant(self.index, self.clinic(clinic_id), reason, text)] if reason else empty
        if not leans(text) or alone[0].confidence == EXACT or (alone[0].known and len(terms(text)) > 1):
            return alone
        if number is None:
            return empty or alone
        found = self._together(text, number, self.clinic(clinic_id))
        surer = found.confidence >= SURE_TOGETHER and (bare(text) or found.confidence > alone[0].confidence)
        return [found] if surer else empty or alone

    def _together(self, text: str, number: int, clinic: Clinic) -> Understood:
        """What a text asks when it is read together with question `number`, which itself is not meant again."""
        before = self.index.questions[number].heading
        together = self._read(f"{text} {before}", clinic)
        scores = together.scores - BEFORE * self._read(before, clinic).scores
        scores[number] = -np.inf
        return self._decide(text, replace(together, scores=scores, exact=None), together, clinic, 0.0)

    def _of_before(self, heard: Understood, before: Understood, clinic: Clinic) -> Understood:
        """A part that points to the question before it: read with that, where it is not clear by itself."""
        again = heard.question == before.question
        if not before.known or (heard.known and heard.confidence >= SURE_ALONE and not again):
            return heard
        together = self._together(heard.text, self.index.number_of[before.question.id], clinic)
        surer = together.confidence >= SURE_TOGETHER and (again or together.confidence > heard.confidence)
        return together if surer and not (together.answer and together.answer == before.answer) else heard

    def _halves(self, message: Cut, only: Understood, whole: Reading, clinic: Clinic) -> list[Understood]:
        """Two things asked by one verb, where each half means a question that the whole comes near to."""
        near = {c.question.id for c in only.candidates[:NEAR]}
        read = [(half, self._read(half, clinic)) for half in message.halves]
        found = [self._decide(half, reading, whole, clinic, HALF) for half, reading in read]
        likely = all(u.known and (u.confidence >= LIKELY or u.question.id in near) for u in found)
        if likely and _distinct(found):
            return found
        found = [self._decide(half, reading, reading, clinic, 0.0) for half, reading in read]
        clear = all(u.known and u.confidence >= BY_ITSELF for u in found)
        return found if clear and _distinct(found) and only.question in [u.question for u in found] else [only]

    def _decide(self, text: str, part: Reading, whole: Reading, clinic: Clinic, share: float) -> Understood:
        """The question that a part of a message asks; the whole message has a `share` in the scores."""
        scores = (1 - share) * part.scores + share * whole.scores
        best = np.argsort(-scores)[: self._count]
        chances = probabilities(scores)
        exact, features = part.exact, None
        if exact and self._allowed[clinic.id][self.index.number_of[exact.id]]:
            number = self.index.number_of[exact.id]
            best = np.array([number, *[b for b in best if b != number][: self._count - 1]])
        if exact and part is whole and int(best[0]) == self.index.number_of[exact.id]:
            confidence = EXACT
        else:
            margin = float(scores[best[0]] - scores[best[1]]) if len(best) > 1 else 0.0
            mass = mass_of(int(best[0]), chances, self.index, clinic)
            features = self._features(text, int(best[0]), margin, part, whole, mass)
            confidence = self._thresholds.confidence(features) if part.familiar or whole.familiar else 0.0
        question = self.index.questions[int(best[0])]
        known = confidence >= self._thresholds.understood
        return Understood(
            text=text,
            question=question,
            confidence=confidence,
            known=known,
            answer=clinic.answer_to(question.id),
            candidates=tuple(Candidate(self.index.questions[int(b)], _finite(scores[b])) for b in best),
            nearest=float(part.nearest[best[0]]),
            features=features,
            sure=confidence >= self._thresholds.sure,
            other=None if confidence == EXACT else self._other(best, chances, clinic),
            rivals=() if known or confidence < self._thresholds.plausible else self._rivals(best),
        )

    def _other(self, best: npt.NDArray[np.int64], chances: npt.NDArray[np.float32], clinic: Clinic) -> Other | None:
        """The likeliest question with another answer than the best one's, if it is likely enough."""
        first = clinic.answer_to(self.index.questions[int(best[0])].id)
        for number in best[1:]:
            question = self.index.questions[int(number)]
            answer = clinic.answer_to(question.id)
            if first and answer and answer.id != first.id:
                return Other(question, answer) if chances[number] >= OTHER else None
        return None

    def _rivals(self, best: npt.NDArray[np.int64]) -> tuple[Question, ...]:
        """The questions to ask back: the best ones, unless the likeliest of all is about something else."""
        likely = [self.index.questions[int(b)] for b in best]
        return () if likely[0].topic == OFF_TOPIC else tuple(q for q in likely if q.topic != OFF_TOPIC)[:RIVALS]

    def _features(self, text: str, number: int, margin: float, part: Reading, whole: Reading, mass: float) -> Features:
        """What the confidence in question `number` rests on."""
        prepared = self._reader.prepared(text)
        agreeing = [sum(f == number for f in reading.first) / len(reading.first) for reading in (part, whole)]
        return Features(
            nearest=float(max(part.nearest[number], whole.nearest[number])),
            margin=margin,
            learned=float(max(part.learned[number], whole.learned[number])),
            cover=self.index.lexical.cover(prepared, int(self.index.starts[number]), int(self._ends[number])),
            agreement=max(agreeing),
            on_topic=(part.on_topic[0] + whole.on_topic[0]) / 2,
            on_topic_words=(part.on_topic[1] + whole.on_topic[1]) / 2,
            mass=mass,
        )

    def _allowed_for(self, clinic_id: str) -> npt.NDArray[np.bool_]:
        return np.array([q.clinic in (None, clinic_id) for q in self.index.questions])


def _distinct(found: list[Understood]) -> bool:
    return len({u.question.id for u in found}) > 1


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) else -99.0
