"""Reading in a child process with hard limits: a hostile file may cost the child, never the caller.

The child is this module run with `-m`. Files go in by a temporary folder, progress and result come out by a
pipe, as lines and then JSON, so nothing a broken child writes is ever executed.
"""

import base64
import contextlib
import ctypes
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import ConfigDict, TypeAdapter

from agente_negocio.invoices.reading.errors import UnreadableCode, UnreadableFileError
from agente_negocio.invoices.reading.model import ReadDocument, ReadingOptions

MEBIBYTE = 1024 * 1024
_BYTES_AS_TEXT = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
_DOCUMENTS = TypeAdapter(tuple[ReadDocument, ...], config=_BYTES_AS_TEXT)
_OPTIONS = TypeAdapter(ReadingOptions)
_PARENT_DEATH_SIGNAL = 1
_TICK_SECONDS = 0.2
_MOST_RESULT_BYTES = 200 * MEBIBYTE
_OUT_OF_MEMORY_EXIT = 86


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard limits of one reading. wall covers everything; memory is address space of each process."""

    wall_seconds: float = 180.0
    cpu_seconds: int = 240
    memory_bytes: int = 3072 * MEBIBYTE


def read_isolated(
    files: Sequence[bytes],
    options: ReadingOptions,
    on_progress: Callable[[float], None] | None = None,
    limits: Limits | None = None,
) -> tuple[ReadDocument, ...]:
    """The same as `read`, in a child that is killed with all its children when a limit is passed.

    Raises UnreadableFileError, with reading_timeout, reading_out_of_memory or reading_crashed for what the
    child did not survive.
    """
    allowed = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        for place, content in enumerate(files):
            (Path(folder) / f"{place:03d}").write_bytes(content)
        return _run(folder, options, on_progress, allowed)


def _run(
    folder: str, options: ReadingOptions, on_progress: Callable[[float], None] | None, limits: Limits
) -> tuple[ReadDocument, ...]:
    job = {
        "options": json.loads(_OPTIONS.dump_json(options)),
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory_bytes,
    }
    environment = os.environ | {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "TMPDIR": folder}
    with subprocess.Popen(
        [sys.executable, "-m", "agente_negocio.invoices.reading.isolated", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    ) as child:
        try:
            assert child.stdin is not None
            # Stdin stays open for as long as we live: its end tells the child that we are gone.
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(json.dumps(job).encode() + b"\n")
                child.stdin.flush()
            answer = _listen(child, on_progress, time.monotonic() + limits.wall_seconds)
        finally:
            _kill(child)
    return _result(answer, child.returncode)


def _listen(
    child: "subprocess.Popen[bytes]", on_progress: Callable[[float], None] | None, deadline: float
) -> dict[str, Any] | None:
    """Follow the child's lines until its answer, its end or the deadline. None: it ended without one."""
    assert child.stdout is not None
    os.set_blocking(child.stdout.fileno(), False)
    buffer = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if time.monotonic() > deadline:
                raise UnreadableFileError("reading_timeout", "Reading took longer than allowed.")
            if not selector.select(timeout=_TICK_SECONDS):
                continue
            chunk = child.stdout.read(MEBIBYTE)
            if not chunk:
                return None
            buffer += chunk
            if len(buffer) > _MOST_RESULT_BYTES:
                raise UnreadableFileError("reading_crashed", "The reading process answered without end.")
            *lines, rest = buffer.split(b"\n")
            for line in lines:
                message = _message(line)
                if "progress" not in message:
                    return message
                if on_progress is not None:
                    on_progress(float(message["progress"]))
            buffer = bytearray(rest)


def _message(line: bytes | bytearray) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError as error:
        raise UnreadableFileError("reading_crashed", "The reading process spoke nonsense.") from error
    return message if isinstance(message, dict) else {}


def _result(answer: dict[str, Any] | None, returncode: int | None) -> tuple[ReadDocument, ...]:
    """Documents, or the typed reason there are none."""
    if answer is None:
        if returncode in {_OUT_OF_MEMORY_EXIT, -signal.SIGABRT}:
            # Libraries in C++ abort when an allocation fails.
            raise UnreadableFileError("reading_out_of_memory", "Reading needed more memory than allowed.")
        if returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
            raise UnreadableFileError("reading_timeout", "Reading needed more processor time than allowed.")
        raise UnreadableFileError("reading_crashed", f"The reading process ended with {returncode}.")
    if "error" in answer:
        code = answer["error"]["code"]
        assert code in get_args(UnreadableCode)
        raise UnreadableFileError(code, str(answer["error"]["detail"]))
    return _DOCUMENTS.validate_json(base64.b64decode(answer["documents"]))


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End the child and everything it started; the process group is its own."""
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
    # A child that answered is about to leave by itself; its exit code is worth the moment.
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=_TICK_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _child(folder: str) -> int:
    """A small supervisor that outlives nobody, and the worker it forks.

    The supervisor only waits, so it notices at once that the parent is gone and takes the group, recogniser
    included, with it; the worker may be deep in a library at that moment.
    """
    job = json.loads(sys.stdin.buffer.readline())
    worker = os.fork()
    if worker == 0:
        os._exit(_worker(folder, job))
    _end_with_parent()
    _, status = os.waitpid(worker, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        # End the same way, so that the parent sees which limit was met.
        os.kill(os.getpid(), -code)
    return code


def _end_with_parent() -> None:
    """Kill the group when the parent's end of our stdin closes, or, on Linux, when the parent dies."""

    def end(*_: object) -> None:
        os.killpg(0, signal.SIGKILL)

    def watch() -> None:
        sys.stdin.buffer.read()
        end()

    signal.signal(signal.SIGTERM, end)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    threading.Thread(target=watch, daemon=True).start()


def _worker(folder: str, job: dict[str, Any]) -> int:
    """Limits first, then the libraries, then the work."""
    resource.setrlimit(resource.RLIMIT_AS, (job["memory_bytes"], job["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["cpu_seconds"], job["cpu_seconds"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        return _work(folder, _OPTIONS.validate_python(job["options"]))
    except (MemoryError, ImportError):
        # A library that finds no room for itself fails to import.
        return _OUT_OF_MEMORY_EXIT


def _work(folder: str, options: ReadingOptions) -> int:
    # Imported here so that the libraries, which may run out of memory too, load under the limits.
    from agente_negocio.invoices.reading.reader import read  # noqa: PLC0415

    files = [path.read_bytes() for path in sorted(Path(folder).glob("[0-9][0-9][0-9]"))]
    try:
        documents = read(files, options, lambda share: _say({"progress": share}))
    except UnreadableFileError as error:
        _say({"error": {"code": error.code, "detail": error.detail}})
        return 0
    _say({"documents": base64.b64encode(_DOCUMENTS.dump_json(documents)).decode()})
    return 0


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(_child(sys.argv[1]))
