"""Lock files pin everything by hash and name no address; nothing made by others is tracked."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "requirements_final.txt"
PACKAGE_LOCK = ROOT / "package-lock.json"
# Fonts, bundles, service descriptions and packages belong to others; they come from the locks when needed.
FOREIGN = re.compile(
    r"(^|/)(node_modules|vendor|site-packages)/|\.min\.(js|css)$|\.(woff2?|ttf|otf|wsdl|whl|jar|exe|so|dylib)$"
    r"|(^|/)uv\.lock$|(^|/)pylock\.toml$"
)
ADDRESS = re.compile(r"://|\bwww\.|\b\d{1,3}(\.\d{1,3}){3}:\d+", re.IGNORECASE)


def addresses(text: str) -> list[str]:
    """The lines of a lock file that name a host."""
    return [line for line in text.splitlines() if ADDRESS.search(line)]


def unpinned(requirements: str) -> list[str]:
    """Requirements without an exact version and at least one hash."""
    joined = requirements.replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [line for line in lines if not re.match(r"^[\w.\-]+(\[[\w,\-]+\])?==\S+.*--hash=sha256:", line)]


def test_an_address_would_be_found() -> None:
    assert addresses('"resolved": "https://registry.example/a.tgz"')
    assert addresses("--index-url http://10.0.0.1:8080/simple")
    assert addresses("package @ git+ssh://host/repository")


def test_an_unpinned_requirement_would_be_found() -> None:
    assert unpinned("httpx>=0.28 --hash=sha256:00\n") == ["httpx>=0.28 --hash=sha256:00"]
    assert unpinned("httpx==0.28.1\n") == ["httpx==0.28.1"]
    assert unpinned("httpx==0.28.1 \\\n    --hash=sha256:00\n") == []


def test_python_lock_names_no_address() -> None:
    assert addresses(REQUIREMENTS.read_text()) == []


def test_python_lock_pins_everything_by_hash() -> None:
    assert unpinned(REQUIREMENTS.read_text()) == []


def test_node_lock_names_no_registry() -> None:
    if not PACKAGE_LOCK.exists():
        pytest.skip("there is no package-lock.json")
    packages = json.loads(PACKAGE_LOCK.read_text())["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_nothing_made_by_others_is_tracked() -> None:
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files"],  # noqa: S607  git lies where the person put it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("this is not a git checkout")

    assert [name for name in listed.stdout.splitlines() if FOREIGN.search(name)] == []
