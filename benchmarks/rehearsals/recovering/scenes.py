"""What may go wrong, one scene each: it is made to happen, then mended by the commands of the recovery plan.

A scene answers what was not right, in words. Its clock runs from the misfortune to the end.
"""

import os
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import httpx
import psycopg

from benchmarks.rehearsals.recovering.buckets import lost_bucket
from benchmarks.rehearsals.recovering.stage import Stage, wait_for
from scripts.local.processes import read_record
from scripts.local.servers.binaries import find_valkey, server_name
from scripts.production import env_file
from scripts.production.backup.documents import is_intact
from scripts.production.backup.programs import find_programs

_OK, _UNAUTHORISED = httpx.codes.OK, httpx.codes.UNAUTHORIZED
_STATS, _ME = "/api/v1/inventory/stats", "/api/v1/auth/me"
_MOVED = "SELECT count(*) FROM deposito.stock_movement"
_GARBAGE_BYTES = 65_536


def service_down(stage: Stage) -> list[str]:
    """agente_negocio is gone: the others go on and say so, then it is started again."""
    faults = []
    stage.take_down("negocio")
    if stage.status_of("deposito", _STATS, stage.token) != _OK:
        faults.append("stock cannot be read while agente_negocio is away")
    told = httpx.get(f"{stage.system.url('dashboard')}/api/dashboard/status", timeout=20).json()
    if told["services"]["negocio"]["status"] != "unreachable":
        faults.append(f"the dashboard says of it: {told['services']['negocio']}")
    stage.start("negocio", "scripts/start-production.sh", SERVICE="agente-negocio")
    stage.system.wait_until_ready()
    return faults + stage.works()


def database_corrupt(stage: Stage) -> list[str]:
    """A table's file is overwritten on disk; the newest backup is put in the place of the database."""
    with psycopg.connect(stage.system.database_url, autocommit=True) as connection:
        row = connection.execute("SELECT pg_relation_filepath('deposito.product')").fetchone()
        # What is in memory or in the log only would be written over the garbage again.
        connection.execute("CHECKPOINT")
    assert row is not None
    movements = stage.ask(_MOVED)
    file = stage.system.folder / "postgres" / "data" / str(row[0])
    with file.open("r+b") as opened:
        opened.write(os.urandom(min(_GARBAGE_BYTES, file.stat().st_size)))
    stage.system.kill("postgres")
    faults = [] if _is_broken(stage) else ["the garbage went unnoticed"]
    done = stage.command("scripts/restore_database.sh", "--force")
    stage.system.wait_until_ready()
    if not str(done["aside"]).startswith("gondola_before_"):
        faults.append("the broken database was not kept aside")
    if stage.ask(_MOVED) != movements:
        faults.append("movements are missing")
    if not wait_for(lambda: stage.status_of("deposito", _STATS, stage.sign_in()) == _OK):
        faults.append("the services did not find the new database")
    return faults + stage.works()


def lost_configuration(stage: Stage) -> list[str]:
    """The variables are gone; the archive gives them back, and sessions opened before still hold."""
    kept = stage.system.folder / "platform.env"
    env_file.write(kept, "")
    env_file.change(kept, {name: stage.environment[name] for name in _names(stage)})
    made = stage.command("scripts/backup-configs.sh", "--env-file", kept)
    kept.unlink()
    folder = _unpacked(stage, made["archive"])
    stage.command(folder / "restore.sh", "--secrets", kept)
    restored = env_file.read(kept)
    stage.deploy({**_machine(stage), **restored})
    faults = [] if stage.status_of("negocio", _ME, stage.token) == _OK else ["sessions were closed"]
    return faults + stage.works()


