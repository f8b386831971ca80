"""Replies: the clinic's words, the fixed sentences around them, and the lengths, over all real content."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from knowledge.checks import MAX_TEXT
from knowledge.compose import FOLLOW_UPS, MAX_WEB, also, compose, follow_ups
from knowledge.errors import KnowledgeError
from knowledge.gsm7 import MAX_CHARACTERS, length, outside
from knowledge.index import build
from knowledge.load import load
from knowledge.model import Answer, Clinic, Knowledge, Place, Question
from knowledge.reply import FILE, Reply, fixed, framed, source_line, source_of
from knowledge.search import Search
from knowledge.understood import Candidate, Other, Understood
from tests.conftest import WordEncoder

PLACE = Place("file.md", 1)
CHANNELS = ("web", "sms", "shell")
FIXED = yaml.safe_load(FILE.read_text(encoding="utf-8"))
FILLED = ("clause", "reviewed", "heading", "choices", "numbers", "text")
FREE = {n for n, forms in FIXED.items() if not any(f"{{{v}}}" in str(forms) for v in FILLED)}


@pytest.fixture(scope="module")
def real() -> Knowledge:
    """The content that ships."""
    return load(Path(__file__).parents[3] / "knowledge")


def question(identifier: str, clause: str = "") -> Question:
    """A question of the catalogue."""
    return Question(identifier, "cost", f"What about {identifier}?", clause or f"what {identifier} is", (), PLACE)


def answer(identifier: str, *questions: str, clinic: str = "north", text: str = "", sms: str = "") -> Answer:
    """An answer to a question of the same id, or to those named."""
    words = text or f"The answer about {identifier}."
    return Answer(
        identifier, clinic, "cost", f"Title of {identifier}", questions or (identifier,), words, sms or words,
        f"FAQ, {identifier}", date(2026, 11, 1), "example", PLACE,
    )  # fmt: skip


def clinic_of(*answers: Answer) -> Clinic:
    """The clinic `north`."""
    return Clinic("north", "North Clinic", "North", "example", "page", None, (), answers, PLACE)


def understood(asked: Question, given: Answer | None, *near: Question) -> Understood:
    """A question as the search hands it over."""
    candidates = tuple(Candidate(q, 1.0) for q in (asked, *near))
    return Understood(asked.id, asked, 0.98765, True, given, candidates, 0.9)


def ask(clinic: Clinic, *ids: str) -> list[Understood]:
    """Questions asked of a clinic, with its answers."""
    return [understood(question(i), clinic.answer_to(i)) for i in ids]


def all_text(reply: Reply) -> str:
    """All that the patient reads."""
    return "\n".join(m.text for m in reply.messages)


NORTH = clinic_of(answer("price"), answer("fasting"), answer("visit", "ride", "parking"))


# --- one answer


@pytest.mark.parametrize("channel", ["web", "shell"])
def test_an_answer_is_the_clinics_words_with_their_source(channel: str) -> None:
    reply = compose(ask(NORTH, "price"), NORTH, channel)
    assert reply.kind == "answer"
    assert reply.questions == (("price", 0.9877),)
    assert reply.entries == (("north", "price"),)
    (message,) = reply.messages
    assert message.text == "The answer about price."
    (source,) = message.sources
    assert (source.clinic, source.entry) == ("north", "price")
    assert (source.title, source.reviewed) == ("FAQ, price", "2026-11-01")


def test_by_sms_the_short_form_goes_out_with_its_source_in_the_text() -> None:
    clinic = clinic_of(answer("price", text="A long answer.", sms="A short one."))
    reply = compose(ask(clinic, "price"), clinic, "sms")
    (message,) = reply.messages
    assert message.text == "A short one.\n(North FAQ, 2026-11-01)"
    assert message.buttons == ()
    assert [s.entry for s in message.sources] == ["price"]


def test_an_entry_of_another_clinic_is_never_sent() -> None:
    foreign = [understood(question("price"), answer("price", clinic="south"))]
    for found in (foreign, [*ask(NORTH, "fasting"), *foreign]):
        for channel in CHANNELS:
            with pytest.raises(KnowledgeError, match="'price' is not of clinic 'north'"):
                compose(found, NORTH, channel)


# --- several questions


@pytest.mark.parametrize(
    ("channel", "line"),
    [
        ("web", 'I did not understand "does the moon matter?". You could put it in other words.'),
        ("sms", 'Not understood: "does the moon matter?" Try other words.'),
    ],
)
@pytest.mark.parametrize("asked", ["price", "what nobody answers"])
@pytest.mark.parametrize("advice", [False, True])
def test_a_part_that_was_not_understood_is_named(channel: str, line: str, asked: str, advice: bool) -> None:
    found = [replace(ask(NORTH, asked)[0], lost=("does the moon matter?",))]
    reply = compose(found, NORTH, channel, advice=advice)
    assert line in all_text(reply)
    assert reply.kind == compose(ask(NORTH, asked), NORTH, channel, advice=advice).kind
    assert reply.messages[-1].buttons == compose(ask(NORTH, asked), NORTH, channel, advice=advice).messages[-1].buttons


def test_of_a_long_part_that_was_not_understood_the_beginning_is_named_and_by_sms_where_it_has_room() -> None:
    found = [replace(ask(NORTH, "price")[0], lost=("does the moon " + "really " * 40 + "matter?",))]
    assert len(all_text(compose(found, NORTH, "web"))) < 200
    clinic = clinic_of(answer("price", sms="x" * 260))
    full = [replace(ask(clinic, "price")[0], lost=("does the moon matter?",))]
    assert compose(full, clinic, "sms") == compose(ask(clinic, "price"), clinic, "sms")


def test_two_questions_get_two_answers_in_the_order_asked() -> None:
    reply = compose(ask(NORTH, "fasting", "price"), NORTH, "web")
    assert [m.text for m in reply.messages] == ["The answer about fasting.", "The answer about price."]
    assert reply.entries == (("north", "fasting"), ("north", "price"))
    assert [q for q, _ in reply.questions] == ["fasting", "price"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_one_answer_to_two_questions_is_said_once(channel: str) -> None:
    reply = compose(ask(NORTH, "ride", "parking"), NORTH, channel)
    assert all_text(reply).count("The answer about visit.") == 1
    assert reply.entries == (("north", "visit"),)
    assert [q for q, _ in reply.questions] == ["ride", "parking"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_beside_an_answer_the_open_question_is_named(channel: str) -> None:
    reply = compose(ask(NORTH, "price", "gloves"), NORTH, channel)
    assert reply.kind == "answer"
    assert all_text(reply).index("The answer about price.") < all_text(reply).index("does not say what gloves is.")
    assert reply.entries == (("north", "price"),)


def test_an_open_question_has_no_source_on_the_web() -> None:
    assert [len(m.sources) for m in compose(ask(NORTH, "price", "gloves"), NORTH, "web").messages] == [1, 0]


# --- no answer, advice


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_the_faq_does_not_say_is_named_with_the_offer_of_a_person(channel: str) -> None:
    reply = compose(ask(NORTH, "gloves"), NORTH, channel)
    assert reply.kind == "no_answer"
    assert reply.entries == ()
    (message,) = reply.messages
    assert "FAQ does not say what gloves is." in message.text
    assert message.buttons == ((fixed("contact_button", "web", NORTH),) if channel != "sms" else ())
    assert ("CONTACT ME" in message.text) == (channel == "sms")


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_open_question_about_a_medicine_does_not_read_as_leave_to_stop_it(channel: str) -> None:
    asked = replace(question("lithium"), topic="medications")
    reply = compose([understood(asked, None)], NORTH, channel)
    assert reply.kind == "no_answer"
    assert "does not say what lithium is" in all_text(reply)
    assert "Do not change a medicine without your prescriber." in all_text(reply)


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_open_question_is_named(channel: str) -> None:
    reply = compose(ask(NORTH, "gloves", "hats"), NORTH, channel)
    assert reply.kind == "no_answer"
    assert all_text(reply).index("what gloves is") < all_text(reply).index("what hats is")


@pytest.mark.parametrize("channel", CHANNELS)
def test_advice_adds_the_deferral_to_the_answer(channel: str) -> None:
    reply = compose(ask(NORTH, "price"), NORTH, channel, advice=True)
    assert reply.kind == "defer"
    assert "The answer about price." in all_text(reply)
    assert fixed("advice_line", "sms" if channel == "sms" else "web", NORTH) in all_text(reply)


@pytest.mark.parametrize("channel", CHANNELS)
def test_advice_without_an_answer_is_deferred_to_their_clinician(channel: str) -> None:
    reply = compose(ask(NORTH, "gloves"), NORTH, channel, advice=True)
    assert reply.kind == "defer"
    assert "your prescriber or the clinic" in all_text(reply)
    assert reply.entries == ()


@pytest.mark.parametrize("channel", CHANNELS)
def test_advice_without_an_answer_gets_the_clinics_rule_for_such_a_case(channel: str) -> None:
    asked = replace(question("late-breakfast"), rule="fasting")
    reply = compose([understood(asked, None)], NORTH, channel, advice=True)
    assert reply.kind == "defer"
    assert "The answer about fasting." in all_text(reply)
    assert [question_id for question_id, _ in reply.questions] == ["late-breakfast"]
    assert compose([understood(asked, None)], NORTH, channel).entries == ()  # a general question is none of a case
    assert compose([understood(asked, None)], clinic_of(), channel, advice=True).entries == ()


@pytest.mark.parametrize("channel", CHANNELS)
def test_advice_never_tells_a_dose(channel: str) -> None:
    dose = replace(NORTH.answer_to("price"), text="The dose is 0.5 mg/kg.", sms="The dose is 0.5 mg/kg.")
    clinic = replace(NORTH, answers=(dose,))
    found = [understood(question("price"), dose)]
    assert "mg" in all_text(compose(found, clinic, channel))
    reply = compose(found, clinic, channel, advice=True)
    assert reply.kind == "defer"
    assert "mg" not in all_text(reply)
    assert reply.entries == ()


# --- what to ask next


def test_near_questions_that_the_clinic_answers_otherwise_are_offered() -> None:
    near = [question(i) for i in ("price", "gloves", "fasting", "ride", "parking", "extra")]
    clinic = clinic_of(*NORTH.answers, answer("extra"))
    found = [understood(question("price"), clinic.answer_to("price"), *near)]
    # not what is said already, not what the FAQ leaves open, each answer once, two at most
    assert follow_ups(found, clinic) == ("What about fasting?", "What about ride?")
    assert len(follow_ups(found, clinic)) == FOLLOW_UPS
    assert compose(found, clinic, "web").messages[-1].buttons == follow_ups(found, clinic)


def test_an_entry_that_the_conversation_has_had_is_not_offered_again() -> None:
    found = [understood(question("price"), NORTH.answer_to("price"), question("fasting"), question("ride"))]
    assert compose(found, NORTH, "web", given=["fasting"]).messages[-1].buttons == ("What about ride?",)


def test_an_answer_is_offered_though_its_id_is_that_of_the_question_asked() -> None:
    clinic = clinic_of(answer("cost", "price"), answer("price", "discount"))
    found = [understood(question("price"), clinic.answer_to("price"), question("discount"))]
    assert follow_ups(found, clinic) == ("What about discount?",)


def test_beside_an_open_question_near_ones_on_its_topic_are_offered_and_named_as_such() -> None:
    far = replace(question("visit-far"), topic="logistics")
    near = [far, *(question(i) for i in ("price", "hats", "fasting", "ride"))]
    clinic = clinic_of(*NORTH.answers, answer("visit-far"))
    (message,) = compose([understood(question("gloves"), None, *near)], clinic, "web").messages
    assert message.buttons == ("What about price?", "What about fasting?", fixed("contact_button", "web", clinic))
    assert message.text.startswith(f"North Clinic's FAQ does not say what gloves is.{fixed('near', 'web', clinic)} The")


@pytest.mark.parametrize(("channel", "advice"), [("sms", False), ("web", True)])
def test_no_near_questions_by_sms_nor_beside_a_deferral(channel: str, advice: bool) -> None:
    found = [understood(question("gloves"), None, question("price"))]
    (message,) = compose(found, NORTH, channel, advice=advice).messages
    assert "What about price?" not in message.buttons
    assert fixed("near", "web", NORTH) not in message.text


# --- what the assistant brings up itself


@pytest.mark.parametrize(("channel", "head"), [("web", "Also in the FAQ: "), ("sms", "")])
def test_an_entry_that_was_not_asked_for_stands_under_its_question(channel: str, head: str) -> None:
    reply = also(question("price"), compose(ask(NORTH, "price"), NORTH, channel), NORTH, channel)
    assert reply.messages[0].text.startswith(f"{head}What about price?\nThe answer about price.")
    assert [s.entry for s in reply.messages[0].sources] == ["price"] and reply.entries == (("north", "price"),)


@pytest.mark.parametrize(("channel", "length_of"), [("web", 590), ("sms", 280)])
def test_where_there_is_no_room_the_entry_stands_alone(channel: str, length_of: int) -> None:
    clinic = clinic_of(answer("price", text="p" * length_of))
    reply = compose(ask(clinic, "price"), clinic, channel)
    assert also(question("price"), reply, clinic, channel) == reply


# --- fixed sentences, sources


@pytest.mark.parametrize("name", sorted(FREE))
def test_a_fixed_sentence_names_the_clinic_and_offers_a_person_on_the_web_only(name: str) -> None:
    web, sms = (framed(name, NORTH, channel) for channel in ("web", "sms"))
    assert "{" not in web.text + sms.text
    assert web.buttons == (fixed("contact_button", "web", NORTH),)
    assert sms.buttons == framed(name, NORTH, "web", contact=False).buttons == ()


@pytest.mark.parametrize("name", FIXED)
def test_every_fixed_sentence_for_sms_is_gsm_7_and_fits(name: str) -> None:
    clinic = clinic_of()
    filled = {
        "choices": "x" * 240,
        "numbers": "1, 2, 3",
        "text": "x" * 80,
    }  # three choices: tests/unit/knowledge/test_clarify.py
    text = fixed(name, "sms", clinic, clause="x" * 100, heading="x" * 100, reviewed="2026-11-01", **filled)
    assert outside(text) == set()
    assert length(text) <= MAX_CHARACTERS


def test_the_source_line_names_clinic_source_and_date() -> None:
    line = source_line(source_of(answer("price")), "North Clinic")
    assert line == "Source: North Clinic, FAQ, price, reviewed 2026-11-01"


# --- the lengths, over all that ships


def fits(reply: Reply, channel: str) -> bool:
    """Whether a reply to one question keeps to the lengths that are promised."""
    text = all_text(reply)
    if channel == "sms":
        return len(reply.messages) == 1 and length(text) <= MAX_CHARACTERS and not outside(text)
    return len(text) <= MAX_WEB


@pytest.mark.parametrize("advice", [False, True], ids=["plain", "advice"])
@pytest.mark.parametrize("channel", ["web", "sms"])
def test_every_real_answer_fits(real: Knowledge, channel: str, advice: bool) -> None:
    by_id = {q.id: q for q in real.all_questions()}
    said = 0
    for clinic in real.clinics:
        for given in clinic.answers:
            reply = compose([understood(by_id[given.questions[0]], given)], clinic, channel, advice=advice)
            assert fits(reply, channel), (clinic.id, given.id, all_text(reply))
            assert (given.sms if channel == "sms" else given.text) in all_text(reply)
            assert (fixed("advice_line", channel, clinic) in all_text(reply)) == advice
            said += 1
    assert said > 400


@pytest.mark.parametrize("advice", [False, True], ids=["plain", "advice"])
@pytest.mark.parametrize("channel", ["web", "sms"])
def test_every_real_question_without_answer_fits(real: Knowledge, channel: str, advice: bool) -> None:
    for clinic in real.clinics:
        for asked in real.questions:
            reply = compose([understood(asked, None)], clinic, channel, advice=advice)
            assert fits(reply, channel), (clinic.id, asked.id, all_text(reply))
            assert advice or asked.clause in all_text(reply)


def long_answers(clinic: Clinic) -> list[Answer]:
    """The answers with the longest SMS forms."""
    return sorted(clinic.answers, key=lambda a: -length(a.sms))[:12]


@pytest.mark.parametrize("advice", [False, True], ids=["plain", "advice"])
def test_two_real_answers_in_one_sms_fit(real: Knowledge, advice: bool) -> None:
    by_id = {q.id: q for q in real.all_questions()}
    for clinic in real.clinics:
        pairs = [*combinations(long_answers(clinic), 2), *zip(clinic.answers, clinic.answers[1:], strict=False)]
        for pair in pairs:
            reply = compose([understood(by_id[a.questions[0]], a) for a in pair], clinic, "sms", advice=advice)
            assert fits(reply, "sms"), (clinic.id, [a.id for a in pair], all_text(reply))
            assert pair[0].sms in all_text(reply)
            # beside a long answer and the deferral there is no room to say that more was asked
            assert advice or pair[1].sms in all_text(reply) or fixed("more", "sms", clinic) in all_text(reply)


LONG = clinic_of(answer("price", sms="p" * 190), answer("fasting", sms="f" * 190))


def test_an_sms_that_leaves_an_answer_out_says_so() -> None:
    text = all_text(compose(ask(LONG, "price", "fasting"), LONG, "sms"))
    assert text.splitlines() == ["p" * 190, fixed("more", "sms", LONG), "(North FAQ, 2026-11-01)"]


def test_what_an_sms_leaves_out_is_told_so_that_more_can_bring_it() -> None:
    assert compose(ask(LONG, "price", "fasting"), LONG, "sms").left_out == ("fasting",)
    assert compose(ask(LONG, "price", "fasting"), LONG, "web").left_out == ()
    assert compose(ask(NORTH, "price", "fasting"), NORTH, "sms").left_out == ()
    open_ones = [understood(question(i, i * 120), None) for i in "abc"]
    assert compose(open_ones, LONG, "sms").left_out == ("b", "c")


def test_an_answer_that_an_sms_leaves_out_is_neither_entry_nor_source() -> None:
    reply = compose(ask(LONG, "price", "fasting"), LONG, "sms")
    assert reply.entries == (("north", "price"),)
    assert [s.entry for s in reply.messages[0].sources] == ["price"]


def test_an_sms_leaves_out_an_answer_before_the_deferral() -> None:
    text = all_text(compose(ask(LONG, "price", "fasting"), LONG, "sms", advice=True))
    assert "p" * 190 in text
    assert fixed("advice_line", "sms", LONG) in text
    assert length(text) <= MAX_CHARACTERS


def test_an_sms_of_two_short_answers_with_advice_holds_all() -> None:
    lines = all_text(compose(ask(NORTH, "price", "fasting"), NORTH, "sms", advice=True)).splitlines()
    assert lines == [
        "The answer about price.",
        "The answer about fasting.",
        fixed("advice_line", "sms", NORTH),
        "(North FAQ, 2026-11-01)",
    ]


def test_an_sms_keeps_the_answer_rather_than_the_open_question() -> None:
    clinic = clinic_of(answer("price", sms="p" * 200))
    open_first = [understood(question("gloves", "g" * 90), None), *ask(clinic, "price")]
    reply = compose(open_first, clinic, "sms")
    assert reply.kind == "answer"
    assert "p" * 200 in all_text(reply)


def test_an_unsure_answer_says_which_question_it_takes_for_asked(faq: Path, encoder: WordEncoder) -> None:
    search = Search(build(load(faq), encoder), encoder)
    found = search.understand("how long before my infusion do i stop eating", "north")[0]
    unsure, clinic = replace(found, sure=False), search.clinic("north")
    assert found.question.heading not in compose([found], clinic, "web").messages[0].text
    for channel in ("web", "sms"):
        text = compose([unsure], clinic, channel).messages[0].text
        assert text.index(found.question.heading) < text.index("6 hours")


def test_an_sms_without_room_for_the_question_keeps_the_answer(faq: Path, encoder: WordEncoder) -> None:
    search = Search(build(load(faq), encoder), encoder)
    found = search.understand("how long before my infusion do i stop eating", "north")[0]
    assert found.answer is not None
    long = replace(found, sure=False, answer=replace(found.answer, sms="x" * 250))
    text = compose([long], search.clinic("north"), "sms").messages[0].text
    assert "x" * 250 in text
    assert len(text) <= 306


def doubtful(text: str = "", sms: str = "") -> tuple[Understood, Clinic]:
    """A question that may as well be the one about b, whose answer is `text`."""
    clinic = clinic_of(answer("a"), answer("b", text=text, sms=sms))
    first, second = ask(clinic, "a", "b")
    assert second.answer
    return replace(first, other=Other(second.question, second.answer)), clinic


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_may_be_meant_as_well_is_told_behind_the_answer(channel: str) -> None:
    item, clinic = doubtful()
    reply = compose([item], clinic, channel)
    assert reply.entries == (("north", "a"), ("north", "b"))
    assert [s.entry for m in reply.messages for s in m.sources] == ["a", "b"]
    first, heading, second = (all_text(reply).index(t) for t in ("about a.", "What about b?", "about b."))
    assert first < heading < second


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_may_be_meant_as_well_stays_away_where_it_has_no_room(channel: str) -> None:
    item, clinic = doubtful("A long answer. " * 38, "Rather a long answer. " * 13)
    reply = compose([item], clinic, channel)
    assert reply.entries == (("north", "a"),)
    assert "What about b?" not in all_text(reply)


def test_of_two_questions_each_keeps_what_may_be_meant_as_well() -> None:
    item, clinic = doubtful()
    clinic = replace(clinic, answers=(*clinic.answers, answer("c")))
    for asked in ([item, *ask(clinic, "c")], [*ask(clinic, "c"), item]):
        reply = compose(asked, clinic, "web")
        told = next(m for m in reply.messages if "about a." in m.text)
        assert len(reply.messages) == 2
        assert [s.entry for s in told.sources] == ["a", "b"]
        assert "What about b?" in told.text


def test_what_is_asked_itself_is_not_told_beside_another_question() -> None:
    item, clinic = doubtful()
    for asked in ([item, *ask(clinic, "b")], [*ask(clinic, "b"), item]):
        assert sorted(compose(asked, clinic, "web").entries) == [("north", "a"), ("north", "b")]


def test_what_may_be_meant_by_both_of_two_questions_is_told_once() -> None:
    item, clinic = doubtful()
    clinic = replace(clinic, answers=(*clinic.answers, answer("c")))
    second = replace(ask(clinic, "c")[0], other=item.other)
    assert compose([item, second], clinic, "web").entries == (("north", "a"), ("north", "b"), ("north", "c"))


def test_an_sms_of_two_questions_tells_nothing_beside() -> None:
    item, clinic = doubtful()
    clinic = replace(clinic, answers=(*clinic.answers, answer("c")))
    assert compose([item, *ask(clinic, "c")], clinic, "sms").entries == (("north", "a"), ("north", "c"))


def test_to_advice_the_long_deferral_gives_way_to_what_may_be_meant_as_well() -> None:
    item, clinic = doubtful("A rather long answer. " * 18)
    reply = compose([item], clinic, "web", advice=True)
    assert fits(reply, "web") and "What about b?" in all_text(reply)
    assert reply.messages[-1].text == fixed("advice_line", "sms", clinic)


def test_to_advice_what_may_be_meant_as_well_gives_way_to_the_short_deferral() -> None:
    item, clinic = doubtful("A rather long answer. " * 23)
    assert "What about b?" in all_text(compose([item], clinic, "web"))
    reply = compose([item], clinic, "web", advice=True)
    assert fits(reply, "web") and reply.entries == (("north", "a"),)
    assert reply.messages[-1].text in [fixed("advice_line", form, clinic) for form in ("web", "sms")]


def test_to_advice_the_longest_answer_leaves_room_for_the_short_deferral() -> None:
    clinic = clinic_of(answer("a", text="w" * MAX_TEXT))
    reply = compose(ask(clinic, "a"), clinic, "web", advice=True)
    assert fits(reply, "web")
    assert all_text(reply).splitlines() == ["w" * MAX_TEXT, fixed("advice_line", "sms", clinic)]


def test_to_advice_nothing_with_a_dose_is_told_beside() -> None:
    item, clinic = doubtful("You would get 35 mg.")
    assert "35" not in all_text(compose([item], clinic, "web", advice=True))
