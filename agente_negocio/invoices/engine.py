"""The reader in a limited process of its own, and what is known of the recogniser behind it."""

import asyncio
import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources

from agente_negocio.invoices import reading
from agente_negocio.invoices.errors import ReaderBusyError
from agente_negocio.invoices.reading.errors import RecogniserMissingError, UnreadableFileError
from agente_negocio.invoices.reading.model import ReadDocument, ReadingOptions
from agente_negocio.invoices.reading.process import isolated
from agente_negocio.invoices.reading.process.limits import MEBIBYTE, Limits
from shared.config.settings import Settings
from shared.observability import tracing
from shared.observability.metrics import READING_SECONDS

_COMMAND_SECONDS = 10
_WAIT_SECONDS = 60
_START_SECONDS = 30
_SAMPLE = "sample_invoice.png"
# One at a time per process: a probe that anybody may call must not take every core.
_one_test = asyncio.Semaphore(1)


@dataclass(frozen=True, slots=True)
class Recogniser:
    """name with version, None when it is not installed; languages it knows."""

    name: str | None
    languages: tuple[str, ...]


async def read(
    files: Sequence[bytes],
    options: ReadingOptions,
    settings: Settings,
    on_progress: Callable[[float], None],
) -> tuple[ReadDocument, ...]:
    """Documents in the files, read by a child process with hard limits; cancelling ends the child.

    on_progress is called in the event loop's thread. Raises UnreadableFileError; RecogniserMissingError.
    """
    loop = asyncio.get_running_loop()

    def report(share: float) -> None:
        loop.call_soon_threadsafe(on_progress, share)

    limits = Limits(
        start_seconds=_START_SECONDS,
        page_seconds=settings.page_timeout_seconds,
        page_cpu_seconds=settings.page_timeout_seconds,
        memory_bytes=settings.reading_memory_mb * MEBIBYTE,
    )
    started, outcome = time.perf_counter(), "failed"
    try:
        with tracing.span("read files", attributes={"gondola.files": len(files)}):
            found = await _in_child(files, options, limits, report)
        outcome = _outcome(found)
    except UnreadableFileError as error:
        outcome = error.code
        raise
    finally:
        READING_SECONDS.labels(outcome).observe(time.perf_counter() - started)
    return found


def _outcome(found: Sequence[ReadDocument]) -> str:
    """For who watches: whether a person must look at what was read."""
    if not found:
        return "nothing_found"
    return "accepted" if all(document.accepted for document in found) else "to_review"


async def _in_child(
    files: Sequence[bytes],
    options: ReadingOptions,
    limits: Limits,
    report: Callable[[float], None] | None = None,
) -> tuple[ReadDocument, ...]:
    stop = threading.Event()
    try:
        return await asyncio.to_thread(isolated.read_isolated, files, options, report, limits, stop)
    finally:
        # A thread cannot be cancelled: it sees this within a moment and takes the child with it.
        stop.set()


async def test() -> int:
    """Read the built-in invoice in a child process; milliseconds taken. Raises ReaderBusyError."""
    try:
        async with asyncio.timeout(_WAIT_SECONDS), _one_test:
            return await _read_sample()
    except (TimeoutError, RecogniserMissingError, UnreadableFileError) as error:
        raise ReaderBusyError("The reader did not answer.") from error


async def _read_sample() -> int:
    started = time.perf_counter()
    sample = resources.files(reading).joinpath(_SAMPLE).read_bytes()
    found = await _in_child([sample], ReadingOptions(), Limits(page_seconds=_WAIT_SECONDS - _START_SECONDS))
    if not any(document.accepted for document in found):
        raise UnreadableFileError("reading_crashed", "The built-in invoice was not read right.")
    return round((time.perf_counter() - started) * 1000)


async def describe() -> Recogniser:
    """The recogniser installed here; asked once, for it does not change while a process lives."""
    if not _described:
        version = await _output("tesseract", "--version")
        languages = await _output("tesseract", "--list-langs")
        name = version.splitlines()[0].strip() if version else None
        _described.append(Recogniser(name, tuple(sorted(languages.split("\n")[1:])) if languages else ()))
    return _described[0]


_described: list[Recogniser] = []


async def _output(program: str, argument: str) -> str:
    """What a command prints; empty when it is not there or does not answer."""
    path = shutil.which(program)
    if path is None:
        return ""
    process = await asyncio.create_subprocess_exec(
        path, argument, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_COMMAND_SECONDS):
            printed, _ = await process.communicate()
            return printed.decode("utf-8", "replace").strip()
    process.kill()
    await process.wait()
    return ""
