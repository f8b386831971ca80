"""The sentences of a message: those of spaCy, which is asked only where there may be several."""

from __future__ import annotations

import pytest

from bot.evaluate.gold import load
from bot.settings import ROOT
from knowledge import sentences as module
from knowledge.sentences import sentences

ODD = [
    "",
    "?",
    " what?? ",
    "what?! ...",
    "it costs 3.5",
    "at 8 a.m. or later",
    "(is it safe?)",
    'he said "no." why',
    "one\ntwo",
    "one: two - three",
    "Dr. Who?",
    "e.g. this",
    "a..b",
    "no\u2026 yes",
    "ok.",
    ". ok",
]


def by_spacy(text: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All of it by spaCy."""
    with monkeypatch.context() as patched:
        patched.setattr(module, "_GOES_ON", module.re.compile(""))
        return sentences(text)


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_have_the_sentences_that_spacy_finds(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sentences(text) == by_spacy(text, monkeypatch)


def test_patients_texts_have_the_sentences_that_spacy_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [row.text for row in load(ROOT / "tests" / "gold")]
    several = [text for text in texts if len(sentences(text)) > 1]
    assert len(texts) > 500 and 50 < len(several) < len(texts) - 50
    assert [t for t in texts if sentences(t) != by_spacy(t, monkeypatch)] == []
