"""What the knowledge is made of: questions that patients ask, and the clinics' answers to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

# One topic is one intent of the assistant (data/nlu) and one file of questions.
TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "cost": "Cost and insurance",
        "preparation": "Preparing for an infusion",
        "medications": "Medicines around an infusion",
        "side_effects": "Side effects and what you feel",
        "safety": "Safety",
        "recreational_use": "Recreational use and addiction",
        "eligibility": "Who can be treated",
        "procedure": "The infusion itself",
        "schedule": "Number and timing of infusions",
        "effectiveness": "How well it works",
        "aftercare": "After the infusion",
        "about_ketamine": "What ketamine is",
        "conditions": "Conditions treated",
        "logistics": "The clinic: contact, visits, records",
    }
)

# Questions about anything else on earth: in the catalogue so that they are recognised, never answered.
OFF_TOPIC = "off_topic"
OUT_OF_SCOPE = "out_of_scope"  # ... and their intent


@dataclass(frozen=True)
class Place:
    """Where a thing stands, for messages: a path as the user would write it, and a line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Question:
    """A question of the catalogue: what is asked, and how patients put it.

    `clause` completes "the clinic's FAQ does not say ...". `clinic` is set for a clinic's own question,
    which no other clinic's patients can be understood to ask. `rule` names the question whose answer is the rule
    for somebody's own case, where the clinic does not answer this one, `reason` the one that asks why what this one
    asks about is so ("" for none).
    """

    id: str
    topic: str
    heading: str
    clause: str
    phrasings: tuple[str, ...]
    place: Place
    clinic: str | None = None
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """A clinic's reviewed answer to one or several questions, word for word as patients read it."""

    id: str
    clinic: str
    topic: str
    title: str
    questions: tuple[str, ...]
    text: str
    sms: str
    source: str
    reviewed: date
    reviewer: str
    place: Place


@dataclass(frozen=True)
class Clinic:
    """A clinic (or a directory's article) with its own FAQ."""

    id: str
    name: str
    short_name: str
    about: str
    page: str
    timezone: str | None
    notes: tuple[str, ...]
    answers: tuple[Answer, ...]
    place: Place
    own_questions: tuple[Question, ...] = ()

    def answer_to(self, question_id: str) -> Answer | None:
        """This clinic's answer to a question, or None where its FAQ does not say."""
        return next((a for a in self.answers if question_id in a.questions), None)


@dataclass(frozen=True)
class Knowledge:
    """The whole content: the catalogue, and every clinic's answers."""

    questions: tuple[Question, ...]
    clinics: tuple[Clinic, ...] = field(default=())

    def all_questions(self) -> tuple[Question, ...]:
        """The catalogue and every clinic's own questions, in file order."""
        return self.questions + tuple(q for clinic in self.clinics for q in clinic.own_questions)
