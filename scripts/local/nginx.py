"""NGINX for tests and rehearsals: the installed one, else Debian's package unpacked in var/."""

import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from scripts.local.errors import SetupError
from scripts.local.paths import VAR

_INSTALLED = ("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx")
_UNPACKED = VAR / "tools" / "nginx"


def find() -> Path | None:
    """The program, if it is there already."""
    candidates = [shutil.which("nginx"), *_INSTALLED, str(_UNPACKED / "usr" / "sbin" / "nginx")]
    return next((Path(name) for name in candidates if name and os.access(name, os.X_OK)), None)


@functools.cache
def ensure() -> Path:
    """The program, fetched where it is missing. Raises SetupError with the command that installs it.

    Installing the package would start a web server on port 80, which nobody who runs tests has asked for.
    """
    return find() or _fetch()


def _fetch() -> Path:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise SetupError("Góndola needs nginx for this; install it: brew install nginx (macOS).")
    with tempfile.TemporaryDirectory() as folder:
        if not _download(folder):
            if os.geteuid() == 0:
                _quietly(["apt-get", "-qq", "update"], folder)
            if os.geteuid() != 0 or not _download(folder):
                raise SetupError("Góndola needs nginx for this; as root, run: apt-get install nginx")
        _UNPACKED.parent.mkdir(parents=True, exist_ok=True)
        for package in Path(folder).glob("*.deb"):
            _quietly(["dpkg-deb", "--extract", str(package), str(_UNPACKED)], folder)
    found = find()
    if not found:
        raise SetupError("The package of nginx holds no program; as root, run: apt-get install nginx")
    return found


def _download(folder: str) -> bool:
    return _quietly(["apt-get", "-qq", "download", "nginx"], folder) and any(Path(folder).glob("*.deb"))


def _quietly(command: list[str], folder: str) -> bool:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.returncode == 0
