"""Each thing that may be wrong with a configuration is found, at the variable that has to be mended."""

import json
import subprocess
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from scripts.production import env_file
from scripts.production.configuration.command import findings_of, main
from scripts.production.configuration.findings import Configuration, Finding, Place
from scripts.production.configuration.forms import SETTINGS
from scripts.production.configuration.strength import bits_of, weakness_of
from shared.config.settings import Settings
from tests.unit.scripts.production.configuration.good import (
    NOW,
    OTHER_CUIT,
    certificate_pem,
    good,
    key,
    key_pem,
)

ON_RAILWAY = {
    "RAILWAY_PROJECT_ID": "p",
    "NEGOCIO_URL": "http://agente-negocio.railway.internal:8080",
    "DEPOSITO_URL": "http://agente-deposito.railway.internal:8080",
    "ML_URL": "http://ml.railway.internal:8080",
    "ALLOWED_HOSTS": "gondola.com.ar,agente-negocio.railway.internal,agente-deposito.railway.internal,"
    "ml.railway.internal,healthcheck.railway.app",
}
NO_STORE = {"AWS_BUCKET_NAME": None, "AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
NO_BACKUPS = dict.fromkeys(name for name in good() if name.startswith("BACKUP_"))


ROOT = Path(__file__).parents[5]
# What somebody fills in wherever it runs.
FILLED: dict[str, str | None] = {
    "SECRET_KEY": good()["SECRET_KEY"],
    "JWT_SECRET_KEY": good()["JWT_SECRET_KEY"],
    "PUBLIC_URL": "https://gondola.com.ar",
    "ALLOWED_HOSTS": "gondola.com.ar",
}
ONLY_FOR: dict[str, dict[str, str | None]] = {
    "compose": {"POSTGRES_PASSWORD": "qX8vT2nLr5ZbKw9m", "GRAFANA_PASSWORD": "kT5vNq8RzLw2XbHc7"},
    "systemd": {
        "DATABASE_URL": "postgresql://gondola:qX8vT2nLr5ZbKw9m@127.0.0.1:5432/gondola",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "STORAGE_PATH": "/var/lib/gondola/objects",
        "ALLOWED_HOSTS": "gondola.com.ar,127.0.0.1",
    },
}


def found(
    changes: Mapping[str, str | None], environment: str = "production", *, place: Place | None = None
) -> list[Finding]:
    values = {name: value for name, value in {**good(), **changes}.items() if value}
    return findings_of(Configuration(values, place or Place("shell"), NOW), environment)


def errors(changes: Mapping[str, str | None]) -> set[str]:
    return {finding.variable for finding in found(changes) if finding.severity == "error"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        ON_RAILWAY,
        {**NO_STORE, "STORAGE_PATH": "/srv/objects"},
        {
            **ON_RAILWAY,
            "DATABASE_URL": "postgres://u:qX8vT2nLr5ZbKw9m@postgres.railway.internal:5432/railway",
        },
        {"DATABASE_URL": "postgresql://u:qX8vT2nLr5ZbKw9m@10.0.0.5:5432/gondola"},
        {"DATABASE_URL": "postgresql://u:qX8vT2nLr5ZbKw9m@[fd12::5]:5432/gondola"},
        {"REDIS_URL": "redis://valkey:6379/0"},
        {"CORS_ORIGINS": None, "PROBE_USERNAME": "sonda", "PROBE_PASSWORD": "kT5-vNq-8Rz-Lw2-Xb"},
        {"SERVICE": "single", "NEGOCIO_URL": None, "DEPOSITO_URL": None, "ML_URL": None},
        {**ON_RAILWAY, "SERVICE": "ml", "ALLOWED_HOSTS": "healthcheck.railway.app,ml.railway.internal,"},
        {**ON_RAILWAY, "SERVICE": "ml-worker", "ALLOWED_HOSTS": None, "METRICS_ADDRESS": "::"},
        {**ON_RAILWAY, **NO_STORE, "RAILWAY_SERVICE_NAME": "web_dashboard"},
        {
            "POSTGRES_PASSWORD": "qX8vT2nLr5ZbKw9m",
            "DATABASE_URL": "postgresql://gondola:qX8vT2nLr5ZbKw9m@postgres:5432/gondola",
        },
        NO_STORE | NO_BACKUPS | {"STORAGE_PATH": "/srv/objects"},
        {"BACKUP_BUCKET_NAME": "gondola-documents", "BACKUP_AWS_ENDPOINT_URL_S3": "https://s3.other.com.ar"},
        {"BACKUP_RECIPIENT": "backup@gondola.com.ar"},
        {"BACKUP_RECIPIENT": "Gondola backups"},
        {"BACKUP_RECIPIENT": "-----BEGIN PGP PUBLIC KEY BLOCK-----\nabc\n-----END PGP PUBLIC KEY BLOCK-----"},
        {"SERVICE": "restore-drill", "BACKUP_IDENTITY": "AGE-SECRET-KEY-1QQQQ"},
        {"SECRET_KEY": "4f9c2b7e1d8a6035c7e4b19f0a2d58e361c94b7f2e8d05a3946b1c7fd820e5a9"},
    ],
)
def test_a_good_configuration_is_let_through(changes: dict[str, str | None]) -> None:
    assert found(changes) == []


