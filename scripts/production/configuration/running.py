"""How processes run: as what, saying what, with which limits."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from scripts.production.addresses import is_private_host
from scripts.production.configuration.findings import Configuration, Finding

_FALSE = {"", "0", "false", "no", "off", "f", "n"}
_COMMITS = ("COMMIT", "RAILWAY_GIT_COMMIT_SHA", "RENDER_GIT_COMMIT")
_RATES = ("RATE_PER_ADDRESS", "RATE_PER_USER", "RATE_PER_ORGANISATION", "RATE_PER_PROBE")
_NO_LIMIT = 100_000
# Nobody asks these for their figures from outside.
_UNASKED = (
    "negocio-worker",
    "deposito-worker",
    "ml-worker",
    "telegram-bot",
    "migrator",
    "backup",
    "restore-drill",
)


def check_mode(configuration: Configuration) -> Iterator[Finding]:
    """ENVIRONMENT, DEBUG and what is logged."""
    place = configuration.place
    environment = configuration.get("ENVIRONMENT")
    if environment != "production":
        problem = f"is {environment}" if environment else "is not set, which means development"
        yield Finding("ENVIRONMENT", "error", problem, place.set("ENVIRONMENT", "production"))
    if (configuration.get("DEBUG") or "").lower() not in _FALSE:
        yield Finding("DEBUG", "error", "is on", place.set("DEBUG", "false"))
    if configuration.get("LOG_LEVEL") == "DEBUG":
        problem = "is DEBUG: logs grow and say more of people than they should"
        yield Finding("LOG_LEVEL", "error", problem, place.set("LOG_LEVEL", "INFO"))
    if configuration.get("LOG_FILE") is not None:
        problem = "is set: hosts read standard output, a file in a container goes with it"
        yield Finding("LOG_FILE", "warning", problem, place.remove("LOG_FILE"))


def check_version(configuration: Configuration) -> Iterator[Finding]:
    """The commit that runs, and the colour it runs as."""
    given = {name: value for name in _COMMITS if (value := configuration.get(name))}
    for name, commit in given.items():
        if not re.fullmatch(r"[0-9a-f]{7,40}", commit):
            fix = (
                f"take what git rev-parse HEAD says where it is built, or {configuration.place.remove(name)}"
            )
            yield Finding(name, "error", f"{commit!r} is no commit", fix)
    colour = configuration.get("COLOUR")
    if colour not in {None, "blue", "green"}:
        problem = f"{colour!r} is neither blue nor green"
        yield Finding("COLOUR", "error", problem, configuration.place.remove("COLOUR"))


def check_limits(configuration: Configuration) -> Iterator[Finding]:
    """Rate limits that still limit, and ports that do not collide."""
    for name in _RATES:
        value = configuration.get(name) or ""
        if value.isdecimal() and int(value) >= _NO_LIMIT:
            problem = f"is {value} a minute, which is no limit"
            yield Finding(name, "error", problem, configuration.place.remove(name))
    port, metrics = configuration.get("PORT"), configuration.get("METRICS_PORT")
    if port is not None and port == metrics:
        problem = f"is {metrics} like PORT: a process has one of each"
        yield Finding("METRICS_PORT", "error", problem, configuration.place.remove("METRICS_PORT"))
    address = configuration.get("METRICS_ADDRESS")
    if address is not None and not is_private_host(address):
        problem = f"is {address}, which anybody reaches: the figures are for Prometheus"
        yield Finding("METRICS_ADDRESS", "warning", problem, configuration.place.remove("METRICS_ADDRESS"))


def check_platform(configuration: Configuration) -> Iterator[Finding]:
    """What the platform it is for cannot do without."""
    if configuration.platform is None or configuration.process in _UNASKED:
        return
    for name, reason in configuration.platform.needs.items():
        if configuration.get(name) is None:
            yield Finding(name, "error", f"is not set: {reason}", configuration.place.generate(name))


def check_alerts(configuration: Configuration) -> Iterator[Finding]:
    """ALERT_*: who is told when something breaks, where Alertmanager is one of ours."""
    token, chat = configuration.get("ALERT_TELEGRAM_TOKEN"), configuration.get("ALERT_TELEGRAM_CHAT")
    if (token is None) != (chat is None):
        name = "ALERT_TELEGRAM_TOKEN" if token is None else "ALERT_TELEGRAM_CHAT"
        fix = configuration.place.set(name, "...")
        yield Finding(name, "error", "is not set though its pair is", fix)
    is_ours = configuration.platform is not None and configuration.platform.file is not None
    if is_ours and token is None and configuration.get("ALERT_WEBHOOK_URL") is None:
        problem = "is not set, nor is a chat of Telegram: nobody is told when something breaks"
        fix = configuration.place.set("ALERT_WEBHOOK_URL", "https://...")
        yield Finding("ALERT_WEBHOOK_URL", "warning", problem, fix)


def check_watching(configuration: Configuration) -> Iterator[Finding]:
    """Where errors, traces and models are sent: encrypted, and with the parts such addresses have."""
    dsn = configuration.get("SENTRY_DSN")
    if dsn is not None:
        parts = urlsplit(dsn)
        if (
            parts.scheme != "https"
            or not parts.username
            or not parts.path.strip("/").rpartition("/")[2].isdecimal()
        ):
            problem = "is no address like https://key@host/project"
            yield Finding("SENTRY_DSN", "error", problem, configuration.place.remove("SENTRY_DSN"))
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "MLFLOW_TRACKING_URI"):
        value = configuration.get(name)
        if value is None:
            continue
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            yield Finding(
                name, "error", "is no address like https://host:port", configuration.place.remove(name)
            )
        elif parts.scheme == "http" and not is_private_host(parts.hostname):
            fix = configuration.place.set(name, f"https://{parts.netloc}{parts.path}")
            yield Finding(name, "error", f"sends to {parts.hostname} without TLS", fix)
