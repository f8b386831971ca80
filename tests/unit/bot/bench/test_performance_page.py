"""docs/performance.md names every option of `faqbot bench`, and the aims and sizes as the code has them."""

from __future__ import annotations

import inspect

import pytest

from bot import cli
from bot.bench import report as reports
from bot.bench.run import FULL
from bot.settings import ROOT
from knowledge.vectors import EXACT_MOST, RECALL

PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("option", inspect.signature(cli.bench).parameters)
def test_every_option_is_explained(option: str) -> None:
    assert f"--{option.replace('_', '-')}" in PAGE


@pytest.mark.parametrize("name", reports.TARGETS)
def test_every_aim_is_that_of_the_report(name: str) -> None:
    bound, value = reports.TARGETS[name]
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    assert row.endswith(f"| {bound} {value:g} |")


def test_the_size_of_a_full_run_is_as_told() -> None:
    assert f"--repeats {FULL.repeats}`" in PAGE
    assert f"--questions {FULL.sample.questions}`, `--phrasings {FULL.sample.phrasings}`" in PAGE
    assert f"Five windows of {FULL.seconds:g} s for each, after {FULL.warm_up:g} s of warm-up" in PAGE
    assert f"| {FULL.long_turns} messages in one" in PAGE
    assert f"with {', '.join(map(str, FULL.levels[:-1]))} and {FULL.levels[-1]} conversations" in PAGE


def test_the_choice_of_an_index_is_as_told() -> None:
    assert f"Up to {EXACT_MOST:,} vectors every one is compared" in PAGE
    assert f"a measured recall of {RECALL}" in PAGE
