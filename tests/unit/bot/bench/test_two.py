"""Both systems get the same sample; each is trained and served by the commands that its users know."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml

from bot.bench import two
from bot.bench.two import Sample
from bot.settings import Settings
from knowledge.load import load

SAMPLE = Sample(questions=2, phrasings=15, epochs=1, seed=1, small_talk=3, stories=2)


@pytest.fixture
def built(faq: Path, tmp_path: Path) -> Settings:
    """The small FAQ, with an encoder and a safety model that are nothing but a file."""
    for part in ("encoder", "safety"):
        (tmp_path / "build" / part).mkdir(parents=True)
        (tmp_path / "build" / part / "made").write_text(part, encoding="utf-8")
    return Settings(knowledge_dir=faq, build_dir=tmp_path / "build")


def test_both_hold_the_same_questions_and_phrasings(built: Settings, tmp_path: Path) -> None:
    ours, stock, held = two.prepare(built, tmp_path / "bench", SAMPLE)
    content = load(Path(ours.env["FAQBOT_KNOWLEDGE_DIR"]))
    told = yaml.safe_load((stock.folder / "data" / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    theirs = [row["examples"].splitlines() for row in told if row["intent"].startswith("faq/")]
    texts = [text for q in content.all_questions() for text in (q.heading, *q.phrasings)]
    assert sorted(line.removeprefix("- ") for lines in theirs for line in lines) == sorted(texts)
    assert len(theirs) == 2
    assert held["questions"] == 2 and held["phrasings"] == len(texts) == 2 * 16
    assert held["clinics"] == 2 and held["entries"] == sum(len(c.answers) for c in content.clinics)


def test_this_assistant_takes_over_what_knows_no_content_and_nothing_else(built: Settings, tmp_path: Path) -> None:
    ours, _, _ = two.prepare(built, tmp_path / "bench", SAMPLE)
    build = Path(ours.env["FAQBOT_BUILD_DIR"])
    assert sorted(p.relative_to(build).as_posix() for p in build.rglob("made")) == ["encoder/made", "safety/made"]
    assert not Path(ours.env["FAQBOT_MODELS_DIR"]).exists()
    folders = [ours.env[f"FAQBOT_{name}_DIR"] for name in ("KNOWLEDGE", "BUILD", "MODELS", "RUN")]
    assert all(folder.startswith(str(tmp_path / "bench" / "ours")) for folder in folders)


def test_small_talk_is_capped_by_intent(built: Settings, tmp_path: Path) -> None:
    _, stock, _ = two.prepare(built, tmp_path / "bench", SAMPLE)
    told = yaml.safe_load((stock.folder / "data" / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    counts = {row["intent"]: len(row["examples"].splitlines()) for row in told}
    assert counts["greet"] == 3
    assert max(n for intent, n in counts.items() if not intent.startswith("faq/")) == 3


def test_settings_that_a_user_has_made_touch_neither_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_WEB_DEADLINE", "1")
    monkeypatch.setenv("FAQBOT_DATABASE_URL", "sqlite:///mine")
    ours, stock = two.ours(tmp_path), two.stock(tmp_path)
    assert ours.env["FAQBOT_WEB_DEADLINE"] == "60"
    assert "FAQBOT_DATABASE_URL" not in ours.env
    assert not [name for name in stock.env if name.startswith("FAQBOT_")]
    assert ours.env["PATH"] == stock.env["PATH"]


def test_the_commands_are_those_of_users(tmp_path: Path) -> None:
    ours, stock = two.ours(tmp_path), two.stock(tmp_path)
    assert list(ours.train)[1:] == ["-m", "bot.cli", "build"]
    assert list(ours.serve(4711))[1:] == ["-m", "bot.cli", "serve", "--port", "4711"]
    assert list(stock.train)[1:4] == ["-m", "rasa", "train"]
    assert list(stock.serve(4711))[1:8] == ["-m", "rasa", "run", "-i", "127.0.0.1", "-p", "4711"]
    assert (ours.kind, stock.kind) == ("web", "rest")


Answers = Callable[[httpx.Client], bool]


def asked(answers: Answers, replies: dict[str, tuple[int, object]]) -> bool:
    """What a readiness probe makes of those replies."""

    def handle(request: httpx.Request) -> httpx.Response:
        status, body = replies[request.url.path]
        return httpx.Response(status, content=json.dumps(body))

    with httpx.Client(base_url="http://test", transport=httpx.MockTransport(handle)) as client:
        return answers(client)


@pytest.mark.parametrize(
    ("status", "body", "ready"),
    [
        (200, [{"text": "It costs $400."}], True),
        (200, [], False),
        (500, {"status": "failure"}, False),
        (409, {"reason": "no model is loaded"}, False),
    ],
)
def test_the_stock_pipeline_is_ready_when_a_message_has_a_reply(status: int, body: object, ready: bool) -> None:
    assert asked(two._stock_answers, {"/webhooks/rest/webhook": (status, body)}) is ready


@pytest.mark.parametrize(
    ("status", "kind", "ready"),
    [(200, "answer", True), (200, "no_answer", True), (200, "error", False), (503, "", False)],
)
def test_this_assistant_is_ready_when_a_message_has_a_reply(status: int, kind: str, ready: bool) -> None:
    replies: dict[str, tuple[int, object]] = {
        "/clinics.json": (200, [{"id": "north"}]),
        "/webhooks/web/sessions": (200, {"token": "secret"}),
        "/webhooks/web/messages": (status, {"kind": kind}),
    }
    assert asked(two._ours_answers, replies) is ready
