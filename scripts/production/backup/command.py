"""`scripts/backup_database.sh`: one backup, then retention."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

import psycopg

from scripts.production.backup.failures import told
from scripts.production.backup.leftovers import alone
from scripts.production.backup.making import Made, make_backup, prune
from scripts.production.backup.runs import note, noted
from scripts.production.backup.scratch import sweep
from scripts.production.backup.settings import BackupSettings, load_backup_settings
from scripts.production.backup.store import open_backups
from scripts.production.backup.sweeping import sweep_killed
from scripts.production.console import Parser, ScriptError, run, say
from shared.kernel.clock import utc_now

SCRIPT = "backup_database"
_EPILOG = """
Environment: DATABASE_URL (DATABASE_URL_DIRECT), STORAGE_PATH or AWS_* (where papers are), BACKUP_PATH, or
BACKUP_BUCKET_NAME with BACKUP_AWS_* (where backups go; not the bucket of the papers), BACKUP_RECIPIENT
(public key of age or gpg) and BACKUP_SIGNING_KEY (both needed for a bucket), PG_BIN (folder of pg_dump),
TMPDIR (room for one encrypted dump). Keeps the newest of 7 days, 4 weeks and 12 months."""


def main(arguments: Sequence[str]) -> int:
    """Back up; the exit code."""
    return run(SCRIPT, _work, arguments)


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    parser = Parser(prog="scripts/backup_database.sh", description=__doc__, epilog=_EPILOG)
    parser.add_argument("--dry-run", action="store_true", help="say what would be written and removed")
    parser.add_argument("--list", action="store_true", help="list the backups and end")
    parser.add_argument(
        "--documents",
        choices=("copy", "reference"),
        default="copy",
        help="copy stored papers beside the backups (default), or only list them by hash",
    )
    parser.add_argument("--no-prune", action="store_true", help="remove no old backup")
    options = parser.parse_args(arguments)
    settings = load_backup_settings()
    if options.list or options.dry_run:
        return _look(settings, is_listing=options.list)
    started_at = utc_now()
    with noted(settings, "backup", started_at):
        sweep_killed(settings)
        with _alone(settings):
            sweep()
            made = make_backup(settings, started_at, documents=options.documents)
            gone = [] if options.no_prune else prune(open_backups(settings))
    facts = {**_told(made), "removed": gone, "seconds": round((utc_now() - started_at).total_seconds(), 1)}
    note(settings, "backup", started_at=started_at, ok=not made.documents.missing, facts=facts)
    say(f"backup {made.manifest.name} in {made.place}, {made.manifest.size_bytes / 1e6:.1f} MB")
    if made.documents.missing:
        raise ScriptError(
            f"the database is saved, but {len(made.documents.missing)} stored papers are missing", **facts
        )
    return facts


def _look(settings: BackupSettings, *, is_listing: bool) -> Mapping[str, object]:
    with told():
        backups = open_backups(settings, writing=not is_listing)
        if is_listing:
            return {"place": backups.place, "backups": backups.names(), "unfinished": backups.unfinished()}
        gone = prune(backups, is_rehearsal=True)
    say(f"would write one backup to {backups.place} and remove {len(gone)}")
    return {"dry_run": True, "place": backups.place, "would_remove": gone}


def _alone(settings: BackupSettings) -> AbstractContextManager[None]:
    """Two at once would take each other's unfinished backup for one that was given up."""
    return alone(psycopg.connect(settings.libpq_url(), autocommit=True), "backup of this database")


def _told(made: Made) -> dict[str, object]:
    return {
        "backup": made.manifest.name,
        "place": made.place,
        "encrypted": made.manifest.suffix.removeprefix(".") or None,
        "bytes": made.manifest.size_bytes,
        "rows": made.facts.total_rows,
        "revision": made.facts.revision,
        "organisations": len(made.facts.ledger),
        "documents": len(made.facts.documents),
        "documents_copied": made.documents.copied,
        "documents_missing": len(made.documents.missing),
    }
