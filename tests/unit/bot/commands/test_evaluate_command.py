"""`faqbot evaluate`: which call does what, and how its parts are wired, without servers."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.commands import evaluate
from bot.commands.evaluate_inputs import counter, read_pages
from bot.errors import FaqbotError
from bot.evaluate.bootstrap import DRAWS
from bot.settings import Settings, settings
from knowledge.encoder import Encoder
from knowledge.load import load
from knowledge.store import build_to
from tests.unit.bot.conftest import Call

GOLD = [
    {"id": "1", "text": "when do i stop eating", "fact": "6", "must": ["6 hours"], "questions": [["stop-eating"]]},
    {"id": "2", "text": "price of an infusion", "fact": "400", "must": ["400"], "questions": [["price"]]},
    {"id": "3", "text": "what does it cost", "clinic": "south", "unanswerable": True, "asks": "price"}
    | {"questions": [["price"]]},
]


@pytest.fixture
def faqbot(faqbot: Call) -> Call:
    """Call `faqbot evaluate …`."""
    return partial(faqbot, "evaluate")


@pytest.fixture
def built(small_faq: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The small FAQ with its index on disk, gold questions on it, and servers that are the search alone."""
    monkeypatch.setenv("FAQBOT_BUILD_DIR", str(tmp_path / "build"))
    settings.cache_clear()
    chosen = settings()
    build_to(chosen.index_dir, load(small_faq), encoder)
    gold = tmp_path / "gold"
    gold.mkdir()
    rows = [{"clinic": "north", "style": "plain", "split": "test", **row} for row in GOLD]
    (gold / "north.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    monkeypatch.setattr(evaluate, "GOLD", gold)
    monkeypatch.setattr(evaluate, "ask", servers)
    monkeypatch.setattr(evaluate, "newest_model", lambda chosen: Path("m1.tar.gz"))
    for module in ("bot.commands.evaluate_inputs", "bot.commands.evaluate"):
        monkeypatch.setattr(f"{module}.OnnxEncoder", lambda folder: encoder)
    return chosen


def servers(chosen: Settings, batches: dict[str, list[str]], tick: Any, note: Any) -> dict[str, list[dict[str, Any]]]:
    """Replies that give an entry to whoever asks for the price."""
    return {name: [reply(json.loads(line)) for line in lines] for name, lines in batches.items()}


def reply(row: dict[str, str]) -> dict[str, Any]:
    given = [{"clinic": row["clinic"], "id": "price"}] if "price" in row["text"] else []
    return {
        "id": row["id"],
        "kind": "answer" if given else "no_answer",
        "text": "",
        "messages": [{"text": "It costs $400."}],
        "questions": [],
        "entries": given,
    }


def test_the_whole_run_writes_the_reports(built: Settings, faqbot: Call, tmp_path: Path) -> None:
    off = tmp_path / "off.jsonl"
    off.write_text('{"text": "price of gold"}\n{"text": "weather"}\n', encoding="utf-8")
    code, out, _ = faqbot("--quick", "--output", str(tmp_path / "reports"), "--offtopic", str(off))
    assert code == 0
    assert "| answerable questions answered right | 50.0 % (1 of 2) |" in out
    made = json.loads((tmp_path / "reports" / "evaluation.json").read_text(encoding="utf-8"))
    assert made["about"]["draws"] == DRAWS
    assert made["about"]["built"]["Rasa model"] == "m1"
    assert made["systems"]["search alone"]["headline"]["answerable"]["right"]["value"] == 1.0
    assert made["systems"]["assistant"]["headline"]["answerable"]["right"]["value"] == 0.5
    assert made["off_topic"] == {"rows": 2, "answered": 1, "share": 0.5, "kinds": {"answer": 1, "no_answer": 1}}
    text = (tmp_path / "reports" / "evaluation.md").read_text(encoding="utf-8")
    assert "](risk_coverage.png)" in text and (tmp_path / "reports" / "risk_coverage.png").is_file()


def test_an_index_older_than_the_faq_is_told(built: Settings, faqbot: Call, tmp_path: Path, small_faq: Path) -> None:
    answer = small_faq / "clinics" / "north" / "cost.md"
    answer.write_text(answer.read_text(encoding="utf-8").replace("$400", "$450"), encoding="utf-8")
    code, _, err = faqbot("--quick", "--output", str(tmp_path / "reports"))
    assert code == 0
    assert "the index is older than the FAQ" in err


def test_any_faq_is_scored_and_written(built: Settings, faqbot: Call, tmp_path: Path) -> None:
    known, asked, out = tmp_path / "known.csv", tmp_path / "asked.csv", tmp_path / "new" / "out.json"
    known.write_text("opening hours,1\nwhen do you open,1\nticket price,2\nwhat does entry cost,2\n", encoding="utf-8")
    asked.write_text("hours when open,1\nprice of a ticket,2\n", encoding="utf-8")
    code, text, _ = faqbot("--faq", str(known), "--questions", str(asked), "--json", str(out))
    assert code == 0
    assert "| our search | 1.000 |" in text
    assert json.loads(out.read_text(encoding="utf-8"))["systems"]["our search"]["accuracy@1"] == 1.0


def test_everyday_requests_alone(built: Settings, faqbot: Call, tmp_path: Path) -> None:
    off = tmp_path / "off.jsonl"
    off.write_text('{"text": "price of gold"}\n{"text": "weather"}\n', encoding="utf-8")
    code, out, _ = faqbot("--offtopic", str(off), "--clinic", "north", "--clinic", "south")
    assert (code, out.strip()) == (0, "1 of 2 (50.0 %) answered from an entry (answer 1, no_answer 1)")


def test_another_folder_of_gold_questions_alone(built: Settings, faqbot: Call, tmp_path: Path) -> None:
    rows = [
        {"id": "1", "text": "price please", "fact": "400", "must": ["400"]},
        {"id": "2", "text": "how much", "fact": "400 too", "must": ["400"], "style": "sms"},
        {"id": "3", "text": "price of a room", "unanswerable": True, "asks": "rooms"},
        {"id": "4", "text": "seen already", "fact": "400", "must": ["400"], "split": "development"},
    ]
    usual = {"clinic": "north", "style": "plain", "split": "test"}
    (tmp_path / "more").mkdir()
    lines = "".join(json.dumps({**usual, **row}) + "\n" for row in rows)
    (tmp_path / "more" / "north.jsonl").write_text(lines, encoding="utf-8")
    out = tmp_path / "out.json"
    code, shown, _ = faqbot("--gold", str(tmp_path / "more"), "--json", str(out))
    assert code == 0
    assert "| answerable questions answered right | 50.0 % (1 of 2) |" in shown
    assert "| unanswerable questions declined | 0.0 % (0 of 1) |" in shown
    made = json.loads(out.read_text(encoding="utf-8"))
    assert made["all"]["kinds"] == {"answer": 2, "no_answer": 1}
    assert made["by_style"]["sms"]["answerable"]["right"]["value"] == 0.0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--faq", "x"), 2, "go together"),
        (("--questions", "x"), 2, "go together"),
        (("--clinic", "north"), 2, "goes with --offtopic"),
        (("--gold", "x", "--safety"), 2, "--gold and --safety are runs of their own"),
        (("--offtopic", "x", "--clinic", "north", "--readme"), 2, "--clinic and --readme are runs of their own"),
        (("--offtopic", "x", "--clinic", "east"), 1, "unknown clinic 'east'; known: north, south"),
        (("--offtopic", "none.jsonl", "--clinic", "north"), 1, "none.jsonl cannot be read"),
        (("--gold", "nowhere"), 1, "no gold questions in nowhere"),
        (("--split", "exam"), 1, "no split 'exam'; use one of"),
        (("--split", "calibration"), 1, "no gold question is of split 'calibration'"),
        (("--pages", "nowhere"), 1, "nowhere/north.txt"),
        (("--faq", "none.csv", "--questions", "none.csv"), 1, "none.csv cannot be read"),
    ],
)
def test_a_wrong_call_is_told(
    built: Settings, faqbot: Call, arguments: tuple[str, ...], code: int, message: str
) -> None:
    found, _, err = faqbot(*arguments)
    assert found == code
    assert message in err.replace("\n", " ")


def test_pages_are_read_one_a_clinic(small_faq: Path, tmp_path: Path) -> None:
    for clinic in ("north", "south"):
        (tmp_path / f"{clinic}.txt").write_text(f"page of {clinic}", encoding="utf-8")
    assert read_pages(tmp_path) == {"north": "page of north", "south": "page of south"}
    (tmp_path / "south.txt").unlink()
    with pytest.raises(FaqbotError, match=r"south.txt; --pages names a folder"):
        read_pages(tmp_path)


def test_a_counter_counts() -> None:
    seen: list[tuple[str, int, int]] = []
    count = counter("rows", 2, lambda *step: seen.append(step))
    count()
    count()
    assert seen == [("rows", 1, 2), ("rows", 2, 2)]
