"""The note of a rotation under way: a file beside the settings that only its owner may read."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from scripts.production import env_file
from scripts.production.console import RefusedError
from scripts.production.rotation.steps import KEYS, Rotation, Step


def read(path: Path) -> dict[str, Rotation]:
    """By variable; empty when none is under way. Raises RefusedError for a file that is not ours."""
    if not path.exists():
        return {}
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: Rotation(
                Step(noted[name]["step"]),
                noted[name]["new"],
                noted[name]["old"],
                datetime.fromisoformat(noted[name]["at"]),
            )
            for name in KEYS
            if name in noted
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{path} is no note of a rotation ({error}); remove it to begin again.") from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else takes a step beside this note meanwhile. Raises RefusedError when somebody does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RefusedError(f"another rotation is at work beside {path}") from error
        yield
    finally:
        os.close(folder)


def write_values(path: Path, values: Mapping[str, str | None]) -> Path:
    """A folder beside the note, its owner's alone, with a file for each value that is not None."""
    folder = path.with_name(f"{path.stem}.values")
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, value in values.items():
        if value is not None:
            env_file.write(folder / name, value)
    return folder


def write(path: Path, rotations: Mapping[str, Rotation]) -> None:
    """Keep the note, or remove the file when nothing is under way."""
    if not rotations:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        name: {"step": one.step, "new": one.new, "old": one.old, "at": one.at.isoformat()}
        for name, one in rotations.items()
    }
    env_file.write(path, json.dumps(told, indent=1) + "\n")
