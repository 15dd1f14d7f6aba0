"""Embedded PostgreSQL and Valkey for one machine: for scripts/up, for tests and for benchmarks."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.local import processes
from scripts.local.servers.postgres import Postgres
from scripts.local.servers.valkey import Valkey
from scripts.local.unprivileged import reachable_folder

__all__ = ["Addresses", "Postgres", "Servers", "Valkey", "running", "temporary"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the servers answer, user and password included."""

    database_url: str
    redis_url: str


class Servers:
    """Those servers that nobody else provides. An address given from outside is used as it is."""

    def __init__(
        self, folder: Path, *, fast: bool, database_url: str | None = None, redis_url: str | None = None
    ) -> None:
        home = folder if database_url and redis_url else reachable_folder(folder)
        self._leftovers = home / "run"
        # Notes about the database go with its data: who removes one removes both.
        self.marks = None if database_url else home / "postgres"
        self._postgres = None if database_url else Postgres(home, fast=fast)
        self._valkey = None if redis_url else Valkey(home, fast=fast)
        self._given = (database_url, redis_url)

    def start(self) -> None:
        """End what a killed run left behind, then start. Raises SetupError; nothing runs then."""
        processes.stop_leftovers(self._leftovers)
        try:
            for server in self._own():
                server.start()
        except BaseException:
            self.stop()
            raise

    def revive(self) -> list[str]:
        """Start again whichever died, at the same address. Returns the names of those."""
        dead = [server for server in self._own() if not server.is_running()]
        for server in dead:
            server.start()
        return [type(server).__name__ for server in dead]

    def stop(self) -> None:
        """Stop both, Valkey first; what they hold stays on disk."""
        for server in reversed(self._own()):
            server.stop()

    @property
    def addresses(self) -> Addresses:
        """Where they answer; known once started."""
        database_url, redis_url = self._given
        return Addresses(
            database_url or (self._postgres.url() if self._postgres else ""),
            redis_url or (self._valkey.url() if self._valkey else ""),
        )

    def _own(self) -> list[Postgres | Valkey]:
        return [server for server in (self._postgres, self._valkey) if server]


@contextmanager
def running(folder: Path, *, fast: bool = False) -> Iterator[Addresses]:
    """Both servers, while the block runs. Their data stays in the folder."""
    servers = Servers(folder, fast=fast)
    servers.start()
    try:
        yield servers.addresses
    finally:
        servers.stop()


@contextmanager
def temporary() -> Iterator[Addresses]:
    """Both servers with empty data in a folder that is removed afterwards; not durable."""
    with tempfile.TemporaryDirectory(prefix="gondola-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        with running(folder, fast=True) as addresses:
            yield addresses
