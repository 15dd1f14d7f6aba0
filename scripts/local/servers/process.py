"""What PostgreSQL and Valkey have in common as child processes of ours."""

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scripts.local import processes
from scripts.local.errors import SetupError
from scripts.local.logs import rotate, tail
from scripts.local.unprivileged import Account

_START_SECONDS = 30
_POLL_SECONDS = 0.02
_LEAST_PORT, _MOST_PORT = 15_000, 32_000
# A clean environment: nothing of the caller's (PGDATA, PGHOST, a locale that is not installed) leaks in.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/nonexistent"}


def free_port() -> int:
    """A port nobody listens on; below those lent to connections, one of which would take it meanwhile."""
    while True:
        port = _LEAST_PORT + secrets.randbelow(_MOST_PORT - _LEAST_PORT)
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def kept_password(file: Path, account: Account) -> str:
    """The server's password, made on the first start and kept in a file only its account may read."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24) + "\n")
        account.own(file)
    return file.read_text().strip()


class ServerProcess:
    """One server: started, watched, stopped. The pid goes on file so that a later run can end a leftover."""

    def __init__(self, name: str, folder: Path, account: Account, stop_signal: signal.Signals) -> None:
        self.name = name
        self._account = account
        self._stop_signal = stop_signal
        self._log = folder / "logs" / f"{name}.log"
        self._record = folder / "run" / f"{name}.json"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: list[str | Path], is_ready: Callable[[], bool]) -> None:
        """Start and wait until it answers. Raises SetupError with the end of its log when it does not."""
        rotate(self._log)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                processes.leashed(command, stop_signal=self._stop_signal),
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._account.run_as(),
            )
        processes.write_record(self._record, self._process.pid, self._stop_signal)
        deadline = time.monotonic() + _START_SECONDS
        while not is_ready():
            if not self.is_running() or time.monotonic() > deadline:
                self.stop(patience_seconds=1)
                raise SetupError(f"{self.name} did not start; the end of {self._log}:\n{tail(self._log)}")
            time.sleep(_POLL_SECONDS)

    @property
    def pid(self) -> int | None:
        """The pid of the server, when it was started."""
        return self._process.pid if self._process else None

    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def stop(self, *, patience_seconds: float = 8) -> None:
        """Ask it to end, and make it end when it does not. Nothing happens when it does not run."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(self._stop_signal)
            try:
                self._process.wait(patience_seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._record.unlink(missing_ok=True)
