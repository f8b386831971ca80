"""`faqbot build --index-only`: what stops it, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.build import build_index
from bot.settings import settings
from knowledge import encoder as encoders
from knowledge import encoder_export
from knowledge.errors import KnowledgeError
from tests.conftest import WordEncoder


@pytest.fixture
def built(small_faq: Path, tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small FAQ, and an encoder that needs no export."""
    monkeypatch.setenv("FAQBOT_BUILD_DIR", str(tmp_path / "build"))
    monkeypatch.setattr(encoder_export, "export", lambda *_, **__: False)
    monkeypatch.setattr(encoders, "OnnxEncoder", lambda *_, **__: encoder)
    return small_faq


def edit(root: Path, before: str, after: str) -> None:
    """Change every answer of one file."""
    file = root / "clinics" / "north" / "preparation.md"
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


def test_old_reviews_are_counted_and_the_index_is_built(built: Path) -> None:
    edit(built, "2026-11-01", "2019-11-01")
    said: list[str] = []
    identifier = build_index(settings(), said.append)
    assert (settings().index_dir / "current").read_text(encoding="utf-8") == identifier
    assert any(s.endswith("are more than a year old; `faqbot knowledge check` names them") for s in said)


def test_a_fault_stops_the_build(built: Path) -> None:
    edit(built, "2026-11-01", "1 November")
    with pytest.raises(KnowledgeError, match="nothing was built"):
        build_index(settings(), [].append)
    assert not settings().index_dir.exists()
