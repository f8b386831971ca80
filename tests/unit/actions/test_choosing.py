"""Asking back and the choice that follows, through action_answer_question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import gate, validate_consult_form
from actions.answer_question import AnswerQuestion
from knowledge.search import Search
from knowledge.understood import Candidate

Heard = Callable[..., Tracker]
Doubt = Callable[..., None]

EATING = "How long before my infusion do I stop eating?"
PRICE = "How much does one infusion cost?"
VAGUE = "infusion"

pytestmark = pytest.mark.usefixtures("knowledge")


@pytest.fixture
def doubt(monkeypatch: pytest.MonkeyPatch) -> Doubt:
    """Make the search leave a doubt between the named questions about every message."""
    understand = Search.understand

    def between(*ids: str, known: bool = False) -> None:
        def doubtful(self: Search, text: str, clinic_id: str) -> list[Any]:
            found = understand(self, text, clinic_id)[0]
            rivals = tuple(self.index.questions[self.index.number_of[i]] for i in ids)
            return [replace(found, known=known, rivals=rivals)]

        monkeypatch.setattr(Search, "understand", doubtful)

    return between


def run(dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
    """Run the action; the slots that it sets."""
    return {e["name"]: e["value"] for e in AnswerQuestion().run(dispatcher, tracker, {})}


def only(dispatcher: CollectingDispatcher) -> dict[str, Any]:
    """The one message that was said."""
    (message,) = dispatcher.messages
    return message


def asked(*questions: str, text: str = VAGUE) -> dict[str, Any]:
    """The slots after the assistant asked back."""
    return {"choices": {"questions": list(questions), "text": text}}


@pytest.mark.parametrize("known", [False, True])
def test_a_doubt_is_asked_back_and_remembered(
    dispatcher: CollectingDispatcher, heard: Heard, doubt: Doubt, known: bool
) -> None:
    doubt("stop-eating", "price", known=known)
    slots = run(dispatcher, heard(VAGUE))
    message = only(dispatcher)
    assert (message["custom"]["kind"], message["custom"]["questions"]) == ("clarify", [])
    assert [b["title"] for b in message["buttons"]] == [EATING, PRICE]
    assert slots == {"offered": None, **asked("stop-eating", "price")}


@pytest.mark.parametrize(
    ("weighed", "clinic", "kind", "buttons"),
    [
        pytest.param(gate.COUNTS_FROM, "north", "answer", None, id="surely on the topic"),
        pytest.param(gate.ASKED_FROM, "north", "clarify", [PRICE], id="perhaps"),
        pytest.param(gate.ASKED_FROM - 0.1, "north", "no_answer", [], id="hardly"),
        pytest.param(gate.ASKED_FROM, "south", "no_answer", [], id="perhaps, and the clinic does not answer it"),
    ],
)
def test_where_it_is_in_doubt_that_the_faq_was_asked_it_is_asked_back(
    dispatcher: CollectingDispatcher, heard: Heard, monkeypatch: pytest.MonkeyPatch, weighed: float, clinic: str,
    kind: str, buttons: list[str] | None,
) -> None:  # fmt: skip
    monkeypatch.setattr(gate, "_weighed", lambda chance, best: weighed)
    run(dispatcher, heard("tell me the infusion price please", clinic=clinic))
    message = only(dispatcher)
    assert message["custom"]["kind"] == kind
    assert bool(message["custom"]["entries"]) is (kind == "answer")
    if kind == "clarify":
        assert [b["title"] for b in message["buttons"]] == buttons


@pytest.mark.parametrize(("previous", "kind"), [(None, "clarify"), ("what-to-wear", "answer")])
def test_a_tie_is_asked_back_unless_the_message_leans_on_the_question_before(
    dispatcher: CollectingDispatcher, heard: Heard, monkeypatch: pytest.MonkeyPatch, previous: str | None, kind: str
) -> None:
    def tied(self: Search, text: str, clinic_id: str, before: str) -> list[Any]:
        found = self.understand(EATING, clinic_id)[0]
        price = self.index.questions[self.index.number_of["price"]]
        candidates = (found.candidates[0], Candidate(price, found.candidates[0].score - 0.5))
        return [replace(found, text=text, confidence=0.25, candidates=candidates)]

    monkeypatch.setattr(Search, "follow_up", tied)
    run(dispatcher, heard("how long is it", slots={"last_question": previous}))
    assert only(dispatcher)["custom"]["kind"] == kind


def test_an_sms_has_the_choices_in_its_text(dispatcher: CollectingDispatcher, heard: Heard, doubt: Doubt) -> None:
    doubt("stop-eating", "price")
    run(dispatcher, heard(VAGUE, channel="sms"))
    assert only(dispatcher)["text"] == f"Did you mean:\n1 {EATING}\n2 {PRICE}\nReply 1, 2 or NONE."


def test_a_message_off_the_topic_is_not_asked_back(
    dispatcher: CollectingDispatcher, heard: Heard, doubt: Doubt
) -> None:
    doubt("stop-eating", "price")
    run(dispatcher, heard(VAGUE, intent="out_of_scope"))
    assert only(dispatcher)["custom"]["kind"] == "out_of_scope"


@pytest.mark.parametrize("text", ["2", "the second one", PRICE, "cost"])
def test_a_choice_is_answered_by_its_id_without_a_search(
    dispatcher: CollectingDispatcher, heard: Heard, doubt: Doubt, text: str
) -> None:
    doubt()  # a search would understand nothing
    slots = run(dispatcher, heard(text, before=asked("stop-eating", "price")))
    message = only(dispatcher)
    assert message["text"] == "One infusion costs $400."
    assert message["custom"]["questions"] == [{"id": "price", "score": 1.0}]
    assert message["custom"]["entries"] == [{"clinic": "north", "id": "price"}]
    assert (slots["last_question"], slots["given"], slots["choices"]) == ("price", ["price"], None)


def test_both_choices_are_both_answered(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard("both", before=asked("stop-eating", "price")))
    assert [m["text"] for m in dispatcher.messages] == [
        "Stop eating 6 hours before your infusion.",
        "One infusion costs $400.",
    ]


def test_a_choice_that_the_clinic_does_not_answer_is_declined_by_name(
    dispatcher: CollectingDispatcher, heard: Heard
) -> None:
    slots = run(dispatcher, heard("2", clinic="south", before=asked("stop-eating", "price")))
    assert only(dispatcher)["text"].startswith("South Clinic's FAQ does not say how much one infusion costs.")
    assert slots["offered"] == "consult"


def test_a_message_that_asks_for_advice_is_deferred_rather_than_asked_back(
    dispatcher: CollectingDispatcher, heard: Heard, doubt: Doubt
) -> None:
    doubt("stop-eating", "price")
    run(dispatcher, heard("should i eat", intent="medical_advice"))
    assert only(dispatcher)["custom"]["kind"] == "defer"


def test_a_bare_why_is_not_asked_back(dispatcher: CollectingDispatcher, heard: Heard, doubt: Doubt) -> None:
    doubt("stop-eating", "price")
    run(dispatcher, heard("why?"))
    assert only(dispatcher)["custom"]["kind"] == "no_answer"


@pytest.mark.parametrize("text", ["none", "neither", "none of these"])
def test_none_of_the_choices_gets_other_words_or_a_person(
    dispatcher: CollectingDispatcher, heard: Heard, text: str
) -> None:
    slots = run(dispatcher, heard(text, before=asked("stop-eating", "price")))
    assert only(dispatcher)["text"].startswith("Then please put it in other words")
    assert (slots["offered"], slots["choices"]) == ("consult", None)


def test_a_number_that_is_no_choice_is_asked_for_again(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    slots = run(dispatcher, heard("4", before=asked("stop-eating", "price")))
    assert only(dispatcher)["custom"]["kind"] == "clarify"
    assert slots["choices"]["questions"] == ["stop-eating", "price"]


def test_anything_else_is_understood_as_usual(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard("what to wear to an infusion", before=asked("stop-eating", "price")))
    assert only(dispatcher)["text"] == "Wear short sleeves."


def test_a_number_without_choices_is_no_choice(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    stale = [{"event": "user", "text": "parking"}, {"event": "user", "text": "hello"}]
    for text in ("2", "the second one", "neither"):
        run(dispatcher, heard(text, slots=asked("stop-eating", "price"), events=stale))
    assert [m["custom"]["kind"] for m in dispatcher.messages] == ["no_answer"] * 3
    assert all(m["text"].startswith("I could not find that") for m in dispatcher.messages)


@pytest.mark.parametrize(
    ("text", "rivals"),
    [
        (VAGUE, ("stop-eating", "what-to-wear")),
        ("eating money", ("price", "stop-eating")),
        ("eating money", ("price",)),
    ],
)
def test_the_same_is_never_asked_back_twice_in_a_row(
    dispatcher: CollectingDispatcher, heard: Heard, doubt: Doubt, text: str, rivals: tuple[str, ...]
) -> None:
    doubt(*rivals, known=True)
    slots = run(dispatcher, heard(text, before=asked("stop-eating", "price")))
    assert only(dispatcher)["custom"]["kind"] == "no_answer"
    assert "other words" in only(dispatcher)["text"]
    assert (slots["offered"], slots["choices"]) == ("consult", None)


def test_another_message_may_be_asked_back_after_one(
    dispatcher: CollectingDispatcher, heard: Heard, doubt: Doubt
) -> None:
    doubt("what-to-wear", "price")
    run(dispatcher, heard("eating money", before=asked("stop-eating", "price")))
    assert only(dispatcher)["custom"]["kind"] == "clarify"


def test_a_choice_that_a_newer_index_has_no_more_cannot_be_picked(
    dispatcher: CollectingDispatcher, heard: Heard
) -> None:
    run(dispatcher, heard("1", before=asked("gone", "price")))
    assert only(dispatcher)["text"] == "One infusion costs $400."


def test_in_the_consult_form_a_doubt_is_not_asked_back(
    dispatcher: CollectingDispatcher, heard: Heard, doubt: Doubt
) -> None:
    doubt("stop-eating", "price")
    form = validate_consult_form.ValidateConsultForm()
    kept = form.validate_consult_name("eating for money?", dispatcher, heard("eating for money?"), {})
    assert kept == {"consult_name": None}
    assert only(dispatcher)["text"].startswith("I could not find that") and only(dispatcher)["buttons"] == []