@pytest.mark.parametrize(
    ("variable", "changes"),
    [
        ("ENVIRONMENT", {"ENVIRONMENT": None}),
        ("ENVIRONMENT", {"ENVIRONMENT": "demo"}),
        ("ENVIRONMENT", {"ENVIRONMENT": "prod"}),
        ("DEBUG", {"DEBUG": "1"}),
        ("LOG_LEVEL", {"LOG_LEVEL": "DEBUG"}),
        ("LOG_LEVEL", {"LOG_LEVEL": "LOUD"}),
        ("SECRET_KEY", {"SECRET_KEY": None}),
        ("JWT_SECRET_KEY", {"JWT_SECRET_KEY": None}),
        ("SECRET_KEY", {"SECRET_KEY": "mW3vKq9ZrT1x"}),
        ("SECRET_KEY", {"SECRET_KEY": "a" * 64}),
        ("SECRET_KEY", {"SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789"}),
        ("SECRET_KEY", {"SECRET_KEY": "0123456789abcdef" * 4}),
        ("SECRET_KEY", {"SECRET_KEY": "xK9!qLp2" * 6}),
        ("SECRET_KEY", {"SECRET_KEY": "test-secret-key-of-no-value-0123456789"}),
        ("SECRET_KEY", {"SECRET_KEY": "change-me-in-production-secret-key-please"}),
        ("SECRET_KEY", {"SECRET_KEY": "<64 random characters from a password manager>"}),
        ("JWT_SECRET_KEY", {"JWT_SECRET_KEY": good()["SECRET_KEY"]}),
        ("JWT_SECRET_KEY_PREVIOUS", {"JWT_SECRET_KEY_PREVIOUS": good()["JWT_SECRET_KEY"]}),
        ("JWT_SECRET_KEY_PREVIOUS", {"JWT_SECRET_KEY_PREVIOUS": good()["SECRET_KEY"]}),
        ("SECRET_KEY_PREVIOUS", {"SECRET_KEY_PREVIOUS": "x" * 40}),
        ("DATABASE_URL", {"DATABASE_URL": None}),
        ("DATABASE_URL", {"DATABASE_URL": "mysql://u:qX8vT2nLr5ZbKw9m@db:3306/gondola"}),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://u:qX8vT2nLr5ZbKw9m@db:5432"}),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://u:postgres@db:5432/gondola"}),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://u@db:5432/gondola"}),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://u:qX8vT2nLr5ZbKw9m@db.host.com.ar/gondola"}),
        (
            "DATABASE_URL",
            {"DATABASE_URL": "postgresql://u:qX8vT2nLr5ZbKw9m@8.8.8.8/gondola?sslmode=prefer"},
        ),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://u:qX8vT2nLr5ZbKw9m@db/gondola?connect_timeout=5"}),
        ("DATABASE_URL", {"DATABASE_URL": "${{Postgres.DATABASE_URL}}"}),
        (
            "DATABASE_URL",
            {"DATABASE_URL": good()["DATABASE_URL"].replace("db.gondola.com.ar", "db.example.com")},
        ),
        (
            "DATABASE_URL_DIRECT",
            {"DATABASE_URL": "postgresql://u:qX8vT2nLr5ZbKw9m@pgbouncer:6432/gondola"},
        ),
        (
            "DATABASE_URL_DIRECT",
            {"DATABASE_URL_DIRECT": good()["DATABASE_URL"].replace("/gondola?", "/other?")},
        ),
        ("REDIS_URL", {"REDIS_URL": None}),
        ("REDIS_URL", {"REDIS_URL": "http://cache:6379"}),
        ("REDIS_URL", {"REDIS_URL": "redis://:w7NpQ3xVt9LzRk2s@cache.gondola.com.ar:6379"}),
        ("REDIS_URL", {"REDIS_URL": "rediss://cache.gondola.com.ar:6379"}),
        ("MAX_CONNECTIONS", {"MAX_CONNECTIONS": "1000"}),
        ("MAX_CONNECTIONS", {"MAX_CONNECTIONS": "many"}),
        ("WORKERS_COUNT", {"WORKERS_COUNT": "0"}),
        ("CACHE_TTL", {"CACHE_TTL": "-1"}),
        ("PORT", {"PORT": "70000"}),
        ("METRICS_PORT", {"METRICS_PORT": "9000", "PORT": "9000"}),
        ("NEGOCIO_URL", {"NEGOCIO_URL": None}),
        ("DEPOSITO_URL", {"DEPOSITO_URL": "http://agente-negocio:8080"}),
        ("ML_URL", {"ML_URL": "http://ml.gondola.com.ar"}),
        ("ML_URL", {"ML_URL": "ml:8080"}),
        ("ML_URL", {"ML_URL": "http://ml:8080/api"}),
        ("ML_URL", {**ON_RAILWAY, "ML_URL": "http://ml.railway.internal"}),
        ("ML_URL", {**ON_RAILWAY, "ML_URL": "http://localhost:8003"}),
        ("PUBLIC_URL", {"PUBLIC_URL": "http://gondola.com.ar"}),
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": None}),
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "*"}),
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "gondola.com.ar,*"}),
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "https://gondola.com.ar,agente-negocio,agente-deposito,ml"}),
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": good()["ALLOWED_HOSTS"] + ",*.up.railway.app"}),
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "gondola.com.ar,agente-negocio,ml"}),
        ("ALLOWED_HOSTS", {**ON_RAILWAY, "ALLOWED_HOSTS": "gondola.com.ar,*.railway.internal"}),
        ("CORS_ORIGINS", {"CORS_ORIGINS": "http://tienda.com.ar"}),
        ("CORS_ORIGINS", {"CORS_ORIGINS": "https://tienda.com.ar,*"}),
        ("CORS_ORIGINS", {"CORS_ORIGINS": "https://localhost:3000"}),
        ("CORS_ORIGINS", {"CORS_ORIGINS": "https://tienda.com.ar/"}),
        ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "proxy"}),
        ("AWS_SECRET_ACCESS_KEY", {"AWS_SECRET_ACCESS_KEY": None}),
        ("AWS_BUCKET_NAME", {"AWS_BUCKET_NAME": None}),
        ("AWS_BUCKET_NAME", {"AWS_BUCKET_NAME": "Documents_"}),
        ("AWS_BUCKET_NAME", {**ON_RAILWAY, **NO_STORE}),
        ("AWS_ACCESS_KEY_ID", {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}),
        ("AWS_ENDPOINT_URL_S3", {"AWS_ENDPOINT_URL_S3": "http://s3.gondola.com.ar"}),
        ("STORAGE_PATH", NO_STORE),
        ("BACKUP_BUCKET_NAME", NO_BACKUPS),
        ("BACKUP_BUCKET_NAME", {"BACKUP_BUCKET_NAME": "gondola-documents"}),
        ("BACKUP_BUCKET_NAME", {"BACKUP_BUCKET_NAME": "Backups_"}),
        ("BACKUP_AWS_ACCESS_KEY_ID", {"BACKUP_AWS_ACCESS_KEY_ID": None}),
        ("BACKUP_AWS_ACCESS_KEY_ID", {"BACKUP_AWS_ACCESS_KEY_ID": good()["AWS_ACCESS_KEY_ID"]}),
        ("BACKUP_SIGNING_KEY", {"BACKUP_SIGNING_KEY": None}),
        ("BACKUP_SIGNING_KEY", {"BACKUP_SIGNING_KEY": "a" * 40}),
        ("BACKUP_RECIPIENT", {"BACKUP_RECIPIENT": None}),
        ("BACKUP_RECIPIENT", {"BACKUP_RECIPIENT": "notakey"}),
        ("BACKUP_RECIPIENT", {"BACKUP_RECIPIENT": "age1short"}),
        ("BACKUP_RECIPIENT", {"BACKUP_RECIPIENT": "ssh-rsa short"}),
        ("BACKUP_RECIPIENT", {"BACKUP_RECIPIENT": "age1short of mine"}),
        ("BACKUP_IDENTITY", {"BACKUP_IDENTITY": "/etc/gondola/backup.key"}),
        ("BACKUP_RECIPIENT", {"BACKUP_RECIPIENT": "AGE-SECRET-KEY-1QQQQ"}),
        ("BACKUP_IDENTITY", {"SERVICE": "agente-negocio", "BACKUP_IDENTITY": "AGE-SECRET-KEY-1QQQQ"}),
        ("POSTGRES_PASSWORD", {"POSTGRES_PASSWORD": "postgres"}),
        ("METRICS_TOKEN", {"METRICS_TOKEN": "token"}),
        (
            "GRAFANA_PASSWORD",
            {"GRAFANA_PASSWORD": "qX8vT2nLr5ZbKw9m", "POSTGRES_PASSWORD": "qX8vT2nLr5ZbKw9m"},
        ),
        ("STORAGE_PATH", {**NO_STORE, "STORAGE_PATH": "var/objects"}),
        ("AFIP_CUIT", {"AFIP_CUIT": "30712345672"}),
        ("AFIP_CUIT", {"AFIP_CUIT": OTHER_CUIT}),
        ("AFIP_CUIT", {"AFIP_CUIT": None}),
        ("CUIT_EMPRESA", {"CUIT_EMPRESA": "30-71234567-9"}),
        ("CUIT_EMPRESA", {"CUIT_EMPRESA": "20-11111111-2"}),
        ("AFIP_ENVIRONMENT", {"AFIP_ENVIRONMENT": "testing"}),
        ("AFIP_CERTIFICATE", {"AFIP_CERTIFICATE": None}),
        ("AFIP_CERTIFICATE", {"AFIP_CERTIFICATE": None, "AFIP_CUIT": None, "AFIP_PRIVATE_KEY": None}),
        ("AFIP_CERTIFICATE", {"AFIP_CERTIFICATE": "/etc/arca/certificate.pem"}),
        ("AFIP_CERTIFICATE", {"AFIP_CERTIFICATE": good()["AFIP_CERTIFICATE"].replace("\n", "\\n")}),
        ("AFIP_CERTIFICATE", {"AFIP_CERTIFICATE": certificate_pem(ends=NOW - timedelta(hours=1))}),
        ("AFIP_CERTIFICATE", {"AFIP_CERTIFICATE": certificate_pem(begins=NOW + timedelta(hours=1))}),
        ("AFIP_CERTIFICATE", {"AFIP_CERTIFICATE": certificate_pem(cuit=None)}),
        ("AFIP_PRIVATE_KEY", {"AFIP_PRIVATE_KEY": key_pem(key(number=1))}),
        ("AFIP_PRIVATE_KEY", {"AFIP_PRIVATE_KEY": "nothing"}),
        ("OPENAI_API_KEY", {"OPENAI_API_KEY": "your-api-key"}),
        ("TELEGRAM_BOT_TOKEN", {"TELEGRAM_BOT_TOKEN": "123:abc"}),
        ("MLFLOW_TRACKING_URI", {"MLFLOW_TRACKING_URI": "http://mlflow.gondola.com.ar"}),
        ("SENTRY_DSN", {"SENTRY_DSN": "https://sentry.io"}),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.com.ar:4318"}),
        ("RATE_PER_USER", {"RATE_PER_USER": "10000000"}),
        ("PAGE_TIMEOUT_SECONDS", {"PAGE_TIMEOUT_SECONDS": "1"}),
        ("COMMIT", {"COMMIT": "latest"}),
        ("COLOUR", {"COLOUR": "red"}),
        ("PROBE_PASSWORD", {"PROBE_USERNAME": "admin", "PROBE_PASSWORD": "test_password"}),
        ("PROBE_PASSWORD", {"PROBE_USERNAME": "sonda", "PROBE_PASSWORD": "sonda2026"}),
        ("PROBE_USERNAME", {"PROBE_PASSWORD": "kT5-vNq-8Rz-Lw2-Xb"}),
    ],
)
def test_what_is_wrong_is_found_at_its_variable(variable: str, changes: dict[str, str | None]) -> None:
    assert variable in errors(changes)


