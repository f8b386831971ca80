"""What a message gets: help before all, silence after an opt-out, pages and choices before the engine."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.channels.sms.config import Texted
from bot.channels.sms.people import Person
from bot.channels.sms.turns import Said, Turns, controlled

TEXTED = Texted("north", "North")
PERSON = Person("hash", "north", introduced=True)
HELP = Said("crisis", [{"text": "Call or text 988. In danger now call 911."}])


class Engine:
    """Keeps what it is asked; answers after `seconds`."""

    def __init__(self, said: Said, seconds: float = 0.0) -> None:
        self.said, self.seconds, self.asked = said, seconds, []

    async def __call__(self, text: str, conversation: str, clinic: str) -> Said:
        self.asked.append((text, conversation, clinic))
        await asyncio.sleep(self.seconds)
        return self.said


def turns(engine: Engine) -> Turns:
    return Turns(engine, lambda text: HELP if "die" in text else Said("error", [{"text": "broken"}]), seconds=0.05)


async def test_the_engine_gets_the_words_in_the_conversation_of_the_clinic() -> None:
    engine = Engine(Said("answer", [{"text": "400 dollars.", "buttons": [{"title": "Cost"}, {"title": "Visit"}]}]))
    done = await turns(engine).take("how much?", 0, PERSON, "sms-1", TEXTED)
    assert engine.asked == [("how much?", "sms-1", "north")]
    assert done.kind == "answer" and done.reply and done.reply.text == "400 dollars.\n1 Cost\n2 Visit"
    assert done.reply.choices == ("Cost", "Visit") and not done.exempt


@pytest.mark.parametrize(("words", "asked"), [("2", "Visit"), ("vissit", "Visit"), ("3", "3"), ("i want to die", None)])
async def test_check_15_a_choice_reaches_the_engine_by_its_words(words: str, asked: str | None) -> None:
    engine = Engine(Said("answer", [{"text": "Yes."}]))
    await turns(engine).take(words, 0, replace(PERSON, choices=("Cost", "Visit")), "c", TEXTED)
    assert engine.asked[0][0] == (asked or words)


async def test_more_brings_the_next_page_without_the_engine() -> None:
    engine = Engine(Said("answer", [{"text": "x"}]))
    done = await turns(engine).take("More", 0, replace(PERSON, rest=("Page 2", "Page 3")), "c", TEXTED)
    assert done.reply and (done.reply.text, done.reply.rest) == ("Page 2", ("Page 3",)) and not engine.asked


async def test_check_13_a_picture_never_reaches_the_engine_but_words_beside_it_do() -> None:
    engine = Engine(Said("answer", [{"text": "x"}]))
    done = await turns(engine).take(" ", 1, PERSON, "c", TEXTED)
    assert done.reply and "only read words" in done.reply.text and not engine.asked
    await turns(engine).take("how much?", 2, PERSON, "c", TEXTED)
    assert len(engine.asked) == 1


async def test_an_engine_that_is_slow_or_silent_means_fixed_words_and_help_in_danger() -> None:
    slow, silent = Engine(Said("answer", [{"text": "late"}]), seconds=5), Engine(Said("answer", [{"text": ""}]))
    for engine in (slow, silent):
        for words, text in (("how much?", "broken"), ("i want to die", HELP.messages[0]["text"])):
            done = await turns(engine).take(words, 0, PERSON, "c", TEXTED)
            assert done.reply and done.reply.text == text


async def test_check_14_after_an_opt_out_only_help_goes_and_never_to_the_engine() -> None:
    engine = Engine(Said("answer", [{"text": "x"}]))
    for how in ("keyword", "words", "provider"):
        out = replace(PERSON, out_by=how)
        done = await turns(engine).take("how much?", 0, out, "c", TEXTED)
        assert done.reply is None and done.change is None
        done = await turns(engine).take("i want to die", 0, out, "c", TEXTED)
        assert done.reply and "988" in done.reply.text and done.exempt and done.change is None
        assert turns(engine).give_up("how much?", out, TEXTED).reply is None
        yes = await turns(engine).take("Yes", 0, out, "c", TEXTED)
        assert (yes.change == ("in", "keyword")) == (how != "words")
    assert not engine.asked
    given_up = turns(engine).give_up("how much?", PERSON, TEXTED)
    assert given_up.reply and given_up.reply.text == "broken"


def test_check_14_the_keywords() -> None:
    assert controlled("stop", PERSON, "North").reply is None
    assert controlled("help", PERSON, "North").reply is None
    words = controlled("stop-words", PERSON, "North")
    assert words.reply and words.exempt and words.change == ("out", "words")
    assert controlled("stop-words", replace(PERSON, out_by="words"), "North").reply is None
    assert controlled("start", replace(PERSON, out_by="keyword"), "North").reply is None
    back = controlled("start", replace(PERSON, out_by="words"), "North")
    assert back.reply and back.change == ("in", "keyword")
    new = controlled("start", PERSON, "North")
    assert new.reply and new.reply.introduced and new.change is None
