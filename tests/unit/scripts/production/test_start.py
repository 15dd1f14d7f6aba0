"""Which process runs, and what it is told; the processes really run in the integration tests."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.production.console import RefusedError
from scripts.production.processes import PROCESSES, ROOT, chosen, commit_of, environment_of

START = ROOT / "scripts" / "start-production.sh"
NAMED = {
    *("web-dashboard", "agente-negocio", "agente-deposito", "ml"),
    *("negocio-worker", "deposito-worker", "ml-worker", "telegram-bot"),
    *("migrator", "backup", "restore-drill", "single"),
}


def rehearse(*arguments: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """Exit code and summary of a dry run in a bare environment."""
    bare = {"PATH": os.environ["PATH"], "PYTHON": sys.executable}
    done = subprocess.run(
        [START, "--dry-run", *arguments],
        env={**bare, **environment},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return done.returncode, told


class TestChoosing:
    def test_every_process_has_its_name(self) -> None:
        assert set(PROCESSES) == NAMED

    @pytest.mark.parametrize("given", ["ml-worker", "ml_worker", "ML_Worker", "ml worker"])
    def test_dashes_and_underscores_are_the_same(self, given: str) -> None:
        assert chosen(None, {"RAILWAY_SERVICE_NAME": given}).name == "ml-worker"

    def test_what_is_said_on_purpose_goes_first(self) -> None:
        environment = {"SERVICE": "ml", "RAILWAY_SERVICE_NAME": "agente-negocio"}

        assert chosen("migrator", environment).name == "migrator"
        assert chosen(None, environment).name == "ml"
        assert chosen(None, {"RAILWAY_SERVICE_NAME": "agente-negocio"}).name == "agente-negocio"

    @pytest.mark.parametrize("environment", [{}, {"SERVICE": ""}, {"SERVICE": "postgres"}])
    def test_others_are_refused_with_the_names_there_are(self, environment: dict[str, str]) -> None:
        with pytest.raises(RefusedError, match="agente-deposito"):
            chosen(None, environment)

    def test_only_jobs_end_by_themselves(self) -> None:
        jobs = {name for name, process in PROCESSES.items() if process.is_job}

        assert jobs == {"migrator", "backup", "restore-drill"}


class TestEnvironment:
    def test_web_processes_answer_on_8080_unless_told(self) -> None:
        web = PROCESSES["agente-negocio"]

        assert environment_of(web, {})["PORT"] == "8080"
        assert environment_of(web, {"PORT": "10000"})["PORT"] == "10000"
        assert "METRICS_PORT" not in environment_of(web, {})

    def test_workers_tell_their_figures_on_ports_that_differ(self) -> None:
        ports = [environment_of(p, {})["METRICS_PORT"] for p in PROCESSES.values() if p.metrics_port]

        assert len(set(ports)) == len(ports) == 4
        assert environment_of(PROCESSES["ml-worker"], {"METRICS_PORT": "9"})["METRICS_PORT"] == "9"

    def test_services_of_a_single_process_find_each_other_on_its_port(self) -> None:
        told = environment_of(PROCESSES["single"], {"PORT": "10000", "ML_URL": "http://elsewhere"})

        assert told["NEGOCIO_URL"] == told["DEPOSITO_URL"] == "http://127.0.0.1:10000"
        assert told["ML_URL"] == "http://elsewhere"

    def test_references_without_a_scheme_become_addresses(self) -> None:
        given = {"ML_HOSTPORT": "ml-x1y2:8080", "DEPOSITO_HOSTPORT": "d:1", "DEPOSITO_URL": "http://said"}
        told = environment_of(PROCESSES["agente-negocio"], given)

        assert told["ML_URL"] == "http://ml-x1y2:8080"
        assert told["DEPOSITO_URL"] == "http://said"
        assert "NEGOCIO_URL" not in told

    def test_names_that_render_gives_are_let_in_where_hosts_are_checked(self) -> None:
        given = {"RENDER_EXTERNAL_HOSTNAME": "g.onrender.com", "RENDER_DISCOVERY_SERVICE": "ml-x1-discovery"}
        web = PROCESSES["ml"]

        assert environment_of(web, {**given, "ALLOWED_HOSTS": "app.ar"})["ALLOWED_HOSTS"] == (
            "app.ar,g.onrender.com,ml-x1"
        )
        assert environment_of(web, {**given, "ALLOWED_HOSTS": "*"})["ALLOWED_HOSTS"] == "*"
        assert "ALLOWED_HOSTS" not in environment_of(web, given)

    def test_the_version_comes_from_whoever_knows_it(self, tmp_path: Path) -> None:
        assert commit_of({}, root=tmp_path) == "unknown"
        (tmp_path / "COMMIT").write_text("of-the-build\n")
        assert commit_of({"COMMIT": ""}, root=tmp_path) == "of-the-build"
        assert commit_of({"RENDER_GIT_COMMIT": "r"}, root=tmp_path) == "r"
        assert commit_of({"RAILWAY_GIT_COMMIT_SHA": "w", "RENDER_GIT_COMMIT": "r"}, root=tmp_path) == "w"
        assert commit_of({"COMMIT": "c", "RAILWAY_GIT_COMMIT_SHA": "w"}, root=tmp_path) == "c"


class TestScript:
    def test_a_dry_run_says_what_would_run_from_any_folder(self) -> None:
        code, told = rehearse(RAILWAY_SERVICE_NAME="web_dashboard", RAILWAY_GIT_COMMIT_SHA="abc")

        assert code == 0
        assert told["process"] == "web-dashboard"
        assert told["commit"] == "abc"
        assert told["port"] == "8080"

    @pytest.mark.parametrize("name", sorted(NAMED - {"telegram-bot"}))
    def test_every_process_of_this_release_is_there(self, name: str) -> None:
        assert rehearse(name)[0] == 0

    def test_an_unknown_process_is_refused(self) -> None:
        code, told = rehearse("postgres")

        assert code == 2
        assert not told["ok"]

    def test_a_wrong_option_is_refused(self) -> None:
        assert rehearse("--none")[0] == 2

    def test_wrong_settings_are_told_by_name_and_never_by_value(self) -> None:
        done = subprocess.run(
            [START, "ml"],
            env={
                "PATH": os.environ["PATH"],
                "PYTHON": sys.executable,
                "SECRET_KEY": "short-and-secret",
                "JWT_SECRET_KEY": "another-secret",
                "DATABASE_URL": "postgresql://user:of-the-database@127.0.0.1/none",
                "MAX_CONNECTIONS": "many",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        told = json.loads(done.stdout.splitlines()[-1])

        assert done.returncode == 2
        assert "REDIS_URL is not set" in told["error"]
        assert "MAX_CONNECTIONS" in told["error"]
        for secret in ("short-and-secret", "another-secret", "of-the-database"):
            assert secret not in done.stdout + done.stderr
