"""The embedded Valkey: cache, limits and live hints, reached over loopback with a password."""

import signal
import socket
from pathlib import Path
from urllib.parse import quote

from scripts.local.servers.binaries import find_valkey, server_name
from scripts.local.servers.process import ServerProcess, free_port, kept_password
from scripts.local.unprivileged import reachable_installation, server_account


class Valkey:
    """Valkey with its data in folder/valkey. fast keeps nothing on disk, for tests."""

    def __init__(self, folder: Path, *, fast: bool) -> None:
        self._home = folder / "valkey"
        self._data = self._home / "data"
        self._account = server_account(self._data)
        self._fast = fast
        self._port = free_port()
        self._password = ""
        self._process = ServerProcess("valkey", folder, self._account, signal.SIGTERM)

    def start(self) -> None:
        """Write the settings, start, and wait until it answers."""
        self._data.mkdir(parents=True, exist_ok=True)
        self._home.chmod(0o711)
        self._data.chmod(0o700)
        self._account.own(self._data)
        self._password = kept_password(self._home / "password", self._account)
        found = find_valkey()
        program = server_name(found)
        programs = reachable_installation(found, program, home=self._home, account=self._account).bin
        self._process.start([programs / program, self._settings()], self._is_ready)

    def is_running(self) -> bool:
        """Whether the server process is alive."""
        return self._process.is_running()

    def stop(self) -> None:
        """Ask it to save and end."""
        self._process.stop()

    def url(self, database: int = 0) -> str:
        """Address of one of its sixteen databases."""
        return f"redis://:{quote(self._password)}@127.0.0.1:{self._port}/{database}"

    def _settings(self) -> Path:
        """A file and not options: the password would show in the list of processes."""
        lines = [
            f"port {self._port}",
            "bind 127.0.0.1",
            "protected-mode yes",
            f"requirepass {self._password}",
            f"dir {self._data}",
            f"appendonly {'no' if self._fast else 'yes'}",
            "appendfsync everysec",
            'save ""',
            "daemonize no",
            "maxmemory-policy noeviction",
        ]
        file = self._home / "valkey.conf"
        file.touch(mode=0o600)
        file.write_text("\n".join(lines) + "\n")
        self._account.own(file)
        return file

    def _is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                # Both replies may come in one packet or in two; LOADING and errors end the wait too.
                while answer.count(b"\r\n") < 2:  # noqa: PLR2004  one line for each of the two commands
                    received = connection.recv(200)
                    if not received:
                        return False
                    answer += received
        except OSError:
            return False
        return b"+PONG" in answer
