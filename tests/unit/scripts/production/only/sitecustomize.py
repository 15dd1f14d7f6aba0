"""Makes an interpreter see only what a requirements file installs, with this folder in PYTHONPATH.

ONLY_INSTALLED is the path of that file. Other packages of the same environment
cannot be imported, as if the image had been built.
"""

import os
import re
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class Only:
    """A finder that comes first and refuses what no allowed distribution brings."""

    def __init__(self, allowed: set[str]) -> None:
        self._refused = {
            module
            for module, distributions in packages_distributions().items()
            if allowed.isdisjoint(map(normalised, distributions))
        }

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in self._refused:
            raise ModuleNotFoundError(f"{name} is not in {os.environ['ONLY_INSTALLED']}", name=name)
        return None


if os.environ.get("ONLY_INSTALLED"):
    listed = re.findall(r"^([A-Za-z0-9._-]+)==", Path(os.environ["ONLY_INSTALLED"]).read_text(), re.MULTILINE)
    sys.meta_path.insert(0, Only(set(map(normalised, listed))))
