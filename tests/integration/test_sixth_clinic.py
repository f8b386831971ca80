"""A sixth clinic is added by writing its answers alone: it answers these, and declines the rest by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from actions import answering
from actions.context import Turn
from bot import sites
from bot.build import build_index
from bot.settings import Settings
from knowledge.encoder import OnnxEncoder, Vectors
from knowledge.index import answer_sentences
from knowledge.load import load
from knowledge.reply import Reply
from knowledge.service import KnowledgeService
from knowledge.text import key, spell_out

pytestmark = pytest.mark.integration

CLINIC = "harbor-infusion"
CLINIC_YML = """\
id: harbor-infusion
name: Harbor Infusion Center
short_name: Harbor Infusion
about: made up for a test
page: made up for a test
timezone: America/New_York
notes: []
"""
# Question, title, answer as it stands in web and SMS form alike.
ANSWERS = (
    ("parking", "Parking", "The garage under the building is free for patients. Take a ticket; the desk stamps it."),
    ("phone-number", "Phone", "Call the front desk on weekdays. The number stands on your appointment card."),
    ("opening-hours", "Hours", "The office is open Monday to Thursday. It is closed on public holidays."),
    ("wheelchair-access", "Access", "A ramp and a lift lead to the office, and every treatment room has a wide door."),
    ("interpreter", "Languages", "Two nurses speak Spanish. For other languages ask for a phone interpreter."),
    ("wifi", "Internet", "Guest internet is free. The password hangs in the waiting room."),
    ("bring-children", "Children", "Please leave children at home. Nobody here can look after them."),
    ("driver-wait", "Drivers", "Your driver may wait in the lounge, where there is coffee."),
    ("get-my-records", "Records", "Ask the front desk for your records. They are sent within a week."),
    ("other-locations", "Locations", "There is one office only, by the harbor."),
)
# Written without a look at the phrasings, and not changed after a look at what they gave.
ASKED = {
    "parking": ("is there anywhere to leave my truck while i get treated", "whats parking like over there"),
    "phone-number": ("which number do i dial to reach you", "can you give me your telephone number pls"),
    "opening-hours": ("what time does your office close on a tuesday", "which days of the week is the clinic open"),
    "wheelchair-access": (
        "my mom uses a wheelchair, can she get in ok",
        "are there stairs or is there a ramp or elevator",
    ),
    "interpreter": ("my dad speaks only spanish, can someone translate", "does any of the staff speak vietnamese"),
    "wifi": ("is there wifi in the waiting area", "can i get online with my laptop at your place"),
    "bring-children": ("ok if my 4 year old comes with me", "i have no babysitter, may the kids come along"),
    "driver-wait": (
        "can my ride hang out there till im done",
        "is there a place for my husband to sit while he waits for me",
    ),
    "get-my-records": ("how do i get a copy of my chart", "could you send my treatment records to my new doctor"),
    "other-locations": (
        "do you have another office closer to me",
        "are you only in one place or are there more branches",
    ),
}
DECLINED = {
    "stop-eating-solids": "how many hours before the drip is my last meal allowed",
    "drive-after": "how long till they let me back behind the wheel",
    "price-per-infusion": "whats the price tag on one infusion",
    "what-to-wear": "what kind of clothes are best for the appointment",
    "insurance-coverage": "will my insurance company pay for any of this",
    "pregnancy": "im 3 months pregnant, can i still be treated",
    "addiction": "could i end up addicted to it",
    "fda-approval": "has the fda approved this for depression",
    "discount-veterans": "i served in the army, is there a veterans discount",
    "support-animal": "may my emotional support dog come with me",
}


def page() -> str:
    """The one file of answers."""
    entries = "".join(
        f"\n## {title} {{#{question}}}\n- questions: {question}\n- source: example\n- reviewed: 2026-11-22\n"
        f"- reviewer: example\n- sms: {text}\n\n{text}\n"
        for question, title, text in ANSWERS
    )
    return f"---\nclinic: {CLINIC}\ntopic: logistics\n---\n{entries}"


@pytest.fixture(scope="module")
def encoded(untrained: Settings) -> Iterator[list[str]]:
    """The sixth clinic written, built and served to the actions; the texts that the build had to encode."""
    folder = untrained.knowledge_dir / "clinics" / CLINIC
    folder.mkdir()
    (folder / "clinic.yml").write_text(CLINIC_YML, encoding="utf-8")
    (folder / "logistics.md").write_text(page(), encoding="utf-8")
    texts: list[str] = []
    plain = OnnxEncoder.encode

    def listen(self: OnnxEncoder, new: Sequence[str]) -> Vectors:
        texts.extend(new)
        return plain(self, new)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OnnxEncoder, "encode", listen)
        build_index(untrained, print)
    with pytest.MonkeyPatch.context() as patch:
        service = KnowledgeService(untrained.index_dir, OnnxEncoder(untrained.encoder_dir))
        patch.setattr(answering, "knowledge_service", lambda: service)
        yield texts


def reply(text: str, clinic: str = CLINIC) -> Reply:
    """What the assistant says to a message whose intent was read as a question to the FAQ."""
    return answering.answer(Turn(clinic, "web", text, "logistics", explain=False)).reply


def test_nothing_but_the_new_sentences_was_encoded(encoded: list[str], untrained: Settings) -> None:
    clinic = next(c for c in load(untrained.knowledge_dir).clinics if c.id == CLINIC)
    sentences = {spell_out(sentence) for _, sentence in answer_sentences(clinic)}
    assert encoded and set(encoded) <= sentences


@pytest.mark.usefixtures("encoded")
def test_no_wording_is_a_phrasing(untrained: Settings) -> None:
    known = {key(p) for q in load(untrained.knowledge_dir).questions for p in (*q.phrasings, q.heading)}
    wordings = [text for texts in ASKED.values() for text in texts] + list(DECLINED.values())
    assert [text for text in wordings if key(text) in known] == []


@pytest.mark.usefixtures("encoded")
def test_its_questions_get_its_answers() -> None:
    """Of the wordings, each new to the catalogue, two may fail: no search finds all."""
    missed = []
    for question, text in [(q, text) for q, texts in ASKED.items() for text in texts]:
        said = reply(text)
        words = next(words for entry, _, words in ANSWERS if entry == question)
        if said.kind != "answer" or said.entries != ((CLINIC, question),) or not said.messages[0].text.endswith(words):
            missed.append((text, said.questions))
    assert len(missed) <= 2, missed


@pytest.mark.usefixtures("encoded")
@pytest.mark.parametrize(("question", "text"), DECLINED.items())
def test_what_only_others_answer_is_declined_by_name(question: str, text: str, untrained: Settings) -> None:
    knowledge = load(untrained.knowledge_dir)
    assert any(clinic.answer_to(question) for clinic in knowledge.clinics), "another clinic answers it"
    clause = next(q.clause for q in knowledge.questions if q.id == question)
    said = reply(text)
    assert (said.kind, said.entries) == ("no_answer", ()), said.questions
    assert f"Harbor Infusion Center's FAQ does not say {clause}." in said.messages[0].text


@pytest.mark.usefixtures("encoded")
def test_the_five_clinics_answer_as_before() -> None:
    said = reply("how many hours before the drip is my last meal allowed", "pain-team")
    assert [clinic for clinic, _ in said.entries] == ["pain-team"] and "6 hours" in said.messages[0].text


@pytest.mark.usefixtures("encoded")
def test_its_web_page_has_a_key(untrained: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "settings", lambda: untrained)
    sites.clinic_names.cache_clear()
    sites.sites.cache_clear()
    try:
        site = sites.site_of_key(f"demo-{CLINIC}")
        assert site is not None and site.clinic == CLINIC
    finally:
        sites.clinic_names.cache_clear()
        sites.sites.cache_clear()
