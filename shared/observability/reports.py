"""Failures told to Sentry, by SENTRY_DSN: what failed where in the code, nothing of whom it happened to.

Every log line of level error becomes one report: its name, the types of the exceptions, the places in the
code, codes of refusals and of SQL, and ids of ours. No text of an exception or of a library goes along, for
nobody can wash names out of sentences.
"""

import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from structlog.typing import EventDict, WrappedLogger

from shared.config.settings import Settings
from shared.kernel.errors import DomainError

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

# Ids and words of ours; anything else a log line carries stays in the logs.
_TAGS = (
    "service",
    "version",
    "colour",
    "job",
    "request_id",
    "organisation_id",
    "trace_id",
    "attempt",
    "peer",
)
_FLUSH_SECONDS = 2.0
# What our own code calls its events; a sentence is somebody else's.
_EVENT = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_SQLSTATE = re.compile(r"[0-9A-Z]{5}")
_OF_EXCEPTIONS = ("type", "module", "stacktrace")
# Not abs_path: it may lead through somebody's home.
_OF_FRAMES = ("filename", "function", "module", "lineno", "in_app")
_KEPT = (
    "event_id", "timestamp", "platform", "level", "logger", "release", "environment", "exception",
    "tags", "sdk", "message", "fingerprint",
)  # fmt: skip


def start_reports(settings: Settings) -> None:
    """Begin to report; without SENTRY_DSN nothing is imported."""
    if settings.sentry_dsn is None:
        return
    import sentry_sdk  # noqa: PLC0415

    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        release=settings.release,
        environment=settings.environment,
        server_name="",
        # send_default_pii is left at its default, False: naming it is deprecated.
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        # What they gather of requests is what must not leave.
        default_integrations=False,
        auto_enabling_integrations=False,
        before_send=without_people,
    )


def stop_reports() -> None:
    """Send what is left, within a moment."""
    if "sentry_sdk" in sys.modules:
        import sentry_sdk  # noqa: PLC0415

        sentry_sdk.flush(timeout=_FLUSH_SECONDS)


def report_errors(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A step of logging: lines of level error are reported on their way."""
    if event.get("level") == "error" and "sentry_sdk" in sys.modules:
        _report(event)
    return event


def _report(line: EventDict) -> None:
    import sentry_sdk  # noqa: PLC0415

    with sentry_sdk.new_scope() as scope:
        for name in _TAGS:
            if line.get(name) is not None:
                scope.set_tag(name, str(line[name]))
        name, error = _name_of(line), _error_of(line.get("exc_info"))
        codes = sorted(set(_codes(error)))
        if codes:
            scope.set_tag("code", ",".join(codes))
            scope.fingerprint = ["{{ default }}", *codes]
        if error is None:
            scope.capture_message(name, level="error")
        else:
            scope.set_tag("event", name)
            scope.capture_exception(error)


def _name_of(line: EventDict) -> str:
    """The event's name; of a library's sentence only where it was said."""
    record, event = line.get("_record"), str(line.get("event"))
    if record is not None:
        return f"{record.name}:{record.funcName}"
    return event if _EVENT.fullmatch(event) else "unnamed"


def _codes(error: BaseException | None) -> Iterator[str]:
    """Codes of our refusals and of Postgres', of an exception and of all that led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, DomainError):
            yield error.code
        sqlstate = getattr(getattr(error, "orig", error), "sqlstate", None)
        if isinstance(sqlstate, str) and _SQLSTATE.fullmatch(sqlstate):
            yield sqlstate
        error = error.__cause__ or error.__context__


def _error_of(exc_info: Any) -> BaseException | None:
    """As the logging of Python takes it: an exception, its triple, or True for the one being handled."""
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return cast("BaseException | None", exc_info[1])
    return sys.exc_info()[1] if exc_info else None


def without_people(event: "Event", _hint: "Hint") -> "Event":
    """Only what is known to be nobody's; whatever else the library comes to gather falls away."""
    kept: dict[str, Any] = {name: value for name, value in event.items() if name in _KEPT}
    for error in (kept.get("exception") or {}).get("values", []):
        _keep(error, _OF_EXCEPTIONS)
        for frame in (error.get("stacktrace") or {}).get("frames", []):
            _keep(frame, _OF_FRAMES)
    return cast("Event", kept)


def _keep(values: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in values.keys() - set(names):
        del values[name]
