"""What we and our children use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.reading.memory import _name
from benchmarks.reading.processes import children, command_of, cpu_seconds, peak_megabytes

BUSY = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"
HOLD = "held = bytearray(64 << 20); held[::4096] = b'1' * len(held[::4096]); "
WAIT = "print('ready', flush=True); input()"
on_linux = pytest.mark.skipif(not Path("/proc/self").exists(), reason="running children are seen in /proc")


@on_linux
def test_the_cpu_of_children_counts_when_they_end_and_while_they_run() -> None:
    before = cpu_seconds()
    subprocess.run([sys.executable, "-c", BUSY], check=True)
    ended = cpu_seconds()
    assert ended - before >= 0.29

    with _child(BUSY + WAIT) as child:
        assert child.pid in children()
        assert cpu_seconds() - ended >= 0.27
        _end(child)


@on_linux
def test_a_child_tells_its_own_peak_and_not_what_its_parent_held() -> None:
    with _child(HOLD + WAIT) as child:
        peak = peak_megabytes(child.pid)
        assert peak is not None
        assert 64 < peak < 64 + 40
        assert command_of(child.pid)[0] == sys.executable
        _end(child)
    assert peak_megabytes(child.pid) is None


def test_programs_are_known_by_name_and_python_by_its_module() -> None:
    assert _name(("/usr/bin/tesseract", "page.pgm", "-")) == "tesseract"
    assert _name((sys.executable, "-m", "second.engine")) == "second.engine"
    assert os.getpid() not in children()


def _child(code: str) -> "subprocess.Popen[str]":
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def _end(child: "subprocess.Popen[str]") -> None:
    child.communicate("\n", timeout=10)
