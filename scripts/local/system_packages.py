"""Programs the system must bring: Tesseract, Chromium for browser tests, venv. Standard library only."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from scripts.local.errors import SetupError

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_CHROMIUM_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """One thing to install. apt: package names; brew: arguments of `brew install`, empty when it has none."""

    purpose: str
    apt: tuple[str, ...]
    brew: tuple[str, ...]


def tesseract_missing() -> SystemPackage | None:
    """Tesseract with Spanish, which reads photographed invoices."""
    if "spa" in _tesseract_languages():
        return None
    return SystemPackage(
        "reading invoices (Tesseract with Spanish)",
        ("tesseract-ocr", "tesseract-ocr-spa"),
        ("tesseract", "tesseract-lang"),
    )


def venv_missing() -> SystemPackage | None:
    """The part of Python that makes environments; Debian and Ubuntu ship it apart."""
    probe = "import ensurepip, venv"
    if subprocess.run([sys.executable, "-c", probe], capture_output=True, check=False).returncode == 0:
        return None
    return SystemPackage(
        "a Python environment", (f"python{sys.version_info.major}.{sys.version_info.minor}-venv",), ()
    )


def chromium_missing() -> SystemPackage | None:
    """A browser for the browser tests."""
    if chromium_path():
        return None
    return SystemPackage("browser tests (Chromium)", ("chromium",), ("--cask", "chromium"))


def chromium_path() -> str | None:
    """The installed Chromium or Chrome, whichever comes first."""
    found = (shutil.which(name) for name in _CHROMIUM_NAMES)
    installed = (path for path in _CHROMIUM_MACOS if os.access(path, os.X_OK))
    return next(filter(None, found), None) or next(installed, None)


def install(missing: SystemPackage) -> None:
    """Install through apt or brew. Raises SetupError with the command when that cannot be done here."""
    command = install_command(missing)
    print(f"Installing what {missing.purpose} needs: {' '.join(command)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    if "apt-get" in command:
        update = [*command[: command.index("apt-get")], "apt-get", "-qq", "update"]
        subprocess.run(update, env=environment, check=False)
    done = subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SetupError(f"Could not install what {missing.purpose} needs; try: {' '.join(command)}")


def install_command(missing: SystemPackage) -> list[str]:
    """The command for this machine. Raises SetupError when neither apt nor brew can do it unattended."""
    if shutil.which("apt-get"):
        command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing.apt]
        return [*_as_root(command, missing), *command]
    if shutil.which("brew") and missing.brew:
        return ["brew", "install", "--quiet", *missing.brew]
    raise SetupError(
        f"Góndola needs {' and '.join(missing.apt)} for {missing.purpose}; "
        "install it with your system's package manager and run this again."
    )


def _as_root(command: Sequence[str], missing: SystemPackage) -> list[str]:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and (sys.stdin.isatty() or _needs_no_password(sudo)):
        return [sudo]
    raise SetupError(
        f"Góndola needs {' and '.join(missing.apt)} for {missing.purpose}; as root, run: {' '.join(command)}"
    )


def _needs_no_password(sudo: str) -> bool:
    return subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0


def _tesseract_languages() -> list[str]:
    tesseract = shutil.which("tesseract")
    if not tesseract:
        return []
    listed = subprocess.run([tesseract, "--list-langs"], capture_output=True, text=True, check=False)
    return (listed.stdout + listed.stderr).split()
