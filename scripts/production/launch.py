"""Starts scripts with a Python that has the project's packages. Standard library only, any Python 3."""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

_ROOT = Path(__file__).resolve().parents[2]
_OLDEST = (3, 11)
_REFUSED = 2
# Once is enough: one that cannot either says so.
_LAUNCHED = "GONDOLA_LAUNCHED"


def launch(module: str) -> None:
    """Run a module's `main` here, or where this Python cannot, in the environment of the release."""
    if sys.version_info < _OLDEST:
        _elsewhere(module, "Python 3.11, 3.12 or 3.13 is needed")
    try:
        main = importlib.import_module(module).main
    except ImportError as error:
        _elsewhere(module, str(error))
    else:
        sys.exit(main(sys.argv[1:]))


def _elsewhere(module: str, problem: str) -> NoReturn:
    own = Path(os.environ.get("PYTHON") or _ROOT / ".venv" / "bin" / "python")
    if own.is_file() and _LAUNCHED not in os.environ:
        os.environ[_LAUNCHED] = "yes"
        os.execv(str(own), [str(own), __file__, sys.argv[0], module, *sys.argv[1:]])  # noqa: S606  no shell
    script = Path(sys.argv[0]).name
    told = (
        f"{script} cannot run with {sys.executable}: {problem}. Call it where the platform is installed: in "
        "a release, or with Compose in a container (docs/deploy.md)"
    )
    sys.stderr.write(told + "\n")
    print(json.dumps({"script": Path(script).stem, "ok": False, "error": told}))
    sys.exit(_REFUSED)


if __name__ == "__main__":
    # launch.py SCRIPT MODULE ARGUMENTS: as the shell scripts call it.
    sys.path[0] = str(_ROOT)
    del sys.argv[0]
    launch(sys.argv.pop(1))
