"""The template of the environment: every variable a process reads, each with a word on what it is."""

import os
import re
import subprocess
from pathlib import Path

from scripts.production.processes import ROOT
from shared.config.settings import Settings

TEMPLATE = ROOT / ".env.production.template"
# Read by scripts and by docker-compose.production.yml, not by the services.
BESIDE_SETTINGS = {
    *("SERVICE", "BIND", "OTEL_EXPORTER_OTLP_ENDPOINT", "PUBLIC_URL", "PROBE_USERNAME", "PROBE_PASSWORD"),
    *("BACKUP_PATH", "BACKUP_BUCKET_NAME", "BACKUP_RECIPIENT"),
    *("ALERT_WEBHOOK_URL", "ALERT_TELEGRAM_TOKEN", "ALERT_TELEGRAM_CHAT", "ALERT_HEARTBEAT_URL"),
    *("POSTGRES_PASSWORD", "NGINX_LISTEN", "HTTP_PORT", "HTTPS_PORT", "GRAFANA_PASSWORD"),
    *("BACKUP_AWS_ACCESS_KEY_ID", "BACKUP_AWS_SECRET_ACCESS_KEY", "BACKUP_AWS_REGION"),
    *("BACKUP_AWS_ENDPOINT_URL_S3", "BACKUP_SIGNING_KEY", "DRILL_DATABASE_URL"),
}


def variables() -> dict[str, tuple[str, str]]:
    """Name to value and the comment above."""
    found: dict[str, tuple[str, str]] = {}
    comment = ""
    for line in TEMPLATE.read_text().splitlines():
        if line.startswith("#"):
            comment = f"{comment} {line[1:].strip()}".strip()
        elif "=" in line:
            name, _, value = line.partition("=")
            assert name not in found, f"{name} stands twice"
            found[name] = (value, comment)
            comment = ""
        else:
            comment = ""
    return found


def test_it_has_every_variable_of_the_settings_and_no_stranger() -> None:
    settings = {name.upper() for name in Settings.model_fields}

    assert set(variables()) == settings | BESIDE_SETTINGS


def test_every_variable_says_what_it_is() -> None:
    assert [name for name, (_, comment) in variables().items() if not re.search(r"\w.*\.", comment)] == []


def test_defaults_in_the_comments_are_those_of_the_settings() -> None:
    wrong = {}
    for name, (_, comment) in variables().items():
        told = re.search(r"Default: ([\w./:,-]+?)[.,;]?(?: |$)", comment)
        field = Settings.model_fields.get(name.lower())
        default = field.default if field else None
        if told and isinstance(default, (bool, int, str)):
            expected = str(default).lower() if isinstance(default, bool) else str(default)
            if told[1] != expected:
                wrong[name] = (told[1], expected)

    # What the release and the start know better than the settings do.
    assert set(wrong) <= {"VERSION", "COMMIT"}


def test_it_holds_no_value_but_what_production_means() -> None:
    assert {name: value for name, (value, _) in variables().items() if value} == {"ENVIRONMENT": "production"}


def test_it_has_no_line_for_the_key_that_opens_backups() -> None:
    assert "BACKUP_IDENTITY" not in variables()
    assert "BACKUP_IDENTITY" in TEMPLATE.read_text()


def test_compose_finds_all_it_asks_for() -> None:
    text = (ROOT / "docker-compose.production.yml").read_text()
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    # Set by the scripts for one run, or seldom enough to be said on the command line.
    by_scripts = {"IMAGE_PREFIX", "RELEASE", "GRAFANA_PORT"}
    by_scripts |= {f"{name}_VERSION" for name in ("BLUE", "GREEN", "MIGRATOR")}

    assert asked - by_scripts <= set(variables())


def test_a_shell_reads_it(tmp_path: Path) -> None:
    script = f'set -eu; set -a; . "{TEMPLATE}"; echo "$ENVIRONMENT,$DEBUG"'
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        env={"PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )

    assert done.stdout == b"production,\n"


def test_a_copy_of_it_is_never_committed() -> None:
    assert ".env.*" in (ROOT / ".gitignore").read_text().splitlines()
