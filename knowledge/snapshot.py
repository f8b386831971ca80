"""The content as JSON, so that an index is served with exactly the content that it was built from."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from knowledge.model import Answer, Clinic, Knowledge, Place, Question


def to_json(knowledge: Knowledge) -> str:
    """The content as JSON text; equal content gives equal text."""
    return json.dumps(asdict(knowledge), default=date.isoformat, ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Knowledge:
    """What `to_json` wrote."""
    data = json.loads(text)
    return Knowledge(
        questions=tuple(_question(q) for q in data["questions"]),
        clinics=tuple(_clinic(c) for c in data["clinics"]),
    )


def _question(data: dict[str, Any]) -> Question:
    return Question(**{**data, "phrasings": tuple(data["phrasings"]), "place": Place(**data["place"])})


def _answer(data: dict[str, Any]) -> Answer:
    return Answer(
        **{
            **data,
            "questions": tuple(data["questions"]),
            "reviewed": date.fromisoformat(data["reviewed"]),
            "place": Place(**data["place"]),
        }
    )


def _clinic(data: dict[str, Any]) -> Clinic:
    return Clinic(
        **{
            **data,
            "notes": tuple(data["notes"]),
            "answers": tuple(_answer(a) for a in data["answers"]),
            "own_questions": tuple(_question(q) for q in data["own_questions"]),
            "place": Place(**data["place"]),
        }
    )
