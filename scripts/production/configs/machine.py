"""What was set up or edited on this machine itself: neither the release nor the variables have it."""

import io
import os
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from glob import glob
from pathlib import Path

PLACES = (
    "/etc/gondola/nginx",
    "/etc/gondola/blue",
    "/etc/gondola/green",
    "/etc/systemd/system/gondola-*",
    "/etc/cron.d/gondola",
    "/etc/prometheus",
    "/etc/default/prometheus*",
)
"""Files, folders and patterns of them, as docs/deploy.md has them made."""
# Private keys, certificates that are renewed, and the key to every backup.
_NEVER = ("*.key", "*.pem", "job-*.env")


@dataclass(frozen=True, slots=True)
class Packed:
    """content: of a .tar.gz, paths from the root of the machine. unreadable: what we may not see."""

    content: bytes
    files: list[str]
    unreadable: list[str]


def pack(places: Sequence[str]) -> Packed:
    """Everything in these places that is there."""
    content = io.BytesIO()
    files: list[str] = []
    unreadable: list[str] = []
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for file in _files(places, unreadable):
            try:
                archive.add(file)
            except OSError:
                unreadable.append(file)
            else:
                files.append(file)
    return Packed(content.getvalue(), files, unreadable)


def _files(places: Sequence[str], unreadable: list[str]) -> Iterator[str]:
    def note(error: OSError) -> None:
        unreadable.append(str(error.filename))

    for found in sorted(path for place in places for path in glob(place)):  # noqa: PTH207  of a whole path
        if not Path(found).is_dir():
            yield found
            continue
        for folder, _, names in os.walk(found, onerror=note):
            wanted = (name for name in sorted(names) if not any(fnmatch(name, each) for each in _NEVER))
            yield from (os.path.join(folder, name) for name in wanted)  # noqa: PTH118  beside os.walk
