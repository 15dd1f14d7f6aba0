"""Two colours of the platform behind a real NGINX, switched by the scripts that switch in production."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.rehearsals.recovering.stage import PASSWORD, USERNAME, open_shop
from benchmarks.rehearsals.system import ROOT, System, running_system
from scripts.local import nginx
from scripts.local.processes import leashed, read_record
from scripts.local.servers.process import free_port
from scripts.local.services import SERVICES, WORKERS
from scripts.production.switching.actions import Operator
from scripts.production.switching.colours import COLOURS, Colour, Group
from scripts.production.switching.machine import Processes

# What a release consists of; tests and documents are not needed to run it.
_CODE = ("agente_deposito", "agente_negocio", "deploy", "ml", "scripts", "shared", "web_dashboard")
_PORT = re.compile(r"\b(?:8[12]0[0-3]|9[12]0[1-4])\b")
_OUR_PORT = re.compile(r"^listen (\[::\]:)?80\b", re.MULTILINE)
_STEPS: tuple[Group, Group] = ("web", "workers")
FIRST = "0" * 40
_READY_SECONDS = 60.0

Meanwhile = Callable[["subprocess.Popen[str]"], None]
"""Something that befalls a script of ours while it works."""


@dataclass(slots=True)
class Stage:
    """environment: of the operator's shell. machine: where the colours live."""

    system: System
    machine: Processes
    environment: Mapping[str, str]

    @property
    def address(self) -> str:
        """Where people reach the platform."""
        return self.machine.address

    @property
    def active(self) -> Colour:
        """The colour that is in use by the proxy's file."""
        return self.machine.proxy.active

    def add_release(self, commit: str, *, changes: Mapping[str, tuple[str, str]] | None = None) -> str:
        """A release of this checkout's code. changes: by file what is replaced by what, to break it."""
        folder = self.machine.release(commit)
        ignored = shutil.ignore_patterns("__pycache__")
        for name in _CODE:
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        for file, (old, new) in (changes or {}).items():
            text = (folder / file).read_text()
            if old not in text:
                raise ValueError(f"{file} has no {old!r}")
            (folder / file).write_text(text.replace(old, new))
        (folder / "COMMIT").write_text(f"{commit}\n")
        return commit

    def deploy(self, release: str, *more: str, meanwhile: Meanwhile | None = None) -> dict[str, Any]:
        """Run the script; its summary, with its exit code. meanwhile: what happens to it as it works."""
        words = ("--release", release, "--drain-seconds", "3", *more)
        return self.run("deploy-zero-downtime", *words, meanwhile=meanwhile)

    def roll_back(self, *more: str) -> dict[str, Any]:
        """Run the script; its summary, with its exit code."""
        return self.run("rollback-production", *more)

    def run(self, script: str, *words: str, meanwhile: Meanwhile | None = None) -> dict[str, Any]:
        """Run one of the two; what it says goes to a log."""
        where = ["--on", "processes", "--home", self.machine.home, "--settings", self.machine.settings]
        where += ["--nginx", self.machine.nginx, "--address", self.address]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [ROOT / "scripts" / f"{script}.sh", *map(str, where), *words],
                env=dict(self.environment),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        with process:
            if meanwhile:
                meanwhile(process)
            out, _ = process.communicate()
        summary: dict[str, Any] = json.loads(out.splitlines()[-1])
        return {**summary, "code": process.returncode}

    @property
    def log(self) -> Path:
        """What the scripts said."""
        return self.machine.home / "operator.log"

    def running(self, colour: Colour) -> dict[str, int]:
        """Process ids by name of what runs of a colour."""
        files = (self.machine.home / "run" / colour).glob("*/*.json")
        found = {file.stem: read_record(file) for file in files}
        return {name: record.pid for name, record in found.items() if record}

    def start(self, colour: Colour) -> None:
        """All of a colour, ready."""
        # As the scripts do it, with what an operator's shell holds.
        os.environ.update(self.environment)
        operator = Operator()
        for group in _STEPS:
            operator.do(self.machine.start(colour, group))
        for group in _STEPS:
            operator.wait_for(self.machine.ready(colour, group), seconds=_READY_SECONDS)

    def stop(self, colour: Colour) -> None:
        """Whatever runs of it."""
        for group in _STEPS:
            Operator().do(self.machine.stop(colour, group))


@contextmanager
def set_stage() -> Iterator[Stage]:
    """Blue runs the code of this checkout and is in use; a shop is open."""
    # What the scripts start outlives us unless we stop it.
    before_us = signal.signal(signal.SIGTERM, signal.default_int_handler)
    programs = [service.name for service in SERVICES] + list(WORKERS) + ["telegram"]
    with running_system(without=programs, settings={"ENVIRONMENT": "production"}) as system:
        before = dict(os.environ)
        machine = _machine(system.folder)
        told = {**system.environment, "PYTHON": sys.executable}
        told |= {"PROBE_USERNAME": USERNAME, "PROBE_PASSWORD": PASSWORD}
        stage = Stage(system, machine, told)
        stage.add_release(FIRST)
        try:
            Operator().do(machine.place("blue", FIRST))
            open_shop(system)
            stage.start("blue")
            with _door(machine):
                yield stage
        finally:
            for colour in COLOURS:
                stage.stop(colour)
            os.environ.clear()
            os.environ.update(before)
            signal.signal(signal.SIGTERM, before_us)


def _machine(folder: Path) -> Processes:
    """Settings as they are deployed, on ports that are free."""
    home, settings, port = folder / "home", folder / "settings", free_port()
    (home / "releases").mkdir(parents=True)
    shutil.copytree(ROOT / "deploy" / "nginx", settings / "nginx")
    # Needs a newer NGINX than Debian's; a checkout gives it to containers alone.
    shutil.rmtree(settings / "nginx" / "newer")
    for colour in COLOURS:
        shutil.copytree(ROOT / "deploy" / "systemd" / colour, settings / colour)
    _renumber([*settings.glob("*/*.env"), *(settings / "nginx" / f"{colour}.conf" for colour in COLOURS)])
    listen = settings / "nginx" / "listen.conf"
    listen.write_text(_OUR_PORT.sub(rf"listen \g<1>{port}", listen.read_text()))
    shutil.copy(settings / "nginx" / "blue.conf", settings / "nginx" / "active.conf")
    for file in (settings, *settings.rglob("*")):
        file.chmod(0o755 if file.is_dir() else 0o644)
    return Processes(
        home=home,
        settings=settings,
        environment_file=None,
        address=f"http://127.0.0.1:{port}",
        nginx=str(nginx.ensure()),
        prefix=settings / "nginx",
    )


def _renumber(files: list[Path]) -> None:
    """Every port of the deployed files becomes a free one, everywhere the same."""
    ports: dict[str, str] = {}
    for file in files:
        text = file.read_text()
        for port in _PORT.findall(text):
            ports.setdefault(port, str(free_port()))
        file.write_text(_PORT.sub(lambda found: ports[found[0]], text))


@contextmanager
def _door(machine: Processes) -> Iterator[None]:
    """NGINX, with the deployed configuration."""
    folder = machine.settings / "nginx"
    command = [machine.nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with (machine.home / "nginx.log").open("ab") as log:
        process = subprocess.Popen(
            leashed([*command, "-g", "daemon off;"], stop_signal=signal.SIGTERM), stderr=log
        )
    try:
        _wait_for_answer(machine.address)
        yield
    finally:
        process.terminate()
        process.wait(45)


def _wait_for_answer(address: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            httpx.get(f"{address}/health/ready", timeout=5).raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
