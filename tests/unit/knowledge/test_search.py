"""From a message to the questions asked and this clinic's answers, with an encoder that needs no weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import UnknownClinicError
from knowledge.index import build
from knowledge.load import load
from knowledge.search import Search
from knowledge.thresholds import Thresholds
from knowledge.understood import CANDIDATES
from tests.conftest import WordEncoder, answer_block, write_clinic

THRESHOLDS = Path(__file__).parents[1] / "thresholds.yml"
NONSENSE = "blue giraffes xylophone zebra"
OWN = "---\ntopic: logistics\n---\n\n## Is the bell loud? {#bell}\n\nClause: whether the bell is loud\n\n" + "".join(
    f"- bell noise {n}\n" for n in range(15)
)


_SHARED: list[Search] = []


def make(root: Path, encoder: WordEncoder) -> Search:
    """The search over a knowledge folder."""
    return Search(build(load(root), encoder), encoder, thresholds=Thresholds.load(THRESHOLDS))


@pytest.fixture
def search(faq: Path, encoder: WordEncoder) -> Search:
    """The search over the small FAQ, built once: it never changes."""
    if not _SHARED:
        _SHARED.append(make(faq, encoder))
    return _SHARED[0]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("how many hours fasting before my treatment", "stop-eating"),
        ("so when exactly do i have to stop eating", "stop-eating"),
        ("are short sleeves what i should wear", "what-to-wear"),
        ("which outfit", "what-to-wear"),
        ("tell me the infusion price please", "price"),
        ("My mom is nervous. What is the price of one infusion?", "price"),
        ("tell me the pricee of an infusoin", "price"),
    ],
)
def test_the_question_that_was_asked_is_found(search: Search, text: str, question: str) -> None:
    found = search.understand(text, "north")
    assert [u.question.id for u in found] == [question]
    assert found[0].known


@pytest.mark.parametrize(("clinic", "hours"), [("north", "6"), ("south", "4")])
def test_the_answer_is_the_clinics_own(search: Search, clinic: str, hours: str) -> None:
    answer = search.understand("when do i stop eating", clinic)[0].answer
    assert answer is not None
    assert answer.clinic == clinic
    assert answer.text == f"Stop eating {hours} hours before your infusion."


@pytest.mark.parametrize(
    "text",
    ["One infusion costs $400.", "Stop eating 6 hours before your infusion.", "North Clinic price", "", NONSENSE],
)
def test_another_clinics_answer_never_comes_up(search: Search, text: str) -> None:
    found = search.understand(text, "south")
    assert {u.answer.clinic for u in found if u.answer} <= {"south"}


@pytest.mark.parametrize("text", ["what does it cost", "which clothes to wear", "how much is one infusion"])
def test_a_question_that_the_clinic_does_not_answer_is_understood_without_answer(search: Search, text: str) -> None:
    found = search.understand(text, "south")[0]
    assert found.known
    assert found.question.id in {"price", "what-to-wear"}
    assert found.answer is None


@pytest.mark.parametrize("clinic", ["west", "", "North", "north/../south"])
def test_an_unknown_clinic_is_refused_with_those_known(search: Search, clinic: str) -> None:
    with pytest.raises(UnknownClinicError, match="known: north, south"):
        search.understand("what does it cost", clinic)


def test_every_phrasing_in_its_own_words_is_certain(search: Search) -> None:
    for question in search.index.questions:
        for text in (question.heading, *question.phrasings):
            found = search.understand(text, "north")
            assert [(u.question.id, u.confidence) for u in found] == [(question.id, 1.0)]


@pytest.mark.parametrize("text", ["WHAT does it   cost?!", "\uff57hat does it cost", "\u201cwhat does it cost\u201d"])
def test_a_phrasing_is_certain_whatever_its_case_and_punctuation(search: Search, text: str) -> None:
    assert search.understand(text, "north")[0].confidence == 1.0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("when do i eat and how much is it", id="two questions"),
        pytest.param("I want to know. Do I eat? Do I wear gloves?", id="three sentences"),
        pytest.param("I drove a truck for years. Is it a fair number?", id="a statement and a question"),
    ],
)
def test_a_phrasing_that_is_cut_in_parts_is_certain_as_a_whole(faq: Path, encoder: WordEncoder, text: str) -> None:
    path = faq / "questions" / "cost.md"
    path.write_text(path.read_text(encoding="utf-8") + f"- {text}\n", encoding="utf-8")
    found = make(faq, encoder).understand(text, "north")
    assert [(u.question.id, u.confidence) for u in found] == [("price", 1.0)]


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("what should i wear and how much does one infusion cost", ["what-to-wear", "price"]),
        ("How much does one infusion cost? When do I stop eating?", ["price", "stop-eating"]),
        (
            "do i wear short sleeves? what does it cost? when do i stop eating?",
            ["what-to-wear", "price", "stop-eating"],
        ),
    ],
)
def test_the_questions_of_a_message_come_in_the_order_asked(search: Search, text: str, questions: list[str]) -> None:
    assert [u.question.id for u in search.understand(text, "north")] == questions


def test_a_question_asked_twice_comes_once(search: Search) -> None:
    found = search.understand("What does it cost? Do I wear short sleeves? How much money per infusion?", "north")
    assert [u.question.id for u in found] == ["price", "what-to-wear"]


def test_a_part_that_is_not_understood_is_left_out(search: Search) -> None:
    found = search.understand(f"Do you like {NONSENSE}? What does it cost?", "north")
    assert [(u.question.id, u.known) for u in found] == [("price", True)]


@pytest.mark.parametrize(
    "text",
    [
        NONSENSE,
        f"Do you like {NONSENSE}? Or is it {NONSENSE}?",
        "",
        "   ",
        "\U0001f600",
        "???",
        pytest.param("x" * 5000, id="endless"),
    ],
)
def test_what_nobody_asks_is_one_question_that_is_not_known(search: Search, text: str) -> None:
    found = search.understand(text, "north")
    assert [u.known for u in found] == [False]
    assert found[0].confidence < 0.5


def test_the_candidates_begin_with_the_question_and_fall(search: Search) -> None:
    found = search.understand("tell me the infusion price please", "north")[0]
    assert found.candidates[0].question == found.question
    assert len({c.question.id for c in found.candidates}) == len(found.candidates) <= CANDIDATES
    ranked = [c.score for c in found.candidates]
    assert ranked == sorted(ranked, reverse=True)


def test_a_clinics_own_question_is_understood_there_and_nowhere_else(faq: Path, encoder: WordEncoder) -> None:
    (faq / "clinics" / "north" / "questions").mkdir()
    (faq / "clinics" / "north" / "questions" / "logistics.md").write_text(OWN, encoding="utf-8")
    write_clinic(faq, "north", {"logistics": [answer_block("bell", "bell", "It is not loud.", "It is not loud.")]})
    search = make(faq, encoder)
    north, south = (search.understand("bell noise 3", clinic)[0] for clinic in ("north", "south"))
    assert (north.question.id, north.confidence) == ("bell", 1.0)
    assert north.answer is not None
    assert "bell" not in {c.question.id for c in south.candidates if c.score > -99}
    assert south.question.id != "bell"


@pytest.mark.parametrize(
    ("before", "clinic", "expected"),
    [
        pytest.param("stop-eating", "north", ("price", "One infusion costs $400."), id="answered"),
        pytest.param("stop-eating", "south", ("price", None), id="the clinic gives no reason"),
        pytest.param("what-to-wear", "north", None, id="no question is named as its reason"),
        pytest.param("", "north", None, id="a new conversation"),
    ],
)
@pytest.mark.parametrize("text", ["why?", "but how come", "and why not?"])
def test_a_why_alone_means_the_question_named_as_the_reason(
    faq: Path, encoder: WordEncoder, text: str, before: str, clinic: str, expected: tuple[str, str | None] | None
) -> None:
    path = faq / "questions" / "preparation.md"
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace("\nClause:", "\nReason: price\nClause:", 1), encoding="utf-8")
    found = make(faq, encoder).follow_up(text, clinic, before)
    assert len(found) == 1
    known = (found[0].question.id, found[0].answer.text if found[0].answer else None) if found[0].known else None
    assert known == expected


def test_a_clinic_without_answers_is_served(faq: Path, encoder: WordEncoder) -> None:
    write_clinic(faq, "east", {})
    found = make(faq, encoder).understand("what does it cost", "east")[0]
    assert (found.question.id, found.known, found.answer) == ("price", True, None)


def test_only_a_whole_message_is_sure_word_for_word(search: Search) -> None:
    whole = search.understand("when do i stop eating", "north")
    part = search.understand("My cousin has a bakery. When do i stop eating?", "north")
    assert [u.question.id for u in (*whole, *part)] == ["stop-eating", "stop-eating"]
    assert (whole[0].confidence, whole[0].features) == (1.0, None)
    assert part[0].confidence < 1.0, "what stands around it may be about anything"


def test_a_question_about_as_likely_with_another_answer_stands_beside_the_best(search: Search) -> None:
    (torn,) = search.understand("what to wear price", "north")
    assert torn.question.id == "price" and torn.other is not None
    assert (torn.other.question.id, torn.other.answer.id) == ("what-to-wear", "wear")
    (clear,) = search.understand("how many hours fasting before my treatment", "north")
    assert clear.other is None


def test_nothing_stands_beside_what_the_clinic_does_not_answer(search: Search) -> None:
    (torn,) = search.understand("what to wear price", "south")
    assert torn.answer is None and torn.other is None