def lost_redis(stage: Stage) -> list[str]:
    """Redis is gone with all it held: services go on degraded, and mend themselves when one is back."""
    record = read_record(stage.system.folder / "run" / "valkey.json")
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    for file in (stage.system.folder / "valkey").rglob("*"):
        if file.is_file() and file.name not in {"password", "valkey.conf"}:
            file.unlink()
    ready = httpx.get(f"{stage.system.url('deposito')}/health/ready", timeout=20)
    is_told = ready.status_code == _OK and ready.json()["status"] == "degraded"
    faults = [] if is_told else [f"deposito says {ready.status_code} {ready.text[:100]}"]
    if stage.status_of("deposito", _STATS, stage.token) != _OK:
        faults.append("stock cannot be read without Redis")
    found = find_valkey()
    stage.start_server(found.bin / server_name(found), stage.system.folder / "valkey" / "valkey.conf")
    if not wait_for(lambda: _state(stage) == "ready"):
        faults.append("services stayed degraded")
    return faults + stage.works()


def lost_object_storage(stage: Stage) -> list[str]:
    """The papers are gone, first a folder of them, then a bucket; copies bring each back with its hash."""
    shutil.rmtree(stage.storage / "documents")
    done = stage.command("scripts/restore_database.sh", "--documents-only")
    lost = [file for file in stage.papers if not _is_whole(file, stage.storage)]
    faults = [f"{len(lost)} papers did not come back"] if lost else []
    if done["documents_brought_back"] != len(stage.papers):
        faults.append(f"{done['documents_brought_back']} papers were brought back")
    return faults + lost_bucket(stage)


def leaked_key(stage: Stage) -> list[str]:
    """JWT_SECRET_KEY is known to somebody: it is replaced at once, and what it signed is believed no more."""
    kept = stage.system.folder / "leaked.env"
    env_file.write(kept, "")
    env_file.change(kept, {name: stage.environment[name] for name in _names(stage)})
    before = stage.sign_in()
    rotate = (sys.executable, "scripts/rotate_secrets.py", "replace")
    stage.command(*rotate, "--env-file", kept, "--only", "JWT_SECRET_KEY")
    stage.deploy({**_machine(stage), **env_file.read(kept)})
    faults = []
    if stage.status_of("negocio", _ME, before) != _UNAUTHORISED:
        faults.append("a token of the leaked key is still believed by agente_negocio")
    if not wait_for(lambda: stage.status_of("deposito", _STATS, before) == _UNAUTHORISED, seconds=15):
        faults.append("a token of the leaked key is still believed by agente_deposito")
    stage.token = stage.sign_in()
    return faults + stage.works()


def _names(stage: Stage) -> list[str]:
    """The variables of the platform among those of this machine."""
    ours = (name for name, value in stage.environment.items() if os.environ.get(name) != value)
    return sorted({*ours, "STORAGE_PATH"} & stage.environment.keys())


def _machine(stage: Stage) -> dict[str, str]:
    """What is left when the platform's own variables are gone."""
    return {name: value for name, value in stage.environment.items() if name not in _names(stage)}


def _unpacked(stage: Stage, archive: str) -> Path:
    target = stage.system.folder / "unpacked"
    target.mkdir(mode=0o700, exist_ok=True)
    with (target / "archive.tar.gz").open("wb") as plain:
        subprocess.run(
            ["gpg", "--batch", "--quiet", "--decrypt", stage.backups / archive],  # noqa: S607
            env=stage.environment,
            stdout=plain,
            check=True,
        )
    with tarfile.open(target / "archive.tar.gz") as opened:
        opened.extractall(target, filter="data")
    stage.environment["PG_BIN"] = str(find_programs(0).folder)
    return next(path for path in target.iterdir() if path.is_dir())


def _is_broken(stage: Stage) -> bool:
    try:
        stage.ask("SELECT count(name) FROM deposito.product")
    except psycopg.Error:
        return True
    return False


def _state(stage: Stage) -> str:
    told: dict[str, str] = httpx.get(f"{stage.system.url('deposito')}/health/ready", timeout=20).json()
    return told["status"]


def _is_whole(file: Path, storage: Path) -> bool:
    return file.is_file() and is_intact(str(file.relative_to(storage)), file.read_bytes())
