"""The platform on Railway, evaluated as the CLI evaluates it: without an account, without a network."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from scripts.production.images import IMAGES
from scripts.production.processes import PROCESSES, ROOT
from shared.config.settings import Settings

# What the CLI runs, with python3 (src/iac/eval.rs): main is called without an argument.
EVALUATE = """
import importlib.util, json, sys
path = sys.argv[1]
spec = importlib.util.spec_from_file_location("railway_sdk_user", path)
mod = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mod)
partial = getattr(mod, "PARTIAL", None) or getattr(mod, "Partial", None) or getattr(mod, "partial", None)
candidate = getattr(mod, "main", None) or getattr(mod, "Railway", None) or getattr(mod, "default", None)
project = candidate() if callable(candidate) else candidate
if hasattr(project, "to_graph"):
    project = project.to_graph()
print(json.dumps({"partial": partial, "project": project}, default=str))
"""
WEB = {"web-dashboard", "agente-negocio", "agente-deposito", "ml"}
WORKERS = {"negocio-worker", "deposito-worker", "ml-worker"}
JOBS = {"backup", "restore-drill"}
# Those of the CLI's own types.
BUILD_KEYS = {"builder", "dockerfilePath", "buildCommand", "watchPatterns"}
DEPLOY_KEYS = {
    *("startCommand", "preDeployCommand", "healthcheckPath", "healthcheckTimeout", "restartPolicyType"),
    *("restartPolicyMaxRetries", "numReplicas", "cronSchedule", "overlapSeconds", "drainingSeconds"),
}


@pytest.fixture(scope="module")
def evaluated() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", EVALUATE, str(ROOT / ".railway" / "railway.py")],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def resources(evaluated: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {found["name"]: found for found in evaluated["project"]["resources"]}


@pytest.fixture(scope="module")
def services(resources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: found for name, found in resources.items() if found["type"] == "service"}


def value(service: dict[str, Any], name: str) -> str:
    """A variable as Railway will write it."""
    told: dict[str, str] = service["variables"][name]
    if told["type"] == "reference":
        return "${{" + told["resource"].partition(".")[2] + "." + told["output"] + "}}"
    if told["type"] == "sharedReference":
        return "${{shared." + told["name"] + "}}"
    assert told["type"] == "literal", told
    return told["value"]


class TestGraph:
    def test_it_owns_the_whole_environment(self, evaluated: dict[str, Any]) -> None:
        assert evaluated["partial"] is None

    def test_everything_is_there(self, resources: dict[str, dict[str, Any]]) -> None:
        kinds = {name: found["type"] for name, found in resources.items()}

        assert {name for name, kind in kinds.items() if kind == "service"} == (
            WEB | WORKERS | JOBS | {"telegram-bot"}
        )
        assert kinds["Postgres"] == kinds["Redis"] == "database"
        assert resources["Postgres"]["image"].endswith(":18")
        assert kinds["documents"] == "bucket"

    def test_every_service_names_its_process_and_its_image(self, services: dict[str, dict[str, Any]]) -> None:
        for name, service in services.items():
            assert value(service, "SERVICE") == name
            assert name in PROCESSES
            assert name in IMAGES[value(service, "IMAGE")].processes
            assert service["build"] == {"builder": "DOCKERFILE", "dockerfilePath": "Dockerfile"}

    def test_deploys_use_only_keys_railway_knows_and_numbers_where_it_wants_them(
        self, services: dict[str, dict[str, Any]]
    ) -> None:
        for service in services.values():
            assert set(service["deploy"]) <= DEPLOY_KEYS
            for key in ("overlapSeconds", "drainingSeconds", "healthcheckTimeout", "restartPolicyMaxRetries"):
                if key in service["deploy"]:
                    assert type(service["deploy"][key]) is int

    def test_web_services_are_asked_whether_they_are_ready(self, services: dict[str, dict[str, Any]]) -> None:
        asked = {name for name, service in services.items() if "healthcheckPath" in service["deploy"]}

        assert asked == WEB
        assert {services[name]["deploy"]["healthcheckPath"] for name in WEB} == {"/health/ready"}
        assert {value(services[name], "PORT") for name in WEB} == {"8080"}

    def test_new_and_old_overlap_and_the_old_may_finish(self, services: dict[str, dict[str, Any]]) -> None:
        for name in WEB | WORKERS:
            assert services[name]["deploy"]["overlapSeconds"] == 20
            assert services[name]["deploy"]["drainingSeconds"] == 30

    def test_two_bots_never_run_side_by_side(self, services: dict[str, dict[str, Any]]) -> None:
        assert services["telegram-bot"]["deploy"]["overlapSeconds"] == 0

    def test_one_migrator_runs_before_everything(self, services: dict[str, dict[str, Any]]) -> None:
        before = {
            name: service["deploy"]["preDeployCommand"]
            for name, service in services.items()
            if "preDeployCommand" in service["deploy"]
        }

        assert before == {"agente-negocio": ["/app/scripts/start-production.sh migrator"]}

    def test_jobs_run_by_the_clock_and_end(self, services: dict[str, dict[str, Any]]) -> None:
        scheduled = {
            name: service["deploy"]["cronSchedule"]
            for name, service in services.items()
            if "cronSchedule" in service["deploy"]
        }

        assert set(scheduled) == JOBS
        assert scheduled["backup"].split()[2:] == ["*", "*", "*"]
        assert scheduled["restore-drill"].split()[4] == "0"
        for name in JOBS:
            assert PROCESSES[name].is_job
            assert services[name]["deploy"]["restartPolicyType"] == "NEVER"


class TestVariables:
    def test_servers_and_secrets_are_references(self, services: dict[str, dict[str, Any]]) -> None:
        for service in services.values():
            assert value(service, "DATABASE_URL") == "${{Postgres.DATABASE_URL}}"
            assert value(service, "REDIS_URL") == "${{Redis.REDIS_URL}}"
            assert value(service, "SECRET_KEY") == "${{shared.SECRET_KEY}}"
            assert value(service, "JWT_SECRET_KEY") == "${{shared.JWT_SECRET_KEY}}"
            assert value(service, "METRICS_TOKEN") == "${{shared.METRICS_TOKEN}}"

    def test_services_find_each_other_in_the_private_network(
        self, services: dict[str, dict[str, Any]]
    ) -> None:
        peers = {"NEGOCIO_URL": "agente-negocio", "DEPOSITO_URL": "agente-deposito", "ML_URL": "ml"}
        for service in services.values():
            for variable, peer in peers.items():
                expected = "http://${{" + peer + ".RAILWAY_PRIVATE_DOMAIN}}:" + value(services[peer], "PORT")
                assert value(service, variable) == expected

    def test_every_reference_leads_somewhere(self, resources: dict[str, dict[str, Any]]) -> None:
        for resource in resources.values():
            for told in resource.get("variables", {}).values():
                if told["type"] == "reference":
                    kind, _, name = told["resource"].partition(".")
                    assert resources[name]["type"] == kind
                for name in re.findall(r"\$\{\{([\w-]+)\.\w+\}\}", str(told.get("value", ""))):
                    assert name in resources

    def test_railways_own_health_check_is_let_in(self, services: dict[str, dict[str, Any]]) -> None:
        for name in WEB:
            assert "healthcheck.railway.app" in value(services[name], "ALLOWED_HOSTS").split(",")

    def test_no_value_of_a_secret_is_in_the_file(self, services: dict[str, dict[str, Any]]) -> None:
        secret = re.compile(r"SECRET|TOKEN|PASSWORD|PRIVATE_KEY|API_KEY|IDENTITY|ACCESS_KEY|_URL$")
        for service in services.values():
            for name, told in service["variables"].items():
                if secret.search(name) and told["type"] == "literal":
                    assert told["value"].startswith("http://${{")

    def test_only_the_drill_can_read_backups(self, services: dict[str, dict[str, Any]]) -> None:
        holders = {name for name, service in services.items() if "BACKUP_IDENTITY" in service["variables"]}

        assert holders == {"restore-drill"}

    def test_only_what_makes_and_opens_backups_has_the_key_of_their_bucket(
        self, services: dict[str, dict[str, Any]]
    ) -> None:
        for name in ("BACKUP_AWS_SECRET_ACCESS_KEY", "BACKUP_SIGNING_KEY"):
            holders = {service for service, told in services.items() if name in told["variables"]}

            assert holders == {"backup", "restore-drill"}

    def test_what_is_told_is_what_processes_read(self, services: dict[str, dict[str, Any]]) -> None:
        known = {name.upper() for name in Settings.model_fields}
        known |= {
            "SERVICE",
            "IMAGE",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "BACKUP_RECIPIENT",
            "BACKUP_BUCKET_NAME",
            "BACKUP_AWS_ACCESS_KEY_ID",
            "BACKUP_AWS_SECRET_ACCESS_KEY",
            "BACKUP_AWS_REGION",
            "BACKUP_AWS_ENDPOINT_URL_S3",
            "BACKUP_SIGNING_KEY",
            "BACKUP_IDENTITY",
        }
        for service in services.values():
            assert set(service["variables"]) <= known

    def test_connections_stay_below_the_servers_limit_while_deploys_overlap(
        self, services: dict[str, dict[str, Any]]
    ) -> None:
        # The dashboard never opens the database. A worker has connections of its own for every queue.
        own = {
            name: int(value(services[name], "MAX_CONNECTIONS")) for name in WEB | WORKERS | {"telegram-bot"}
        }
        queues = {"negocio-worker": 2, "deposito-worker": 1, "ml-worker": 1}
        needed = sum(own.values()) - own["web-dashboard"] + 4 * sum(queues.values())

        assert 2 * needed < 100 - 3


class TestLegacyFile:
    """railway.json, which Railway stops reading on 2026-12-01."""

    def test_it_has_numbers_and_no_key_railway_does_not_know(self) -> None:
        found = json.loads((ROOT / "railway.json").read_text())

        assert set(found) == {"$schema", "build", "deploy"}
        assert set(found["build"]) <= BUILD_KEYS
        assert set(found["deploy"]) <= DEPLOY_KEYS
        assert (found["deploy"]["overlapSeconds"], found["deploy"]["drainingSeconds"]) == (20, 30)
        assert type(found["deploy"]["overlapSeconds"]) is int
        assert type(found["deploy"]["drainingSeconds"]) is int

    def test_it_runs_no_migrator_since_every_service_would(self) -> None:
        assert "preDeployCommand" not in json.loads((ROOT / "railway.json").read_text())["deploy"]


def test_the_procfile_has_one_line_for_every_process() -> None:
    lines = [line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines()]

    assert [name for name, _ in lines] == list(PROCESSES)
    assert all(command == f"scripts/start-production.sh {name}" for name, command in lines)


# Commands of the CLI 5.x that the guide may use.
_COMMANDS = {
    *("login", "init", "link", "add", "domain", "run", "logs", "ssh", "connect", "restart", "redeploy", "up"),
    *("config plan", "config apply", "config migrate", "variable set", "service status", "service delete"),
    *("deployment list", "postgres pitr enable"),
}


def test_the_guide_uses_only_commands_that_exist() -> None:
    text = (ROOT / "docs" / "deploy-railway.md").read_text()
    # What does not exist stands in the first column of the table, and where it is said that it does not.
    text = re.sub(r"^\| `railway [^|]*\|", "|", text, flags=re.MULTILINE)
    text = text.replace("`railway rollback` does not exist", "")
    used = re.findall(r"(?:^|`|:  ?)railway ((?:[a-z]+ ?)+)", text, re.MULTILINE)

    unknown = [words for words in used if not any(f"{words} ".startswith(f"{known} ") for known in _COMMANDS)]

    assert len(used) > 20
    assert unknown == []
