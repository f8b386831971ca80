"""What is learned from the phrasings' words: multinomial naive Bayes over stems and pairs of stems.

BM25 compares with one phrasing at a time; this sums over all phrasings of a question which words and word pairs
speak for it. Method: Rennie et al. 2003 (the tf-idf weights), Manning et al. 2008, ch. 13.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.text import terms

SMOOTHING = 0.05
RARE = 2  # a word or pair of fewer phrasings says nothing

Scores = npt.NDArray[np.float32]


def features(text: str) -> list[str]:
    """The stems of a text and its pairs of neighbouring stems."""
    found = terms(text)
    return [*found, *(f"{a} {b}" for a, b in pairwise(found))]


@dataclass(frozen=True)
class WordClassifier:
    """Log-likelihoods of the questions; scikit-learn counts, numpy alone serves.

    Row f of the sparse table (`data`, `questions`, `starts`, as in a CSR matrix) holds the weight of feature f in each
    question's phrasings; `totals` are its column sums.
    """

    names: npt.NDArray[np.str_]
    rarity: npt.NDArray[np.float32]
    data: npt.NDArray[np.float32]
    questions: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    totals: npt.NDArray[np.float32]

    @classmethod
    def train(cls, texts: Sequence[str], owners: npt.NDArray[np.int64], questions: int) -> WordClassifier:
        """Count the features of the texts; `owners[i]` is the number of the question that `texts[i]` phrases."""
        from scipy.sparse import csr_matrix
        from sklearn.feature_extraction.text import TfidfVectorizer

        frequent = RARE if len(texts) > 10 * questions else 1
        vectoriser = TfidfVectorizer(analyzer=features, sublinear_tf=True, min_df=frequent, dtype=np.float32)
        rows = vectoriser.fit_transform(texts)
        belongs = csr_matrix(
            (np.ones(len(owners), np.float32), (owners, np.arange(len(owners)))), (questions, len(owners))
        )
        table = csr_matrix((belongs @ rows).T)
        return cls(
            names=np.array(vectoriser.get_feature_names_out(), dtype=np.str_),
            rarity=np.asarray(vectoriser.idf_, dtype=np.float32),
            data=table.data.astype(np.float32),
            questions=table.indices.astype(np.int32),
            starts=table.indptr.astype(np.int32),
            totals=np.asarray(table.sum(axis=0), dtype=np.float32).ravel(),
        )

    def log_likelihoods(self, text: str) -> Scores:
        """The log-likelihood of the text's known features under each question, shape (questions,); zeros for none."""
        known = [n for n in (self._numbers.get(f) for f in sorted(set(features(text)))) if n is not None]
        if not known:
            return np.zeros(len(self.totals), dtype=np.float32)
        weights = self.rarity[known] / np.linalg.norm(self.rarity[known])
        spans = [slice(self.starts[number], self.starts[number + 1]) for number in known]
        counts = [span.stop - span.start for span in spans]
        gains = np.concatenate([self._gains[span] for span in spans]) * np.repeat(weights, counts)
        gained = np.bincount(
            np.concatenate([self.questions[span] for span in spans]), weights=gains, minlength=len(self.totals)
        )
        return np.asarray(gained + weights.sum() * self._unknown, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write to an .npz file."""
        np.savez(path, **{name: getattr(self, name) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, path: Path) -> WordClassifier:
        """Read what `save` wrote."""
        with np.load(path) as file:
            return cls(**{name: file[name] for name in cls.__dataclass_fields__})

    @cached_property
    def _gains(self) -> Scores:
        """What a feature's weight in a question adds to the logarithm of its smoothed count."""
        return np.asarray(np.log1p(self.data / np.float32(SMOOTHING)), dtype=np.float32)

    @cached_property
    def _unknown(self) -> Scores:
        """What a feature counts in each question whose phrasings do not have it."""
        return np.asarray(np.log(SMOOTHING / (self.totals + SMOOTHING * len(self.names))), dtype=np.float32)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {str(name): number for number, name in enumerate(self.names)}
