"""The report: the same from the same data, with pictures and text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.evaluate import figures, markdown, report
from bot.evaluate.gold import GoldRow
from bot.evaluate.measured import CEILING, STOCK, measure
from bot.evaluate.outcomes import judge
from bot.evaluate.report import ALONE, ASSISTANT, Material, make
from bot.evaluate.run import BY_BM25, BY_ENCODER, Bench
from bot.evaluate.systems import alone

HOW = {"seed": 1, "gold_hash": "abc", "built": {"index": "i1"}, "draws": 50, "quick": True}


@pytest.fixture
def rows(make_row: Any) -> list[GoldRow]:
    """Two clinics, two splits, answerable and not."""
    price = {"text": "what does it cost", "questions": (("price",),)}
    return [
        make_row("1"),
        make_row("2", text="which clothes to wear", must=("sleeves",), questions=(("what-to-wear",),), style="sms"),
        make_row("3", must=("400",), **price),
        make_row("4", clinic="south", must=("4",), split="development"),
        make_row("5", clinic="south", must=(), unanswerable=True, **price),
    ]


@pytest.fixture
def material(bench: Bench, rows: list[GoldRow]) -> Material:
    """Everything measured in process, on the small FAQ."""
    stock = [[("stop-eating", 0.9), ("price", 0.1)] for _ in rows]
    measured = measure(bench, rows, pages={"north": "stop 6 hours " * 90, "south": "4 hours " * 90}, stock=stock)
    return Material(
        rows=rows,
        topics=bench.topics(rows),
        systems={ASSISTANT: [judge(r, alone(bench.search, r)) for r in rows], **measured.systems},
        rankings=measured.rankings,
        eager=measured.eager,
        confidences=bench.confidences(rows),
        ablated=measured.systems[ALONE],
        ablations=bench.ablations(rows),
        off_topic={"rows": 10, "answered": 1, "share": 0.1, "kinds": {"answer": 1, "out_of_scope": 9}},
    )


def test_the_split_in_front_is_the_headline(material: Material) -> None:
    found = make(material, split="test", **HOW)  # type: ignore[arg-type]
    scores = found["systems"][ASSISTANT]
    assert scores["headline"]["answerable"]["rows"] == 3
    assert scores["headline"]["answerable"]["right"]["value"] == 1.0
    assert scores["headline"]["unanswerable"]["declined"]["value"] == 1.0
    assert scores["seen"]["answerable"]["rows"] == 1
    other = make(material, split="development", **HOW)  # type: ignore[arg-type]
    assert other["systems"][ASSISTANT]["headline"] == scores["seen"]


def test_every_system_is_there(material: Material) -> None:
    found = make(material, split="test", **HOW)  # type: ignore[arg-type]
    names = set(found["systems"])
    assert {ASSISTANT, ALONE, BY_ENCODER, BY_BM25, STOCK, CEILING} < names
    assert found["systems"][STOCK]["headline"]["answerable"]["right"]["value"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["systems"]["encoder, best passage of the page"]["headline"]["unanswerable"]["declined"]["value"] == 0
    assert found["ranking"]["systems"][ALONE]["MRR@10"]["value"] == 1.0
    assert found["ranking"]["queries"] == 4
    assert set(found["by"]["clinic"]) == {"north", "south"}
    assert set(found["by"]["topic"]) == {"preparation", "cost"}


def test_without_servers_the_search_alone_stands_in_front(material: Material) -> None:
    less = replace(material, systems={k: v for k, v in material.systems.items() if k != ASSISTANT})
    assert make(less, split="test", **HOW)["about"]["first"] == ALONE  # type: ignore[arg-type]


def test_the_report_repeats_to_the_byte_and_names_no_path(material: Material, tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        made = make(material, split="test", **HOW)  # type: ignore[arg-type]
        pictures = figures.draw(made, tmp_path / name)
        files.append([report.write(made, tmp_path / name).read_bytes(), *(p.read_bytes() for p in pictures)])
    assert files[0] == files[1]
    assert str(Path.home()).encode() not in files[0][0] and str(tmp_path).encode() not in files[0][0]
    assert json.loads(files[0][0])["about"]["gold"]["sha256"] == "abc"


def test_the_pictures_are_drawn_and_stand_in_the_text(material: Material, tmp_path: Path) -> None:
    made = make(material, split="test", **HOW)  # type: ignore[arg-type]
    pictures = figures.draw(made, tmp_path)
    assert sorted(p.name for p in pictures) == ["ablation.png", "by_style.png", "reliability.png", "risk_coverage.png"]
    assert all(p.read_bytes().startswith(b"\x89PNG") and p.stat().st_size > 5000 for p in pictures)
    text = markdown.render(made, {p.stem: p.name for p in pictures})
    for picture in pictures:
        assert f"]({picture.name})" in text


def test_the_text_says_the_figures(material: Material) -> None:
    text = markdown.render(make(material, split="test", **HOW), {})  # type: ignore[arg-type]
    assert "| answerable questions answered right | 100.0 % (3 of 3) | 100.0 % (1 of 1) |" in text
    assert "| entries of another clinic | 0 | 0 |" in text
    assert "| Preparing for an infusion |" in text
    assert "Of 10 everyday requests that have nothing to do with a clinic 1 (10.0 %)" in text
    assert "What this does not show" in text
    assert "![" not in text
    assert "## Intents" not in text


def test_the_report_read_again_gives_the_same_text(material: Material, tmp_path: Path) -> None:
    made = make(material, split="test", **HOW)  # type: ignore[arg-type]
    again = json.loads(report.write(made, tmp_path).read_text(encoding="utf-8"))
    assert markdown.render(again, {}) == markdown.render(made, {})
    beside = markdown.render(again, {}).partition("## Beside")[2]
    assert beside.index("through both servers") < beside.index("its search alone") < beside.index("| ceiling")


def test_the_intents_have_their_table_and_picture(material: Material, tmp_path: Path) -> None:
    spread = {"mean": 0.9, "deviation": 0.01, "folds": [0.88, 0.92]}
    ours = {
        **dict.fromkeys(("accuracy", "macro_f1", "weighted_f1"), spread),
        "confusion": {"labels": ["ask", "greet"], "counts": [[9, 1], [0, 10]]},
    }
    nlu = {"examples": 20, "intents": 2, "systems": {"ours": ours, "Rasa DIET": ours}}
    made = make(replace(material, nlu=nlu), split="test", **HOW)  # type: ignore[arg-type]
    pictures = {p.stem: p.name for p in figures.draw(made, tmp_path)}
    text = markdown.render(made, pictures)
    assert "over 20 examples of 2 intents" in text
    assert "| ours | 0.900 (folds 0.880 to 0.920) |" in text
    assert "](confusion.png)" in text and (tmp_path / "confusion.png").is_file()


@pytest.mark.parametrize(("risk", "verdict"), [(0.05, "4.0 %: kept."), (0.03, "4.0 %: not kept.")])
def test_the_promise_is_held_against_the_split_in_front(material: Material, risk: float, verdict: str) -> None:
    here = {"answered": 50, "wrong": 2}
    promise = {
        "risk": risk,
        "confidence": 0.95,
        "answered": 80,
        "wrong": 1,
        "p_value": 0.03,
        "data": "abc",
        "here": here,
    }
    text = markdown.render(make(replace(material, promise=promise), split="test", **HOW), {})  # type: ignore[arg-type]
    assert "(1 of 80 mistaken there). On this split 2 of 50 are" in text
    assert verdict in text


def test_what_was_not_measured_is_left_out(material: Material) -> None:
    less = replace(material, off_topic=None, ablations={})
    text = markdown.render(make(less, split="test", **HOW), {})  # type: ignore[arg-type]
    assert "everyday requests" not in text
    assert "What each part" not in text
