"""What two states of the FAQ tell patients differently."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.differences import ClinicDifference, Differences, differences
from knowledge.load import load
from tests.conftest import answer_block, write_clinic


@pytest.fixture
def old(faq: Path, tmp_path: Path) -> Path:
    """The small FAQ as it was; `faq` is edited."""
    shutil.copytree(faq, tmp_path / "old" / "knowledge")
    return tmp_path / "old" / "knowledge"


def edit(root: Path, file: str, before: str, after: str) -> None:
    """Change what stands in a file."""
    text = (root / file).read_text(encoding="utf-8")
    assert before in text
    (root / file).write_text(text.replace(before, after), encoding="utf-8")


def between(old: Path, new: Path) -> Differences:
    """The differences of two folders."""
    return differences(load(old), load(new))


def north(old: Path, new: Path) -> ClinicDifference:
    """Those of the one clinic that differs."""
    found = between(old, new)
    assert [c.clinic for c in found.clinics] == ["north"]
    assert not found.catalogue
    return found.clinics[0]


def test_the_same_content_does_not_differ(old: Path, faq: Path) -> None:
    assert not between(old, faq)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("clinics/north/cost.md", "reviewer: example", "reviewer: nurse"),
        ("clinics/north/cost.md", "{#price}", "{#cost}"),
        ("clinics/north/clinic.yml", "notes: []", "notes: [ours]"),
    ],
)
def test_what_patients_never_read_does_not_differ(old: Path, faq: Path, file: str, before: str, after: str) -> None:
    edit(faq, file, before, after)
    assert not between(old, faq)


def test_changed_figures_come_before_other_changes(old: Path, faq: Path) -> None:
    edit(faq, "clinics/north/preparation.md", "Wear short", "Please wear short")
    edit(faq, "clinics/north/preparation.md", "6 hours", "8 hours")
    edit(faq, "clinics/north/cost.md", "\n\nOne infusion costs", "\n\nEach infusion costs")
    changed = north(old, faq).changed
    assert [(c.new.id, c.figures) for c in changed] == [
        ("stop", (("6 hours",), ("8 hours",))),
        ("price", ((), ())),
        ("wear", ((), ())),
    ]
    assert [(c.field, c.old, c.new) for c in changed[1].changes] == [
        ("text", "One infusion costs $400.", "Each infusion costs $400.")
    ]


def test_entries_and_questions_come_go_and_move(old: Path, faq: Path) -> None:
    write_clinic(
        faq,
        "north",
        {
            "preparation": [answer_block("day", "stop-eating", "Eat nothing.", "Eat nothing.")],
            "cost": [answer_block("price", "price", "One infusion costs $400.", "One infusion costs $400.")],
        },
        name="North Clinic",
    )
    found = north(old, faq)
    assert [a.id for a in found.added] == ["day"]
    assert [a.id for a in found.removed] == ["stop", "wear"]
    assert (found.gained, found.lost) == ((), (("what-to-wear", "wear"),))
    assert found.moved == (("stop-eating", "stop", "day"),)
    assert north(faq, old).gained == (("what-to-wear", "wear"),)


def test_a_review_date_and_a_name_differ(old: Path, faq: Path) -> None:
    edit(faq, "clinics/north/cost.md", "2026-11-01", "2026-11-20")
    edit(faq, "clinics/north/clinic.yml", "North Clinic", "North Center")
    found = north(old, faq)
    assert found.reviews == (("price", "2026-11-01", "2026-11-20"),)
    assert [(c.field, c.old, c.new) for c in found.changes] == [("name", "North Clinic", "North Center")]


def test_a_clinic_comes_and_goes(old: Path, faq: Path) -> None:
    shutil.rmtree(faq / "clinics" / "north")
    went, came = north(old, faq), north(faq, old)
    assert (went.went, went.came, len(went.removed), len(went.lost)) == (True, False, 3, 3)
    assert (came.went, came.came, len(came.added), len(came.gained)) == (False, True, 3, 3)


def test_the_catalogue_differs_by_words_and_phrasings(old: Path, faq: Path) -> None:
    edit(faq, "questions/cost.md", "- what does it cost\n", "- how dear is it\n- and the bill\n")
    edit(faq, "questions/cost.md", "Clause: how much one", "Clause: what one")
    found = between(old, faq)
    (change,) = found.catalogue.changed
    assert not found.clinics
    assert [c.field for c in change.changes] == ["clause"]
    assert (change.phrasings_added, change.phrasings_removed) == (
        ("how dear is it", "and the bill"),
        ("what does it cost",),
    )
