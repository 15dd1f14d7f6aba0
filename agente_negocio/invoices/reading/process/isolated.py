"""Reading in a child process with hard limits: a hostile file may cost the child, never the caller.

Files go in by a temporary folder, progress and result come out by a pipe, as lines of JSON, so nothing a
broken child writes is ever executed. The child knows no secret: its environment is a list, not our own.
"""

import base64
import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import structlog

from agente_negocio.invoices.reading.errors import RecogniserMissingError, UnreadableFileError
from agente_negocio.invoices.reading.model import ReadDocument, ReadingOptions
from agente_negocio.invoices.reading.process.child import OUT_OF_MEMORY_EXIT
from agente_negocio.invoices.reading.process.limits import MEBIBYTE, Limits, Patience
from agente_negocio.invoices.reading.process.talk import DOCUMENTS, JOB, SAID, Job, Said

log = structlog.get_logger()

_TICK_SECONDS = 0.2
_MOST_RESULT_BYTES = 200 * MEBIBYTE
_COMPLAINT_BYTES = 4096
"""Of what the child wrote to its standard error, the end: a traceback says most there."""
_CHILD_FAILED = frozenset({"reading_timeout", "reading_out_of_memory", "reading_killed", "reading_crashed"})
_INHERITED = frozenset(
    {
        "DYLD_LIBRARY_PATH",
        "HOME",
        "LANG",
        "LANGUAGE",
        "LD_LIBRARY_PATH",
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONHOME",
        "PYTHONPATH",
        "PYTHONPYCACHEPREFIX",
        "READING_RECOGNISER",
        "TESSDATA_PREFIX",
        "TZ",
    }
)
"""All the child is told of our environment, besides LC_*: where programs, libraries and language data are."""

Progress = Callable[[float], None]


class ReadingStoppedError(Exception):
    """The caller wants no answer any more."""


def read_isolated(
    files: Sequence[bytes],
    options: ReadingOptions,
    on_progress: Progress | None = None,
    limits: Limits | None = None,
    stop: threading.Event | None = None,
) -> tuple[ReadDocument, ...]:
    """The same as `read`, in a child that is killed with all its children when a limit is passed.

    A page gets the options' seconds for a page, or those of the limits if they are fewer, whatever it does.
    stop: ends the child within a moment when set. Raises UnreadableFileError, with reading_timeout,
    reading_out_of_memory, reading_killed or reading_crashed for what the child did not survive;
    RecogniserMissingError, which says nothing of the files; ReadingStoppedError.
    """
    return read_measured(files, options, on_progress, limits, stop).documents


@dataclass(frozen=True, slots=True)
class Measured:
    """Documents and the processor's seconds it took to read them, without loading the libraries."""

    documents: tuple[ReadDocument, ...]
    cpu_seconds: float


def read_measured(
    files: Sequence[bytes],
    options: ReadingOptions,
    on_progress: Progress | None = None,
    limits: Limits | None = None,
    stop: threading.Event | None = None,
) -> Measured:
    """The same as `read_isolated`, with what it cost."""
    limits = limits or Limits()
    limits = replace(limits, page_seconds=min(limits.page_seconds, options.page_timeout_seconds))
    call = _Call(options, limits, on_progress, stop or threading.Event())
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        for place, content in enumerate(files):
            (Path(folder) / f"{place:03d}").write_bytes(content)
        return _run(folder, call)


@dataclass(slots=True)
class _Call:
    """What is asked of one child and what it said. buffer: a line not ended yet."""

    options: ReadingOptions
    limits: Limits
    on_progress: Progress | None
    stop: threading.Event
    buffer: bytearray = field(default_factory=bytearray)
    complaints: bytearray = field(default_factory=bytearray)

    def take(self, chunk: bytes) -> list[Said]:
        """What the child said with this. Raises UnreadableFileError."""
        self.buffer += chunk
        if len(self.buffer) > _MOST_RESULT_BYTES:
            raise UnreadableFileError("reading_crashed", "The reading process answered without end.")
        *lines, rest = self.buffer.split(b"\n")
        self.buffer = bytearray(rest)
        try:
            return [SAID.validate_json(line) for line in lines]
        except ValueError as error:
            raise UnreadableFileError("reading_crashed", "The reading process spoke nonsense.") from error

    def complain(self, chunk: bytes) -> None:
        """Keep the end of the child's standard error."""
        self.complaints += chunk
        del self.complaints[:-_COMPLAINT_BYTES]


