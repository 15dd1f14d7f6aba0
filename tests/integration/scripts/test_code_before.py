"""The code of before the newest migration works on the schema of today: for a while both serve."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from scripts.local.servers import Addresses

ROOT = Path(__file__).parents[3]
MIGRATIONS = Path("scripts", "migrations")
# Quick, and together through every service: signing in, papers, stock, forecasts, jobs.
ITS_OWN_TESTS = (
    "tests/integration/shared/test_edges.py",
    "tests/integration/shared/test_worker.py",
    "tests/integration/agente_negocio/auth/test_sign_in.py",
    "tests/integration/agente_deposito/test_sales.py",
    "tests/integration/ml/test_forecasts.py",
)


def git(*words: str) -> bytes:
    program = shutil.which("git") or "git"
    return subprocess.run([program, *words], cwd=ROOT, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def commit_before() -> str:
    """The parent of the newest commit that touched the migrations."""
    try:
        newest = git("log", "-1", "--format=%H", "--", str(MIGRATIONS / "versions")).decode().strip()
        return git("rev-parse", "--verify", f"{newest}^").decode().strip()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git history from before the newest migration here")


@pytest.fixture(scope="module")
def code_before(commit_before: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That code in a folder of its own, with today's migrations in the place of its own."""
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit_before))) as archive:
        archive.extractall(folder, filter="data")
    shutil.rmtree(folder / MIGRATIONS)
    shutil.copytree(ROOT / MIGRATIONS, folder / MIGRATIONS, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_code_of_before_works_on_todays_schema(code_before: Path, server_addresses: Addresses) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        "TEST_DATABASE_URL": server_addresses.database_url,
        "TEST_REDIS_URL": server_addresses.redis_url,
    }

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *ITS_OWN_TESTS],
        cwd=code_before,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    assert "passed" in ran.stdout
