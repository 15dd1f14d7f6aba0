"""Where backups lie: a bucket, or a folder of this machine. The layout is the same.

`<name>/database.dump`, `<name>/facts.json` and last `<name>/manifest.json` per backup; copies of stored
documents are shared by all of them, under `documents/`, and each is written once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from scripts.production.backup.manifest import MANIFEST, Manifest, moment_of
from scripts.production.backup.settings import BackupSettings
from scripts.production.console import RefusedError, ScriptError
from shared.storage.objects import open_bucket

_PREFIX = "backups"


@dataclass(frozen=True, slots=True)
class BackupStore:
    """place: where it is, for people."""

    store: LocalStore | S3Store
    place: str

    def names(self) -> list[str]:
        """Complete backups, oldest first."""
        return [name for name, is_whole in self._all().items() if is_whole]

    def unfinished(self) -> list[str]:
        """What runs that were interrupted left behind, oldest first."""
        return [name for name, is_whole in self._all().items() if not is_whole]

    def manifest(self, name: str) -> Manifest:
        """What belongs to a backup. Raises ScriptError when it is not there."""
        return Manifest.from_bytes(self.read(f"{name}/{MANIFEST}"))

    def write(self, key: str, content: bytes | Path) -> None:
        """Keep bytes or a file under a key."""
        obstore.put(self.store, key, content)

    def read(self, key: str) -> bytes:
        """The bytes under a key. Raises ScriptError."""
        try:
            return bytes(obstore.get(self.store, key).bytes())
        except (FileNotFoundError, BaseError) as error:
            raise ScriptError(f"{key} cannot be read from {self.place}: {type(error).__name__}") from error

    def fetch(self, key: str, file: Path) -> None:
        """Copy what lies under a key into a file. Raises ScriptError."""
        try:
            with file.open("wb") as opened:
                for chunk in obstore.get(self.store, key).stream(min_chunk_size=2**20):
                    opened.write(chunk)
        except (FileNotFoundError, BaseError) as error:
            raise ScriptError(f"{key} cannot be read from {self.place}: {type(error).__name__}") from error

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key below a prefix."""
        for page in obstore.list(self.store, prefix=prefix):
            yield from (item["path"] for item in page)

    def remove(self, name: str) -> None:
        """Take away one backup, its manifest first: half a backup must not look whole."""
        keys = sorted(self.keys(f"{name}/"), key=lambda key: not key.endswith(MANIFEST))
        for key in keys:
            obstore.delete(self.store, key)

    def _all(self) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for folder in obstore.list_with_delimiter(self.store)["common_prefixes"]:
            name = folder.rstrip("/")
            if _is_name(name):
                found[name] = f"{name}/{MANIFEST}" in set(self.keys(f"{name}/"))
        return dict(sorted(found.items()))


def open_backups(settings: BackupSettings, *, writing: bool = False) -> BackupStore:
    """The store the settings name. Raises RefusedError for writing in the clear to a bucket."""
    if settings.bucket is None:
        settings.backup_path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return BackupStore(LocalStore(settings.backup_path), str(settings.backup_path))
    if writing and settings.backup_recipient is None:
        raise RefusedError(
            "backups are not uploaded unencrypted: set BACKUP_RECIPIENT to the public key of age or gpg "
            "(docs/recovery-plan.md says how to make one)"
        )
    store = open_bucket(settings, settings.bucket, prefix=_PREFIX)
    return BackupStore(store, f"bucket {settings.bucket}/{_PREFIX}")


def _is_name(name: str) -> bool:
    try:
        moment_of(name)
    except ValueError:
        return False
    return True
