"""Scripts run with whatever Python they are called with, or say in one line where to call them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.production.processes import ROOT

SCRIPTS = sorted(file.name for file in (ROOT / "scripts").glob("*.py") if "launch(" in file.read_text())
SHELL_SCRIPTS = sorted(
    file.name for file in (ROOT / "scripts").glob("*.sh") if "launch.py" in file.read_text()
)
OWN = """#!/bin/sh
echo "own $*"
exit 7
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A folder with the scripts and nothing they need."""
    (tmp_path / "scripts" / "production").mkdir(parents=True)
    (tmp_path / "scripts" / "local").mkdir()
    for name in (*SCRIPTS, *SHELL_SCRIPTS, "local/find_python.sh"):
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts" / name)
    for name in ("__init__.py", "production/__init__.py", "production/launch.py"):
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts" / name)
    return tmp_path


def call(release: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHON", "PYTHONPATH"}}
    return subprocess.run(
        [*([sys.executable] if script.endswith(".py") else []), release / "scripts" / script, "--flag"],
        cwd="/",
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_python_script_is_started_so() -> None:
    assert SCRIPTS == [
        "export_critical_data.py",
        "optimize_models.py",
        "rotate_secrets.py",
        "seed_initial_data.py",
        "setup_initial_data.py",
        "validate_config.py",
    ]
    # The others need no packages.
    assert SHELL_SCRIPTS == [
        "backup-configs.sh",
        "backup_database.sh",
        "post-deploy-verification.sh",
        "restore_database.sh",
    ]


@pytest.mark.parametrize("script", SCRIPTS)
def test_where_packages_lack_the_releases_own_python_is_taken(script: str, release: Path) -> None:
    own = release / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text(OWN)
    own.chmod(0o755)

    done = call(release, script)

    assert (done.returncode, done.stdout) == (7, _relaunched(release, script))


def _relaunched(release: Path, script: str) -> str:
    module = (ROOT / "scripts" / script).read_text().partition('launch("')[2].partition('"')[0]
    return f"own {release}/scripts/production/launch.py {release}/scripts/{script} {module} --flag\n"


@pytest.mark.parametrize("environment", [{}, {"PYTHON": sys.executable}])
@pytest.mark.parametrize("script", [*SCRIPTS, *SHELL_SCRIPTS])
def test_where_nothing_has_them_it_is_refused_in_one_line(
    script: str, environment: dict[str, str], release: Path
) -> None:
    done = call(release, script, **environment)

    told = json.loads(done.stdout)
    assert (done.returncode, told["script"], told["ok"]) == (2, script.rpartition(".")[0], False)
    assert "No module named" in told["error"]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("script", [*SCRIPTS, *SHELL_SCRIPTS])
def test_with_the_packages_it_runs(script: str) -> None:
    done = call(ROOT, script, PYTHON=sys.executable)

    assert (done.returncode, json.loads(done.stdout.splitlines()[-1])["ok"]) == (2, False), done.stderr
    assert "usage:" in done.stderr


@pytest.mark.parametrize("script", sorted(file.name for file in (ROOT / "scripts").glob("*.sh")))
def test_without_any_python_it_is_refused_in_one_line(script: str, tmp_path: Path) -> None:
    """Only what the scripts themselves call is on the path."""
    for name in ("bash", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)

    done = subprocess.run(
        ["/bin/bash", ROOT / "scripts" / script],
        env={"PATH": str(tmp_path), "PYTHON": "/not/there"},
        capture_output=True,
        text=True,
        check=False,
    )

    told = json.loads(done.stdout)
    assert (done.returncode, told["script"], told["ok"]) == (2, script.removesuffix(".sh"), False)
    assert "needs Python 3.11" in told["error"]
    assert told["error"] in done.stderr
