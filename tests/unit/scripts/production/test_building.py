"""Images: which commands build them and look into them, in which order."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.production.building.images import Batch, build_images, find_engine
from scripts.production.console import ScriptError
from scripts.production.images import IMAGES

_STAND_IN = """#!{python}
import json, pathlib, sys
with pathlib.Path({calls!r}).open("a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
sys.exit({failing!r} in sys.argv)
"""


def engine(folder: Path, name: str = "docker", *, failing: str = "") -> None:
    """An engine that notes what it is asked and fails at commands with one word."""
    program = folder / name
    program.write_text(
        _STAND_IN.format(python=sys.executable, calls=str(folder / "calls"), failing=failing or "never")
    )
    program.chmod(0o755)


def calls(folder: Path) -> list[list[str]]:
    return [json.loads(line) for line in (folder / "calls").read_text().splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin:/bin")
    return tmp_path


BATCH = Batch("docker", "c0ffee", "gondola", is_pushed=False)


def test_an_image_is_built_under_the_name_of_its_commit_alone_and_looked_into(folder: Path) -> None:
    engine(folder)

    told = build_images(BATCH, ["web-dashboard"], is_rehearsal=False)

    built, started, searched = calls(folder)
    assert built == [
        *("build", "--target", "web-dashboard", "--tag", "gondola/web-dashboard:c0ffee"),
        *("--build-arg", "COMMIT=c0ffee", "."),
    ]
    assert {"--read-only", "--network", "none"} <= set(started)
    assert started[-3:] == ["/app/scripts/start-production.sh", "--dry-run", "web-dashboard"]
    assert searched[-4:] == ["cv2", "pytesseract", "scipy", "statsforecast"]
    assert told["images"] == ["gondola/web-dashboard:c0ffee"]


def test_an_image_in_which_a_process_does_not_start_is_never_pushed(folder: Path) -> None:
    engine(folder, failing="--dry-run")
    batch = replace(BATCH, is_pushed=True)

    with pytest.raises(ScriptError, match="docker ended with 1"):
        build_images(batch, ["ml", "web-dashboard"], is_rehearsal=False)

    assert [call[0] for call in calls(folder)] == ["build", "run"]


def test_each_image_is_searched_for_what_it_should_lack(folder: Path) -> None:
    engine(folder)

    build_images(BATCH, list(IMAGES), is_rehearsal=False)

    lacking = {
        next(word for word in call if word.startswith("gondola/")): call[call.index("-c") + 2 :]
        for call in calls(folder)
        if "-c" in call
    }
    assert lacking["gondola/agente-negocio:c0ffee"] == ["scipy", "statsforecast"]
    assert lacking["gondola/ml:c0ffee"] == ["cv2", "pytesseract"]
    assert "gondola/platform:c0ffee" not in lacking


def test_pushing_comes_last(folder: Path) -> None:
    engine(folder)

    build_images(Batch("docker", "c0ffee", "ghcr.io/shop", is_pushed=True), ["ml"], is_rehearsal=False)

    assert calls(folder)[-1] == ["push", "ghcr.io/shop/ml:c0ffee"]
    assert [call[0] for call in calls(folder)].count("push") == 1


def test_a_dry_run_calls_nobody(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    engine(folder)

    build_images(BATCH, ["ml"], is_rehearsal=True)

    assert not (folder / "calls").exists()
    assert "$ docker build --target ml" in capfd.readouterr().err


def test_the_engine_that_answers_is_used(folder: Path) -> None:
    engine(folder, failing="version")
    engine(folder, "podman")

    assert find_engine() == "podman"


def test_without_an_engine_the_way_out_is_said(folder: Path) -> None:
    engine(folder, failing="version")
    engine(folder, "podman", failing="version")

    with pytest.raises(ScriptError, match="--release"):
        find_engine()
