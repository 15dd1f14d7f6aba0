"""Every process of a deployed platform, as hosts start it, with only its image's packages; then SIGTERM."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from scripts.local.servers.process import free_port
from scripts.production.console import INTERRUPTED
from scripts.production.images import IMAGES
from scripts.production.processes import ROOT
from scripts.production.requirements import FOLDER
from shared.database.revision import SCHEMA_REVISION

ONLY = ROOT / "tests" / "unit" / "scripts" / "production" / "only"
WEB = ("web-dashboard", "agente-negocio", "agente-deposito", "ml")
WORKERS = ("negocio-worker", "deposito-worker", "ml-worker")
PEERS = ("NEGOCIO_URL", "DEPOSITO_URL", "ML_URL")
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
# Generous, for machines that do other things beside; how fast it really is is measured elsewhere.
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass
class Started:
    """A process that runs. port: where it answers, or tells its figures."""

    process: subprocess.Popen[str]
    environment: Mapping[str, str]
    port: int
    log: Path

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def lines(self) -> list[dict[str, Any]]:
        """What it logged; every line of it is JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def answers(self, path: str) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(self.url(path)).is_success
        return False

    def wait_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not condition():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def probe(self) -> int:
        """What the health check of its container says."""
        command = [sys.executable, "-m", "scripts.production.probe"]
        return subprocess.run(command, env=self.environment, cwd=ROOT, check=False).returncode

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