@pytest.mark.parametrize(
    ("variable", "changes"),
    [
        ("AFIP_CERTIFICATE", {"AFIP_CERTIFICATE": certificate_pem(ends=NOW + timedelta(days=20))}),
        ("AFIP_CERTIFICATE", {"AFIP_CERTIFICATE": certificate_pem(issuer="Computadores Test")}),
        ("AFIP_ENVIRONMENT", {"AFIP_ENVIRONMENT": "homologation"}),
        ("JWT_SECRET_KEY_PREVIOUS", {"JWT_SECRET_KEY_PREVIOUS": good()["SECRET_KEY"][::-1]}),
        ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "*"}),
        ("METRICS_ADDRESS", {"METRICS_ADDRESS": "8.8.8.8"}),
        ("PUBLIC_URL", {"PUBLIC_URL": None}),
        ("CUIT_EMPRESA", {"CUIT_EMPRESA": None}),
        ("JWT_SECRET", {"JWT_SECRET": "something", "JWT_SECRET_KEY": None}),
        ("LOG_FILE", {"LOG_FILE": "/var/log/gondola"}),
    ],
)
def test_what_may_be_meant_is_a_warning(variable: str, changes: dict[str, str | None]) -> None:
    assert [one.severity for one in found(changes) if one.variable == variable] == ["warning"]


