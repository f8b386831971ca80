"""`faqbot knowledge check`, `import` and `diff` as office managers call them."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.commands import knowledge, knowledge_import
from knowledge.index import Index, build
from knowledge.load import load
from tests.conftest import WordEncoder
from tests.unit.bot.conftest import Call

PAGE = """\
Harbor news.

What should I wear to my infusion?

Anything soft will do.

Where do I moor?

At the pier.
"""


@pytest.fixture
def faqbot(faqbot: Call, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call `faqbot knowledge …` on a day on which the answers of the small FAQ are fresh."""
    monkeypatch.setattr(knowledge, "date", SimpleNamespace(today=lambda: date(2026, 11, 22)))
    return partial(faqbot, "knowledge")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """An invented page."""
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    return tmp_path / "page.txt"


@pytest.fixture
def index(small_faq: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> Index:
    """The index of the small FAQ, as if `faqbot build` had built it."""
    built = build(load(small_faq), encoder)
    monkeypatch.setattr(knowledge_import, "OnnxEncoder", lambda folder: encoder)
    monkeypatch.setattr(knowledge_import, "load_index", lambda root, encoder_fingerprint: built)
    return built


@pytest.fixture
def repository(small_faq: Path) -> Path:
    """The small FAQ in a Git repository with one commit, its working copy edited."""
    root = small_faq.parent
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for arguments in (["init", "-q"], ["add", "knowledge"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *arguments], check=True)
    file = small_faq / "clinics" / "north" / "preparation.md"
    file.write_text(file.read_text(encoding="utf-8").replace("6 hours", "8 hours"), encoding="utf-8")
    return small_faq


def test_an_old_review_is_a_warning_and_the_check_passes(faqbot: Call, small_faq: Path) -> None:
    file = small_faq / "clinics" / "north" / "cost.md"
    file.write_text(file.read_text(encoding="utf-8").replace("2026-11-01", "2025-11-01"), encoding="utf-8")
    code, out, err = faqbot("check")
    warning, *others = out.splitlines()
    assert (code, others) == (0, ["no problems"])
    assert warning.startswith("warning: knowledge/clinics/north/cost.md:6: entry 'price': reviewed on 2025-11-01, ")
    assert err == "1 reviews are more than a year old (a warning: the FAQ can be built)\n"


@pytest.mark.usefixtures("index")
def test_a_page_becomes_drafts_beside_what_is_served(faqbot: Call, page: Path, small_faq: Path, tmp_path: Path) -> None:
    before = {p: p.read_bytes() for p in small_faq.rglob("*.md")}
    code, out, err = faqbot("import", str(page), "--clinic", "south", "--source", "Web page")
    folder = tmp_path / "run" / "drafts" / "south"
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"2 drafts from 2 headings of {page}, none of them served:",
        f"  {folder / 'choose-a-topic.md'}",
        f"  {folder / 'preparation.md'}",
        f"in no draft (under no heading, or a heading without text): {page}, lines 1",
        "the questions in them are proposed by the search: check each",
        f"next: put each draft into the clinic's own reviewed words and move it to {small_faq}/clinics/south; "
        "`faqbot knowledge check` refuses it until then",
    ]
    assert '- source: Web page, "What should I wear' in (folder / "preparation.md").read_text(encoding="utf-8")
    assert {p: p.read_bytes() for p in small_faq.rglob("*.md")} == before
    code, out, err = faqbot("import", str(page), "--clinic", "south")
    assert (code, out) == (1, "")
    assert "choose-a-topic.md is there already" in err


