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
