"""Reading the files of a deployment, and asking the programs that judge them."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from scripts.production.processes import ROOT

DATA = ROOT / "tests" / "data" / "deploy"
TOOLS = Path(sys.executable).parent


def load_yaml(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return found


def judged(file: Path, *schema: str) -> str:
    """What check-jsonschema has against a file; empty when it has nothing."""
    done = subprocess.run(
        [TOOLS / "check-jsonschema", *schema, file], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr
