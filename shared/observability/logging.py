"""One JSON line per event, on standard output or in a file, with its request, organisation and person.

Every line has `message` and `level` (debug, info, warn, error), as log services read them, and says what
runs: service, version, colour.
"""

import logging
import sys
from logging.handlers import WatchedFileHandler
from pathlib import Path

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.observability import tracing
from shared.observability.reports import report_errors

_SECRET_WORDS = ("password", "token", "secret", "authorization", "cookie", "api_key")
# Of the process and not of a context, so that lines of threads say it too.
_what_runs: dict[str, str] = {}
_LEVELS = {"warning": "warn", "critical": "error", "exception": "error", "notset": "debug"}


def configure_logging(
    *, service: str, level: str, file: Path | None, version: str, colour: str | None = None
) -> None:
    """Set up structlog and route the standard library's records through it; once per process and service."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _plain_level,
        _say_what_runs,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        report_errors,
        structlog.processors.format_exc_info,
        _hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    _what_runs.clear()
    _what_runs.update({"version": version} if colour is None else {"version": version, "colour": colour})
    handler = logging.StreamHandler(sys.stdout) if file is None else WatchedFileHandler(file)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    handler.addFilter(_without_arguments)
    root = logging.getLogger()
    for former in root.handlers:
        if isinstance(former, WatchedFileHandler):
            former.close()
    root.handlers = [handler]
    root.setLevel(level)
    # Every request is logged once by our own middleware.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("httpx").setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    structlog.contextvars.bind_contextvars(service=service)


def _without_arguments(record: logging.LogRecord) -> bool:
    """Procrastinate prints what jobs are given, which are whole facts; which job it is says enough."""
    job = getattr(record, "job", None)
    if record.name.startswith("procrastinate") and isinstance(job, dict):
        record.msg = str(record.msg).replace(job["call_string"], f"{job['task_name']}[{job['id']}]")
    return True


def _plain_level(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["level"] = _LEVELS.get(event["level"], event["level"])
    return event


def _say_what_runs(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.update(_what_runs)
    trace_id = tracing.current_trace_id()
    if trace_id is not None:
        event["trace_id"] = trace_id
    return event


def _hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: "***" if key.lower() in _SECRET_WORDS else value for key, value in event.items()}