@pytest.fixture
def host_environment(database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """What a host gives every process."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHON": sys.executable,
        "HOME": str(tmp_path),
        "ENVIRONMENT": "production",
        "SECRET_KEY": "test-secret-key-of-no-value-0123456789",
        "JWT_SECRET_KEY": "test-jwt-key-of-no-value-9876543210-abc",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "STORAGE_PATH": str(tmp_path / "objects"),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "COMMIT": "the-newest",
        "COLOUR": "green",
        # A peer that is away must not keep anyone from starting.
        **dict.fromkeys(PEERS, "http://127.0.0.1:1"),
    }


@contextmanager
def started(
    name: str,
    host_environment: Mapping[str, str],
    folder: Path,
    *,
    within: Sequence[str] = (),
    port: int | None = None,
) -> Iterator[Started]:
    """Runs a process while the block does. within: a command that runs commands somewhere else."""
    port = port or free_port()
    environment = {**host_environment, "RAILWAY_SERVICE_NAME": name, "PORT": str(port)}
    environment["METRICS_PORT"] = environment["PORT"]
    image = next(made for made in IMAGES.values() if name in made.processes)
    environment["ONLY_INSTALLED"] = str(FOLDER / f"{image.part}.txt")
    environment["PYTHONPATH"] = f"{ONLY}{os.pathsep}{ROOT}"
    log = folder / f"{name}.log"
    with (
        log.open("w") as stream,
        subprocess.Popen(
            [*within, ROOT / "scripts" / "start-production.sh"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        ) as process,
    ):
        try:
            yield Started(process, environment, port, log)
        finally:
            process.kill()


# A file system on which only /tmp can be written, as containers have it.
_READ_ONLY = """
mount --rbind / /mnt && mount -o remount,ro,bind /mnt && mount -t tmpfs -o mode=1777 tmpfs /mnt/tmp &&
mkdir -p "/mnt$0" && mount --bind "$0" "/mnt$0" && mount -o remount,ro,bind "/mnt$0" && exec chroot /mnt "$@"
"""


def read_only() -> list[str]:
    """A command that runs commands where nothing but /tmp can be written."""
    return ["unshare", "--mount", "sh", "-c", _READ_ONLY, str(ROOT)]


def can_change_mounts() -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*read_only(), "true"], capture_output=True, check=False).returncode == 0


def has_ipv6() -> bool:
    return Path("/proc/net/if_inet6").is_file() and bool(Path("/proc/net/if_inet6").read_text().strip())


@pytest.mark.parametrize("name", [*WEB, "single"])
def test_a_web_process_answers_and_leaves_with_0(
    name: str, host_environment: dict[str, str], tmp_path: Path
) -> None:
    if name == "single":
        for peer in PEERS:
            del host_environment[peer]
    with started(name, host_environment, tmp_path) as service:
        service.wait_until(lambda: service.answers("/health/ready"))
        answer = httpx.get(service.url("/version"))
        version = answer.json()
        over_ipv6 = httpx.get(service.url("/health/live", "[::1]")).status_code if has_ipv6() else 200
        probed = service.probe()

        code = service.stop()
        complaints = service.process.stderr.read() if service.process.stderr else ""

    assert (version["commit"], version["colour"]) == ("the-newest", "green")
    # A switch is told by them who answers.
    assert (answer.headers["x-version"], answer.headers["x-colour"]) == ("the-newest", "green")
    assert over_ipv6 == 200
    assert probed == 0
    assert code == 0
    # Hosts show every line of standard error as an error.
    assert complaints == ""
    assert service.lines()[0]["process"] == name


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_works_and_leaves_with_0(
    name: str, host_environment: dict[str, str], tmp_path: Path
) -> None:
    with started(name, host_environment, tmp_path) as worker:
        worker.wait_until(lambda: "worker.started" in worker.log.read_text())
        probed = worker.probe()

        code = worker.stop()
        complaints = worker.process.stderr.read() if worker.process.stderr else ""

    assert probed == 0
    assert code == 0
    assert complaints == ""
    assert worker.lines()[0]["process"] == name


@pytest.mark.skipif(not can_change_mounts(), reason="only root may make a file system read-only")
def test_nothing_is_written_outside_of_tmp(host_environment: dict[str, str], tmp_path: Path) -> None:
    host_environment |= {"STORAGE_PATH": "/tmp/objects", "HOME": "/tmp"}  # noqa: S108  the one place there
    with started("agente-negocio", host_environment, tmp_path, within=read_only()) as service:
        service.wait_until(lambda: service.answers("/health/ready"))
        read = httpx.post(service.url("/api/v1/ocr/test"), json={"test": True}, timeout=60).json()

        code = service.stop()

    assert read["success"] is True
    assert code == 0


def test_the_migrator_migrates_and_ends(
    host_environment: dict[str, str], empty_database_url: str, tmp_path: Path
) -> None:
    host_environment["DATABASE_URL"] = empty_database_url
    with started("migrator", host_environment, tmp_path) as migrator:
        assert migrator.process.wait(START_SECONDS) == 0
    with psycopg.connect(empty_database_url) as connection:
        found = connection.execute("SELECT version_num FROM shared.alembic_version").fetchone()

    assert found == (SCHEMA_REVISION,)


def test_a_migrator_that_cannot_reach_the_database_says_so_and_fails(
    host_environment: dict[str, str], tmp_path: Path
) -> None:
    host_environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    with started("migrator", host_environment, tmp_path) as migrator:
        assert migrator.process.wait(START_SECONDS) == 1


def test_a_migrator_that_is_stopped_has_not_succeeded(
    host_environment: dict[str, str], empty_database_url: str, tmp_path: Path
) -> None:
    host_environment["DATABASE_URL"] = empty_database_url
    with (
        psycopg.connect(empty_database_url) as blocking,
        psycopg.connect(empty_database_url, autocommit=True) as watching,
        started("migrator", host_environment, tmp_path) as migrator,
    ):
        blocking.execute("CREATE SCHEMA shared")
        migrator.wait_until(lambda: watching.execute(_WAITING).fetchone() == (1,))

        code = migrator.stop()

    # As whoever told it to stop, or as an interrupted script.
    assert code in {128 + signal.SIGTERM, INTERRUPTED}


@pytest.mark.parametrize("name", ["ml", "single"])
def test_a_service_that_was_told_to_stop_is_not_ready_any_more(
    name: str, host_environment: dict[str, str], database_url: str, tmp_path: Path
) -> None:
    with (
        psycopg.connect(database_url) as blocking,
        psycopg.connect(database_url, autocommit=True) as watching,
        started(name, host_environment, tmp_path) as service,
        ThreadPoolExecutor() as asking,
    ):
        service.wait_until(lambda: service.answers("/health/ready"))
        blocking.execute("LOCK TABLE shared.alembic_version")
        asked = asking.submit(httpx.get, service.url("/health/ready"))
        service.wait_until(lambda: watching.execute(_WAITING).fetchone() != (0,))
        service.process.send_signal(signal.SIGTERM)
        service.wait_until(lambda: not service.answers("/health/live"))
        blocking.rollback()

        answer = asked.result()

    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["checks"]["postgres"]["schema_ok"] is True


def test_a_service_that_is_told_to_stop_while_it_starts_leaves_with_0(
    host_environment: dict[str, str], tmp_path: Path
) -> None:
    with started("ml", host_environment, tmp_path) as service:
        service.wait_until(lambda: "process.starting" in service.log.read_text())

        code = service.stop()

    assert code == 0


def test_a_probe_finds_a_dead_process(host_environment: dict[str, str], tmp_path: Path) -> None:
    with started("ml", host_environment, tmp_path) as service:
        service.wait_until(lambda: service.answers("/health/ready"))
        service.process.kill()
        service.process.wait()

        assert service.probe() == 1
