"""The test set on disk: a manifest and the files it names, each by its sha256; every write is whole."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.jsonl"
_ENDINGS = {
    "application/pdf": "pdf",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
}

Example = dict[str, Any]
_Key = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Kept:
    """How many examples were written: new ones, and those whose truth is another than before."""

    added: int
    replaced: int
    total: int


def name_of(sha256: str, media_type: str) -> str:
    """Where a file lies, relative to the folder."""
    return f"files/{sha256}.{_ENDINGS[media_type]}"


def has(folder: Path, name: str) -> bool:
    """Whether the file is there; it is whole, or would not be."""
    return (folder / name).exists()


def write_file(folder: Path, name: str, content: bytes) -> None:
    """Keep one file. These are people's papers: a folder made here is its owner's alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / name).parent.mkdir(exist_ok=True)
    _write(folder / name, content)


def write_manifest(folder: Path, examples: Iterable[Example]) -> Kept:
    """Add examples to the manifest; the same files of the same shop have one line, the latest."""
    path = folder / MANIFEST
    before = _read(path)
    after = {**before, **{_key(example): example for example in examples}}
    added = len(after) - len(before)
    replaced = sum(after[key] != example for key, example in before.items())
    if added or replaced:
        lines = [json.dumps(example, ensure_ascii=False) + "\n" for example in after.values()]
        _write(path, "".join(lines).encode())
    return Kept(added, replaced, len(after))


def _read(path: Path) -> dict[_Key, Example]:
    if not path.exists():
        return {}
    examples = [json.loads(line) for line in path.read_bytes().splitlines()]
    return {_key(example): example for example in examples}


def _key(example: Example) -> _Key:
    return tuple(example["files"]), tuple(example["own_cuits"])


def _write(path: Path, content: bytes) -> None:
    """Beside first: whoever reads, or runs again after a crash, meets all of it or nothing."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
