"""Read the FAQ content from a folder, with every fault of its form.

knowledge/questions/<topic>.md                    the catalogue
knowledge/clinics/<clinic>/clinic.yml             who the clinic is
knowledge/clinics/<clinic>/<topic>.md             its answers
knowledge/clinics/<clinic>/questions/<topic>.md   questions of its own
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import KnowledgeError
from knowledge.markdown import ID, Document, Section, parse
from knowledge.model import OFF_TOPIC, TOPICS, Answer, Clinic, Knowledge, Place, Question

ANSWER_FIELDS = ("questions", "source", "reviewed", "reviewer", "sms")
CLINIC_FIELDS = ("id", "name", "short_name", "about", "page", "timezone", "notes")
CLAUSE = "Clause:"
RULE = "Rule:"
REASON = "Reason:"


@dataclass(frozen=True)
class Problem:
    """A fault of the content: where it stands, what is wrong, and how to mend it."""

    place: Place
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.mend}"


Report = Callable[[int, str, str], None]


def load(root: Path) -> Knowledge:
    """The content under `root` (the folder that holds `questions/` and `clinics/`).

    Raises KnowledgeError with every fault of form; `knowledge.checks` finds those of meaning.
    """
    knowledge, problems = read(root)
    if problems:
        raise KnowledgeError("\n".join(map(str, problems)))
    return knowledge


def read(root: Path) -> tuple[Knowledge, list[Problem]]:
    """The content under `root` as far as it can be read, and the faults of its form."""
    problems: list[Problem] = []
    if not (root / "questions").is_dir():
        problems.append(Problem(Place(str(root), 1), "no folder 'questions'", "name the knowledge folder"))
        return Knowledge(()), problems
    questions = _questions(sorted((root / "questions").glob("*.md")), root, None, problems)
    folders = sorted(p for p in (root / "clinics").glob("*") if p.is_dir())
    clinics = [_clinic(folder, root, problems) for folder in folders]
    return Knowledge(tuple(questions), tuple(c for c in clinics if c)), problems


def _reporter(file: str, problems: list[Problem]) -> Report:
    return lambda line, what, mend: problems.append(Problem(Place(file, line), what, mend))


def _text(path: Path, report: Report) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        report(1, f"not UTF-8 (byte {error.start})", "save it as UTF-8")
        return ""


def _document(path: Path, root: Path, problems: list[Problem]) -> tuple[Document, str, Report]:
    name = path.relative_to(root.parent).as_posix()
    report = _reporter(name, problems)
    document = parse(_text(path, report))
    for fault in document.faults:
        report(*fault)
    topic = document.meta.get("topic")
    known = (*TOPICS, OFF_TOPIC)
    if not document.faults and not (isinstance(topic, str) and topic in known):
        report(1, f"unknown topic '{topic}'", f"use one of: {', '.join(TOPICS)}")
    return document, name, report


def _questions(paths: list[Path], root: Path, clinic: str | None, problems: list[Problem]) -> list[Question]:
    found: list[Question] = []
    for path in paths:
        document, name, report = _document(path, root, problems)
        for unknown in set(document.meta) - {"topic", "clinic"}:
            report(1, f"unknown field '{unknown}'", "remove it")
        found += [
            Question(
                id=section.id,
                topic=str(document.meta.get("topic", "")),
                heading=section.title,
                clause=_clause(section, report),
                phrasings=tuple(text for _, text in section.bullets),
                place=Place(name, section.line),
                clinic=clinic,
                rule=_named(section, RULE),
                reason=_named(section, REASON),
            )
            for section in document.sections
        ]
    return found


def _clause(section: Section, report: Report) -> str:
    clauses = [text for _, text in section.text if text.startswith(CLAUSE) and text != CLAUSE]
    for line, text in section.text:
        if not text.startswith((CLAUSE, RULE, REASON)):
            report(line, f"stray text '{text[:40]}'", "write phrasings as '- ...' lines")
    if len(clauses) != 1:
        report(
            section.line,
            f"question '{section.id}' has {len(clauses)} clauses",
            "add one line 'Clause: how ...' that completes \"the FAQ does not say\"",
        )
        return ""
    return clauses[0][len(CLAUSE) :].strip()


def _named(section: Section, field: str) -> str:
    """The question of an optional line "Rule: id" or "Reason: id"."""
    return next((text[len(field) :].strip() for _, text in section.text if text.startswith(field)), "")


def _clinic(folder: Path, root: Path, problems: list[Problem]) -> Clinic | None:
    file = folder / "clinic.yml"
    name = file.relative_to(root.parent).as_posix()
    report = _reporter(name, problems)
    if not file.is_file():
        report(1, "missing", "write it: see 'How to add a clinic' in README.md")
        return None
    try:
        data: Any = yaml.safe_load(_text(file, report))
    except yaml.YAMLError as error:
        report(1, f"no YAML ({error})", "write 'key: value' lines")
        return None
    if not isinstance(data, dict) or not _check_clinic_fields(data, folder.name, report):
        return None
    answers: list[Answer] = []
    for path in sorted(folder.glob("*.md")):
        answers += _answers(path, root, folder.name, problems)
    own = _questions(sorted((folder / "questions").glob("*.md")), root, folder.name, problems)
    return Clinic(
        id=folder.name,
        name=str(data["name"]),
        short_name=str(data["short_name"]),
        about=str(data["about"]),
        page=str(data["page"]),
        timezone=data["timezone"],
        notes=tuple(str(n) for n in data["notes"] or ()),
        answers=tuple(answers),
        place=Place(name, 1),
        own_questions=tuple(own),
    )


def _check_clinic_fields(data: dict[str, Any], folder: str, report: Report) -> bool:
    for missing in [f for f in CLINIC_FIELDS if f not in data]:
        report(1, f"missing field '{missing}'", f"add a line '{missing}: ...'")
    for empty in [f for f in ("name", "short_name", "about", "page") if f in data and not data[f]]:
        report(1, f"field '{empty}' is empty", "write it")
    for unknown in sorted(map(str, set(data) - set(CLINIC_FIELDS))):
        report(1, f"unknown field '{unknown}'", f"remove it; known: {', '.join(CLINIC_FIELDS)}")
    if not isinstance(data.get("notes") or [], list):
        report(1, "field 'notes' is no list", "write 'notes: []', or each note behind a dash on a line of its own")
        data["notes"] = []
    if not ID.fullmatch(folder):
        report(1, f"the folder's name '{folder}' is no id", "use small letters, digits and hyphens")
    elif data.get("id") != folder:
        report(1, f"id '{data.get('id')}' is not the folder's name '{folder}'", "make them the same")
    return all(f in data for f in CLINIC_FIELDS)


def _answers(path: Path, root: Path, clinic: str, problems: list[Problem]) -> list[Answer]:
    document, name, report = _document(path, root, problems)
    for unknown in sorted(set(document.meta) - {"topic", "clinic"}):
        report(1, f"unknown field '{unknown}'", "remove it")
    if document.meta.get("clinic") != clinic:
        report(1, f"clinic '{document.meta.get('clinic')}' in the folder of '{clinic}'", "correct one of them")
    topic = str(document.meta.get("topic", ""))
    built = (_answer(section, clinic, topic, name, report) for section in document.sections)
    return [answer for answer in built if answer]


def _answer(section: Section, clinic: str, topic: str, file: str, report: Report) -> Answer | None:
    fields: dict[str, str] = {}
    for line, bullet in section.bullets:
        key, separator, value = bullet.partition(":")
        if not separator or key not in ANSWER_FIELDS:
            report(line, f"unknown field '{key[:40]}'", f"known fields: {', '.join(ANSWER_FIELDS)}")
        elif key in fields:
            report(line, f"field '{key}' stands twice", "remove one")
        else:
            fields[key] = value.strip()
    missing = [f for f in ANSWER_FIELDS if not fields.get(f)]
    for name in missing:
        report(section.line, f"missing field '{name}'", f"add a line '- {name}: ...' under the heading")
    text = " ".join(line for _, line in section.text)
    if not text:
        report(section.line, "no answer text", "write the answer beneath the fields, after an empty line")
    if missing or not text:
        return None
    try:
        reviewed = date.fromisoformat(fields["reviewed"])
    except ValueError:
        report(section.line, f"'{fields['reviewed']}' is no date", "write it as 2026-11-22")
        return None
    return Answer(
        id=section.id,
        clinic=clinic,
        topic=topic,
        title=section.title,
        questions=tuple(q.strip() for q in fields["questions"].split(",") if q.strip()),
        text=text,
        sms=fields["sms"],
        source=fields["source"],
        reviewed=reviewed,
        reviewer=fields["reviewer"],
        place=Place(file, section.line),
    )
