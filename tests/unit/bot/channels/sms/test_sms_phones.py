"""SMS conversations without a phone: the first page, MORE, numbers, and how much is kept."""

from __future__ import annotations

from typing import Any

from bot.channels.sms.phones import Phones
from bot.channels.sms.texts import text
from knowledge import gsm7

MORE = text("more", "")
SOURCE = {"clinic": "north", "entry": "a", "title": "FAQ", "reviewed": "2026-11-01"}
OTHER = {**SOURCE, "entry": "b"}


def message(words: str, *buttons: str, sources: tuple[dict[str, str], ...] = ()) -> dict[str, Any]:
    """A message of a turn."""
    return {"text": words, "buttons": [{"title": b} for b in buttons], "sources": list(sources)}


def test_a_reply_that_fits_is_one_message_word_for_word() -> None:
    made = Phones().first_page("c", "answer", [message("Two hours.\n(North FAQ, 2026-11-01)", sources=(SOURCE,))])
    assert made == message("Two hours.\n(North FAQ, 2026-11-01)", sources=(SOURCE,))


def test_what_has_no_room_comes_with_more_once_with_its_source() -> None:
    phones = Phones()
    long = [message("a" * 200, sources=(SOURCE,)), message("b" * 200, sources=(OTHER,))]
    first = phones.first_page("c", "answer", long)
    assert first == message(f"{'a' * 200}\n{MORE}", sources=(SOURCE,))
    assert phones.more("c", "what does it cost?") is None and phones.more("another", "more") is None
    assert phones.more("c", "MORE") == ("answer", message("b" * 200, sources=(OTHER,)))
    assert phones.more("c", "MORE") is None


def test_every_page_keeps_the_length_however_long_the_reply_is() -> None:
    phones = Phones()
    pages = [phones.first_page("c", "answer", [message("A sentence of a long reply. " * 60)])["text"]]
    while page := phones.more("c", "more"):
        pages.append(page[1]["text"])
    assert len(pages) > 5 and all(gsm7.length(p) <= gsm7.MAX_CHARACTERS for p in pages)


def test_choices_are_numbered_in_the_text_and_picked_by_number() -> None:
    phones = Phones()
    made = phones.first_page("c", "clarify", [message("Which?", "Cost", "Parking")])
    assert made == message("Which?\n1 Cost\n2 Parking")
    assert phones.meant("c", "2") == "Parking"
    assert phones.meant("c", "how long is it?") == "how long is it?"
    assert phones.meant("another", "2") == "2"


def test_the_next_reply_takes_the_place_of_pages_and_choices() -> None:
    phones = Phones()
    phones.first_page("c", "clarify", [message("a" * 300, "Cost"), message("b" * 300)])
    phones.first_page("c", "answer", [message("Two hours.")])
    assert phones.more("c", "more") is None and phones.meant("c", "1") == "1"


def test_only_the_last_conversations_are_kept() -> None:
    phones = Phones(most=2)
    for conversation in "abc":
        phones.first_page(conversation, "clarify", [message("Which?", "Cost")])
    assert [phones.meant(c, "1") for c in "abc"] == ["1", "Cost", "Cost"]
