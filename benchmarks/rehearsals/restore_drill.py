"""Backs a platform up, holds the restore drill on it, and restores it for real; prints how long each took.

`python -m benchmarks.rehearsals.restore_drill [--quick] [--only demo|movements] [--movements N]` on servers
of its own: first the demo shop, as its services made it, then a ledger of any length. Everything is encrypted
for a throw-away key and signed. At the end one balance is made wrong, to see the drill say no.
"""

import argparse
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import anyio
import psycopg

from benchmarks.provenance import commit
from benchmarks.rehearsals.filling import add_paper, add_shop
from benchmarks.rehearsals.keys import backup_keys
from benchmarks.rehearsals.system import running_system
from scripts.demo.seed import seed
from scripts.local.servers import running
from scripts.migrations.run import migrate
from scripts.production.backup.drill import Plan, rehearse_restore
from scripts.production.backup.making import make_backup
from scripts.production.backup.restoring import opened, restore
from scripts.production.backup.settings import BackupSettings
from scripts.production.backup.store import open_backups
from shared.config.settings import Settings
from shared.kernel.clock import utc_now

RESULTS = Path(__file__).parents[1] / "results" / "restore_drill.json"
_SHOPS, _PAPERS, _SEED = 3, 40, 7
_DATABASE_PROMISE_SECONDS = 2 * 3600
_SMALL = 300_000


@dataclass(slots=True)
class Outcome:
    """seconds by step; faults in words, empty when all came back."""

    movements: int
    rows: int
    papers: int
    database_bytes: int
    backup_bytes: int
    seconds: dict[str, float]
    faults: list[str]


def rehearse(movements: int) -> Outcome:
    """On new servers with so many movements over three shops."""
    with tempfile.TemporaryDirectory(prefix="gondola-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with running(folder) as addresses, _backups(addresses.database_url, folder) as settings:
            print(f"filling {movements} movements", file=sys.stderr, flush=True)
            _fill(addresses.database_url, settings.storage_path, movements)
            outcome = _measure(settings)
            if movements <= _SMALL:
                outcome.faults += _sees_damage(settings)
            return outcome


def rehearse_demo(*, quick: bool) -> Outcome:
    """On a running platform in which the demo shop was opened, with all that belongs to one."""
    with (
        running_system(settings={"ENVIRONMENT": "demo"}) as system,
        _backups(system.database_url, system.folder) as settings,
    ):
        print("filling the demo shop", file=sys.stderr, flush=True)
        told = Settings.model_validate({name.lower(): value for name, value in system.environment.items()})
        anyio.run(lambda: seed(told, seed_number=_SEED, quick=quick))
        outcome = _measure(settings)
        system.wait_until_ready()
        outcome.faults += _sees_damage(settings)
        return outcome


@contextmanager
def _backups(url: str, folder: Path) -> Iterator[BackupSettings]:
    """Settings of a database whose papers lie in the folder, with keys."""
    with backup_keys() as (public, private, _):
        yield BackupSettings.model_validate(
            {
                "database_url": url,
                "storage_path": folder / "objects",
                "backup_path": folder / "backups",
                "backup_recipient": public,
                "backup_identity": private,
                "backup_signing_key": secrets.token_urlsafe(48),
            }
        )


def _fill(url: str, storage: Path, movements: int) -> None:
    migrate(url)
    for _ in range(_SHOPS):
        shop = add_shop(url, movements=movements // _SHOPS)
        for _ in range(_PAPERS // _SHOPS):
            add_paper(url, storage, shop, os.urandom(150_000))


def _measure(settings: BackupSettings) -> Outcome:
    now, url = utc_now(), settings.libpq_url()
    started = perf_counter()
    made = make_backup(settings, now)
    seconds = {"backup": perf_counter() - started}
    backups = open_backups(settings)
    drill = rehearse_restore(settings, backups, now, Plan())
    seconds |= {f"drill, {step}": took for step, took in drill.seconds.items()}
    seconds["drill"] = drill.total_seconds
    started = perf_counter()
    _restore_for_real(settings, made.manifest.name, now + timedelta(seconds=1))
    seconds["restore in place"] = perf_counter() - started
    return Outcome(
        movements=sum(each.movements for each in made.facts.ledger),
        rows=made.facts.total_rows,
        papers=len(made.facts.documents),
        database_bytes=_size(url),
        backup_bytes=made.manifest.size_bytes,
        seconds={step: round(took, 1) for step, took in seconds.items()},
        faults=drill.faults + _faults_of(seconds),
    )


def _restore_for_real(settings: BackupSettings, name: str, now: datetime) -> None:
    with opened(open_backups(settings), name, settings.identity) as backup:
        restore(settings, backup, now, jobs=2)


def _sees_damage(settings: BackupSettings) -> list[str]:
    """One balance is made wrong: a drill that does not notice is worth nothing."""
    with psycopg.connect(settings.libpq_url()) as connection:
        connection.execute(
            "UPDATE deposito.stock_balance SET quantity = quantity + 1 WHERE ctid = "
            "(SELECT ctid FROM deposito.stock_balance LIMIT 1)"
        )
    made = make_backup(settings, utc_now())
    drill = rehearse_restore(settings, open_backups(settings), utc_now(), Plan(name=made.manifest.name))
    return [] if drill.faults else ["the drill did not see that a balance is not the sum of its movements"]


def _faults_of(seconds: dict[str, float]) -> list[str]:
    is_late = seconds["restore in place"] > _DATABASE_PROMISE_SECONDS
    return ["the database took longer to come back than promised"] if is_late else []


def _size(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    return int(row[0])


def main() -> int:
    """Rehearse; 0 when everything came back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few movements, a small demo, no result kept")
    parser.add_argument("--movements", type=int, default=200_000)
    parser.add_argument("--only", choices=("demo", "movements"))
    options = parser.parse_args()
    acts: dict[str, Callable[[], Outcome]] = {
        "demo": lambda: rehearse_demo(quick=options.quick),
        "movements": lambda: rehearse(3_000 if options.quick else options.movements),
    }
    faults = []
    for name, act in acts.items():
        if options.only in {None, name}:
            faults += _tell(name, act(), is_kept=not options.quick)
    return 1 if faults else 0


def _tell(name: str, outcome: Outcome, *, is_kept: bool) -> list[str]:
    print(f"{outcome.movements} movements, {outcome.rows} rows, {outcome.papers} papers")
    print(f"database {outcome.database_bytes / 1e6:.0f} MB, backup {outcome.backup_bytes / 1e6:.1f} MB")
    for step, took in outcome.seconds.items():
        print(f"{step:20} {took:8.1f} s")
    for fault in outcome.faults:
        print(" -", fault)
    figures = {"benchmark": "restore_drill", "commit": commit(), "data": name, **asdict(outcome)}
    if is_kept:
        # One result for the demo, and one for each length of a ledger.
        known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        known[name if name == "demo" else str(outcome.movements)] = figures
        RESULTS.write_text(json.dumps(known, indent=1) + "\n")
    print(json.dumps(figures))
    return outcome.faults


if __name__ == "__main__":
    sys.exit(main())
