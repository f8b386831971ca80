"""A copy of the FAQ content with its built index, for tests that change the content as staff do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from bot.build import QUIET, build_index
from bot.settings import ROOT, Settings, settings
from knowledge.classifier import QuestionClassifier


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings with a copy of the whole content, and of encoder and index as `faqbot build` left them, built."""
    root = tmp_path_factory.mktemp("standing")
    for part in ("questions", "clinics"):
        shutil.copytree(ROOT / "knowledge" / part, root / "knowledge" / part)
    shutil.copytree(settings().encoder_dir, root / "build" / "encoder")
    shutil.copytree(settings().index_dir, root / "build" / "knowledge")
    copied = settings().copy(update={"knowledge_dir": root / "knowledge", "build_dir": root / "build"})
    with pytest.MonkeyPatch.context() as patch:
        for name, value in QUIET.items():
            patch.setenv(name, value)  # so that what the build sets is taken back
        build_index(copied, print)
        yield copied


@pytest.fixture(scope="module")
def untrained(standing: Settings) -> Iterator[Settings]:
    """The standing copy; from here on a build fails that trains the classifier of the questions."""

    def refuse(*args: object, **kwargs: object) -> QuestionClassifier:
        raise AssertionError("the classifier was trained again")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuestionClassifier, "train", refuse)
        yield standing
