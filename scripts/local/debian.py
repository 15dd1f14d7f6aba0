"""Programs for tests and rehearsals: the installed one, else Debian's package unpacked in var/."""

import contextlib
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from scripts.local.errors import SetupError
from scripts.local.paths import VAR

_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin")


def find(package: str, program: str) -> Path | None:
    """The program, if it is there already."""
    unpacked = unpacked_in(package) / "usr"
    folders = [Path(name) for name in (*_FOLDERS, unpacked / "bin", unpacked / "sbin")]
    candidates = [shutil.which(program), *(folder / program for folder in folders)]
    return next((Path(name) for name in candidates if name and os.access(name, os.X_OK)), None)


def unpacked_in(package: str) -> Path:
    """Where a package that is not installed is laid out as it would be below /."""
    return VAR / "tools" / package


@functools.cache
def ensure(package: str, program: str) -> Path:
    """The program, fetched where it is missing. Raises SetupError with the command that installs it.

    Installing a package would start its server, on port 80 for one: nobody who runs tests has asked for that.
    """
    return find(package, program) or _fetch(package, program)


def _fetch(package: str, program: str) -> Path:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise SetupError(f"Góndola needs {program} for this; install it: brew install {program} (macOS).")
    tools = unpacked_in(package).parent
    tools.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory(dir=tools) as beside:
        if not _download(package, folder):
            if os.geteuid() == 0:
                _quietly(["apt-get", "-qq", "update"], folder)
            if os.geteuid() != 0 or not _download(package, folder):
                raise SetupError(f"Góndola needs {program} for this; as root, run: apt-get install {package}")
        whole = Path(beside) / package
        for file in Path(folder).glob("*.deb"):
            _quietly(["dpkg-deb", "--extract", str(file), str(whole)], folder)
        # In one step, and another test may have been first.
        with contextlib.suppress(OSError):
            whole.rename(unpacked_in(package))
    found = find(package, program)
    if not found:
        raise SetupError(f"The package {package} holds no {program}; as root, run: apt-get install {package}")
    return found


def _download(package: str, folder: str) -> bool:
    return _quietly(["apt-get", "-qq", "download", package], folder) and any(Path(folder).glob("*.deb"))


def _quietly(command: list[str], folder: str) -> bool:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.returncode == 0