def _run(folder: str, call: _Call) -> Measured:
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "agente_negocio.invoices.reading.process.child", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(folder),
            start_new_session=True,
        ) as child:
            try:
                _ask(child, call)
                answer = _listen(child, call)
            finally:
                _kill(child)
                assert child.stderr is not None
                call.complain(_available(child.stderr))
        return _result(answer, child.returncode)
    except UnreadableFileError as error:
        if error.code in _CHILD_FAILED:
            said = call.complaints.decode("utf-8", "replace")
            log.warning("reading.child_failed", code=error.code, detail=error.detail, stderr=said)
        raise


def _environment(folder: str) -> dict[str, str]:
    """Names the child needs, temporary files in its folder, one thread."""
    known = {
        name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith("LC_")
    }
    return known | {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "TMPDIR": folder}


def _ask(child: "subprocess.Popen[bytes]", call: _Call) -> None:
    """Stdin stays open for as long as we live: its end tells the child that we are gone."""
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(JOB.dump_json(Job(call.options, call.limits)) + b"\n")
        child.stdin.flush()


def _listen(child: "subprocess.Popen[bytes]", call: _Call) -> Said | None:
    """Follow the child until its answer, its end (None) or that of our patience."""
    assert child.stdout is not None
    assert child.stderr is not None
    patience = Patience(call.limits, call.options.max_pages, time.monotonic())
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ, _hear)
        selector.register(child.stderr, selectors.EVENT_READ, _overhear)
        for pipe in (child.stdout, child.stderr):
            os.set_blocking(pipe.fileno(), False)
        while child.stdout in selector.get_map():
            _check(call, patience)
            for key, _ in selector.select(timeout=_TICK_SECONDS):
                chunk = os.read(key.fd, MEBIBYTE)
                if not chunk:
                    selector.unregister(key.fileobj)
                answer: Said | None = key.data(chunk, call, patience)
                if answer is not None:
                    return answer
    return None


def _check(call: _Call, patience: Patience) -> None:
    if call.stop.is_set():
        raise ReadingStoppedError("Nobody waits for this reading.")
    if patience.is_over(time.monotonic()):
        raise UnreadableFileError("reading_timeout", "Reading took longer than allowed.")


def _hear(chunk: bytes, call: _Call, patience: Patience) -> Said | None:
    """The answer, if it is in there."""
    for said in call.take(chunk):
        if said.is_last:
            return said
        _note(said, call, patience)
    return None


def _overhear(chunk: bytes, call: _Call, _patience: Patience) -> None:
    call.complain(chunk)


def _note(said: Said, call: _Call, patience: Patience) -> None:
    patience.hear(time.monotonic())
    if said.pages is not None:
        patience.count(said.pages)
    if said.progress is not None and call.on_progress is not None:
        call.on_progress(said.progress)


def _available(pipe: IO[bytes]) -> bytes:
    """What is in a pipe that does not block, now that its writers are dead."""
    with contextlib.suppress(BlockingIOError):
        return os.read(pipe.fileno(), MEBIBYTE)
    return b""


def _result(answer: Said | None, returncode: int | None) -> Measured:
    """Documents, or the typed reason there are none."""
    if answer is None:
        if returncode in {OUT_OF_MEMORY_EXIT, -signal.SIGABRT}:
            # Libraries in C++ abort when an allocation fails.
            raise UnreadableFileError("reading_out_of_memory", "Reading needed more memory than allowed.")
        if returncode == -signal.SIGKILL:
            # Not by us: that is how Linux ends what it has no memory left for.
            raise UnreadableFileError("reading_killed", "The system ended the reading process.")
        if returncode == -signal.SIGXCPU:
            raise UnreadableFileError("reading_timeout", "Reading needed more processor time than allowed.")
        raise UnreadableFileError("reading_crashed", f"The reading process ended with {returncode}.")
    if answer.missing is not None:
        raise RecogniserMissingError(answer.missing)
    if answer.refusal is not None:
        raise UnreadableFileError(answer.refusal.code, answer.refusal.detail)
    try:
        documents = DOCUMENTS.validate_json(base64.b64decode(answer.documents or ""))
    except ValueError as error:
        raise UnreadableFileError("reading_crashed", "The reading process answered nonsense.") from error
    return Measured(documents, answer.cpu_seconds or 0.0)


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
