"""Brings a backup back: checked first, loaded beside the old database, compared, then put in its place."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from scripts.production.backup.comparing import differences
from scripts.production.backup.documents import Copied, bring_back
from scripts.production.backup.encryption import Cipher, unsealing
from scripts.production.backup.facts import Facts
from scripts.production.backup.loading import drop, exists, is_empty, load, server, swap
from scripts.production.backup.manifest import DUMP, FACTS, Manifest, file_facts, name_of
from scripts.production.backup.settings import BackupSettings
from scripts.production.backup.store import BackupStore
from scripts.production.console import RefusedError, ScriptError, say
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
    """aside: the name the old database has now; None when there was none."""

    facts: Facts
    aside: str | None


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
def opened(backups: BackupStore, name: str, identity: str | None) -> Iterator[Opened]:
    """Fetch, check and decrypt a backup. Raises ScriptError before anything else was touched."""
    manifest = backups.manifest(name)
    with tempfile.TemporaryDirectory(prefix="gondola-restore-") as folder:
        for file_name, expected in manifest.files.items():
            file = Path(folder) / Path(file_name).name
            backups.fetch(f"{name}/{file_name}", file)
            if file_facts(file) != expected:
                raise ScriptError(f"{name}/{file_name} is damaged: its checksum is not that of the manifest")
        sealed_dump, sealed_facts = (Path(folder) / (each + manifest.suffix) for each in (DUMP, FACTS))
        dump, facts = sealed_dump, sealed_facts
        if manifest.suffix:
            dump, facts = Path(folder) / DUMP, Path(folder) / FACTS
            with unsealing(identity, manifest.suffix) as unseal:
                unseal.run_file(sealed_dump, dump)
                unseal.run_file(sealed_facts, facts)
        yield Opened(manifest, dump, Facts.from_json(json.loads(facts.read_bytes())))


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


def restore(settings: BackupSettings, backup: Opened, now: datetime, *, jobs: int) -> Restored:
    """Load, compare and swap. Raises ScriptError; the old database is then as it was."""
    url, stamp = settings.libpq_url(), name_of(now).lower()
    target = database_name(url)
    new = f"{target[: _LONGEST_NAME - 30]}_restoring_{stamp}"
    aside = f"{target[: _LONGEST_NAME - 30]}_before_{stamp}"
    say(f"loading {backup.manifest.name} into {new}")
    facts = load(url, new, backup.dump, backup.facts, jobs=jobs)
    with server(url) as connection:
        had_one = exists(connection, target)
        wrong = differences(backup.facts, facts)
        if wrong:
            drop(connection, new)
            raise ScriptError("what came back is not what was saved", differences=wrong[:20])
    try:
        swap(url, new=new, current=target, aside=aside)
    except ScriptError:
        with server(url) as connection:
            drop(connection, new)
        raise
    return Restored(facts, aside if had_one else None)


def bring_papers(settings: BackupSettings, backups: BackupStore, facts: Facts) -> Copied:
    """Put stored papers that are lost or damaged back from their copies."""
    identity = settings.backup_identity.get_secret_value() if settings.backup_identity else None
    with all_ciphers(identity) as ciphers:
        return bring_back(facts.documents, backups, open_store(settings).store, ciphers)
