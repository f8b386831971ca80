"""How the search grows, in a process of its own: `python -m bot.bench.scale clinics|single SPEC OUT`.

`clinics`: the real catalogue with ever more synthetic clinics in one action server. `single`: one index of ever more
vectors, exact, by cells and by a graph. The content is made up here from the real one and kept nowhere.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import psutil

from bot.bench.stats import percentile, spread
from bot.evaluate import gold
from bot.rasa_server import GC_THRESHOLD
from bot.settings import ROOT, settings
from knowledge import vectors
from knowledge.encoder import OnnxEncoder, Vectors
from knowledge.index import AnswerIndex, Index, answer_sentences
from knowledge.model import OFF_TOPIC, Answer, Clinic, Question
from knowledge.recent import RecentEncoder
from knowledge.search import Search
from knowledge.store import load

REVIEWED = date(2026, 1, 1)
SENTENCES = 3  # of a synthetic answer, as the real ones have
NOISE = 0.6  # of a synthetic vector: about 0.86 of its cosine with the real one it comes from
GRAPH = "HNSW32"
BUILD_GRAPH, SEARCH_GRAPH = 80, (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
RECALL_QUERIES = 500
PASSES = 5  # a neighbour that slows the machine for 20 ms makes the p99 of one pass, which takes a second


def clinics(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Search time, memory and build time for each number of clinics (`sizes`) of `entries` entries."""
    faiss.omp_set_num_threads(1)
    gc.set_threshold(*GC_THRESHOLD)  # as in an action server
    encoder = RecentEncoder(OnnxEncoder(settings().encoder_dir), kept=1_000_000)
    real = load(settings().index_dir, encoder_fingerprint=encoder.fingerprint)
    pool = [text for clinic in real.knowledge.clinics for _, text in answer_sentences(clinic)]
    pool = pool[: spec["sentences"]]
    near = encoder.encode(pool)
    rows = gold.load(ROOT / "tests" / "gold")[:: spec["every"]]
    _times(partial(_whole_message, Search(real, encoder)), [(row.text, row.clinic) for row in rows])  # all is encoded
    empty = _memory()
    out = []
    for size in sorted(spec["sizes"]):
        gc.collect()
        draw = random.Random(f"clinics {spec['seed']} {size}")
        began = time.perf_counter()
        index = _with_clinics(real, pool, near, size, spec["entries"], draw)
        search = Search(index, encoder)
        built = time.perf_counter() - began
        held = _memory() - empty  # not less what stood before it: it takes over what the smaller one has left
        asked = [(row.text, draw.choice(index.knowledge.clinics).id) for row in rows]
        out.append(
            {
                "clinics": size,
                "entries": size * spec["entries"],
                "phrasings": len(index.owners),
                "build_seconds": round(built, 2),
                "memory_mb": round(held, 1),
                "message": _times(partial(_whole_message, search), asked),
                "text": _times(partial(_one_text, search), asked),
            }
        )
        del index, search
    return out


