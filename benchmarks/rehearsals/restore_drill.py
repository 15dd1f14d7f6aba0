"""Backs a platform up, holds the restore drill on it, and restores it for real; prints how long each took.

`python -m benchmarks.rehearsals.restore_drill [--quick] [--movements N]` on servers of its own. Everything is
encrypted for a throw-away key. At the end one balance is made wrong, to see the drill say no.
"""

import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import psycopg

from benchmarks.provenance import commit
from benchmarks.rehearsals.filling import add_paper, add_shop
from benchmarks.rehearsals.keys import backup_keys
from scripts.local.servers import running
from scripts.migrations.run import migrate
from scripts.production.backup.drill import Plan, rehearse_restore
from scripts.production.backup.making import make_backup
from scripts.production.backup.restoring import opened, restore
from scripts.production.backup.settings import BackupSettings
from scripts.production.backup.store import open_backups
from shared.kernel.clock import utc_now

RESULTS = Path(__file__).parents[1] / "results" / "restore_drill.json"
_SHOPS, _PAPERS = 3, 40
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
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gondola-")))
        folder.chmod(0o711)
        url = stack.enter_context(running(folder)).database_url
        public, private, _ = stack.enter_context(backup_keys())
        settings = BackupSettings.model_validate(
            {
                "database_url": url,
                "storage_path": folder / "objects",
                "backup_path": folder / "backups",
                "backup_recipient": public,
                "backup_identity": private,
            }
        )
        print(f"filling {movements} movements", file=sys.stderr, flush=True)
        _fill(url, settings.storage_path, movements)
        outcome = _measure(settings)
        if movements <= _SMALL:
            outcome.faults += _sees_damage(settings)
        return outcome


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
    identity = settings.backup_identity.get_secret_value() if settings.backup_identity else None
    with opened(open_backups(settings), name, identity) as backup:
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
    parser.add_argument("--quick", action="store_true", help="few movements, no result kept")
    parser.add_argument("--movements", type=int, default=200_000)
    options = parser.parse_args()
    outcome = rehearse(3_000 if options.quick else options.movements)
    print(f"{outcome.movements} movements, {outcome.rows} rows, {outcome.papers} papers")
    print(f"database {outcome.database_bytes / 1e6:.0f} MB, backup {outcome.backup_bytes / 1e6:.1f} MB")
    for step, took in outcome.seconds.items():
        print(f"{step:20} {took:8.1f} s")
    for fault in outcome.faults:
        print(" -", fault)
    figures = {"benchmark": "restore_drill", "commit": commit(), **asdict(outcome)}
    if not options.quick:
        _keep(figures)
    print(json.dumps(figures))
    return 1 if outcome.faults else 0


def _keep(figures: dict[str, object]) -> None:
    """One result for each size."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known[str(figures["movements"])] = figures
    RESULTS.write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
