"""A running platform with shops, papers and somebody signed in, and the commands of an operator."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import anyio
import httpx
import psycopg

from agente_negocio.auth.organisations import OpenOrganisation, open_organisation
from agente_negocio.auth.rules import CostBasis, IvaCondition
from benchmarks.rehearsals.filling import add_paper, add_shop
from benchmarks.rehearsals.keys import backup_keys
from benchmarks.rehearsals.system import ROOT, System, running_system
from scripts.local.processes import leashed
from scripts.local.services import Program
from shared.config.settings import Settings
from shared.database.session import open_database

USERNAME, PASSWORD = "ensayo", "a rehearsal password"
_READY_SECONDS = 90
_MOVEMENTS = 2_000


@dataclass(slots=True)
class Stage:
    """environment: of the operator's shell. ring: a gpg key ring that opens the backups."""

    system: System
    environment: dict[str, str]
    ring: Path
    papers: list[Path] = field(default_factory=list)
    token: str = ""
    servers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def backups(self) -> Path:
        """Where backups lie."""
        return Path(self.environment["BACKUP_PATH"])

    @property
    def storage(self) -> Path:
        """Where papers lie."""
        return Path(self.environment["STORAGE_PATH"])

    def command(self, *words: str | Path, **more: str) -> dict[str, Any]:
        """Run one command of the recovery plan; its summary. Raises RuntimeError when it fails."""
        done = subprocess.run(
            [str(word) for word in words],
            cwd=ROOT,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stdout}{done.stderr}"[-2000:])
        summary: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return summary

    def sign_in(self) -> str:
        """A new token. Raises httpx.HTTPError."""
        body = {"username": USERNAME, "password": PASSWORD}
        answer = httpx.post(f"{self.system.url('negocio')}/api/v1/auth/login", json=body, timeout=20)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def status_of(self, service: str, path: str, token: str | None = None) -> int:
        """What a service answers; 0 when it does not."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            return httpx.get(f"{self.system.url(service)}{path}", headers=headers, timeout=10).status_code
        except httpx.HTTPError:
            return 0

    def program(self, name: str) -> Program:
        """One of the platform's programs."""
        return next(program for program in self.system.wanted if program.name == name)

    def start(self, name: str, *command: str, **more: str) -> None:
        """One of the platform's programs, by a command of the plan and with what an operator tells it."""
        program = self.program(name)
        told = {**program.environment, "PYTHON": sys.executable, **more}
        self.system.start(replace(program, command=command, environment=told))

    def start_server(self, *command: str | Path) -> None:
        """A server beside the platform, until the rehearsal ends."""
        log = subprocess.DEVNULL
        words = leashed(command, stop_signal=signal.SIGTERM)
        self.servers.append(subprocess.Popen(words, stdout=log, stderr=log))

    def take_down(self, name: str) -> None:
        """As if the machine had taken it away; nobody starts it again."""
        process = self.system.running[name]
        process.kill()
        process.wait()

    def deploy(self, environment: Mapping[str, str]) -> None:
        """Every service and worker anew, with these variables; they keep their ports."""
        for process in self.system.running.values():
            process.terminate()
        for process in self.system.running.values():
            process.wait(30)
        self.system.wanted = [
            replace(program, environment={**environment, "PORT": program.environment.get("PORT", "")})
            for program in self.system.wanted
        ]
        for program in self.system.wanted:
            self.system.start(program)
        self.system.wait_until_ready()

    def ask(self, query: str) -> object:
        """One value of the database."""
        with psycopg.connect(self.system.database_url) as connection:
            row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None

    def works(self) -> list[str]:
        """What does not, in words: signing in, reading stock, and the sums of the ledger."""
        faults = []
        try:
            token = self.sign_in()
            if self.status_of("deposito", "/api/v1/inventory/stats", token) != httpx.codes.OK:
                faults.append("stock cannot be read")
        except httpx.HTTPError as error:
            faults.append(f"nobody can sign in: {type(error).__name__}")
        if self.ask(_DISAGREEING) != 0:
            faults.append("balances are not the sum of the ledger")
        return faults


_DISAGREEING = """
SELECT count(*) FROM deposito.stock_balance AS b WHERE quantity <> (
  SELECT coalesce(sum(quantity), 0) FROM deposito.stock_movement AS m
  WHERE m.organisation_id = b.organisation_id AND m.product_id = b.product_id
    AND m.location_id = b.location_id)"""


@contextmanager
def set_stage() -> Iterator[Stage]:
    """Everything running and filled, one backup of the configuration and one of the data made."""
    with backup_keys() as (public, private, ring), running_system() as system:
        told = {
            **os.environ,
            **system.environment,
            "PYTHON": sys.executable,
            "BACKUP_PATH": str(system.folder / "backups"),
            "BACKUP_RECIPIENT": public,
            "BACKUP_IDENTITY": private,
            "BACKUP_SIGNING_KEY": secrets.token_urlsafe(48),
            "GNUPGHOME": str(ring),
        }
        stage = Stage(system, told, ring)
        open_shop(system)
        shop = add_shop(system.database_url, movements=_MOVEMENTS)
        stage.papers = [
            add_paper(system.database_url, stage.storage, shop, os.urandom(50_000)) for _ in range(5)
        ]
        stage.token = stage.sign_in()
        # Services learn from agente_negocio by whom tokens are signed, and remember it while it is away.
        stage.status_of("deposito", "/api/v1/inventory/stats", stage.token)
        stage.command("scripts/backup_database.sh")
        try:
            yield stage
        finally:
            for server in stage.servers:
                server.terminate()
                server.wait()


def wait_for(is_so: Any, *, seconds: float = _READY_SECONDS) -> bool:
    """Whether it became so in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError, psycopg.Error):
            if is_so():
                return True
        time.sleep(0.1)
    return False


def open_shop(system: System) -> None:
    """An organisation whose owner signs in with USERNAME and PASSWORD."""
    settings = Settings.model_validate({name.lower(): value for name, value in system.environment.items()})
    command = OpenOrganisation(
        id=uuid4(),
        name="Ensayo",
        cuit="30-71234567-1",
        iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO,
        cost_basis=CostBasis.BY_CONDITION,
        is_demo=False,
        owner_name="Ensayo",
        owner_email="ensayo@example.com",
        owner_username=USERNAME,
        owner_password=PASSWORD,
    )

    async def make() -> None:
        database = open_database(settings, role="app_negocio")
        await open_organisation(database, command)
        await database.close()

    anyio.run(make)
