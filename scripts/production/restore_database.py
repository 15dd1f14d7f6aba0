"""`scripts/restore_database.sh`: brings the newest backup, or a named one, into the database of DATABASE_URL.

It is loaded beside the old database, compared with what was saved, and swapped in at once; the old one stays
under another name. Whatever fails before leaves it untouched.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

from scripts.production.backup.facts import Facts
from scripts.production.backup.failures import told
from scripts.production.backup.restoring import (
    alone_restoring,
    bring_papers,
    check_target,
    chosen,
    database_name,
    opened,
    restore,
    saved_facts,
)
from scripts.production.backup.settings import BackupSettings, load_backup_settings
from scripts.production.backup.store import BackupStore, open_backups
from scripts.production.console import Parser, ScriptError, run, say
from shared.kernel.clock import utc_now

SCRIPT = "restore_database"
_EPILOG = """
Environment: as scripts/backup_database.sh, and BACKUP_IDENTITY (the private key, or a file with it). TMPDIR
needs room for the dump twice. PG_BIN names the folder of pg_restore."""


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
    parser.add_argument(
        "--no-migrate",
        action="store_true",
        help="leave the schema as it was saved, as when the newest migration is what did the damage",
    )
    parser.add_argument(
        "--unsigned",
        action="store_true",
        help="take a backup from a bucket that BACKUP_SIGNING_KEY did not sign: whoever may write to the "
        "bucket could have made it, and it runs as the owner of the database",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--no-documents", action="store_true", help="leave stored papers as they are")
    which.add_argument(
        "--documents-only", action="store_true", help="bring lost papers back, leave the database as it is"
    )
    return parser.parse_args(arguments)


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    options = _parse(arguments)
    settings = load_backup_settings()
    with told():
        backups = open_backups(settings)
        name = chosen(backups, options.backup)
        if options.documents_only:
            return _bring_papers_only(settings, backups, name, options)
        if options.dry_run:
            return _rehearse(settings, backups, name, options)
        return _restore(settings, backups, name, options)


def _rehearse(
    settings: BackupSettings, backups: BackupStore, name: str, options: argparse.Namespace
) -> Mapping[str, object]:
    check_target(settings.libpq_url(), force=options.force)
    with opened(backups, name, settings.identity, unsigned=options.unsigned) as backup:
        say(f"{name} is whole and opens; nothing was changed")
        return {**_facts(settings, name, backup.facts), "dry_run": True}


def _restore(
    settings: BackupSettings, backups: BackupStore, name: str, options: argparse.Namespace
) -> Mapping[str, object]:
    started_at = utc_now()
    with alone_restoring(settings.libpq_url()):
        check_target(settings.libpq_url(), force=options.force)
        with opened(backups, name, settings.identity, unsigned=options.unsigned) as backup:
            migrating = not options.no_migrate
            done = restore(settings, backup, started_at, jobs=options.jobs, migrating=migrating)
    facts = _facts(settings, name, done.facts) | {
        "migrated_to": done.revision if done.revision != done.facts.revision else None,
        "aside": done.aside,
        "seconds": round((utc_now() - started_at).total_seconds(), 1),
    }
    if done.aside:
        say(f"the old database is kept as {done.aside}; remove it when you are sure")
    if not options.no_documents:
        facts |= _bring(
            settings, backups, done.facts, "the database is back, but stored papers are not", facts
        )
    return facts


def _bring_papers_only(
    settings: BackupSettings, backups: BackupStore, name: str, options: argparse.Namespace
) -> Mapping[str, object]:
    wanted = saved_facts(backups, name, settings.identity, unsigned=options.unsigned)
    facts: dict[str, object] = {"backup": name, "documents": len(wanted.documents)}
    if options.dry_run:
        return facts | {"dry_run": True}
    return facts | _bring(settings, backups, wanted, "some stored papers are nowhere", facts)


def _bring(
    settings: BackupSettings, backups: BackupStore, wanted: Facts, fault: str, facts: Mapping[str, object]
) -> dict[str, object]:
    """Raises ScriptError with the facts when papers are missing."""
    try:
        with told():
            done = bring_papers(settings, backups, wanted)
    except ScriptError as error:
        raise ScriptError(f"{fault}: {error}", **facts) from error
    brought: dict[str, object] = {
        "documents_brought_back": done.copied,
        "documents_missing": len(done.missing),
    }
    if done.missing:
        raise ScriptError(f"{fault}: {len(done.missing)} have no whole copy", **facts, **brought)
    return brought


def _facts(settings: BackupSettings, name: str, saved: Facts) -> dict[str, object]:
    return {
        "backup": name,
        "database": database_name(settings.libpq_url()),
        "rows": saved.total_rows,
        "revision": saved.revision,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