def test_every_setting_is_known() -> None:
    assert set(SETTINGS) == {name.upper() for name in Settings.model_fields}


def test_what_stops_a_service_from_starting_is_found_outside_production_too() -> None:
    wrong = found({"PORT": "none", "ENVIRONMENT": "development", "ALLOWED_HOSTS": "*"}, "development")

    assert [one.variable for one in wrong] == ["PORT"]


def test_no_finding_tells_a_secret() -> None:
    secrets = {
        "SECRET_KEY": "hunter2-secret",
        "JWT_SECRET_KEY": "hunter2-jwt",
        "DATABASE_URL": "postgresql://u:hunter2-database@db.host.com.ar/gondola",
        "REDIS_URL": "redis://:hunter2-redis@cache.host.com.ar",
        "AWS_SECRET_ACCESS_KEY": "hunter2-aws",
        "TELEGRAM_BOT_TOKEN": "hunter2-telegram",
        "OPENAI_API_KEY": "hunter2-openai",
        "PROBE_USERNAME": "sonda",
        "PROBE_PASSWORD": "hunter2-probe",
        "AFIP_PRIVATE_KEY": "hunter2-arca",
    }

    told = found(secrets)

    assert {one.variable for one in told} >= set(secrets) - {"PROBE_USERNAME", "AWS_SECRET_ACCESS_KEY"}
    assert not any("hunter2" in one.problem + one.fix for one in told)


