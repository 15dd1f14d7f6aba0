"""One trace from an upload to the stock it leads to, across services and workers, by OpenTelemetry.

Off unless the standard variables name a collector: OTEL_EXPORTER_OTLP_ENDPOINT (or ..._TRACES_ENDPOINT),
or OTEL_TRACES_EXPORTER=otlp. Sampling, headers and timeouts are theirs too. While off, nothing is
imported here and nothing is done.
"""

import os
import threading
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

Kind = Literal["SERVER", "CLIENT", "PRODUCER", "CONSUMER", "INTERNAL"]
# A collector that is away must not keep a process from ending in time.
_FLUSH_SECONDS = 3.0

_providers: dict[str, "TracerProvider"] = {}
_service: ContextVar[str] = ContextVar("traced_service", default="")


def is_wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the standard variables ask for traces."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporters = environment.get("OTEL_TRACES_EXPORTER", "")
    if exporters:
        return "otlp" in exporters.split(",")
    named = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    return any(environment.get(name) for name in named)


def start_tracing(service: str, *, version: str, colour: str | None) -> None:
    """Send the spans of a service of this process to the collector; nothing when none is named."""
    if not is_wanted() or service in _providers:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    facts = {"service.namespace": "gondola", "service.version": version}
    if colour is not None:
        facts["deployment.colour"] = colour
    if "OTEL_SERVICE_NAME" not in os.environ:
        facts["service.name"] = service
    provider = TracerProvider(resource=Resource.create(facts), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _providers[service] = provider


def stop_tracing(service: str) -> None:
    """Send what is left, within a moment."""
    provider = _providers.pop(service, None)
    if provider is not None:
        sending = threading.Thread(target=provider.shutdown, daemon=True)
        sending.start()
        sending.join(_FLUSH_SECONDS)


@contextmanager
def span(
    name: str,
    kind: Kind = "INTERNAL",
    *,
    service: str | None = None,
    cause: Mapping[str, str] | None = None,
    attributes: Mapping[str, str | int] | None = None,
) -> Iterator["Span | None"]:
    """A piece of work of the trace it is part of; None while tracing is off.

    service: whose work it is, where work enters; within, it is known. cause: the carrier that `inject`
    filled on the other side; the work from which that is taken up here is linked. An exception that
    leaves it marks it as failed, by its type alone.
    """
    provider = _providers.get(_service.get() if service is None else service)
    if provider is None:
        yield None
        return
    from opentelemetry import propagate, trace  # noqa: PLC0415

    parent = propagate.extract(cause) if cause else None
    around = trace.get_current_span().get_span_context()
    entered = None if service is None else _service.set(service)
    work = provider.get_tracer("gondola").start_as_current_span(
        name,
        context=parent,
        kind=trace.SpanKind[kind],
        links=[trace.Link(around)] if cause and around.is_valid else None,
        attributes=attributes,
        # Texts of exceptions may hold what belongs to people.
        record_exception=False,
        set_status_on_exception=False,
    )
    try:
        with work as current:
            try:
                yield current
            except BaseException as error:
                fail(current, type(error).__name__)
                raise
    finally:
        if entered is not None:
            _service.reset(entered)


def fail(current: "Span | None", kind: str) -> None:
    """Mark a span as failed. kind: a type of error or a status, never a text."""
    if current is not None:
        from opentelemetry.trace import StatusCode  # noqa: PLC0415

        current.set_status(StatusCode.ERROR)
        current.set_attribute("error.type", kind)


def inject(carrier: MutableMapping[str, str]) -> None:
    """Put the current trace into headers or the arguments of a job; nothing while tracing is off."""
    if is_on():
        from opentelemetry import propagate  # noqa: PLC0415

        propagate.inject(carrier)


def is_on() -> bool:
    """Whether what is done now is traced."""
    return _service.get() in _providers


def position() -> str | None:
    """Where in its trace the work is, to be taken up later as the cause of other work; W3C traceparent."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent")


def current_trace_id() -> str | None:
    """The trace that is worked on, 32 hexadecimal digits, for log lines."""
    if not _providers:
        return None
    from opentelemetry import trace  # noqa: PLC0415

    context: Any = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
