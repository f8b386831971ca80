"""The metrics: what is counted, and that no label can be made by a patient."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bot.watch.labels import KINDS
from bot.watch.metrics import Metrics
from bot.watch.record import failed, part, turned, version, watch

CANARY = "jo canary 512-555-0123"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[CollectorRegistry]:
    """Metrics are on in this process, with the clinics north and south."""
    registry = CollectorRegistry()
    monkeypatch.setattr(watch, "metrics", Metrics(("north", "south"), registry))
    yield registry


def reply(kind: str, **more: object) -> SimpleNamespace:
    return SimpleNamespace(kind=kind, **more)


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


def test_a_turn_is_counted_by_channel_clinic_and_kind(registry: CollectorRegistry) -> None:
    for _ in range(2):
        turned(channel="web", clinic="north", reply=reply("answer"), seconds=0.012)
    assert value(registry, "faqbot_turns_total", channel="web", clinic="north", kind="answer") == 2
    assert value(registry, "faqbot_turn_seconds_count", channel="web") == 2
    assert value(registry, "faqbot_turn_seconds_bucket", channel="web", le="0.02") == 2
    assert value(registry, "faqbot_turn_seconds_bucket", channel="web", le="0.01") == 0


@pytest.mark.parametrize(
    ("kind", "questions", "reason"),
    [
        ("no_answer", [{"id": "price"}], "faq_silent"),
        ("no_answer", [], "not_understood"),
        ("out_of_scope", [], "out_of_scope"),
        ("defer", [{"id": "dose"}], "defer"),
    ],
)
def test_what_gets_no_answer_is_counted_by_its_reason(
    registry: CollectorRegistry, kind: str, questions: list[object], reason: str
) -> None:
    turned(channel="sms", clinic="south", reply=reply(kind, questions=questions), seconds=0.01)
    assert value(registry, "faqbot_declined_total", channel="sms", clinic="south", reason=reason) == 1


def test_an_answer_is_not_declined(registry: CollectorRegistry) -> None:
    turned(channel="sms", clinic="south", reply=reply("answer", questions=[]), seconds=0.01)
    assert "faqbot_declined_total{" not in generate_latest(registry).decode()


def test_dangers_are_counted_with_what_was_said(registry: CollectorRegistry) -> None:
    turned(channel="web", clinic="north", reply=reply("crisis"), seconds=0.01, danger="crisis_other", helped=True)
    turned(channel="web", clinic="north", reply=reply("answer"), seconds=0.01, danger="emergency")
    where = {"channel": "web", "clinic": "north"}
    assert value(registry, "faqbot_dangers_total", **where, danger="crisis_other", reply="help") == 1
    assert value(registry, "faqbot_dangers_total", **where, danger="emergency", reply="line") == 1


def test_a_turn_that_was_given_up_has_no_time(registry: CollectorRegistry) -> None:
    failed("deadline")
    turned(channel="web", clinic="north", reply=reply("error"), seconds=None)
    assert value(registry, "faqbot_turns_total", channel="web", clinic="north", kind="error") == 1
    assert value(registry, "faqbot_turn_seconds_count", channel="web") is None
    assert value(registry, "faqbot_failures_total", what="deadline") == 1


def test_a_part_is_timed_though_it_fails(registry: CollectorRegistry) -> None:
    with pytest.raises(ValueError), part("search"):
        raise ValueError
    assert value(registry, "faqbot_part_seconds_count", part="search") == 1


def test_the_version_that_was_served_before_is_0(registry: CollectorRegistry) -> None:
    for name in ("a1", "b2", "b2"):
        version("index", name)
    assert value(registry, "faqbot_version", part="index", version="a1") == 0
    assert value(registry, "faqbot_version", part="index", version="b2") == 1


def test_no_label_holds_what_a_patient_wrote(registry: CollectorRegistry) -> None:
    turned(channel=CANARY, clinic=CANARY, reply=reply(CANARY), seconds=0.01, danger=CANARY)
    turned(channel=CANARY, clinic=CANARY, reply=reply("no_answer", questions=[CANARY]), seconds=0.01)
    failed(CANARY)
    with part(CANARY):
        pass
    shown = generate_latest(registry).decode()
    assert "canary" not in shown and "0123" not in shown
    assert value(registry, "faqbot_turns_total", channel="other", clinic="other", kind="other") == 1


def test_the_kinds_are_those_of_the_batch_contract() -> None:
    from bot.settings import ROOT

    said = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    line = next(line for line in said.splitlines() if line.startswith("`kind` is one of"))
    assert set(KINDS) == set(
        line.removeprefix("`kind` is one of").replace("`", "").rstrip(".").replace(",", "").split()
    )


def test_without_a_port_nothing_is_recorded() -> None:
    assert not watch.on
    with part("search"):
        turned(channel="web", clinic="north", reply=reply("answer"), seconds=0.1)
        failed("engine")
        version("index", "a1")
