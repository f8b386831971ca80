"""`faqbot knowledge check`: every fault is refused with file, line and mend; good content is clean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from knowledge.checks import DRAFT, MAX_SMS, MAX_TEXT, check
from knowledge.load import ANSWER_FIELDS, CLINIC_FIELDS
from tests.conftest import answer_block, write_clinic

TODAY = date(2026, 11, 22)
REAL = Path(__file__).parents[3] / "knowledge"

COST = "questions/cost.md"
PREPARATION = "questions/preparation.md"
CLINIC = "clinics/north/clinic.yml"
PRICE = "clinics/north/cost.md"
WEAR = "clinics/north/preparation.md"

ASKED_PRICE = "## How much does one infusion cost?"
ASKED_WEAR = "## What should I wear"
PRICE_ENTRY = "## Title of price"
WEAR_ENTRY = "## Title of wear"
PRICE_TEXT = "\n\nOne infusion costs $400.\n"
PRICE_SMS = "- sms: One infusion costs $400."
ANSWER_LINES = {
    "questions": "- questions: price",
    "source": "- source: FAQ",
    "reviewed": "- reviewed: 2026-11-01",
    "reviewer": "- reviewer: example",
    "sms": PRICE_SMS,
}
WEAR_TEXT = "\n\nWear short sleeves.\n"

SECOND_PRICE = "\n## What else? {#price}\n\nClause: what else\n\n" + "".join(f"- else {n}\n" for n in range(15))
OWN = "---\ntopic: logistics\n---\n\n## Is the bell loud? {#bell}\n\nClause: whether the bell is loud\n\n" + "".join(
    f"- bell {n}\n" for n in range(15)
)


@dataclass(frozen=True)
class Case:
    """A fault put into the clean example: the edit, the line that must be named, and what must be said."""

    id: str
    file: str
    old: str
    new: str
    anchor: str  # how the named line begins; empty for line 1
    what: str
    mend: str


CASES = [
    # the catalogue
    Case("topic", COST, "topic: cost", "topic: costs", "", "unknown topic 'costs'", "use one of: cost, preparation"),
    Case("rule", COST, "Clause:", "Rule: nowhere\nClause:", ASKED_PRICE, "rule 'nowhere' is no question", "by its id"),
    Case("reason", COST, "Clause:", "Reason: nowhere\nClause:", ASKED_PRICE, "reason 'nowhere' is no", "by its id"),
    Case("question field", COST, "topic: cost", "topic: cost\nhue: red", "", "unknown field 'hue'", "remove it"),
    Case("no clause", COST, "Clause: how much one infusion costs\n", "", ASKED_PRICE, "0 clauses", "add one line"),
    Case("two clauses", COST, "Clause: ", "Clause: one\nClause: ", ASKED_PRICE, "2 clauses", "add one line"),
    Case("stray text", COST, "- what does", "* hey\n- what does", "* hey", "stray text '* hey'", "'- ...' lines"),
    Case("14 phrasings", COST, "- what does it cost\n", "", ASKED_PRICE, "14 phrasings", "write at least 15"),
    Case(
        "a phrasing under two questions", PREPARATION, "- outfit for the day\n", "- What, does it COST?\n", ASKED_WEAR,
        "'What, does it COST?' of 'what-to-wear' stands under 'price' (knowledge/questions/cost.md:5) too",
        "keep it where most patients mean it",
    ),
    Case(
        "question id twice", COST, "- price in other words 11\n", f"- price in other words 11\n{SECOND_PRICE}",
        "## What else?", "question id 'price' stands at knowledge/questions/cost.md:5 too", "rename one",
    ),
    Case(
        "question without id", COST, "- price in other words 11\n",
        f"- price in other words 11\n{SECOND_PRICE.replace(' {#price}', '')}", "## What else?", "no id",
        "end it with ' {#an-id}'",
    ),
    # the form of an answer
    *(
        Case(f"no {field}", PRICE, f"{line}\n", "", PRICE_ENTRY, f"missing field '{field}'",
             f"add a line '- {field}: ...'")
        for field, line in ANSWER_LINES.items()
    ),
    Case("answer field", PRICE, "- source:", "- hue: red\n- source:", "- hue", "unknown field 'hue'", "known fields:"),
    Case("field twice", PRICE, "- source: FAQ", "- source: FAQ\n- source: FAQ", "- source", "'source' stands twice",
         "remove one"),
    Case("no text", PRICE, PRICE_TEXT, "\n", PRICE_ENTRY, "no answer text", "write the answer beneath"),
    Case("answer topic", PRICE, "topic: cost", "topic: costs", "", "unknown topic 'costs'", "use one of: cost"),
    Case("answer front matter field", PRICE, "topic: cost", "topic: cost\nhue: red", "", "unknown field 'hue'",
         "remove it"),
    Case("another clinic", PRICE, "clinic: north", "clinic: south", "", "clinic 'south' in the folder of 'north'",
         "correct one"),
    Case("numeric date", PRICE, "2026-11-01", "01.11.2026", PRICE_ENTRY, "'01.11.2026' is no date", "write it as 20"),
    Case("no such day", PRICE, "2026-11-01", "2026-11-31", PRICE_ENTRY, "'2026-11-31' is no date", "write it as 20"),
    # what an answer says
    Case("no such question", PRICE, "questions: price", "questions: price, prize", PRICE_ENTRY, "no question 'prize'",
         "faqbot knowledge list --questions"),
    Case("text too long", PRICE, PRICE_TEXT, f"\n\nIt costs $400. {'x' * (MAX_TEXT - 14)}\n", PRICE_ENTRY,
         f"text has {MAX_TEXT + 1} characters", "make it two entries"),
    Case("sms too long", PRICE, PRICE_SMS, f"- sms: {'x' * (MAX_SMS + 1)}", PRICE_ENTRY,
         f"sms has {MAX_SMS + 1} characters", "say it shorter"),
    Case("sms too long in GSM-7", PRICE, PRICE_SMS, f"- sms: {'[' * (MAX_SMS // 2 + 1)}", PRICE_ENTRY,
         f"sms has {MAX_SMS + 2} characters", "say it shorter"),
    Case("sms not GSM-7", PRICE, PRICE_SMS, "- sms: It\u2019s $400.", PRICE_ENTRY, "outside GSM-7: \u2019",
         "use plain quotes"),
    Case("number only in sms", PRICE, PRICE_SMS, "- sms: One infusion costs $450.", PRICE_ENTRY,
         "sms says 450 and the text does not", "make both say the same"),
    Case("reviewed tomorrow", PRICE, "2026-11-01", "2026-11-23", PRICE_ENTRY, "2026-11-23 is in the future",
         "write the day of the review"),
    Case("a draft of a page", PRICE, PRICE_TEXT, f"\n\n{DRAFT} so]\nOne infusion costs $400.\n", PRICE_ENTRY,
         "entry 'price': a draft, copied from the page", "write the clinic's own words and remove"),
    Case("entry id twice", WEAR, "{#wear}", "{#price}", WEAR_ENTRY,
         "entry id 'price' stands at knowledge/clinics/north/cost.md:6 too", "rename one"),
    Case("two answers to one question", WEAR, "what-to-wear", "what-to-wear, price", WEAR_ENTRY,
         "question 'price' is answered at knowledge/clinics/north/cost.md:6 too", "keep one answer"),
    Case("contradiction", WEAR, WEAR_TEXT, "\n\nOne infusion costs $450.\n", WEAR_ENTRY,
         "'One infusion costs $450.' and 'price' (knowledge/clinics/north/cost.md:6) says 'One infusion costs $400.'",
         "correct one number"),
    Case("contradiction in other words", WEAR, WEAR_TEXT, "\n\nThe cost of an infusion is $450.\n", WEAR_ENTRY,
         "'The cost of an infusion is $450.' and 'price'", "correct one number"),
    Case("contradiction in hours in other words", WEAR, WEAR_TEXT, "\n\nDo not eat for 8 hours before the infusion.\n",
         WEAR_ENTRY, "'Do not eat for 8 hours before the infusion.' and 'stop'", "correct one number"),
    # the clinic
    *(
        Case(f"clinic without {field}", CLINIC, f"\n{field}:", "\n# ", "", f"missing field '{field}'",
             f"add a line '{field}: ...'")
        for field in CLINIC_FIELDS
        if field != "id"
    ),
    Case("clinic field", CLINIC, "notes: []", "notes: []\nhue: red", "", "unknown field 'hue'", "remove it; known: id"),
    Case("clinic id", CLINIC, "id: north", "id: nord", "", "id 'nord' is not the folder's name 'north'",
         "make them the same"),
    Case("notes are no list", CLINIC, "notes: []", "notes: 5", "", "field 'notes' is no list", "write 'notes: []'"),
    Case("clinic is no YAML", CLINIC, "notes: []", "notes: [", "", "no YAML", "write 'key: value' lines"),
    Case("long short name", CLINIC, "short_name: north", f"short_name: {'n' * 21}", "", "21 characters", "at most 20"),
    Case("short name not GSM-7", CLINIC, "short_name: north", "short_name: n\u014drth", "", "outside GSM-7: \u014d",
         "use plain letters"),
]  # fmt: skip


def edit(root: Path, file: str, old: str, new: str) -> None:
    """Change what stands once in a file."""
    text = (root / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    (root / file).write_text(text.replace(old, new), encoding="utf-8")


def line_of(root: Path, file: str, anchor: str) -> int:
    """The last line, from 1, that begins with `anchor`; 1 where no anchor is named."""
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    return max(n for n, line in enumerate(lines, 1) if line.startswith(anchor)) if anchor else 1


def problems(root: Path) -> list[str]:
    """What the check prints."""
    return [str(p) for p in check(root, today=TODAY)]


def test_the_small_example_is_clean(faq: Path) -> None:
    assert problems(faq) == []


def test_the_real_content_is_clean() -> None:
    assert [str(p) for p in check(REAL, today=date.today())] == []


@pytest.mark.parametrize("case", [pytest.param(c, id=c.id) for c in CASES])
def test_a_fault_is_refused_with_its_place_and_its_mend(faq: Path, case: Case) -> None:
    edit(faq, case.file, case.old, case.new)
    place = f"knowledge/{case.file}:{line_of(faq, case.file, case.anchor)}: "
    found = check(faq, today=TODAY)
    assert len(found) == 1, problems(faq)
    assert str(found[0]).startswith(place)
    assert case.what in found[0].what
    assert case.mend in found[0].mend


def test_every_field_of_an_answer_is_required() -> None:
    assert set(ANSWER_LINES) == set(ANSWER_FIELDS)  # so that CASES leave out each


def test_a_clinic_without_its_file_is_refused(faq: Path) -> None:
    (faq / CLINIC).unlink()
    assert problems(faq) == [f"knowledge/{CLINIC}:1: missing; write it: see 'How to add a clinic' in README.md"]


def test_a_clinic_without_its_id_is_refused(faq: Path) -> None:
    edit(faq, CLINIC, "id: north\n", "")
    assert f"knowledge/{CLINIC}:1: missing field 'id'; add a line 'id: ...'" in problems(faq)


def test_a_folder_whose_name_is_no_id_is_refused(faq: Path) -> None:
    write_clinic(faq, "North_2", {})
    assert [p.split(": ")[0] for p in problems(faq)] == ["knowledge/clinics/North_2/clinic.yml:1"]


def test_a_folder_without_a_catalogue_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path) == [f"{tmp_path}:1: no folder 'questions'; name the knowledge folder"]


def test_problems_come_in_the_order_of_files_and_lines(faq: Path) -> None:
    edit(faq, COST, "- what does it cost\n", "")
    edit(faq, WEAR, "questions: what-to-wear", "questions: what-to-were")
    edit(faq, WEAR, "questions: stop-eating", "questions: stop-heating")
    assert [p.split(": ")[0] for p in problems(faq)] == [
        "knowledge/clinics/north/preparation.md:6",
        "knowledge/clinics/north/preparation.md:15",
        "knowledge/questions/cost.md:5",
    ]


def test_an_own_question_needs_an_id_that_the_catalogue_does_not_have(faq: Path) -> None:
    (faq / "clinics/north/questions").mkdir()
    (faq / "clinics/north/questions/logistics.md").write_text(OWN.replace("#bell", "#price"), encoding="utf-8")
    assert problems(faq) == [
        "knowledge/clinics/north/questions/logistics.md:5: question id 'price' stands at "
        "knowledge/questions/cost.md:5 too; rename one"
    ]


def test_a_clinic_may_answer_its_own_questions_and_not_those_of_another(faq: Path) -> None:
    (faq / "clinics/north/questions").mkdir()
    (faq / "clinics/north/questions/logistics.md").write_text(OWN, encoding="utf-8")
    answer = answer_block("bell", "bell", "It is not loud.", "It is not loud.")
    write_clinic(faq, "north", {"logistics": [answer]})
    assert problems(faq) == []
    write_clinic(faq, "south", {"logistics": [answer]})
    assert problems(faq) == [
        "knowledge/clinics/south/logistics.md:6: entry 'bell': no question 'bell'; "
        "see `faqbot knowledge list --questions`"
    ]


@pytest.mark.parametrize(
    ("text", "sms", "reviewed"),
    [
        pytest.param("x" * MAX_TEXT, "x", "2026-11-01", id="longest text"),
        pytest.param("x", "x" * MAX_SMS, "2026-11-01", id="longest sms"),
        pytest.param("It costs $1,200.", "It costs $1200.", "2026-11-01", id="thousands separator in one form"),
        pytest.param("x", "x", "2026-11-22", id="reviewed today"),
        pytest.param("x", "x", "2020-11-21", id="reviewed years ago"),
    ],
)
def test_what_is_just_allowed_is_clean(faq: Path, text: str, sms: str, reviewed: str) -> None:
    write_clinic(faq, "south", {"cost": [answer_block("price", "price", text, sms, reviewed=reviewed)]})
    assert problems(faq) == []


def test_clinics_may_differ_in_a_number(faq: Path) -> None:
    text = "One infusion costs $450."
    write_clinic(faq, "south", {"cost": [answer_block("price", "price", text, text)]})
    assert problems(faq) == []


def test_an_answer_that_states_both_figures_is_no_contradiction(faq: Path) -> None:
    both = "One infusion costs $400 by the FAQ. One infusion costs $450 by the price list."
    edit(faq, WEAR, WEAR_TEXT, f"\n\n{both}\n")
    assert problems(faq) == []


def test_a_number_of_something_else_does_not_hide_a_contradiction(faq: Path) -> None:
    edit(faq, WEAR, WEAR_TEXT, "\n\nStop eating 4 hours before your infusion. Bring the 6 forms.\n")
    assert len(problems(faq)) == 1


@pytest.mark.parametrize("field", ["name", "short_name", "about", "page"])
def test_an_empty_field_of_a_clinic_is_refused(faq: Path, field: str) -> None:
    lines = (faq / CLINIC).read_text(encoding="utf-8").splitlines()
    kept = [f"{field}:" if line.startswith(f"{field}:") else line for line in lines]
    (faq / CLINIC).write_text("\n".join(kept) + "\n", encoding="utf-8")
    found = problems(faq)
    assert len(found) == 1
    assert f"'{field}'" in found[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "anchor"),
    [
        pytest.param(COST, "topic: cost\n", "", "", id="front matter without a topic"),
        pytest.param(COST, "topic: cost", "topic: [cost]", "", id="topic is a list"),
        pytest.param(COST, "Clause: how much one infusion costs", "Clause:", ASKED_PRICE, id="empty clause"),
        pytest.param(COST, "Clause: how", "Clause: \u201chow\u201d", ASKED_PRICE, id="clause not GSM-7"),
        pytest.param(COST, "How much does", "How \u201cmuch\u201d does", "## How", id="heading not GSM-7"),
        pytest.param(COST, "- what does it cost\n", "- \n", ASKED_PRICE, id="empty phrasing"),
        pytest.param(COST, "- what does it cost\n", "- Price of an infusion?\n", ASKED_PRICE, id="repeated phrasing"),
        pytest.param(
            PREPARATION, "- outfit for the day", "- How much does one infusion cost?", ASKED_WEAR,
            id="heading of another question",
        ),
        pytest.param(PRICE, "questions: price", "questions: ,", PRICE_ENTRY, id="answer to no question"),
        pytest.param(CLINIC, "notes: []", "notes: []\n1: one\nhue: red", "", id="field names that are no words"),
    ],
)  # fmt: skip
def test_what_would_reach_patients_wrong_is_refused(faq: Path, file: str, old: str, new: str, anchor: str) -> None:
    edit(faq, file, old, new)
    place = f"knowledge/{file}:{line_of(faq, file, anchor)}: "
    assert any(p.startswith(place) for p in problems(faq)), problems(faq)
