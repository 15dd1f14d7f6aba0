"""The Python environment in .venv, made from the hashed lock. Standard library only."""

import subprocess
import sys
from pathlib import Path

from scripts.local import stamps, system_packages
from scripts.local.errors import SetupError
from scripts.local.paths import ENVIRONMENT_FOLDER, ENVIRONMENT_PYTHON, REQUIREMENTS, ROOT

_STAMP = ENVIRONMENT_FOLDER / ".requirements"
_SUPPORTED = "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))"


def ensure() -> None:
    """Make .venv or bring it up to the lock; nothing happens when the lock has not changed."""
    if not _works():
        _create()
    wanted = stamps.fingerprint([REQUIREMENTS])
    if not stamps.is_current(_STAMP, wanted):
        _install()
        stamps.write(_STAMP, wanted)
    _put_project_on_path()


def _works() -> bool:
    if not ENVIRONMENT_PYTHON.exists():
        return False
    return _runs([str(ENVIRONMENT_PYTHON), "-c", _SUPPORTED + "\nimport pip"])


def _create() -> None:
    missing = system_packages.venv_missing()
    if missing:
        system_packages.install(missing)
    print("Creating the Python environment in .venv", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT_FOLDER)]
    if subprocess.run(command, check=False).returncode != 0:
        raise SetupError(f"Could not create the Python environment; see above, or try: {' '.join(command)}")


def _install() -> None:
    print("Installing Python packages from requirements_final.txt (a minute or two)", flush=True)
    command = [str(ENVIRONMENT_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "-r", str(REQUIREMENTS)]
    if subprocess.run(command, check=False).returncode != 0:
        raise SetupError(
            "Could not install the Python packages; see above, check the connection and run this again."
        )


def _put_project_on_path() -> None:
    """A .pth file instead of an install: services then start from the root and from inside their folders."""
    line = f"{ROOT}\n"
    for packages in ENVIRONMENT_FOLDER.glob("lib/python3.*/site-packages"):
        pth = Path(packages) / "gondola.pth"
        if not pth.is_file() or pth.read_text() != line:
            pth.write_text(line)


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
