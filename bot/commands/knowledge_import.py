"""`faqbot knowledge import`: a clinic's page into drafts, in a folder that is not served."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from bot.errors import FaqbotError
from bot.settings import Settings
from knowledge.draft_files import files, write_new
from knowledge.drafts import drafts, with_questions
from knowledge.encoder import OnnxEncoder
from knowledge.errors import EncoderError, IndexUnusableError, KnowledgeError
from knowledge.load import read
from knowledge.model import Clinic
from knowledge.page_lines import read_page
from knowledge.page_sections import sections
from knowledge.search import Search
from knowledge.store import load as load_index


def run(settings: Settings, page: Path, clinic: str, *, output: Path | None, source: str) -> list[str]:
    """Write the drafts of a page; returns what was done. Raises FaqbotError before anything is written."""
    folder = output or settings.run_dir / "drafts" / clinic
    _refuse_served(folder, settings.knowledge_dir)
    found = sections(read_page(page))
    if not found.sections:
        mend = "each question must stand in a line of its own, its answer beneath it"
        raise KnowledgeError(f"{page}:1: no question with an answer in this page; {mend}")
    made = drafts(found.sections)
    search, missing = _search(settings, clinic)
    if search:
        made = with_questions(made, search, clinic)
    paths = write_new(folder, files(made, _live(settings, clinic), page=page.name, source=source))
    place = settings.knowledge_dir / "clinics" / clinic
    return [
        f"{len(made)} drafts from {len(found.sections)} headings of {page}, none of them served:",
        *(f"  {path}" for path in paths),
        *_unused(page, found.left_out),
        missing or "the questions in them are proposed by the search: check each",
        f"next: put each draft into the clinic's own reviewed words and move it to {place}; "
        "`faqbot knowledge check` refuses it until then",
    ]


def _refuse_served(folder: Path, knowledge: Path) -> None:
    """Raises FaqbotError for a folder within a FAQ, this one or another."""
    target = folder.resolve()
    within = target.is_relative_to(knowledge.resolve())
    if within or any((parent / "clinic.yml").exists() for parent in (target, *target.parents)):
        raise FaqbotError(f"--output {folder} lies within a FAQ that is served; name a folder outside {knowledge}")


def _search(settings: Settings, clinic: str) -> tuple[Search | None, str]:
    """The search over the built index, or why no questions can be proposed."""
    try:
        encoder = OnnxEncoder(settings.encoder_dir)
        index = load_index(settings.index_dir, encoder_fingerprint=encoder.fingerprint)
    except (EncoderError, IndexUnusableError) as error:
        return None, f"no questions are proposed: {error}, then import again"
    if clinic not in index.clinics:
        mend = "run `faqbot build --index-only`, then import again"
        return None, f"no questions are proposed: the built index does not hold {clinic} yet; {mend}"
    return Search(index, encoder), ""


def _live(settings: Settings, clinic: str) -> Clinic:
    """The clinic as its files stand. Raises KnowledgeError where its clinic.yml cannot be used."""
    knowledge, problems = read(settings.knowledge_dir)
    for known in knowledge.clinics:
        if known.id == clinic:
            return known
    raise KnowledgeError("\n".join(str(p) for p in problems if p.place.file.endswith(f"{clinic}/clinic.yml")))


def _unused(page: Path, lines: Sequence[int]) -> Iterator[str]:
    """One line that names what of the page is in no draft."""
    runs = [[n for _, n in run] for _, run in groupby(enumerate(lines), key=_offset)]
    if runs:
        where = ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)
        yield f"in no draft (under no heading, or a heading without text): {page}, lines {where}"


def _offset(pair: tuple[int, int]) -> int:
    position, line = pair
    return line - position
