"""Failures told to Sentry, by SENTRY_DSN: what failed where in the code, nothing of whom it happened to.

Every log line of level error becomes one report. Bodies, headers, cookies, addresses, names of people and
values of variables are never part of it, and texts of exceptions are cut down to what cannot be anybody's.
"""

import re
import sys
from typing import TYPE_CHECKING, Any, cast

from structlog.typing import EventDict, WrappedLogger

from shared.config.settings import Settings

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
# Long digits are CUITs, barcodes, telephone numbers; a text in quotes is somebody's input.
_PRIVATE = (
    (re.compile(r"\bDETAIL:.*", re.DOTALL), "DETAIL: ***"),
    (re.compile(r"\[parameters: .*", re.DOTALL), "[parameters: ***"),
    (re.compile(r"\S+@\S+"), "***"),
    (re.compile(r"\"[^\"]*\"|'[^']*'|«[^»]*»|“[^”]*”"), "***"),
    (re.compile(r"\d[\d.\-/ ]{5,}\d"), "***"),
    (re.compile(r"\b[A-Za-z0-9_\-]{24,}\b"), "***"),
)
_LONGEST_TEXT = 300
_OF_FRAMES = ("vars", "pre_context", "post_context", "context_line")
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
        error = _error_of(line.get("exc_info"))
        if error is None:
            scope.capture_message(str(line.get("event")), level="error")
        else:
            scope.set_tag("event", str(line.get("event")))
            scope.capture_exception(error)


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
    if "message" in kept:
        kept["message"] = _plain(str(kept["message"]))
    for error in (kept.get("exception") or {}).get("values", []):
        error["value"] = _plain(str(error.get("value") or ""))
        for frame in (error.get("stacktrace") or {}).get("frames", []):
            for name in _OF_FRAMES:
                frame.pop(name, None)
    return cast("Event", kept)


def _plain(text: str) -> str:
    for private, instead in _PRIVATE:
        text = private.sub(instead, text)
    return text[:_LONGEST_TEXT]
