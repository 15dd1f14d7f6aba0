"""The whole platform as real processes on servers and ports of its own, each of which can be killed."""

import os
import secrets
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from scripts.local.processes import leashed, read_record
from scripts.local.servers import Servers
from scripts.local.servers.process import free_port
from scripts.local.services import SERVICES, Program, child_environment, programs
from scripts.migrations.run import migrate

ROOT = Path(__file__).parents[2]
SERVERS = ("postgres", "valkey")
_READY_SECONDS = 90
_PAUSE_SECONDS = 0.05
# Rehearsals send far more than people do.
_NO_LIMITS = {
    "RATE_PER_ADDRESS": "10000000",
    "RATE_PER_USER": "10000000",
    "RATE_PER_ORGANISATION": "10000000",
    "RATE_PER_PROBE": "10000000",
}


@dataclass(slots=True)
class System:
    """Running processes by name. `kill` ends one with SIGKILL and starts it again at once.

    Use it from the main thread: its processes end with the thread that started them.
    """

    folder: Path
    servers: Servers
    environment: Mapping[str, str]
    ports: Mapping[str, int]
    wanted: Sequence[Program]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Everything that can be killed."""
        return [*SERVERS, *(program.name for program in self.wanted)]

    @property
    def database_url(self) -> str:
        """Owner's address of the database."""
        return self.servers.addresses.database_url

    def url(self, service: str) -> str:
        """Where a service answers."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def start(self, program: Program) -> None:
        """Start one program; its log grows in the system's folder."""
        with (self.folder / f"{program.name}.log").open("ab") as log:
            self.running[program.name] = subprocess.Popen(
                leashed(program.command, stop_signal=signal.SIGTERM),
                cwd=ROOT,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """As if the machine had taken it away: SIGKILL, then a fresh start."""
        if name in SERVERS:
            record = read_record(self.folder / "run" / f"{name}.json")
            if record is not None:
                os.kill(record.pid, signal.SIGKILL)
                time.sleep(_PAUSE_SECONDS)
            self.servers.revive()
            return
        process = self.running[name]
        process.kill()
        process.wait()
        self.start(next(program for program in self.wanted if program.name == name))

    def wait_until_ready(self) -> None:
        """Until every service says so. Raises TimeoutError with the names of those that do not."""
        deadline = time.monotonic() + _READY_SECONDS
        waiting = {program.name: program.health_url for program in self.wanted if program.health_url}
        while waiting:
            for name, url in list(waiting.items()):
                with suppress(httpx.HTTPError):
                    if httpx.get(url, timeout=2).is_success:
                        del waiting[name]
            if time.monotonic() > deadline:
                raise TimeoutError(f"Not ready: {sorted(waiting)}; logs in {self.folder}")
            time.sleep(_PAUSE_SECONDS)

    def stop(self) -> None:
        """End everything; SIGTERM first."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.servers.stop()


@contextmanager
def running_system(
    *, without: Sequence[str] = (), settings: Mapping[str, str] | None = None
) -> Iterator[System]:
    """A new, empty, migrated system. without: names of programs to leave out."""
    with tempfile.TemporaryDirectory(prefix="gondola-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        # Durable on purpose: what a crash may lose is what these rehearsals look for.
        servers = Servers(folder, fast=False)
        servers.start()
        try:
            migrate(servers.addresses.database_url)
            system = _system(folder, servers, without, settings or {})
            for program in system.wanted:
                system.start(program)
            try:
                system.wait_until_ready()
                yield system
            finally:
                system.stop()
        finally:
            servers.stop()


def _system(folder: Path, servers: Servers, without: Sequence[str], settings: Mapping[str, str]) -> System:
    ports = {service.name: free_port() for service in SERVICES}
    keys = {"SECRET_KEY": secrets.token_urlsafe(48), "JWT_SECRET_KEY": secrets.token_urlsafe(48)}
    environment = {
        **child_environment(servers.addresses, ports, keys, folder / "objects"),
        **_NO_LIMITS,
        **settings,
    }
    wanted = [program for program in programs(environment, ports) if program.name not in without]
    return System(folder, servers, environment, ports, wanted)
