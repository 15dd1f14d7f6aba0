"""Container images: built with whatever engine is there, and looked into before anybody runs them."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scripts.production.console import ScriptError, execute, say
from scripts.production.images import IMAGES
from scripts.production.processes import PROCESSES, ROOT
from scripts.production.start import is_present

_ENGINES = ("docker", "podman")
# As a host would run it at its strictest: nothing can be written but /tmp, nobody can be reached.
_STRICT = ("run", "--rm", "--read-only", "--tmpfs", "/tmp", "--network", "none", "--cap-drop", "ALL")  # noqa: S108
# What an image must not carry unless its part of the lock says so.
_HEAVY = {"ocr": ("cv2", "pytesseract"), "ml": ("scipy", "statsforecast")}
_LACKS = "import importlib.util, sys; sys.exit([n for n in sys.argv[1:] if importlib.util.find_spec(n)] or 0)"


def find_engine() -> str:
    """The first engine that answers. Raises ScriptError."""
    for name in _ENGINES:
        if shutil.which(name):
            answered = subprocess.run([name, "version"], capture_output=True, check=False).returncode == 0
            if answered:
                return name
            say(f"{name} is installed, but its engine does not answer")
    raise ScriptError("no container engine answers: start docker or podman, or build with --release")


@dataclass(frozen=True, slots=True)
class Batch:
    """Images of one commit, named PREFIX/IMAGE:COMMIT alone: what runs by another name may be replaced."""

    engine: str
    commit: str
    prefix: str
    is_pushed: bool

    def tag(self, name: str) -> str:
        """Of the image, for good."""
        return f"{self.prefix}/{name}:{self.commit}"


def build_images(batch: Batch, names: Sequence[str], *, is_rehearsal: bool) -> Mapping[str, object]:
    """Build, check and perhaps push, one after the other; the first that fails ends it."""
    for name in names:
        for step in _steps(batch, name):
            if is_rehearsal:
                say(f"$ {' '.join(step)}")
            else:
                execute(step, folder=ROOT)
    images = [batch.tag(name) for name in names]
    return {"commit": batch.commit, "engine": batch.engine, "images": images, "dry_run": is_rehearsal}


def _steps(batch: Batch, name: str) -> list[list[str]]:
    tag = batch.tag(name)
    build = [batch.engine, "build", "--target", name, "--tag", tag]
    build += ["--build-arg", f"COMMIT={batch.commit}", "."]
    push = [[batch.engine, "push", tag]] if batch.is_pushed else []
    return [build, *_checks(batch.engine, name, tag), *push]


def _checks(engine: str, name: str, tag: str) -> list[list[str]]:
    """That each of its processes would start in it, and that it lacks what it should."""
    image = IMAGES[name]
    present = [process for process in image.processes if is_present(PROCESSES[process])]
    start = "/app/scripts/start-production.sh"
    checks = [[engine, *_STRICT, tag, start, "--dry-run", process] for process in present]
    unwanted = [
        module
        for part, modules in _HEAVY.items()
        if image.part not in {part, "platform"}
        for module in modules
    ]
    if unwanted:
        checks.append([engine, *_STRICT, tag, "python", "-c", _LACKS, *unwanted])
    return checks
