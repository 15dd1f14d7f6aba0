"""Everything by which a process can be watched, begun and ended together."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.config.settings import Settings
from shared.observability.logging import configure_logging
from shared.observability.reports import start_reports, stop_reports
from shared.observability.tracing import start_tracing, stop_tracing


@contextmanager
def observed(settings: Settings, *, service: str) -> Iterator[None]:
    """Logs, traces and reports of a service while it runs."""
    configure_logging(
        service=service,
        level=settings.effective_log_level,
        file=settings.log_file,
        version=settings.release,
        colour=settings.colour,
    )
    start_tracing(service, version=settings.release, colour=settings.colour)
    start_reports(settings)
    try:
        yield
    finally:
        stop_tracing(service)
        stop_reports()
