"""Readings kept on disk, so that a killed run goes on and a changed engine is measured anew."""

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from agente_negocio.invoices.reading.words.ocr import CHOICE
from benchmarks.reading.scoring import Reading

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "var" / "benchmarks" / "reading"
ENGINE = (ROOT / "agente_negocio" / "invoices" / "reading", ROOT / "shared" / "kernel")
DRAWING = (
    ROOT / "scripts" / "demo" / "papers",
    Path(__file__).with_name("tasks.py"),
    Path(__file__).with_name("altering.py"),
)

_KEPT_GENERATIONS = 6
_LIBRARIES = (
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "pillow",
    "pypdfium2",
    "pytesseract",
    "rapidocr-onnxruntime",
    "reportlab",
    "tesserocr",
    "zxing-cpp",
)


@dataclass(frozen=True, slots=True)
class Cache:
    """One generation: the readings of one engine, one renderer and one set of libraries."""

    folder: Path

    def get(self, key: str) -> Reading | None:
        """The reading kept under the key; None when there is none or it is damaged."""
        try:
            kept = json.loads(gzip.decompress(self._path(key).read_bytes()))
        except (OSError, EOFError, ValueError):
            return None
        return Reading(tuple(kept["documents"]), kept["error"], kept["cpu_seconds"])

    def put(self, key: str, reading: Reading) -> None:
        """Keep a reading; whoever looks meanwhile sees all of it or nothing."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(gzip.compress(json.dumps(asdict(reading)).encode(), compresslevel=5, mtime=0))
        unfinished.replace(path)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json.gz"


def open_cache(
    folder: Path = FOLDER, *, engine: Iterable[Path] = ENGINE, drawing: Iterable[Path] = DRAWING
) -> Cache:
    """The generation of the code as it stands; the oldest generations are thrown away."""
    marks = [digest_of(engine), digest_of(drawing), digest_of_values(tools())]
    current = folder / sha256("/".join(marks).encode()).hexdigest()[:16]
    current.mkdir(parents=True, exist_ok=True)
    others = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in [path for path in others if path != current][_KEPT_GENERATIONS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)
    return Cache(current)


def digest_of(sources: Iterable[Path]) -> str:
    """Of files, and of the names and contents of every file under folders."""
    total = sha256()
    for source in sources:
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file() and "__pycache__" not in path.parts:
                content = sha256(path.read_bytes()).hexdigest()
                total.update(f"{path.relative_to(source)}\0{content}\0".encode())
    return total.hexdigest()


def digest_of_values(values: Mapping[str, Any]) -> str:
    """Of a flat mapping, whatever its order."""
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def tools() -> dict[str, str]:
    """Versions of what draws and reads beside our own code, and which way to the recogniser was asked for."""
    asked = os.environ.get(CHOICE)
    return {"tesseract": _tesseract(), **_library_versions(), **({CHOICE: asked} if asked else {})}


def _tesseract() -> str:
    try:
        said = subprocess.run(
            ["tesseract", "--version"],  # noqa: S607  whichever the reader would call
            check=True,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        return "absent"
    return (said.stdout or said.stderr).split("\n", 1)[0]


def _library_versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found
