"""Prometheus, blackbox exporter and Alertmanager as deployed, only faster, telling a server of the test."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from scripts.local import debian
from scripts.local.servers.process import free_port
from scripts.production.processes import ROOT

DEPLOYED = ROOT / "deploy" / "prometheus"
_BUILT_IN = b"/usr/share/prometheus/alertmanager"


@dataclass
class Told:
    """What people were told, in the order it came: path and body of each call."""

    port: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def alerts(self, path: str) -> set[tuple[str, str]]:
        """Name and service of what is wrong, as it was last told there."""
        state: dict[tuple[str, str], str] = {}
        for at, body in self.calls:
            for alert in body.get("alerts", []) if at == path else []:
                labels = alert["labels"]
                state[labels["alertname"], labels.get("service", "")] = alert["status"]
        return {what for what, status in state.items() if status == "firing"}


@contextmanager
def listening() -> Iterator[Told]:
    """A server that keeps what is sent to it and says what Telegram would."""
    told = Told()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.calls.append((self.path, json.loads(body)))
            answer = b'{"ok": true, "result": {"message_id": 1, "chat": {"id": -100}}}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = Thread(target=server.serve_forever)
    thread.start()
    told.port = server.server_port
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def watching(folder: Path, address: str, people: dict[str, str], *, telegram: str) -> Iterator[None]:
    """Everything that watches the platform at an address. people: ALERT_*; telegram: who plays its API."""
    ports = {"9115": str(free_port()), "9093": str(free_port())}
    (folder / "alertmanager.yml").write_text(
        _fast(configured(people)).replace("parse_mode:", f"api_url: {telegram}\n        parse_mode:")
    )
    (folder / "alerts.rules.yml").write_text(_fast((DEPLOYED / "alerts.rules.yml").read_text()))
    asked = _fast((DEPLOYED / "systemd.yml").read_text()).replace("@PUBLIC_URL@", address)
    for usual, port in ports.items():
        asked = asked.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{port}")
    (folder / "prometheus.yml").write_text(asked)
    data = f"--storage.tsdb.path={folder / 'data'}"
    commands: tuple[list[str | Path], ...] = (
        _blackbox(ports["9115"]),
        [
            _alertmanager(folder),
            "--config.file=alertmanager.yml",
            "--storage.path=alerts",
            f"--web.listen-address=127.0.0.1:{ports['9093']}",
            "--cluster.listen-address=",
        ],
        [
            debian.ensure("prometheus", "prometheus"),
            "--config.file=prometheus.yml",
            data,
            f"--web.listen-address=127.0.0.1:{free_port()}",
        ],
    )
    with ExitStack() as stack:
        for number, command in enumerate(commands):
            stack.enter_context(_running(command, folder, folder / f"{number}.log"))
        yield


def configured(people: dict[str, str]) -> str:
    """What alertmanager.sh makes of the environment."""
    script = DEPLOYED / "alertmanager.sh"
    made = subprocess.run(["/bin/sh", script], env=people, capture_output=True, text=True, check=True)
    return made.stdout


def wait_until(is_so: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _fast(text: str) -> str:
    """Nobody waits for minutes in a test."""
    text = re.sub(
        r"\b(scrape_interval|evaluation_interval|scrape_timeout|group_interval): \w+", r"\1: 1s", text
    )
    return re.sub(r"\b(for|group_wait): \w+", r"\1: 0s", text)


def _blackbox(port: str) -> list[str | Path]:
    program = debian.ensure("prometheus-blackbox-exporter", "prometheus-blackbox-exporter")
    return [program, f"--config.file={DEPLOYED / 'blackbox.yml'}", f"--web.listen-address=127.0.0.1:{port}"]


def _alertmanager(folder: Path) -> Path:
    """Debian's, which has the place of its templates built in: an unpacked one has them here instead."""
    package = "prometheus-alertmanager"
    program = debian.ensure(package, package)
    templates = debian.unpacked_in(package) / _BUILT_IN.decode().lstrip("/") / "default.tmpl"
    if not templates.is_file():
        return program
    for template in templates.parent.glob("*.tmpl"):
        shutil.copy(template, folder)
    own = folder / package
    own.write_bytes(program.read_bytes().replace(_BUILT_IN, b".".ljust(len(_BUILT_IN), b"/")))
    own.chmod(0o755)
    return own


@contextmanager
def _running(command: list[str | Path], folder: Path, log: Path) -> Iterator[None]:
    with log.open("w") as stream:
        process = subprocess.Popen(command, cwd=folder, stdout=stream, stderr=subprocess.STDOUT)
        try:
            yield
            assert process.poll() is None, log.read_text()
        finally:
            process.terminate()
            process.wait(20)
