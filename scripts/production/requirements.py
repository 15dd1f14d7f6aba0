"""What each image installs: hashed parts of requirements_final.txt.

`python -m scripts.production.requirements` needs uv on the path, or named by UV. Run it after
requirements_final.txt has changed; a test says when.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.production.console import Parser, ScriptError, run, say
from scripts.production.processes import ROOT

LOCK = ROOT / "requirements_final.txt"
FOLDER = ROOT / "deploy" / "requirements"
# File to dependency groups besides the project's own dependencies.
PARTS: Mapping[str, tuple[str, ...]] = {
    "base": (),
    "ocr": ("ocr",),
    "ml": ("ml",),
    "platform": ("ocr", "ml"),
}
_EXPORT = (
    "export",
    "--no-config",
    "--no-default-groups",
    "--no-emit-project",
    "--no-annotate",
    "--no-header",
)
_PIN = re.compile(r"^(?P<pin>[A-Za-z0-9._-]+==[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))? *\\?$")


def pins(text: str) -> dict[str, frozenset[str]]:
    """Hashes of each "name==version" in a hashed requirements file."""
    found: dict[str, set[str]] = {}
    hashes: set[str] = set()
    for line in text.splitlines():
        match = _PIN.match(line)
        if match:
            hashes = found.setdefault(match["pin"], set())
        hashes.update(re.findall(r"sha256:[0-9a-f]{64}", line))
    return {pin: frozenset(known) for pin, known in found.items()}


def main(arguments: Sequence[str]) -> Mapping[str, object]:
    """Write the parts, or only compare them. Raises ScriptError when the lock does not hold a part."""
    parser = Parser(prog="python -m scripts.production.requirements", description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="write nothing, say which parts would change")
    is_rehearsal = parser.parse_args(arguments).dry_run
    changed = []
    for name, groups in PARTS.items():
        text = _export(groups)
        _check(name, text)
        file = FOLDER / f"{name}.txt"
        if not file.is_file() or file.read_text() != text:
            changed.append(name)
            if not is_rehearsal:
                FOLDER.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
    say(f"{'Would change' if is_rehearsal else 'Changed'}: {', '.join(changed) or 'nothing'}")
    return {"changed": changed, "dry_run": is_rehearsal}


def _export(groups: Sequence[str]) -> str:
    """Resolve the groups with every version held where the lock has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pyproject.toml").write_text(_held(project))
        command = [os.environ.get("UV") or "uv", *_EXPORT]
        command += [word for group in groups for word in ("--group", group)]
        # Addresses of other indexes must not find their way into a file that is committed.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
        except FileNotFoundError as error:
            raise ScriptError("uv is not on the path; pip install uv, or say where it is in UV") from error
    if done.returncode != 0:
        raise ScriptError(f"uv could not export: {done.stderr.strip()[-500:]}")
    return done.stdout


def _held(project: Mapping[str, object]) -> str:
    """The project's requirements with the lock as constraints, as a project of its own."""
    constraints = [line.rstrip(" \\") for line in LOCK.read_text().splitlines() if _PIN.match(line)]
    own = project["project"]
    assert isinstance(own, dict)
    groups = project["dependency-groups"]
    assert isinstance(groups, dict)
    lines = [
        "[project]",
        'name = "gondola"',
        'version = "0"',
        f"requires-python = {own['requires-python']!r}",
        f"dependencies = {own['dependencies']!r}",
        "[dependency-groups]",
        *(f"{name} = {members!r}" for name, members in groups.items()),
        "[tool.uv]",
        "package = false",
        f"constraint-dependencies = {constraints!r}",
    ]
    return "\n".join(lines)


def _check(name: str, text: str) -> None:
    locked = pins(LOCK.read_text())
    foreign = sorted(pin for pin, hashes in pins(text).items() if not hashes <= locked.get(pin, frozenset()))
    if foreign:
        raise ScriptError(f"{name}: not in requirements_final.txt: {', '.join(foreign)}; bring it up to date")


if __name__ == "__main__":
    sys.exit(run("requirements", main, sys.argv[1:]))
