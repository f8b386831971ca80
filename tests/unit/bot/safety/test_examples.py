"""The examples of the safety model: enough, in two languages, each under one kind, without methods."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.safety.examples import DANGERS, load_examples


def test_there_are_enough_of_both_sides_in_both_languages() -> None:
    examples = load_examples()
    dangerous = [e for e in examples if e.danger != "none"]
    harmless = [e for e in examples if ".none" in e.source and not e.source.startswith("sampled")]
    assert len(dangerous) >= 600
    assert len(harmless) >= 600
    for rows in (dangerous, harmless):
        assert sum(e.language == "es" for e in rows) >= 150
    assert {e.danger for e in dangerous} == set(DANGERS)


def test_a_message_under_two_kinds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "crisis.en.txt").write_text("# plain\nthe same words\n", encoding="utf-8")
    (tmp_path / "idioms.none.en.txt").write_text("The same words\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"stands under 'crisis' and 'none'"):
        load_examples(tmp_path)


@pytest.mark.parametrize("name", ["worry.en.txt", "crisis.fr.txt"])
def test_a_file_of_another_kind_or_language_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("words\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"name it <kind>"):
        load_examples(tmp_path)
