"""The embedded PostgreSQL: made on the first start, reached over loopback with a password."""

import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg

from scripts.local import processes
from scripts.local.errors import SetupError
from scripts.local.servers.binaries import find_postgres
from scripts.local.servers.process import ENVIRONMENT, ServerProcess, free_port, kept_password
from scripts.local.unprivileged import reachable_installation, server_account

_OWNER = "gondola"
DATABASE = "gondola"
# Nothing is lost that matters when a test machine loses power.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_ATTEMPTS = 3


class Postgres:
    """PostgreSQL with its data in folder/postgres. fast gives up durability, for tests."""

    def __init__(self, folder: Path, *, fast: bool) -> None:
        self._home = folder / "postgres"
        self._data = self._home / "data"
        self._account = server_account(self._data)
        self._fast = fast
        self._port = free_port()
        self._password = ""
        self._process = ServerProcess("postgres", folder, self._account, signal.SIGINT)

    def start(self) -> None:
        """Make the data folder when there is none, start, and make the database."""
        self._home.mkdir(parents=True, exist_ok=True)
        self._home.chmod(0o711)
        self._password = kept_password(self._home / "password", self._account)
        programs = self._programs()
        self._make_data(programs)
        self._forget_dead_postmaster()
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._process.start([programs / "postgres", *self._options()], self._is_ready)
                break
            except SetupError:
                # After kill -9 its helpers need a moment to notice and let go of the shared memory.
                if attempt == _ATTEMPTS:
                    raise
        self._make_database()

    def is_running(self) -> bool:
        """Whether the server process is alive."""
        return self._process.is_running()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back."""
        self._process.stop()

    def url(self, database: str = DATABASE) -> str:
        """Address of a database for libpq; the user owns the server."""
        return f"postgresql://{_OWNER}:{quote(self._password)}@127.0.0.1:{self._port}/{database}"

    def _programs(self) -> Path:
        found = find_postgres()
        return reachable_installation(found, "postgres", home=self._home, account=self._account).bin

    def _make_data(self, programs: Path) -> None:
        """Made aside and renamed, so that a run killed half-way leaves nothing that looks finished."""
        if (self._data / "PG_VERSION").exists():
            self._check_version(programs)
            return
        part = self._home / "data.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        self._account.own(part)
        command: list[str | Path] = [programs / "initdb", "-D", part, "-U", _OWNER, "--auth=scram-sha-256"]
        command += [f"--pwfile={self._home / 'password'}", "-E", "UTF8", "--locale=C", "--no-instructions"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"]
        if self._fast:
            command.append("--no-sync")
        done = subprocess.run(
            command,
            cwd="/",
            env=ENVIRONMENT,
            check=False,
            capture_output=True,
            text=True,
            **self._account.run_as(),
        )
        if done.returncode != 0:
            raise SetupError(f"PostgreSQL could not make its data folder: {done.stderr.strip()}")
        part.rename(self._data)

    def _check_version(self, programs: Path) -> None:
        kept = (self._data / "PG_VERSION").read_text().strip()
        told = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        if f" {kept}." not in told.stdout:
            raise SetupError(
                f"{self._data} was made by PostgreSQL {kept}, which is not the one found here "
                f"({told.stdout.strip()}); move that folder away to start with an empty database."
            )

    def _forget_dead_postmaster(self) -> None:
        """Remove a pid file whose pid now is another program's; PostgreSQL would take it for its own."""
        file = self._data / "postmaster.pid"
        if file.exists():
            pid = int(file.read_text().split("\n", 1)[0] or 0)
            if str(self._data) not in processes.command_line(pid):
                file.unlink()

    def _options(self) -> list[str | Path]:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **(_FAST if self._fast else {}),
        }
        words: list[str | Path] = ["-D", self._data]
        for name, value in options.items():
            words += ["-c", f"{name}={value}"]
        return words

    def _is_ready(self) -> bool:
        """PostgreSQL writes its pid to the first line of its pid file and its state to the eighth."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready"  # noqa: PLR2004  eighth line

    def _make_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE}")
