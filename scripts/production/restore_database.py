"""`scripts/restore_database.sh`: brings the newest backup, or a named one, into the database of DATABASE_URL.

It is loaded beside the old database, compared with what was saved, and swapped in at once; the old one stays
under another name. Whatever fails before leaves it untouched.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

import psycopg

from scripts.production.backup.restoring import (
    bring_papers,
    check_target,
    chosen,
    database_name,
    opened,
    restore,
)
from scripts.production.backup.settings import BackupSettings, load_backup_settings
from scripts.production.backup.store import BackupStore, open_backups
from scripts.production.console import Parser, ScriptError, run, say
from shared.kernel.clock import utc_now

SCRIPT = "restore_database"
_EPILOG = """
Environment: as scripts/backup_database.sh, and BACKUP_IDENTITY (the private key, or a file with it)."""


def main(arguments: Sequence[str]) -> int:
    """Restore; the exit code."""
    return run(SCRIPT, _work, arguments)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog="scripts/restore_database.sh", description=__doc__, epilog=_EPILOG)
    parser.add_argument("backup", nargs="?", help="its name, as 20261122T031500Z; without, the newest")
    parser.add_argument("--force", action="store_true", help="put a database that is not empty aside")
    parser.add_argument(
        "--dry-run", action="store_true", help="check the backup and the target, change nothing"
    )
    parser.add_argument("--jobs", type=int, default=2, help="parallel connections of pg_restore (2)")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--no-documents", action="store_true", help="leave stored papers as they are")
    which.add_argument(
        "--documents-only", action="store_true", help="bring lost papers back, leave the database as it is"
    )
    return parser.parse_args(arguments)


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    options = _parse(arguments)
    settings = load_backup_settings()
    backups = open_backups(settings)
    name = chosen(backups, options.backup)
    identity = settings.backup_identity.get_secret_value() if settings.backup_identity else None
    if options.documents_only:
        return _bring_papers_only(settings, backups, name, identity, is_rehearsal=options.dry_run)
    started_at = utc_now()
    try:
        check_target(settings.libpq_url(), force=options.force)
        with opened(backups, name, identity) as backup:
            told: dict[str, object] = {
                "backup": name,
                "database": database_name(settings.libpq_url()),
                "rows": backup.facts.total_rows,
                "revision": backup.facts.revision,
            }
            if options.dry_run:
                say(f"{name} is whole and opens; nothing was changed")
                return {**told, "dry_run": True}
            done = restore(settings, backup, started_at, jobs=options.jobs)
    except psycopg.Error as error:
        raise ScriptError(str(error).strip()) from error
    papers = None if options.no_documents else bring_papers(settings, backups, done.facts)
    told |= {"aside": done.aside, "seconds": round((utc_now() - started_at).total_seconds(), 1)}
    if papers:
        told |= {
            "documents_brought_back": papers.copied,
            "documents_missing": len(papers.missing),
        }
    if done.aside:
        say(f"the old database is kept as {done.aside}; remove it when you are sure")
    if papers and papers.missing:
        raise ScriptError("the database is back, but some stored papers are nowhere", **told)
    return told


def _bring_papers_only(
    settings: BackupSettings, backups: BackupStore, name: str, identity: str | None, *, is_rehearsal: bool
) -> Mapping[str, object]:
    with opened(backups, name, identity) as backup:
        wanted = backup.facts
    if is_rehearsal:
        return {"backup": name, "documents": len(wanted.documents), "dry_run": True}
    done = bring_papers(settings, backups, wanted)
    told: dict[str, object] = {
        "backup": name,
        "documents": len(wanted.documents),
        "documents_brought_back": done.copied,
        "documents_missing": len(done.missing),
    }
    if done.missing:
        raise ScriptError("some stored papers are nowhere", **told)
    return told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
