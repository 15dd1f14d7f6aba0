"""The page that says what belongs to one backup; it is written last, so a backup without it never counts."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from scripts.production.console import ScriptError

MANIFEST = "manifest.json"
DUMP, FACTS = "database.dump", "facts.json"
_NAME = "%Y%m%dT%H%M%SZ"
# 2: may be signed.
_FORMAT = 2
_CHUNK_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class FileFacts:
    """As it lies in the store, encrypted or not."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """In the clear, so nothing of the business stands here. files by name; suffix: how they are encrypted.

    signature: HMAC-SHA256 of all the rest, in hex; None when nobody signed it.
    """

    name: str
    revision: str
    server_major: int
    suffix: str
    documents: str
    files: dict[str, FileFacts]
    signature: str | None = None

    @property
    def made_at(self) -> datetime:
        """When its snapshot was taken."""
        return moment_of(self.name)

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return sum(file.size_bytes for file in self.files.values())

    def signed(self, key: str | None) -> Self:
        """The same with our signature; without a key as it is."""
        return replace(self, signature=self._signature(key)) if key else self

    def is_signed_with(self, key: str) -> bool:
        """Whether whoever made it had this key, and nothing was changed since."""
        return hmac.compare_digest(str(self.signature).encode(), self._signature(key).encode())

    def _signature(self, key: str) -> str:
        told = json.dumps(asdict(replace(self, signature=None)), sort_keys=True)
        return hmac.digest(key.encode(), f"gondola backup\n{told}".encode(), "sha256").hex()

    def to_bytes(self) -> bytes:
        """As JSON."""
        return (json.dumps({"format": _FORMAT, **asdict(self)}, indent=1) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """From JSON. Raises ScriptError for what is no manifest of ours."""
        try:
            told: dict[str, Any] = json.loads(content)
            if told.pop("format") not in range(1, _FORMAT + 1):
                raise ScriptError("the manifest was written by a newer version of these scripts")
            files = {name: FileFacts(**facts) for name, facts in told.pop("files").items()}
            made = cls(**told, files=files)
            _ = made.made_at
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ScriptError("the manifest of this backup cannot be read") from error
        return made


def name_of(moment: datetime) -> str:
    """The name of a backup taken at a moment; names sort by age."""
    return moment.astimezone(UTC).strftime(_NAME)


def moment_of(name: str) -> datetime:
    """When a backup was taken. Raises ValueError for what is no backup's name."""
    return datetime.strptime(name, _NAME).replace(tzinfo=UTC)


def file_facts(file: Path) -> FileFacts:
    """Size and hash of a file, read once."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            digest.update(chunk)
    return FileFacts(file.stat().st_size, digest.hexdigest())
