"""What the load says: gold questions of one clinic a conversation, none twice."""

from __future__ import annotations

from itertools import islice

import pytest

from bot.bench.run import GOLD
from bot.bench.workload import ENDINGS, OPENINGS, Supply, conversations, long_conversation
from bot.evaluate import gold
from bot.evaluate.gold import GoldRow
from tests.unit.bot.bench.conftest import MakeRow


@pytest.fixture
def rows(make_row: MakeRow) -> list[GoldRow]:
    """Twelve questions of `north`, seven of `south`."""

    asked = [("north", n) for n in range(12)] + [("south", n) for n in range(7)]
    return [make_row(f"{clinic}-{n}", clinic=clinic, text=f"{clinic} asks {n} ") for clinic, n in asked]


def test_no_message_comes_twice(rows: list[GoldRow]) -> None:
    texts = [text for _, said in conversations(rows, seed=1) for text in said]
    assert len(texts) == len(set(texts)) == len(OPENINGS) * len(ENDINGS) * (10 + 5)


def test_a_whole_run_has_messages_enough_on_a_machine_several_times_as_fast() -> None:
    """On two fast cores a run with five repeats took 99,000 and wanted more."""
    assert len(gold.load(GOLD)) * len(OPENINGS) * len(ENDINGS) >= 300_000


def test_a_conversation_is_of_one_clinic_and_of_five_messages(rows: list[GoldRow]) -> None:
    for clinic, said in islice(conversations(rows, seed=1), 50):
        assert len(said) == 5
        assert all(f"{clinic} asks" in text for text in said)


def test_the_seed_decides(rows: list[GoldRow]) -> None:
    first, again, other = (list(islice(conversations(rows, seed=seed), 9)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_long_conversation_is_of_the_clinic_with_the_most_questions(rows: list[GoldRow]) -> None:
    clinic, said = long_conversation(rows, turns=30, seed=1)
    assert clinic == "north"
    assert len(said) == len(set(said)) == 30
    assert all("north asks" in text for text in said)


def test_a_supply_hands_out_each_conversation_once_and_first_what_was_put_back() -> None:
    talks = [(f"clinic-{n}", ("hi",)) for n in range(6)]
    supply = Supply(talks)
    taken = list(islice(supply, 4))
    supply.put_back(taken[2:])
    assert [*taken[:2], *supply] == talks


def test_a_supply_that_is_used_up_is_not_for_good() -> None:
    talk = ("north", ("hi",))
    supply = Supply([talk])
    assert list(supply) == [talk]
    supply.put_back([talk])
    assert next(supply) == talk
    with pytest.raises(StopIteration):
        next(supply)
