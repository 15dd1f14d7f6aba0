"""Brings a backup back: checked first, loaded beside the old database, compared, then put in its place."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from scripts.migrations.run import migrate, revisions
from scripts.production.backup.comparing import differences
from scripts.production.backup.documents import Copied, bring_back
from scripts.production.backup.encryption import Cipher, unsealing
from scripts.production.backup.facts import Facts
from scripts.production.backup.leftovers import alone, sweep_databases
from scripts.production.backup.loading import beside, drop, exists, is_empty, load, server, swap
from scripts.production.backup.manifest import DUMP, FACTS, Manifest, file_facts, name_of
from scripts.production.backup.scratch import scratch, sweep
from scripts.production.backup.settings import BackupSettings
from scripts.production.backup.store import BackupStore
from scripts.production.console import RefusedError, ScriptError, say
from shared.config.settings import database_url_for
from shared.storage.objects import open_store

# PostgreSQL cuts longer names.
_LONGEST_NAME = 63


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup whose checksums hold, decrypted in a private folder."""

    manifest: Manifest
    dump: Path
    facts: Facts


@dataclass(frozen=True, slots=True)
class Restored:
    """aside: the name the old database has now; None when there was none. revision: after migrating."""

    facts: Facts
    aside: str | None
    revision: str


def chosen(backups: BackupStore, name: str | None) -> str:
    """The backup of that name, or the newest. Raises RefusedError."""
    names = backups.names()
    if name is None and names:
        return names[-1]
    if name is None or name not in names:
        raise RefusedError(
            f"no backup {name or ''} in {backups.place}; there are: {', '.join(names) or 'none'}"
        )
    return name


@contextmanager
def opened(
    backups: BackupStore, name: str, identity: str | None, *, unsigned: bool = False
) -> Iterator[Opened]:
    """Fetch, check and decrypt a backup. Raises ScriptError before anything else was touched."""
    manifest = backups.manifest(name, unsigned=unsigned)
    with scratch("restore") as folder:
        facts = _facts(backups, manifest, identity, folder)
        yield Opened(manifest, _fetched(backups, manifest, DUMP, identity, folder), facts)


def saved_facts(backups: BackupStore, name: str, identity: str | None, *, unsigned: bool = False) -> Facts:
    """What a backup holds, without fetching its dump. Raises ScriptError."""
    with scratch("restore") as folder:
        return _facts(backups, backups.manifest(name, unsigned=unsigned), identity, folder)


def _facts(backups: BackupStore, manifest: Manifest, identity: str | None, folder: Path) -> Facts:
    content = _fetched(backups, manifest, FACTS, identity, folder).read_bytes()
    return Facts.from_json(json.loads(content))


def _fetched(backups: BackupStore, manifest: Manifest, file: str, identity: str | None, folder: Path) -> Path:
    """One file of a backup, checked and decrypted. Raises ScriptError."""
    sealed, key = folder / (file + manifest.suffix), f"{manifest.name}/{file}{manifest.suffix}"
    if sealed.name not in manifest.files:
        raise ScriptError(f"{key} is not part of the backup")
    backups.fetch(key, sealed)
    if file_facts(sealed) != manifest.files[sealed.name]:
        raise ScriptError(f"{key} is damaged: its checksum is not that of the manifest")
    if not manifest.suffix:
        return sealed
    with unsealing(identity, manifest.suffix) as unseal:
        unseal.run_file(sealed, folder / file)
    sealed.unlink()
    return folder / file


@contextmanager
def all_ciphers(identity: str | None) -> Iterator[dict[str, Cipher]]:
    """For copies of papers: each may have been encrypted with another program, by its suffix."""
    with ExitStack() as stack:
        ciphers = {}
        for suffix in ("", ".age", ".gpg"):
            try:
                ciphers[suffix] = stack.enter_context(unsealing(identity, suffix))
            except RefusedError:
                # A key opens the files of one program only.
                continue
        yield ciphers


def database_name(database_url: str) -> str:
    """The database an address names."""
    return unquote(urlsplit(database_url).path.removeprefix("/"))


def check_target(database_url: str, *, force: bool) -> None:
    """Raises RefusedError when the target holds anything and was not given up with --force."""
    name = database_name(database_url)
    with server(database_url) as connection:
        if not exists(connection, name):
            return
    if not is_empty(database_url) and not force:
        raise RefusedError(
            f"the database {name} is not empty: with --force it is put aside under another name, not removed"
        )


@contextmanager
def alone_restoring(database_url: str) -> Iterator[None]:
    """Nobody else restores this database meanwhile, and what killed runs left is gone. Raises BusyError."""
    prefix = _beside(database_url, "restoring")
    with alone(beside(database_url), f"restore of {prefix}"):
        sweep()
        sweep_databases(database_url, prefix, opened_again=database_name(database_url))
        yield


def restore(
    settings: BackupSettings, backup: Opened, now: datetime, *, jobs: int, migrating: bool = True
) -> Restored:
    """Load, compare, migrate and swap. Raises ScriptError; the old database is then as it was.

    migrating: bring a schema older than this code to its newest, without which no service would answer.
    """
    url, stamp = settings.libpq_url(), name_of(now).lower()
    new, aside = _beside(url, "restoring") + stamp, _beside(url, "before") + stamp
    wanted = _revision_after(backup.facts, migrating=migrating)
    say(f"loading {backup.manifest.name} into {new}")
    facts = load(url, new, backup.dump, backup.facts, jobs=jobs)
    try:
        _compare(backup.facts, facts)
        if wanted != facts.revision:
            _migrate(database_url_for(url, new), facts.revision, wanted)
        had_one = swap(url, new=new, current=database_name(url), aside=aside)
    except BaseException:
        # Nothing happens when it has the new name already.
        with server(url) as connection:
            drop(connection, new)
        raise
    return Restored(facts, aside if had_one else None, wanted)


def _beside(database_url: str, what: str) -> str:
    return f"{database_name(database_url)[: _LONGEST_NAME - 30]}_{what}_"


def _compare(saved: Facts, restored: Facts) -> None:
    wrong = differences(saved, restored)
    if wrong:
        raise ScriptError("what came back is not what was saved", differences=wrong[:20])


def _revision_after(saved: Facts, *, migrating: bool) -> str:
    """What the schema will be. Raises RefusedError for one that this code does not know."""
    known = revisions()
    if not migrating:
        if saved.revision != known[-1]:
            say(
                f"the schema stays at {saved.revision}; this code needs {known[-1]} and services answer 503 "
                "until: SERVICE=migrator scripts/start-production.sh"
            )
        return saved.revision
    if saved.revision not in known:
        raise RefusedError(
            f"the backup's schema {saved.revision} is newer than this code, whose newest is {known[-1]}: "
            "restore with the release that made it, or with --no-migrate"
        )
    return known[-1]


def _migrate(database_url: str, revision: str, wanted: str) -> None:
    say(f"migrating from {revision} to {wanted}")
    try:
        migrate(database_url, revision=wanted)
    except (DBAPIError, CommandError, TimeoutError) as error:
        raise ScriptError(
            f"what came back cannot be migrated from {revision} to {wanted}: {error}; the old database is "
            "untouched; --no-migrate leaves the schema as it was saved"
        ) from error


def bring_papers(settings: BackupSettings, backups: BackupStore, facts: Facts) -> Copied:
    """Put stored papers that are lost or damaged back from their copies."""
    with all_ciphers(settings.identity) as ciphers:
        return bring_back(facts.documents, backups, open_store(settings).store, ciphers)
