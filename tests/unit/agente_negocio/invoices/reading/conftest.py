"""Where the sample vouchers are, and a recogniser that misbehaves."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[4] / "data/arca/synthetic"
OWN_CUITS = frozenset({"30500010912"})


@pytest.fixture(scope="session")
def truths() -> dict[str, dict[str, Any]]:
    """What each sample says, by file name without ending."""
    found = json.loads((SAMPLES / "ground_truth.json").read_text())
    return {Path(each["file"]).stem: each for each in found}


@dataclass(frozen=True, slots=True)
class FakeRecogniser:
    """A `tesseract` of our own, first on the path."""

    folder: Path

    def install(self, script: str) -> Path:
        """Make it do this in a shell, where $HERE is the folder given back."""
        program = self.folder / "tesseract"
        program.write_text(f'#!/bin/sh\nHERE="{self.folder}"\n{script}\n')
        program.chmod(0o755)
        return self.folder


@pytest.fixture
def recogniser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeRecogniser:
    """Stands in for Tesseract in child processes of this test."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("READING_RECOGNISER", "command")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return FakeRecogniser(folder)


_STUCK_LIBRARY = """
import ctypes, os
from pathlib import Path


class PyTessBaseAPI:
    def __init__(self, **_options):
        pass

    def __getattr__(self, _name):
        return lambda *_arguments: None

    def Recognize(self, _milliseconds):
        Path(__file__).with_name("pid").write_text(str(os.getpid()))
        # Deep in C, with Python locked out, as a library that never comes back.
        ctypes.PyDLL(None).sleep(600)
"""


@pytest.fixture(params=["command", "library"])
def stuck(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recogniser that never ends, as a command or in the process; the folder where it writes its pid."""
    if request.param == "command":
        fake: FakeRecogniser = request.getfixturevalue("recogniser")
        return fake.install('echo $$ > "$HERE/pid"; exec sleep 600')
    folder = tmp_path / "lib"
    folder.mkdir()
    (folder / "tesserocr.py").write_text(_STUCK_LIBRARY)
    monkeypatch.setenv("READING_RECOGNISER", "library")
    monkeypatch.setenv("TESSDATA_PREFIX", str(folder))
    monkeypatch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    return folder
