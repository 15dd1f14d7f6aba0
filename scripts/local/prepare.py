"""First step of scripts/up and scripts/test: sets the machine up. Standard library only."""

import os
import sys

from scripts.local import environment, system_packages
from scripts.local.errors import SetupError
from scripts.local.paths import ENVIRONMENT_PYTHON, ROOT, VAR

_NEXT = {"up": "scripts.local.up", "test": "scripts.local.checks"}


def main(arguments: list[str]) -> int:
    """Set up, then replace this process by the command; only a failure returns."""
    command, *rest = arguments
    try:
        _prepare()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped before anything was started.", file=sys.stderr)
        return 130
    python = str(ENVIRONMENT_PYTHON)
    os.chdir(ROOT)
    return os.execv(python, [python, "-m", _NEXT[command], *rest])  # noqa: S606  no shell is wanted


def _prepare() -> None:
    _check_writable()
    environment.ensure()
    missing = system_packages.tesseract_missing()
    if missing:
        system_packages.install(missing)


def _check_writable() -> None:
    for folder in (ROOT, VAR):
        if folder.exists() and not os.access(folder, os.W_OK):
            raise SetupError(f"{folder} cannot be written; run as its owner, or: sudo chown -R $USER {ROOT}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
