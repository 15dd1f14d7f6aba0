"""Builds the front-end files when what they are made from has changed."""

import importlib.util
import subprocess
import sys

from scripts.local import stamps
from scripts.local.errors import SetupError
from scripts.local.paths import ROOT, VAR

_MODULE = "scripts.build_assets"
_VENDOR = ROOT / "web_dashboard" / "static" / "vendor"
_INPUTS = ("package.json", "package-lock.json", ".npmrc", "scripts/build_assets.py")


def ensure() -> None:
    """Run `python -m scripts.build_assets` unless it already ran for these inputs."""
    if importlib.util.find_spec(_MODULE) is None:
        return
    stamp = VAR / "stamps" / "assets"
    inputs = stamps.fingerprint([path for name in _INPUTS if (path := ROOT / name).exists()])
    if _VENDOR.is_dir() and stamps.is_current(stamp, inputs):
        return
    print("Building the front-end files", flush=True)
    if subprocess.run([sys.executable, "-m", _MODULE], cwd=ROOT, check=False).returncode != 0:
        raise SetupError("Could not build the front-end files; see above, and run this again.")
    stamps.write(stamp, inputs)
