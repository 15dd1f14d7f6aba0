"""The note of a rotation under way: a file beside the settings that only its owner may read."""

import json
from collections.abc import Mapping
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