@pytest.mark.parametrize(
    "changes",
    [
        {"ALLOWED_HOSTS": "https://gondola.com.ar/"},
        {"ALLOWED_HOSTS": "*,gondola.com.ar"},
        {"ALLOWED_HOSTS": "gondola.com.ar:443,*.com.ar,a b"},
        {"ALLOWED_HOSTS": "ml"},
        {"CORS_ORIGINS": "http://evil.com,*"},
        {"CORS_ORIGINS": "https://tienda.com.ar,http://evil.com,https://localhost"},
    ],
)
def test_no_fix_suggests_what_would_be_refused(changes: dict[str, str | None]) -> None:
    (variable,) = changes
    wrong = [one for one in found(changes) if one.variable == variable]
    assert wrong

    for one in wrong:
        fix = f'{one.fix}; printf %s "${{{variable}-}}"'
        told = subprocess.run(["/bin/sh", "-c", fix], capture_output=True, text=True, check=True)
        assert variable not in errors({variable: told.stdout}), one.fix


class TestStrength:
    def test_random_secrets_of_usual_makers_are_strong(self) -> None:
        assert weakness_of("uQ0x7Jm3vK9bTz5LrW2nYp8HcE4sGd6AfXo1IiZqRj") is None
        assert weakness_of("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08") is None

    def test_words_repetitions_and_sequences_count_for_nothing(self) -> None:
        assert bits_of("password" * 8) == 0
        assert bits_of("k" * 64) == 0
        assert bits_of("0123456789" * 6) < 30
        assert bits_of("xK9!" * 16) < 10


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "production.env"
        path.write_text("")
        # A certificate of today: the command's clock is the real one.
        env_file.change(path, {name: value for name, value in good().items() if "AFIP" not in name})
        return path

    def run(
        self, file: Path, capsys: pytest.CaptureFixture[str], *options: str
    ) -> tuple[int, dict[str, object]]:
        code = main(["--env", "production", "--env-file", str(file), *options])
        told: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
        return code, told

    def test_a_good_file_is_fit(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        code, told = self.run(file, capsys)

        assert (code, told["ok"], told["errors"]) == (0, True, 0), told

    def test_the_commands_it_tells_mend_the_file(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        spoilt: dict[str, str | None] = {
            "SECRET_KEY": "weak",
            "JWT_SECRET_KEY": None,
            "ENVIRONMENT": "demo",
            "DEBUG": "true",
            "ALLOWED_HOSTS": "*",
            "CORS_ORIGINS": "http://tienda.com.ar",
            "NEGOCIO_URL": None,
            "RATE_PER_USER": "99999999",
            "MAX_CONNECTIONS": "9000",
        }
        env_file.change(file, spoilt)
        code, told = self.run(file, capsys)
        findings = told["findings"]
        assert isinstance(findings, list)
        assert (code, {one["variable"] for one in findings}) == (1, set(spoilt))

        for one in findings:
            command = one["fix"].rpartition(": ")[2] if one["fix"].startswith("the default") else one["fix"]
            subprocess.run(["/bin/bash", "-c", command], check=True)

        assert self.run(file, capsys)[0] == 0
        assert len(env_file.read(file)["JWT_SECRET_KEY"]) == 64

    def test_what_something_else_provides_is_not_missed(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        env_file.change(file, {"DATABASE_URL": None, "REDIS_URL": None, "ML_URL": "http://ml.com.ar"})

        code, told = self.run(file, capsys, "--provided", "DATABASE_URL,REDIS_URL", "--provided", "ML_URL")

        findings = told["findings"]
        assert isinstance(findings, list)
        assert (code, {one["variable"] for one in findings}) == (1, {"ML_URL", "ALLOWED_HOSTS"})

    @pytest.mark.parametrize("platform", ["compose", "systemd"])
    def test_the_template_filled_in_is_fit_for(
        self, platform: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "production.env"
        file.write_text((ROOT / ".env.production.template").read_text())
        file.chmod(0o600)
        env_file.change(file, {**FILLED, **ONLY_FOR[platform]})

        code, told = self.run(file, capsys, "--for", platform)

        assert (code, told["errors"]) == (0, 0), told

    @pytest.mark.parametrize(
        ("platform", "variable"),
        [
            ("compose", "POSTGRES_PASSWORD"),
            ("compose", "GRAFANA_PASSWORD"),
            ("compose", "ALLOWED_HOSTS"),
            ("compose", "SECRET_KEY"),
            ("systemd", "DATABASE_URL"),
            ("systemd", "ALLOWED_HOSTS"),
            ("railway", "METRICS_TOKEN"),
            ("render", "METRICS_TOKEN"),
        ],
    )
    def test_what_a_platform_leaves_open_is_asked_for(
        self, platform: str, variable: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "production.env"
        env_file.write(file, "ENVIRONMENT=production\n")
        env_file.change(file, {**FILLED, **ONLY_FOR.get(platform, {}), variable: None})

        _, told = self.run(file, capsys, "--for", platform)

        findings = told["findings"]
        assert isinstance(findings, list)
        assert variable in {one["variable"] for one in findings if one["severity"] == "error"}
        # What the platform gives by itself is not missed.
        if platform in {"railway", "render"}:
            assert not {"DATABASE_URL", "REDIS_URL", "ML_URL"} & {one["variable"] for one in findings}

    def test_where_alerts_are_ours_somebody_should_be_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "production.env"
        env_file.write(file, "")
        env_file.change(file, {**FILLED, **ONLY_FOR["compose"]})

        told = [self.run(file, capsys, "--for", "compose")[1]["findings"]]
        env_file.change(file, {"ALERT_WEBHOOK_URL": "https://alertas.gondola.com.ar/x"})
        told.append(self.run(file, capsys, "--for", "compose")[1]["findings"])

        assert ["nobody is told" in str(findings) for findings in told] == [True, False]

    def test_the_file_of_the_platform_is_looked_at_and_not_the_shell(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        for name in (*FILLED, *ONLY_FOR["compose"]):
            monkeypatch.delenv(name, raising=False)
        arguments = ["--env", "production", "--for", "compose"]

        assert main(arguments) == 1
        assert "the environment of this process" in capsys.readouterr().err

        env_file.write(tmp_path / ".env.production", "")
        env_file.change(tmp_path / ".env.production", {**FILLED, **ONLY_FOR["compose"]})
        assert main(arguments) == 0
        assert "Looking at .env.production" in capsys.readouterr().err

    def test_names_given_twice_and_open_files_are_warnings_that_strict_refuses(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file.write_text(file.read_text() + "ENVIRONMENT=production\n")
        file.chmod(0o644)

        assert self.run(file, capsys)[0] == 0
        code, told = self.run(file, capsys, "--strict")

        findings = told["findings"]
        assert isinstance(findings, list)
        assert (code, {one["variable"] for one in findings}) == (1, {"ENVIRONMENT", "production.env"})

    def test_a_missing_file_or_environment_is_a_wrong_call(self, tmp_path: Path) -> None:
        assert main(["--env", "production", "--env-file", str(tmp_path / "none")]) == 2
        assert main(["--env", "moon"]) == 2
        assert main([]) == 2
