"""Secrets of this installation: made once, kept in a file only its owner may read."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

_NAMES = ("SECRET_KEY", "JWT_SECRET_KEY")
_RANDOM_BYTES = 48


def load(file: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets, from the environment where it has them, else from the file, else new and kept."""
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in _NAMES if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(_RANDOM_BYTES) for name in missing}
        _write(file, kept)
    return {name: environment.get(name) or kept[name] for name in _NAMES}


def _write(file: Path, values: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(values, stream, indent=1)
    part.replace(file)
