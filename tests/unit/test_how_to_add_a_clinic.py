"""The files that docs/how-to-add-a-clinic.md shows are right."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

from knowledge.checks import check
from knowledge.load import load

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to-add-a-clinic.md"
SHOWN = re.compile(r"```(yaml|markdown)\n(.*?)```", re.S)


def test_what_the_page_shows_passes_the_check(tmp_path: Path) -> None:
    shown = dict(SHOWN.findall(PAGE.read_text(encoding="utf-8")))
    shutil.copytree(ROOT / "knowledge" / "questions", tmp_path / "knowledge" / "questions")
    folder = tmp_path / "knowledge" / "clinics" / "harbor-infusion"
    folder.mkdir(parents=True)
    (folder / "clinic.yml").write_text(shown["yaml"], encoding="utf-8")
    (folder / "logistics.md").write_text(shown["markdown"], encoding="utf-8")
    assert check(tmp_path / "knowledge", today=date(2026, 11, 23)) == []
    (clinic,) = load(tmp_path / "knowledge").clinics
    assert [answer.questions for answer in clinic.answers] == [("parking",)]
