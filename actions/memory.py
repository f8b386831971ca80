"""What the assistant remembers of a conversation: slots that its own replies set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from knowledge.reply import Reply

CONSULT = "consult"
OFFERS_CONTACT = frozenset({"no_answer", "defer"})  # kinds of reply that end in the offer of a call back
OFFERING_UTTERANCES = frozenset({"utter_complaint", "utter_bot_challenge"})  # fixed replies that do


@dataclass(frozen=True)
class Asked:
    """The choices of a question that the assistant asked back (ids), and the message that led to it."""

    questions: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True)
class Memory:
    """The conversation so far. `offered` and `asked` are of the reply just before and of no earlier one."""

    last_question: str = ""
    offered: str = ""
    asked: Asked | None = None
    left_out: tuple[str, ...] = ()
    given: tuple[str, ...] = ()

    @classmethod
    def of(cls, tracker: Tracker) -> Memory:
        """Read it from a rasa_sdk Tracker."""
        choices = _just_before(tracker, "choices")
        return cls(
            last_question=str(tracker.get_slot("last_question") or ""),
            offered=str(_just_before(tracker, "offered") or _uttered_offer(tracker)),
            asked=Asked(tuple(choices["questions"]), choices["text"]) if choices else None,
            left_out=tuple(tracker.get_slot("left_out") or ()),
            given=tuple(tracker.get_slot("given") or ()),
        )

    def after(self, reply: Reply, asked: Asked | None = None) -> list[EventType]:
        """The slots as they stand after a reply; `asked` is what it asked back."""
        events = [
            SlotSet("offered", CONSULT if reply.kind in OFFERS_CONTACT else None),
            SlotSet("choices", _plain(asked) if asked else None),
        ]
        entries = dict.fromkeys((*self.given, *(entry for _, entry in reply.entries)))
        if len(entries) > len(self.given):
            events.append(SlotSet("given", list(entries)))
        if reply.left_out or self.left_out:
            events.append(SlotSet("left_out", list(reply.left_out)))
        if reply.questions:
            events.append(SlotSet("last_question", _last(reply.questions, reply.left_out)))
        return events


def _last(questions: Sequence[tuple[str, float]], left_out: Sequence[str]) -> str:
    """The last question that was spoken of."""
    spoken = [q for q, _ in questions if q not in left_out]
    return spoken[-1] if spoken else questions[-1][0]


def _plain(asked: Asked) -> dict[str, Any]:
    return {"questions": list(asked.questions), "text": asked.text}


def _just_before(tracker: Tracker, slot: str) -> Any:
    """A slot's value where the turn just before this message set it, else None."""
    events = _turn_before(tracker)
    found = next((e for e in events if e.get("event") == "slot" and e.get("name") == slot), None)
    return found["value"] if found and tracker.get_slot(slot) else None


def _uttered_offer(tracker: Tracker) -> str:
    """The offer that a fixed reply of the domain made in the turn before."""
    said = [(e.get("metadata") or {}).get("utter_action") for e in _turn_before(tracker) if e.get("event") == "bot"]
    return CONSULT if OFFERING_UTTERANCES.intersection(said) else ""


def _turn_before(tracker: Tracker) -> list[dict[str, Any]]:
    """The events between the message before this one and this one, the latest first."""
    turn: list[dict[str, Any]] = []
    messages = 0
    for event in reversed(tracker.events):
        messages += event.get("event") == "user"
        if messages == 2:
            break
        if messages == 1:
            turn.append(event)
    return turn
