"""Copies of the stored papers beside the backups. Bytes are named by their hash, so each is copied once."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import obstore
from obstore.store import LocalStore, S3Store

from scripts.production.backup.encryption import Cipher
from scripts.production.backup.store import BackupStore
from scripts.production.console import ScriptError

_AT_ONCE = 4
Store = LocalStore | S3Store


@dataclass(frozen=True, slots=True)
class Copied:
    """copied: new ones. kept: had a copy already. missing: keys whose bytes are nowhere or not those."""

    copied: int
    kept: int
    missing: list[str]


def copy_new(keys: Sequence[str], source: Store, backups: BackupStore, cipher: Cipher) -> Copied:
    """Copy those that have no copy yet; one that is damaged at the source is told and never copied."""
    held = _held(backups)
    new = [key for key in keys if key not in held]

    copied = set(copy_intact(new, source, backups, cipher))
    missing = [key for key in new if key not in copied]
    return Copied(len(copied), len(keys) - len(new), missing)


def copy_intact(keys: Sequence[str], source: Store, backups: BackupStore, cipher: Cipher) -> list[str]:
    """Copy those whose bytes at the source are what they should be, over what lies there; their keys."""

    def copy(key: str) -> bool:
        content = _read(source, key)
        if content is None or not is_intact(key, content):
            return False
        backups.write(key + cipher.suffix, cipher.run(content))
        return True

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        done = list(pool.map(copy, keys))
    return [key for key, is_copied in zip(keys, done, strict=True) if is_copied]


def bring_back(
    keys: Sequence[str], backups: BackupStore, target: Store, ciphers: dict[str, Cipher]
) -> Copied:
    """Put those that the target has lost, or holds damaged, back from their copies."""
    held = _held(backups)

    def restore(key: str) -> bool | None:
        present = _read(target, key)
        if present is not None and is_intact(key, present):
            return None
        content = _copy_of(key, held, backups, ciphers)
        if content is None:
            return False
        obstore.put(target, key, content)
        return True

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        done = list(pool.map(restore, keys))
    missing = [key for key, outcome in zip(keys, done, strict=True) if outcome is False]
    return Copied(done.count(True), done.count(None), missing)


def damaged(keys: Sequence[str], backups: BackupStore, ciphers: dict[str, Cipher]) -> list[str]:
    """Those whose copy is not there or does not have the hash it is named by."""
    held = _held(backups)

    def is_good(key: str) -> bool:
        return _copy_of(key, held, backups, ciphers) is not None

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        good = list(pool.map(is_good, keys))
    return [key for key, is_whole in zip(keys, good, strict=True) if not is_whole]


def is_intact(key: str, content: bytes) -> bool:
    """Whether the bytes have the hash their key ends with."""
    return hashlib.sha256(content).hexdigest() == key.rpartition("/")[2]


def _held(backups: BackupStore) -> dict[str, list[str]]:
    """Suffixes of the copies, by the key of the document; after a change of keys there may be several."""
    held: dict[str, list[str]] = {}
    for key in backups.keys("documents/"):
        stem, dot, suffix = key.partition(".")
        held.setdefault(stem, []).append(dot + suffix)
    return held


def _copy_of(
    key: str, held: dict[str, list[str]], backups: BackupStore, ciphers: dict[str, Cipher]
) -> bytes | None:
    """The first copy that is intact."""
    for suffix in held.get(key, ()):
        if suffix in ciphers:
            with suppress(ScriptError):
                content = ciphers[suffix].run(backups.read(key + suffix))
                if is_intact(key, content):
                    return content
    return None


def _read(store: Store, key: str) -> bytes | None:
    try:
        return bytes(obstore.get(store, key).bytes())
    except FileNotFoundError:
        return None
