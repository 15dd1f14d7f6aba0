"""A checkout in small: the real launcher around throw-away services, to be started and killed at will."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from scripts.local import processes
from scripts.local.servers.process import free_port

ROOT = Path(__file__).parents[4]

_APP = """
import os
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

NAME = "{name}"


@asynccontextmanager
async def lifespan(app):
    yield
    Path(os.environ["STORAGE_PATH"]).parent.joinpath("clean-" + NAME).touch()


app = FastAPI(title=NAME, lifespan=lifespan)


@app.get("/health/ready")
async def ready():
    return {{"status": "ready"}}


@app.get("/{name}/pid")
async def pid():
    return os.getpid()


@app.get("/api/v1/jobs/{{job_id}}")
async def job(job_id: str):
    return NAME


@app.get("/{name}/environment")
async def environment():
    return dict(os.environ)
"""
_WORKER = """
import asyncio
import signal


async def run(stop):
    print("working", flush=True)
    await stop.wait()


async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await run(stop)


if __name__ == "__main__":
    asyncio.run(main())
"""
_MIGRATE = """
import os
import psycopg

with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS visit (at timestamptz DEFAULT now())")
    connection.execute("INSERT INTO visit DEFAULT VALUES")
"""
_SERVICES = {
    "dashboard": "web_dashboard/dashboard_api.py",
    "negocio": "agente_negocio/main.py",
    "deposito": "agente_deposito/main.py",
    "ml": "ml/main_ml_service.py",
}
_WORKERS = ("agente_negocio", "agente_deposito", "ml")


@dataclass(slots=True)
class Toy:
    """One toy checkout and the ports of its services."""

    root: Path
    ports: dict[str, int]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """scripts/up, in a session of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.local.up", *arguments],
            cwd=self.root,
            env=self._environment(variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def clean_up(self) -> None:
        """End whatever a failed test left running."""
        self.down()
        for process in self.started:
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()

    def down(self) -> subprocess.CompletedProcess[str]:
        """scripts/down."""
        return subprocess.run(
            [sys.executable, "-m", "scripts.local.down"],
            cwd=self.root,
            env=self._environment({}),
            capture_output=True,
            text=True,
            check=False,
        )

    def is_ready(self) -> bool:
        """Whether every service answers."""
        return all(self.answers(name) for name in self.ports)

    def answers(self, name: str) -> bool:
        """Whether one service answers."""
        try:
            return httpx.get(self.url(name, "/health/ready"), timeout=2).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def url(self, name: str, path: str) -> str:
        """Address in one service."""
        return f"http://127.0.0.1:{self.ports[name]}{path}"

    def pid(self, name: str) -> int:
        """Pid of one service, told by itself."""
        return int(httpx.get(self.url(name, f"/{name}/pid"), timeout=2).json())

    def on_file(self) -> dict[str, int]:
        """Pids of everything the launcher has on file and that runs."""
        records = {file.stem: processes.read_record(file) for file in (self.root / "var/run").glob("*.json")}
        return {name: record.pid for name, record in records.items() if record}

    def _environment(self, variables: dict[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        ports = {f"PORT_{name.upper()}": str(port) for name, port in self.ports.items()}
        return {**kept, **ports, **variables}


def make(root: Path) -> Toy:
    """Write the toy checkout: the launcher as it is, everything around it small."""
    shutil.copytree(
        ROOT / "scripts" / "local", root / "scripts" / "local", ignore=shutil.ignore_patterns("__pycache__")
    )
    _write(root / "scripts/__init__.py", "")
    _write(root / "scripts/demo/__init__.py", "")
    _write(root / "scripts/migrations/run.py", _MIGRATE)
    for name, path in _SERVICES.items():
        _write(root / path, _APP.format(name=name))
        _write((root / path).parent / "__init__.py", "")
    for package in _WORKERS:
        _write(root / package / "worker.py", _WORKER)
    return Toy(root, {name: free_port() for name in _SERVICES})


def wait_for(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    """Wait until something is so; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def interrupt(process: subprocess.Popen[str]) -> str:
    """Ctrl-C, and what the launcher printed."""
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=40)
    return output


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
