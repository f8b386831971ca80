"""An edited answer is served by what is running, soon and without training anything."""

from __future__ import annotations

import time

import pytest

from bot.build import SOURCES, build_index
from bot.settings import ROOT, Settings
from knowledge.compose import compose
from knowledge.encoder import OnnxEncoder
from knowledge.service import KnowledgeService

pytestmark = pytest.mark.integration

SECONDS = 30
ASKED = "what should i wear"
OLD, NEW = "Wear loose, comfortable clothes", "Wear a soft tracksuit or other loose clothes"


def said(serving: KnowledgeService, channel: str) -> str:
    """What a patient of the Pain Team reads."""
    search = serving.search()
    reply = compose(search.understand(ASKED, "pain-team"), search.clinic("pain-team"), channel)
    return "\n".join(message.text for message in reply.messages)


def test_an_edited_answer_is_served_within_30_seconds_without_training(untrained: Settings) -> None:
    serving = KnowledgeService(untrained.index_dir, OnnxEncoder(untrained.encoder_dir))
    before = serving.search().index
    assert OLD in said(serving, "web") and OLD in said(serving, "sms")
    started = time.monotonic()
    file = untrained.knowledge_dir / "clinics" / "pain-team" / "preparation.md"
    file.write_text(file.read_text(encoding="utf-8").replace(OLD, NEW), encoding="utf-8")
    identifier = build_index(untrained, print)
    while NEW not in said(serving, "web") and time.monotonic() - started < SECONDS:
        time.sleep(0.1)
    took = time.monotonic() - started
    print(f"an edited answer was served after {took:.1f} s")
    assert took < SECONDS and serving.identifier == identifier
    for channel in ("web", "sms"):
        assert NEW in said(serving, channel) and OLD not in said(serving, channel)
    after = serving.search().index
    assert (after.classifier.weights == before.classifier.weights).all()
    others = {c for c in before.clinics if c != "pain-team"}
    assert all(after.clinics[c] == before.clinics[c] for c in others)


def test_no_answer_of_a_clinic_is_among_what_the_rasa_model_is_trained_from() -> None:
    files = [f.relative_to(ROOT).as_posix() for pattern in SOURCES for f in ROOT.glob(pattern)]
    assert "config.yml" in files and "knowledge/shorthand.yml" in files
    assert [f for f in files if f.startswith("knowledge/clinics/")] == []
