"""`scripts/backup-configs.sh`: configuration, schema and critical data in one archive that restores itself.

Secrets and people's password hashes are in it, so it is made only encrypted, for BACKUP_RECIPIENT.
"""

import os
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

from scripts.local.paths import ROOT
from scripts.production import env_file
from scripts.production.backup.encryption import sealing
from scripts.production.backup.manifest import file_facts, name_of
from scripts.production.backup.scratch import private_files, scratch, sweep
from scripts.production.backup.settings import load_backup_settings
from scripts.production.backup.store import open_backups
from scripts.production.configs.archive import write_archive
from scripts.production.configs.machine import PLACES, pack
from scripts.production.configs.variables import split
from scripts.production.console import Parser, RefusedError, ScriptError, run, say
from shared.kernel.clock import utc_now

SCRIPT = "backup-configs"
_TEMPLATE = ROOT / ".env.production.template"
_EPILOG = """
Environment: as scripts/backup_database.sh. Archives go where backups go, under configs/.
Unpack one (gpg --decrypt FILE | tar xz) and run its restore.sh."""


def main(arguments: Sequence[str]) -> int:
    """Archive; the exit code."""
    return run(SCRIPT, _work, arguments)


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    parser = Parser(prog="scripts/backup-configs.sh", description=__doc__, epilog=_EPILOG)
    parser.add_argument(
        "--env-file", type=Path, help="take the variables from here, not from the environment"
    )
    parser.add_argument("--dry-run", action="store_true", help="say which variables would be kept and how")
    options = parser.parse_args(arguments)
    environment = env_file.read(options.env_file) if options.env_file else dict(os.environ)
    # Where the database is and who may read the archive stands there too.
    os.environ.update({name: value for name, value in environment.items() if value})
    settings = load_backup_settings()
    if settings.backup_recipient is None:
        raise RefusedError("BACKUP_RECIPIENT is not set: keys and password hashes would lie in the clear")
    variables = split(environment, _TEMPLATE)
    if options.dry_run:
        shown, secret = variables
        return {"dry_run": True, "shown": sorted(shown), "secret": sorted(secret)}
    backups, name = open_backups(settings, writing=True), f"gondola-config-{name_of(utc_now())}"
    sweep()
    with private_files(), scratch("config") as place, sealing(settings.backup_recipient) as seal:
        folder = place / name
        folder.mkdir()
        try:
            written = write_archive(folder, settings.libpq_url(), variables, pack(PLACES), seal)
        except psycopg.Error as error:
            raise ScriptError(str(error).strip()) from error
        plain, sealed = place / f"{name}.tar.gz", place / f"{name}.tar.gz{seal.suffix}"
        with tarfile.open(plain, "w:gz") as archive:
            archive.add(folder, arcname=name)
        seal.run_file(plain, sealed)
        facts = file_facts(sealed)
        key = f"configs/{sealed.name}"
        backups.write(key, sealed)
    if written.missing:
        say(f"not in this release, so not in the archive: {', '.join(written.missing)}")
    if written.unreadable:
        say(f"not readable for us, so not in the archive: {', '.join(written.unreadable)}")
    say(f"{key} in {backups.place}, {facts.size_bytes / 1e3:.0f} kB")
    return {
        "archive": key,
        "place": backups.place,
        "bytes": facts.size_bytes,
        "sha256": facts.sha256,
        "encrypted": seal.suffix.removeprefix("."),
        "variables": written.variables,
        "secrets": written.secrets,
        "missing": written.missing,
        "machine": written.machine,
        "unreadable": written.unreadable,
        "rows": written.rows,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
