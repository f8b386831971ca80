"""Traces by OpenTelemetry, to where OTEL_EXPORTER_OTLP_ENDPOINT says. Imported where that is set, and else never.

A span has a name, a time, and of the turn its channel, clinic and kind; no text, no exception's message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Status, StatusCode


class Traces:
    """The spans of one process."""

    def __init__(self, process: str, *, exporter: SpanExporter | None = None, batch: bool = True) -> None:
        """Spans go to `exporter`, by default the one that the standard variables describe."""
        self._provider = TracerProvider(resource=Resource.create({SERVICE_NAME: f"faqbot-{process}"}))
        chosen = exporter or OTLPSpanExporter()
        self._provider.add_span_processor(BatchSpanProcessor(chosen) if batch else _AtOnce(chosen))
        self._tracer = self._provider.get_tracer("faqbot")

    @contextmanager
    def span(self, name: str, carried: Mapping[str, str] | None = None) -> Iterator[None]:
        """A span around the block, below the present one, or below the one that another process `carried` here."""
        context = propagate.extract(dict(carried)) if carried else None
        with self._tracer.start_as_current_span(
            name, context=context, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except Exception:
                span.set_status(Status(StatusCode.ERROR))  # without the message: it may quote a patient
                raise

    def note(self, **attributes: str) -> None:
        """Attributes of the present span."""
        trace.get_current_span().set_attributes({f"faqbot.{name}": value for name, value in attributes.items()})

    def carry(self) -> dict[str, str]:
        """The present span in the form that another process takes as `carried`."""
        carried: dict[str, str] = {}
        propagate.inject(carried)
        return carried

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()  # type: ignore[no-untyped-call]


class _AtOnce(SpanProcessor):
    """Hands each span on when it ends; for tests."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def on_end(self, span: Any) -> None:
        """Called by the SDK."""
        self._exporter.export([span])
