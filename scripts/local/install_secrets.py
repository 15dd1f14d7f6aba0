"""Secrets of this installation: made once, kept in a file only its owner may read."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from scripts.local.errors import SetupError

_NAMES = ("SECRET_KEY", "JWT_SECRET_KEY")
_RANDOM_BYTES = 48


def load(file: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets, from the environment where it has them, else from the file, else new and kept.

    Raises SetupError in production when the environment lacks one.
    """
    missing = [name for name in _NAMES if not environment.get(name)]
    if environment.get("ENVIRONMENT") == "production" and missing:
        # A host's disk may be gone tomorrow, and with it everybody's sessions.
        raise SetupError(f"In production {' and '.join(missing)} must be set in the environment.")
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    new = [name for name in _NAMES if name not in kept]
    if new:
        kept |= {name: secrets.token_urlsafe(_RANDOM_BYTES) for name in new}
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
