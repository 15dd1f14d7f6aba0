"""What the images install: parts of the lock, without what they do not need, enough for their processes."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.local.services import SERVICES
from scripts.production.images import IMAGES
from scripts.production.processes import PROCESSES, ROOT
from scripts.production.requirements import FOLDER, LOCK, PARTS, pins
from scripts.production.start import is_present

ONLY = Path(__file__).parent / "only"
# Every module, because some are imported only when they are needed.
_IMPORT_ALL = """
import importlib, pkgutil
for package in {packages}:
    path = importlib.import_module(package).__path__
    for found in pkgutil.walk_packages(path, package + "."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
for target in {targets}:
    importlib.import_module(target)
"""


def part(name: str) -> dict[str, frozenset[str]]:
    return pins((FOLDER / f"{name}.txt").read_text())


def names(name: str) -> set[str]:
    return {canonicalize_name(pin.partition("==")[0]) for pin in part(name)}


def group(name: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {canonicalize_name(Requirement(line).name) for line in project["dependency-groups"][name]}


class TestParts:
    @pytest.mark.parametrize("name", PARTS)
    def test_a_part_is_of_the_lock_with_its_hashes(self, name: str) -> None:
        locked = pins(LOCK.read_text())

        assert part(name)
        for pin, hashes in part(name).items():
            assert hashes
            assert hashes <= locked[pin], f"{pin}: python -m scripts.production.requirements"

    @pytest.mark.parametrize("name", PARTS)
    def test_it_holds_what_the_project_asks_for_and_what_that_needs(self, name: str) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        asked = [Requirement(line) for line in project["project"]["dependencies"]]
        asked += [Requirement(line) for each in PARTS[name] for line in project["dependency-groups"][each]]

        missing = _missing(asked, names(name))

        assert not missing, "python -m scripts.production.requirements"

    def test_the_dashboard_and_the_warehouse_carry_nothing_to_read_or_forecast_with(self) -> None:
        for image in ("web-dashboard", "agente-deposito"):
            assert names(IMAGES[image].part).isdisjoint(group("ocr") | group("ml"))

    def test_no_image_carries_what_only_development_needs(self) -> None:
        for name in PARTS:
            assert names(name).isdisjoint(group("dev") | group("local"))

    def test_no_address_is_written_down(self) -> None:
        for name in PARTS:
            assert not re.search(r"https?://|--(extra-)?index", (FOLDER / f"{name}.txt").read_text())


def _missing(asked: list[Requirement], present: set[str]) -> set[str]:
    """What is asked for, directly or through what is installed here, and not present."""
    missing: set[str] = set()
    seen: set[tuple[str, frozenset[str]]] = set()
    while asked:
        requirement = asked.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        if name not in present:
            missing.add(name)
        if (name, frozenset(extras)) in seen:
            continue
        seen.add((name, frozenset(extras)))
        asked += _needs(name, extras)
    return missing


def _needs(name: str, extras: set[str]) -> list[Requirement]:
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []
    found = []
    for line in lines:
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            need.marker = None
            found.append(need)
    return found


def _runs(process: str) -> tuple[str, ...]:
    """Modules of a process; none for scripts, and for parts this release does not have."""
    target, *arguments = PROCESSES[process].run
    if not is_present(PROCESSES[process]) or PROCESSES[process].is_script:
        return ()
    apps = [service.app for service in SERVICES if service.name in arguments or process == "single"]
    return (target, *apps)


def run_with_only(image: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in an interpreter that sees just what the image installs."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ONLY}{os.pathsep}{ROOT}",
        "ONLY_INSTALLED": str(FOLDER / f"{IMAGES[image].part}.txt"),
        "SECRET_KEY": "test-secret-key-of-no-value-0123456789",
        "JWT_SECRET_KEY": "test-jwt-key-of-no-value-9876543210-abc",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "STORAGE_PATH": "/tmp/gondola-objects-of-a-test",  # noqa: S108  never written to
    }
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


class TestImages:
    def test_every_process_has_an_image_of_its_own_and_the_large_one_has_all(self) -> None:
        slim = [
            process for image, made in IMAGES.items() if image != "platform" for process in made.processes
        ]

        assert sorted(slim) == sorted(set(PROCESSES) - {"single"})
        assert set(IMAGES["platform"].processes) == set(PROCESSES)

    @pytest.mark.parametrize("image", IMAGES)
    def test_all_its_processes_are_made_of_imports_with_only_what_it_installs(self, image: str) -> None:
        targets = [word.partition(":")[0] for process in IMAGES[image].processes for word in _runs(process)]
        packages = ["shared", *({target.partition(".")[0] for target in targets} - {"scripts"})]

        done = run_with_only(image, _IMPORT_ALL.format(packages=packages, targets=targets))

        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize(("image", "module"), [("web-dashboard", "cv2"), ("ml", "pytesseract")])
    def test_the_interpreter_of_these_tests_really_lacks_the_rest(self, image: str, module: str) -> None:
        done = run_with_only(image, f"import {module}")

        assert done.returncode == 1
        assert f"{module} is not in" in done.stderr

    def test_the_reading_engine_would_not_start_in_the_image_of_the_dashboard(self) -> None:
        done = run_with_only("web-dashboard", "import agente_negocio.invoices.reading.reader")

        assert "ModuleNotFoundError" in done.stderr
