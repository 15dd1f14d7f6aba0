"""`python -m scripts.production.restore_drill`: restores the newest backup into a scratch database and looks.

Compares row counts, ledger sums and migration head with what was counted when it was made, looks whether
organisations are still apart and whether copies of papers have their hash, notes the result in
shared.operation_run, where the owner's status page finds it, and removes the scratch database.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from scripts.production.backup import runs
from scripts.production.backup.drill import Drill, Plan, rehearse_restore
from scripts.production.backup.failures import told
from scripts.production.backup.settings import BackupSettings, load_backup_settings
from scripts.production.backup.store import open_backups
from scripts.production.backup.sweeping import sweep_killed
from scripts.production.console import Parser, ScriptError, run, say
from shared.kernel.clock import utc_now
from shared.observability.logging import configure_logging

SCRIPT = "restore_drill"
_EPILOG = """
Environment: as scripts/restore_database.sh; DRILL_DATABASE_URL: another server for the scratch database."""
_OLDEST = timedelta(hours=26)

log = structlog.get_logger()


def main(arguments: Sequence[str]) -> int:
    """Hold the drill; the exit code."""
    return run(SCRIPT, _work, arguments)


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    parser = Parser(prog="python -m scripts.production.restore_drill", description=__doc__, epilog=_EPILOG)
    parser.add_argument("--backup", help="its name; without, the newest")
    parser.add_argument("--jobs", type=int, default=2, help="parallel connections of pg_restore (2)")
    parser.add_argument("--papers", type=int, default=500, help="copies of papers to open at most (500)")
    parser.add_argument("--dry-run", action="store_true", help="say which backup would be restored")
    options = parser.parse_args(arguments)
    settings = load_backup_settings()
    if options.dry_run:
        with told():
            backups = open_backups(settings)
            return {"dry_run": True, "place": backups.place, "backups": backups.names()[-3:]}
    configure_logging(
        service="restore-drill", level="INFO", file=None, version=os.environ.get("COMMIT", "unknown")
    )
    started_at = utc_now()
    with runs.noted(settings, "restore_drill", started_at):
        sweep_killed(settings)
        plan = Plan(options.backup, options.jobs, options.papers)
        drill = rehearse_restore(settings, open_backups(settings), started_at, plan)
    if options.backup is None and started_at - drill.made_at > _OLDEST:
        drill.faults.append(f"the newest backup is of {drill.made_at:%Y-%m-%d %H:%M} UTC")
    facts = _told(drill)
    _note(settings, started_at=started_at, ok=not drill.faults, facts=facts)
    for fault in drill.faults[:20]:
        say(f"- {fault}")
    if drill.faults:
        raise ScriptError(f"{len(drill.faults)} differences", **facts)
    say(f"{drill.backup}: {facts['rows']} rows, ledger and papers came back in {drill.total_seconds} s")
    return facts


def _note(settings: BackupSettings, *, started_at: datetime, ok: bool, facts: dict[str, object]) -> None:
    runs.note(settings, "restore_drill", started_at=started_at, ok=ok, facts=facts)
    tell = log.info if ok else log.error
    tell("backup.drill_ok" if ok else "backup.drill_failed", **facts)


def _told(drill: Drill) -> dict[str, object]:
    return {
        "backup": drill.backup,
        "backup_made_at": drill.made_at.isoformat(),
        "bytes": drill.size_bytes,
        "revision": drill.facts.revision,
        "tables": len(drill.facts.rows),
        "rows": drill.facts.total_rows,
        "organisations": len(drill.facts.ledger),
        "movements": sum(each.movements for each in drill.facts.ledger),
        "tables_by_role": drill.tables_by_role,
        "papers": drill.papers,
        "papers_copied_again": drill.copied_again,
        "faults": drill.faults[:20],
        "seconds": drill.total_seconds,
        "seconds_by_step": drill.seconds,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
