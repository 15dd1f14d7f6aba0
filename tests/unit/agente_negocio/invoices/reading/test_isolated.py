"""Reading in a child: same result, hard limits, nobody left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from agente_negocio.invoices.reading import ReadingOptions, UnreadableFileError, read
from agente_negocio.invoices.reading.isolated import MEBIBYTE, Limits, read_isolated
from tests.unit.agente_negocio.invoices.reading.conftest import SAMPLES

T = TypeVar("T")
PDF = (SAMPLES / "rcel_factura_A.pdf").read_bytes()
PICTURE = (SAMPLES / "rcel_factura_A.png").read_bytes()


def test_the_child_answers_the_same() -> None:
    shares: list[float] = []

    apart = read_isolated([PDF], ReadingOptions(), shares.append)

    assert apart == read([PDF], ReadingOptions())
    assert shares[-1] == 1.0


def test_the_child_passes_typed_errors_on() -> None:
    with pytest.raises(UnreadableFileError, match="unsupported_format"):
        read_isolated([b"no soy una factura"], ReadingOptions())


def test_the_clock_stops_a_slow_reading() -> None:
    started = time.monotonic()

    with pytest.raises(UnreadableFileError, match="reading_timeout"):
        read_isolated([PICTURE], ReadingOptions(), limits=Limits(wall_seconds=0.3))

    assert time.monotonic() - started < 30


def test_processor_time_is_limited() -> None:
    with pytest.raises(UnreadableFileError, match="reading_timeout"):
        read_isolated([PICTURE], ReadingOptions(), limits=Limits(cpu_seconds=1))


def test_memory_is_limited() -> None:
    with pytest.raises(UnreadableFileError, match="reading_out_of_memory"):
        read_isolated([PICTURE], ReadingOptions(), limits=Limits(memory_bytes=300 * MEBIBYTE))


def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    sample = tmp_path / "page.png"
    sample.write_bytes(PICTURE)
    marker = f"reading-mark-{os.getpid()}"
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from agente_negocio.invoices.reading.isolated import read_isolated\n"
        "from agente_negocio.invoices.reading import ReadingOptions\n"
        "content = Path(sys.argv[1]).read_bytes()\n"
        "read_isolated([content] * 8, ReadingOptions())\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(sample)], env=os.environ | {"READING_MARK": marker}
    )
    children = _wait_for(lambda: _marked(marker) - {parent.pid})

    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()

    assert children
    assert _wait_for(lambda: not _marked(marker)), "a reading process outlived its parent"


def _marked(marker: str) -> set[int]:
    """Processes that carry our mark in their environment."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if marker.encode() in environment and state != "Z":
                found.add(int(entry.name))
    return found


def _wait_for(probe: Callable[[], T]) -> T | None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = probe()
        if found:
            return found
        time.sleep(0.05)
    return None
