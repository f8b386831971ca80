"""What the consult form knows of the conversation around it: danger, silence, and what was asked before."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.answering import bound
from actions.context import turn_of
from actions.services import consult_clinics
from bot.consult.clinics import ClinicConsult
from bot.consult.conversation.contact import CONTACT
from bot.consult.conversation.private import withhold
from bot.safety.examples import DANGERS
from knowledge.model import Question

NO_QUESTIONS = frozenset(DANGERS) | frozenset(
    "greet thanks goodbye affirm deny cancel capabilities bot_challenge request_consult tell_more choose complaint "
    "out_of_scope".split()
)
SILENCE = 10 * 60  # seconds: after these the form says again what it is
MAX_HISTORY, MAX_QUESTION = 10, 200


def clinic_settings(tracker: Tracker) -> ClinicConsult:
    """Opening hours and time zone of the clinic that the channel has bound."""
    return consult_clinics().of(turn_of(tracker).clinic)


def dangers(tracker: Tracker) -> set[str]:
    """The kinds of danger that the conversation has shown so far."""
    parsed = [e.get("parse_data") or {} for e in tracker.events if e.get("event") == "user"]
    return {name for data in parsed for name in _kinds(data)}.intersection(DANGERS)


def in_danger_now(tracker: Tracker) -> bool:
    """Whether the latest message showed a danger."""
    return not set(DANGERS).isdisjoint(_kinds(tracker.latest_message or {}))


def silent(tracker: Tracker) -> bool:
    """Whether the patient was away for long before the latest message."""
    times = [happened(e) for e in tracker.events if e.get("event") == "user"]
    return len(times) > 1 and min(times[-2:]) > 0 and times[-1] - times[-2] > SILENCE


def kinds_before(tracker: Tracker) -> set[str]:
    """The kinds of what the assistant said in the turn before the latest message."""
    return {str(details.get("kind")) for details in _details(tracker)}


def answered_before(tracker: Tracker) -> bool:
    """Whether an entry of the FAQ was told in the turn before the latest message."""
    return any(details.get("entries") for details in _details(tracker))


def _details(tracker: Tracker) -> list[dict[str, Any]]:
    return [(e.get("data") or {}).get("custom") or {} for e in _bot(tracker, turns_ago=1)]


def said_now(tracker: Tracker) -> list[str]:
    """What the assistant has said in this turn so far."""
    return _said(tracker, turns_ago=0)


def said_before(tracker: Tracker) -> list[str]:
    """What the assistant said in the turn before the latest message."""
    return _said(tracker, turns_ago=1)


def asked_before(tracker: Tracker) -> Question | None:
    """The question that the conversation came to last, where the clinic's search knows it."""
    turn, question = turn_of(tracker), str(tracker.get_slot("last_question") or "")
    here = bound(turn) if question and turn.clinic else None
    number = here[0].index.number_of.get(question) if here else None
    return here[0].index.questions[number] if here and number is not None else None


def history(tracker: Tracker) -> tuple[str, ...]:
    """The questions asked outside the form, the latest last, without numbers and addresses that identify."""
    asked: list[str] = []
    in_form = False
    for event in tracker.events:
        if event.get("event") == "active_loop":
            in_form = bool(event.get("name"))
        text = str(event.get("text") or "").strip()
        kinds = _kinds(event.get("parse_data") or {})
        if event.get("event") == "user" and text and not in_form and not NO_QUESTIONS.intersection(kinds):
            asked.append(CONTACT.sub("...", withhold(text)[0])[:MAX_QUESTION])
    return tuple(text for text in asked if text)[-MAX_HISTORY:]


def happened(event: dict[str, Any]) -> float:
    """When an event happened; one that a new session has taken over says so itself."""
    return float((event.get("metadata") or {}).get("again") or event.get("timestamp") or 0)


def _kinds(parsed: dict[str, Any]) -> tuple[str, str]:
    """Intent and verdict of the safety screen."""
    safety = parsed.get("safety") or {}
    danger = safety.get("danger") if safety.get("sure", True) else None  # a doubt is no danger yet
    return str((parsed.get("intent") or {}).get("name")), str(danger)


def _said(tracker: Tracker, *, turns_ago: int) -> list[str]:
    return [str(e["text"]) for e in _bot(tracker, turns_ago=turns_ago) if e.get("text")]


def _bot(tracker: Tracker, *, turns_ago: int) -> list[dict[str, Any]]:
    """What the assistant said, as events, after the message of so many turns ago."""
    found: list[dict[str, Any]] = []
    messages = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            messages += 1
            if messages > turns_ago:
                break
        elif event.get("event") == "bot" and messages == turns_ago:
            found.insert(0, event)
    return found