@pytest.mark.usefixtures("small_faq")
def test_without_an_index_no_question_is_proposed_and_that_is_said(
    faqbot: Call, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_BUILD_DIR", str(tmp_path / "nothing"))
    code, out, _ = faqbot("import", str(page), "--clinic", "south", "--output", str(tmp_path / "out"))
    assert code == 0
    assert "no questions are proposed: no encoder in" in out
    assert "run `faqbot build`, then import again" in out
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["choose-a-topic.md"]


def test_a_clinic_that_is_not_built_yet_gets_its_drafts_without_questions(
    faqbot: Call, page: Path, index: Index, small_faq: Path
) -> None:
    shutil.copytree(small_faq / "clinics" / "south", small_faq / "clinics" / "west")
    file = small_faq / "clinics" / "west" / "clinic.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("id: south", "id: west"), encoding="utf-8")
    code, out, _ = faqbot("import", str(page), "--clinic", "west")
    assert (code, "west" in index.clinics) == (0, False)
    assert "the built index does not hold west yet; run `faqbot build --index-only`, then import again" in out


@pytest.mark.parametrize("inside", ["", "drafts", "clinics/south", "clinics/south/new"])
def test_drafts_never_go_into_a_faq_that_is_served(faqbot: Call, page: Path, small_faq: Path, inside: str) -> None:
    code, out, err = faqbot("import", str(page), "--clinic", "south", "--output", str(small_faq / inside))
    assert (code, out) == (1, "")
    assert "lies within a FAQ that is served; name a folder outside" in err


@pytest.mark.usefixtures("small_faq")
def test_drafts_never_go_into_the_folder_of_a_clinic_elsewhere(faqbot: Call, page: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "clinic.yml").write_text("", encoding="utf-8")
    assert faqbot("import", str(page), "--clinic", "south", "--output", str(tmp_path / "other"))[0] == 1


@pytest.mark.usefixtures("small_faq")
def test_a_page_without_a_question_is_refused_with_the_mend(faqbot: Call, page: Path) -> None:
    page.write_text("We are open all day.\n", encoding="utf-8")
    code, _, err = faqbot("import", str(page), "--clinic", "south")
    assert code == 1
    assert f"{page}:1: no question with an answer in this page; each question must stand in a line" in err


def test_a_revision_is_compared_with_the_faq_as_it_stands(faqbot: Call, repository: Path) -> None:
    code, out, err = faqbot("diff", "HEAD")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "north: North Clinic",
        "  figures changed: stop (knowledge/clinics/north/preparation.md:6)",
        "    figures: 6 hours -> 8 hours",
        "    - text: Stop eating 6 hours before your infusion.",
        "    + text: Stop eating 8 hours before your infusion.",
        "    - sms: Stop eating 6 hours before your infusion.",
        "    + sms: Stop eating 8 hours before your infusion.",
    ]
    assert faqbot("diff", "HEAD", "HEAD") == (0, "patients are told the same\n", "")
    assert faqbot("diff", str(repository), str(repository))[0] == 0


@pytest.mark.usefixtures("repository")
def test_the_differences_for_a_script(faqbot: Call) -> None:
    code, out, _ = faqbot("diff", "HEAD", "--json")
    found = json.loads(out)
    assert (code, found["differs"]) == (1, True)
    assert found["clinics"][0]["changed"][0]["figures"] == [["6 hours"], ["8 hours"]]
    assert json.loads(faqbot("diff", "HEAD", "HEAD", "--json")[1])["differs"] is False


def test_what_came_and_went_is_told_whole(faqbot: Call, repository: Path) -> None:
    cost = repository / "clinics" / "north" / "cost.md"
    text = cost.read_text(encoding="utf-8")
    cost.unlink()
    gone = faqbot("diff", "HEAD")[1]
    assert "  removed: price (knowledge/clinics/north/cost.md:6)\n    - text: One infusion costs $400.\n" in gone
    assert "  no longer answered (entry 'price'): price  How much does one infusion cost?\n" in gone
    cost.write_text(text.replace("2026-11-01", "2026-11-20"), encoding="utf-8")
    assert "  reviewed 2026-11-01 -> 2026-11-20: price\n" in faqbot("diff", "HEAD")[1]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("named", ["HEAD~7", "nowhere", "--output=x"])
def test_what_cannot_be_compared_ends_with_two(faqbot: Call, named: str) -> None:
    code, out, err = faqbot("diff", "--", named)
    assert (code, out) == (2, "")
    assert f"faqbot: {named} is neither a knowledge folder nor a Git revision of" in err


def test_a_folder_without_knowledge_ends_with_two(faqbot: Call, repository: Path, tmp_path: Path) -> None:
    assert faqbot("diff", str(tmp_path)) == (
        2,
        "",
        f"faqbot: {tmp_path} holds no folder 'questions'; name a knowledge folder or a Git revision\n",
    )


def test_a_faq_with_faults_is_not_compared(faqbot: Call, repository: Path) -> None:
    cost = repository / "clinics" / "north" / "cost.md"
    cost.write_text(cost.read_text(encoding="utf-8").replace("- source: FAQ\n", ""), encoding="utf-8")
    code, out, err = faqbot("diff", "HEAD")
    assert (code, out) == (2, "")
    assert "cannot be read:\nknowledge/clinics/north/cost.md:6: missing field 'source'" in err
