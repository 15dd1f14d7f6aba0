"""The form of every variable: what settings take, placeholders nobody filled in, names nobody knows."""

import difflib
import re
from collections.abc import Iterator

from pydantic import ValidationError

from scripts.production import env_file
from scripts.production.configuration.findings import Configuration, Finding
from shared.config.settings import Settings

SETTINGS = tuple(name.upper() for name in Settings.model_fields)
# What scripts, hosts and libraries read besides.
OTHERS = (
    "COLOUR",
    "SERVICE",
    "PUBLIC_URL",
    "DASHBOARD_URL",
    "PROBE_USERNAME",
    "PROBE_PASSWORD",
    "EXPECTED_COMMIT",
    "VERIFICATION_HEADER",
    "OWNER_EMAIL",
    "OWNER_NAME",
    "OWNER_USERNAME",
    "OWNER_PASSWORD",
    "SENTRY_DSN",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "METRICS_TOKEN",
    "POSTGRES_PASSWORD",
    "GRAFANA_PASSWORD",
    "BACKUP_PATH",
    "BACKUP_BUCKET_NAME",
    "BACKUP_AWS_ACCESS_KEY_ID",
    "BACKUP_AWS_SECRET_ACCESS_KEY",
    "BACKUP_AWS_REGION",
    "BACKUP_AWS_ENDPOINT_URL_S3",
    "BACKUP_RECIPIENT",
    "BACKUP_SIGNING_KEY",
    "BACKUP_IDENTITY",
    "DRILL_DATABASE_URL",
    "ALERT_WEBHOOK_URL",
    "ALERT_TELEGRAM_TOKEN",
    "ALERT_TELEGRAM_CHAT",
    "ALERT_HEARTBEAT_URL",
    "HTTP_PORT",
    "HTTPS_PORT",
    "NGINX_LISTEN",
    "BIND",
    "PYTHON",
)
_PLACEHOLDER = re.compile(
    r"change[-_ ]?(me|this)|replace[-_ ]?(me|this|with)|cambia(r|me)|\byour[-_ .]|^<[^<>]+>$|<[A-Z_ -]{3,}>"
    r"|^\.\.\.$|^x{3,}$|^(todo|tbd|fixme|none|null|placeholder|example|required)$",
    re.IGNORECASE,
)
_UNRESOLVED = re.compile(r"\$\{\{?[^}]*\}?\}")
_RESERVED_HOST = re.compile(
    r"[@/.]example\.(com|org|net)\b|\.(example|invalid|test)(?=[:/,]|$)", re.IGNORECASE
)
_ALIKE, _LEAST_LETTERS = 0.8, 6
# A group may read: the one the services run as.
_TOO_MUCH = 0o037


def check_forms(configuration: Configuration) -> Iterator[Finding]:
    """Everything that services refuse when they start, named before they do."""
    given = {name.lower(): value for name, value in configuration.values.items() if name in SETTINGS}
    try:
        Settings.model_validate(given)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            # Secrets, addresses and CUITs have rules of their own, which say more.
            if found["loc"] and found["type"] != "missing":
                name = str(found["loc"][0]).upper()
                yield Finding(name, "error", found["msg"].lower(), _default_fix(name, configuration))


def check_placeholders(configuration: Configuration) -> Iterator[Finding]:
    """What templates and examples put where something of one's own belongs."""
    for name, value in sorted(configuration.values.items()):
        if name not in SETTINGS and name not in OTHERS:
            continue
        fix = configuration.place.set(name, "...")
        if _UNRESOLVED.search(value):
            problem = "holds a reference ${...} that nobody resolved"
            yield Finding(name, "error", problem, f"write the value itself: {fix}")
        elif _PLACEHOLDER.search(value):
            yield Finding(name, "error", "is a placeholder of a template", fix)
        elif _RESERVED_HOST.search(value):
            problem = "names a host of documentation (example.com and the like), which nobody has"
            yield Finding(name, "error", problem, fix)


def check_names(configuration: Configuration) -> Iterator[Finding]:
    """Names that are nearly known, most likely misspelt; in a file also those that stand twice."""
    known = {*SETTINGS, *OTHERS}
    for name in sorted(name for name in set(configuration.values) - known if len(name) >= _LEAST_LETTERS):
        alike = difflib.get_close_matches(name, sorted(known), n=1, cutoff=_ALIKE)
        if alike and alike[0] not in configuration.values:
            problem = f"is read by nobody; {alike[0]} is"
            yield Finding(name, "warning", problem, configuration.place.remove(name))
    # From within a container the file is not to be seen.
    if configuration.place.file is not None and configuration.place.file.is_file():
        if configuration.place.file.stat().st_mode & _TOO_MUCH:
            fix = f"chmod u=rw,g-wx,o= {configuration.place.file}"
            yield Finding(configuration.place.file.name, "warning", "may be read by others", fix)
        for name in env_file.repeated(configuration.place.file):
            problem = "stands more than once; the last one counts"
            yield Finding(name, "warning", problem, f"grep -n '^{name}=' {configuration.place.file}")


def _default_fix(name: str, configuration: Configuration) -> str:
    field = Settings.model_fields[name.lower()]
    if field.is_required() or field.default is None:
        return configuration.place.set(name, "...")
    return f"the default is {field.default}: {configuration.place.remove(name)}"
