"""Makes one backup: a dump and what it should hold, of one moment, encrypted on the way, then uploaded."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from scripts.production.backup.documents import Copied, copy_new
from scripts.production.backup.encryption import Cipher, sealing
from scripts.production.backup.facts import Facts, Snapshot, snapshot
from scripts.production.backup.manifest import DUMP, FACTS, MANIFEST, Manifest, file_facts, moment_of, name_of
from scripts.production.backup.programs import LONGEST_SECONDS, connection_environment, find_programs
from scripts.production.backup.retention import kept
from scripts.production.backup.scratch import private_files, scratch
from scripts.production.backup.settings import BackupSettings
from scripts.production.backup.store import BackupStore, open_backups
from scripts.production.console import ScriptError, say
from shared.storage.objects import open_store

Documents = Literal["copy", "reference"]
_LAST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup."""

    manifest: Manifest
    facts: Facts
    documents: Copied
    place: str


def make_backup(settings: BackupSettings, now: datetime, *, documents: Documents = "copy") -> Made:
    """Back the database and its papers up. Raises ScriptError; a backup is there whole or does not count.

    documents: "reference" only lists the papers by hash, for a bucket that is replicated by its provider.
    """
    backups = open_backups(settings, writing=True)
    name = _free_name(now, backups.names())
    with private_files(), scratch("backup") as folder, sealing(settings.backup_recipient) as seal:
        if not seal.suffix:
            say("this backup is NOT encrypted: BACKUP_RECIPIENT is not set")
        with snapshot(settings.libpq_url()) as moment:
            facts = moment.facts
            files = [
                _dump(settings.libpq_url(), moment, seal, folder),
                _write_facts(facts, seal, folder),
            ]
        copied = _copy_documents(settings, facts.documents, backups, seal, documents)
        manifest = Manifest(
            name=name,
            revision=facts.revision,
            server_major=facts.server_major,
            suffix=seal.suffix,
            documents=documents,
            files={file.name: file_facts(file) for file in files},
        ).signed(settings.signing_key)
        for file in files:
            backups.write(f"{name}/{file.name}", file)
        # The manifest says that all of it is there, so it is looked at.
        for file_name, expected in manifest.files.items():
            if backups.size(f"{name}/{file_name}") != expected.size_bytes:
                raise ScriptError(f"{name}/{file_name} is not whole in {backups.place}")
        backups.write(f"{name}/{MANIFEST}", manifest.to_bytes())
    return Made(manifest, facts, copied, backups.place)


def _free_name(now: datetime, taken: Sequence[str]) -> str:
    """Names are of whole seconds; a second one within the same takes the next."""
    while name_of(now) in taken:
        now += timedelta(seconds=1)
    return name_of(now)


def prune(backups: BackupStore, *, is_rehearsal: bool = False) -> list[str]:
    """Remove what retention does not keep, and what interrupted runs left. Returns the names."""
    whole = {moment_of(name): name for name in backups.names()}
    stay = kept(whole)
    gone = [name for moment, name in whole.items() if moment not in stay]
    newest = max(whole.values(), default="")
    # A run that goes on right now is newer than every whole backup.
    gone += [name for name in backups.unfinished() if name < newest]
    for name in gone if not is_rehearsal else ():
        backups.remove(name)
    return gone


def _dump(database_url: str, moment: Snapshot, seal: Cipher, folder: Path) -> Path:
    """pg_dump into the filter: what is in the clear never touches a disk."""
    target = folder / (DUMP + seal.suffix)
    command: list[str | Path] = [
        find_programs(moment.facts.server_major) / "pg_dump",
        "--format=custom",
        f"--snapshot={moment.name}",
        "--no-password",
        "--lock-wait-timeout=60s",
    ]
    if not moment.is_free_of_policies:
        # The owner's policies let it see every row; without this pg_dump refuses tables with policies.
        command.append("--enable-row-security")
    complaints = folder / "pg_dump.log"
    with target.open("wb") as write, complaints.open("wb") as told:
        dump = subprocess.Popen(
            command, env=connection_environment(database_url), stdout=subprocess.PIPE, stderr=told
        )
        assert dump.stdout is not None
        try:
            sealed = subprocess.run(
                seal.command,
                stdin=dump.stdout,
                stdout=write,
                stderr=subprocess.PIPE,
                check=False,
                timeout=LONGEST_SECONDS,
            )
            dump.stdout.close()
            dump.wait(_LAST_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise ScriptError(f"pg_dump hangs: it was ended after {LONGEST_SECONDS / 3600:.1f} h") from error
        finally:
            dump.stdout.close()
            dump.kill()
            dump.wait()
    # When the filter ends early, as on a full disk, the dump fails only because of that.
    if sealed.returncode != 0:
        raise ScriptError(
            f"{seal.command[0]} failed: {sealed.stderr.decode(errors='replace').strip()[-2000:]}"
        )
    if dump.returncode != 0:
        raise ScriptError(f"pg_dump failed: {complaints.read_text(errors='replace').strip()[-2000:]}")
    return target


def _write_facts(facts: Facts, seal: Cipher, folder: Path) -> Path:
    target = folder / (FACTS + seal.suffix)
    target.write_bytes(seal.run(json.dumps(facts.to_json()).encode()))
    return target


def _copy_documents(
    settings: BackupSettings, keys: Sequence[str], backups: BackupStore, seal: Cipher, documents: Documents
) -> Copied:
    if documents == "reference":
        return Copied(0, 0, [])
    copied = copy_new(keys, open_store(settings).store, backups, seal)
    for key in copied.missing[:10]:
        say(f"stored paper missing or damaged, not in the backup: {key}")
    return copied
