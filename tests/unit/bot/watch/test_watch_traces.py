"""Traces: spans of a turn across two processes, without a word of the patient."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.watch.record import TRACE, carried, part, turned, turning, watch
from bot.watch.traces import Traces


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Traces are on, and kept in memory."""
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(watch, "traces", Traces("rasa", exporter=exporter, batch=False))
    yield exporter


def spans(kept: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in kept.get_finished_spans()}


def test_the_parts_of_a_turn_are_below_it_and_the_action_in_its_own_process_too(kept: InMemorySpanExporter) -> None:
    assert watch.traces
    with turning():
        with part("engine"):
            message = {TRACE: watch.traces.carry()}
        turned(channel="web", clinic="north", reply=SimpleNamespace(kind="answer"), seconds=0.01)
    with part("action", carried(message)), part("search"):
        pass
    found = spans(kept)
    assert set(found) == {"turn", "engine", "action", "search"}
    assert len({span.context.trace_id for span in found.values()}) == 1
    for below, above in (("engine", "turn"), ("action", "engine"), ("search", "action")):
        assert found[below].parent and found[below].parent.span_id == found[above].context.span_id
    assert found["turn"].attributes == {
        "faqbot.channel": "web", "faqbot.clinic": "north", "faqbot.kind": "answer",
    }  # fmt: skip
    assert found["turn"].resource.attributes["service.name"] == "faqbot-rasa"


def test_a_failure_is_marked_without_its_message(kept: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError), part("engine"):
        raise ValueError("canary")
    span = spans(kept)["engine"]
    assert not span.status.is_ok
    assert "canary" not in span.to_json() and not span.events


def test_nothing_is_carried_where_traces_are_off() -> None:
    assert carried({TRACE: {"traceparent": "x"}}) is None
    assert not watch.on
