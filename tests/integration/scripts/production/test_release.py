"""A release folder is really built, with its own Python environment, and a service starts from it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.production.processes import ROOT

BUILD = ROOT / "scripts" / "build-production.sh"


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    done = subprocess.run(
        ["git", "-C", folder, *identity, *words],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean checkout of what lies here, whatever of it is committed."""
    folder = tmp_path_factory.mktemp("checkout")
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in listed:
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "all of it")
    return folder


def build(checkout: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        [checkout / "scripts" / "build-production.sh", *arguments],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout.splitlines()[-1]), done.stderr


def test_a_release_is_built_once_and_knows_its_commit(checkout: Path, tmp_path: Path) -> None:
    commit = git(checkout, "rev-parse", "HEAD")
    # As if an earlier build had been interrupted.
    (tmp_path / commit / "half").mkdir(parents=True)

    code, told, said = build(checkout, "--release", "--into", str(tmp_path), "--part", "base")

    assert code == 0, said
    folder = Path(told["folder"])
    assert folder == tmp_path / commit
    assert (folder / "COMMIT").read_text().strip() == commit
    assert list((folder / "web_dashboard" / "static" / "vendor").glob("htmx.*.js"))
    assert not (folder / "node_modules").exists()
    assert not (folder / "half").exists()
    rehearsed = subprocess.run(
        [folder / "scripts" / "start-production.sh", "--dry-run", "web-dashboard"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(rehearsed.stdout)["commit"] == commit
    python = folder / ".venv" / "bin" / "python"
    where = "import agente_deposito, fastapi; print(agente_deposito.__file__, fastapi.__file__)"
    imported = subprocess.run(
        [python, "-c", where], cwd="/", env={}, capture_output=True, text=True, check=True
    ).stdout.split()
    assert all(name.startswith(str(folder)) for name in imported)

    code, told, _ = build(checkout, "--release", "--into", str(tmp_path), "--part", "base")

    assert (code, told["built"]) == (0, False)


def test_what_is_not_committed_is_not_built(checkout: Path, tmp_path: Path) -> None:
    readme = checkout / "README.md"
    before = readme.read_text()
    readme.write_text(before + "\n")
    try:
        code, told, _ = build(checkout, "--release", "--into", str(tmp_path))
    finally:
        readme.write_text(before)

    assert code == 2
    assert "README.md" in told["error"]
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_builds_nothing(checkout: Path, tmp_path: Path) -> None:
    code, told, _ = build(checkout, "--release", "--into", str(tmp_path), "--dry-run")

    assert code == 0
    assert told["dry_run"] is True
    assert list(tmp_path.iterdir()) == []
