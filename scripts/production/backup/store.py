"""Where backups lie: a bucket, or a folder of this machine. The layout is the same.

`<name>/database.dump`, `<name>/facts.json` and last `<name>/manifest.json` per backup; copies of stored
documents are shared by all of them, under `documents/`, and each is written once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from scripts.production.backup.failures import sentence
from scripts.production.backup.manifest import DUMP, FACTS, MANIFEST, Manifest, moment_of
from scripts.production.backup.settings import BackupSettings, check_place
from scripts.production.console import RefusedError, ScriptError, say
from shared.storage.objects import open_bucket

_PREFIX = "backups"
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class BackupStore:
    """place: where it is, for people. signing_key: what backups of our own are signed with.

    Every method raises ScriptError when the place does not do what is asked.
    """

    store: LocalStore | S3Store
    place: str
    signing_key: str | None = None

    @property
    def is_bucket(self) -> bool:
        """Whether others may write there, as whoever keeps it."""
        return isinstance(self.store, S3Store)

    def names(self) -> list[str]:
        """Complete backups, oldest first."""
        return [name for name, is_whole in self._all().items() if is_whole]

    def unfinished(self) -> list[str]:
        """What runs that were interrupted left behind, oldest first."""
        return [name for name, is_whole in self._all().items() if not is_whole]

    def manifest(self, name: str, *, unsigned: bool = False) -> Manifest:
        """What belongs to a backup of our own. unsigned: also one that anybody may have put there.

        A dump is code that runs as the owner of the database, so one out of a bucket must be signed.
        """
        manifest = Manifest.from_bytes(self.read(f"{name}/{MANIFEST}"))
        if manifest.name != name:
            raise ScriptError(f"{name} is a copy of {manifest.name} under another name")
        if self.is_bucket and not manifest.suffix:
            raise ScriptError(
                f"{name} is not encrypted, so it is none of ours: nothing in clear goes to a bucket"
            )
        if unsigned or not (self.is_bucket or self.signing_key):
            return manifest
        if self.signing_key is None:
            raise RefusedError("set BACKUP_SIGNING_KEY, by which backups of our own are told from others")
        if not manifest.is_signed_with(self.signing_key):
            raise ScriptError(f"{name} is not signed with BACKUP_SIGNING_KEY: it may be anybody's")
        return manifest

    def write(self, key: str, content: bytes | Path) -> None:
        """Keep bytes or a file under a key."""
        with self._asked("written to", key):
            obstore.put(self.store, key, content)

    def size(self, key: str) -> int:
        """Of what lies under a key, in bytes."""
        with self._asked("found in", key):
            return int(obstore.head(self.store, key)["size"])

    def read(self, key: str) -> bytes:
        """The bytes under a key."""
        with self._asked("read from", key):
            return bytes(obstore.get(self.store, key).bytes())

    def fetch(self, key: str, file: Path) -> None:
        """Copy what lies under a key into a file. Raises OSError too, of the file."""
        with file.open("wb") as opened, self._asked("read from", key):
            for chunk in obstore.get(self.store, key).stream(min_chunk_size=2**20):
                opened.write(chunk)

    def keys(self, prefix: str) -> list[str]:
        """Every key below a prefix."""
        with self._asked("listed in", prefix):
            return [item["path"] for page in obstore.list(self.store, prefix=prefix) for item in page]

    def remove(self, name: str) -> None:
        """Take away one backup, its manifest first: half a backup must not look whole."""
        keys = sorted(self.keys(f"{name}/"), key=lambda key: not key.endswith(MANIFEST))
        for key in keys:
            self.forget(key)

    def forget(self, key: str) -> None:
        """Take away what lies under one key."""
        with self._asked("removed from", key):
            obstore.delete(self.store, key)

    def _all(self) -> dict[str, bool]:
        with self._asked("listed in", "backups"):
            folders = obstore.list_with_delimiter(self.store)["common_prefixes"]
        names = sorted(name for name in (folder.rstrip("/") for folder in folders) if _is_name(name))
        return {name: self._is_whole(name) for name in names}

    def _is_whole(self, name: str) -> bool:
        held = [key.removeprefix(f"{name}/") for key in self.keys(f"{name}/")]
        return MANIFEST in held and all(any(key.startswith(file) for key in held) for file in (DUMP, FACTS))

    @contextmanager
    def _asked(self, done: str, what: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, BaseError) as error:
            raise ScriptError(f"{what} cannot be {done} {self.place}: {sentence(error)}") from error


def open_backups(settings: BackupSettings, *, writing: bool = False) -> BackupStore:
    """The store the settings name. Raises RefusedError as check_place does, OSError for the folder."""
    check_place(settings, writing=writing)
    bucket = settings.backup_bucket_name
    if bucket is None:
        return BackupStore(_folder(settings.backup_path), str(settings.backup_path), settings.signing_key)
    store = open_bucket(settings.of_backups(), bucket, prefix=_PREFIX)
    return BackupStore(store, f"bucket {bucket}/{_PREFIX}", settings.signing_key)


def _folder(path: Path) -> LocalStore:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.stat().st_mode & _OTHERS:
        try:
            path.chmod(0o700)
        except PermissionError:
            say(f"{path} belongs to somebody else and others may enter it: chmod 700 {path}")
    return LocalStore(path)


def _is_name(name: str) -> bool:
    try:
        moment_of(name)
    except ValueError:
        return False
    return True
