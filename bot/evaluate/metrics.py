"""Ranking metrics by pytrec-eval (Van Gysel & de Rijke 2018), which is TREC's own trec_eval."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pytrec_eval

DEPTH = 10
# Our names for trec_eval's measures. One label found is enough for a patient: that is `hit`, trec_eval's success;
# `recall` is the share of all labels that are right.
MEASURES = {
    "hit@1": "success_1",
    "hit@3": "success_3",
    "recall@1": "recall_1",
    "recall@3": "recall_3",
    "MRR@10": "recip_rank",
    "nDCG@10": "ndcg_cut_10",
}
_ASKED = {"success.1,3", "recall.1,3", "recip_rank", "ndcg_cut.10"}


def per_query(rankings: Sequence[Sequence[str]], relevant: Sequence[Collection[str]]) -> dict[str, list[float]]:
    """Each measure for each query, in order.

    `rankings[i]` are ids, the best first; only the first ten count. `relevant[i]` are those that are right, none
    better than another; a query without any scores 0.
    """
    kept = [list(dict.fromkeys(ranking))[:DEPTH] for ranking in rankings]
    runs = {str(i): {doc: float(DEPTH - rank) for rank, doc in enumerate(r)} for i, r in enumerate(kept) if r}
    labels = {str(i): dict.fromkeys(found, 1) for i, found in enumerate(relevant) if found}
    scored = pytrec_eval.RelevanceEvaluator(labels, _ASKED).evaluate(runs) if labels else {}
    zero = dict.fromkeys(MEASURES.values(), 0.0)
    return {
        name: [float(scored.get(str(i), zero)[measure]) for i in range(len(kept))] for name, measure in MEASURES.items()
    }


def means(rankings: Sequence[Sequence[str]], relevant: Sequence[Collection[str]]) -> dict[str, float]:
    """The mean of each measure over the queries; zeros where there are none."""
    if not rankings:
        return dict.fromkeys(MEASURES, 0.0)
    return {name: float(np.mean(values)) for name, values in per_query(rankings, relevant).items()}