def single(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Build time, memory, search time and recall of each kind of index for each number of vectors (`sizes`)."""
    encoder = OnnxEncoder(settings().encoder_dir)
    real = load(settings().index_dir, encoder_fingerprint=encoder.fingerprint)
    base = real.phrasings.reconstruct_n(0, real.phrasings.ntotal)
    texts = [row.text for row in gold.load(ROOT / "tests" / "gold")]
    random.Random(spec["seed"]).shuffle(texts)
    queries = encoder.encode(texts[:RECALL_QUERIES])
    out = []
    for size in spec["sizes"]:
        stored = synthetic(base, size, seed=spec["seed"])
        truth = vectors.nearest(stored, queries)
        chosen = "exhaustive" if size <= vectors.EXACT_MOST else "cells"
        for kind, build in _kinds(spec["seed"]).items():
            if kind == "graph" and size > spec["graph_most"]:
                continue
            gc.collect()
            began = time.perf_counter()
            index = build(stored)
            built = time.perf_counter() - began
            out.append({"vectors": size, "kind": kind, "chosen": kind == chosen, "build_seconds": round(built, 2)})
            out[-1] |= _searched(index, queries, truth)
            del index
    return out


def synthetic(base: Vectors, count: int, *, seed: int) -> Vectors:
    """`count` unit vectors scattered around those of `base`. The same seed gives the same."""
    draw = np.random.default_rng(seed)
    out = np.empty((count, base.shape[1]), dtype=np.float32)
    for start in range(0, count, 50_000):
        near = base[draw.integers(0, len(base), min(50_000, count - start))]
        out[start : start + len(near)] = vectors.perturbed(near, NOISE, draw)
    return out


def synthetic_clinic(
    number: int, questions: Sequence[Question], sentences: Sequence[str], entries: int, draw: random.Random
) -> Clinic:
    """A clinic that answers `entries` questions of the catalogue, in sentences drawn from the real ones."""
    name = f"clinic-{number}"
    told = draw.sample(list(questions), min(entries, len(questions)))
    template = questions[0].place
    answers = tuple(
        Answer(
            id=f"entry-{i}",
            clinic=name,
            topic=q.topic,
            title=q.heading,
            questions=(q.id,),
            text=" ".join(draw.sample(list(sentences), SENTENCES)),
            sms="Ask us.",
            source="FAQ",
            reviewed=REVIEWED,
            reviewer="made up",
            place=template,
        )
        for i, q in enumerate(told)
    )
    return Clinic(name, f"Clinic {number}", name, "made up", "none", None, (), answers, template)


def _whole_message(search: Search, text: str, clinic: str) -> None:
    """A message as a turn has it: cut into its questions, each searched, and decided."""
    search.follow_up(text, clinic, "")


def _one_text(search: Search, text: str, clinic: str) -> None:
    """One search: every ranking over one text, without cutting and deciding."""
    search.read(text, clinic)


def _with_clinics(
    real: Index, sentences: Sequence[str], pool: Vectors, count: int, entries: int, draw: random.Random
) -> Index:
    """The real index with synthetic clinics in place of its own."""
    questions = [q for q in real.knowledge.questions if q.topic != OFF_TOPIC]
    noise = np.random.default_rng(draw.randrange(2**32))
    made = [synthetic_clinic(n, questions, sentences, entries, draw) for n in range(count)]
    answers = {clinic.id: _answer_index(clinic, pool, noise) for clinic in made}
    return replace(real, knowledge=replace(real.knowledge, clinics=tuple(made)), answers=answers)


def _answer_index(clinic: Clinic, pool: Vectors, noise: np.random.Generator) -> AnswerIndex:
    """As `knowledge.index` makes it, with vectors near real sentences in place of encoded ones."""
    owners = np.repeat(np.arange(len(clinic.answers)), SENTENCES + 1)
    near = pool[noise.integers(0, len(pool), len(owners))]
    return AnswerIndex(vectors.one_cell(vectors.perturbed(near, NOISE, noise)), owners)


def _kinds(seed: int) -> dict[str, Callable[[Vectors], faiss.Index]]:
    def cells(stored: Vectors) -> faiss.Index:
        return vectors.by_cells(stored, seed=seed)

    def graph(stored: Vectors) -> faiss.Index:
        index = faiss.index_factory(stored.shape[1], GRAPH, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BUILD_GRAPH
        index.add(stored)
        draw = np.random.default_rng(seed)
        chosen = stored[draw.choice(len(stored), vectors.TUNING_QUERIES, replace=False)]
        tuning = vectors.perturbed(chosen, vectors.NOISE, draw)
        truth = vectors.nearest(stored, tuning)
        for visited in SEARCH_GRAPH:
            index.hnsw.efSearch = visited
            if vectors.recall_at(index, tuning, truth) >= vectors.RECALL:
                break
        return index

    return {"exhaustive": vectors.flat, "cells": cells, "graph": graph}


def _searched(index: faiss.Index, queries: Vectors, truth: Any) -> dict[str, Any]:
    """Recall, and the time of single queries on one thread."""
    threads = faiss.omp_get_max_threads()
    recall = vectors.recall_at(index, queries, truth)
    faiss.omp_set_num_threads(1)
    took = []
    for query in queries:
        began = time.perf_counter()
        index.search(query[None, :], vectors.TOP)
        took.append((time.perf_counter() - began) * 1000)
    faiss.omp_set_num_threads(threads)
    size = len(faiss.serialize_index(index)) / 1024**2
    return {"recall": round(recall, 4), "memory_mb": round(size, 1), **_shares(took)}


def _times(search: Callable[[str, str], Any], asked: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Milliseconds of each search, the median of PASSES over all, and the range of the passes' p99.

    The texts are encoded before the clock runs.
    """
    for text, clinic in asked:
        search(text, clinic)
    passes = []
    for _ in range(PASSES):
        took = []
        for text, clinic in asked:
            began = time.perf_counter()
            search(text, clinic)
            took.append((time.perf_counter() - began) * 1000)
        passes.append(_shares(took))
    found: dict[str, Any] = {share: spread([one[share] for one in passes])["median"] for share in passes[0]}
    return {**found, "p99_range": [min(one["p99"] for one in passes), max(one["p99"] for one in passes)]}


def _shares(took: Sequence[float]) -> dict[str, float]:
    return {f"p{round(share * 100)}": round(percentile(took, share), 3) for share in (0.5, 0.95, 0.99)}


def _memory() -> float:
    return float(psutil.Process().memory_info().rss) / 1024**2


def main(what: str, spec: Path, out: Path) -> None:
    """Measure and write."""
    asked: dict[str, Any] = json.loads(spec.read_text(encoding="utf-8"))
    measured = {"clinics": clinics, "single": single}[what](asked)
    out.write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
