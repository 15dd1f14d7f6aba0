"""Where things of this checkout live."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT_FOLDER = ROOT / ".venv"
ENVIRONMENT_PYTHON = ENVIRONMENT_FOLDER / "bin" / "python"
REQUIREMENTS = ROOT / "requirements_final.txt"
VAR = ROOT / "var"
