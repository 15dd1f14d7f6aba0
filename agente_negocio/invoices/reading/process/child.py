"""The process that reads, run with `-m`: a supervisor that outlives nobody, and the worker it forks."""

import base64
import contextlib
import ctypes
import os
import resource
import signal
import sys
import threading
import traceback
from pathlib import Path

from agente_negocio.invoices.reading.errors import RecogniserMissingError, UnreadableFileError
from agente_negocio.invoices.reading.process.limits import Limits
from agente_negocio.invoices.reading.process.seal import seal
from agente_negocio.invoices.reading.process.talk import DOCUMENTS, JOB, SAID, Job, Refusal, Said

OUT_OF_MEMORY_EXIT = 86
_PARENT_DEATH_SIGNAL = 1
_SECONDS_TO_END = 5


def main(folder: str) -> int:
    """Read the files of a folder as the job on standard input says; talk on standard output.

    The supervisor only waits, so it notices at once that the parent is gone and takes the group, recogniser
    included, with it; the worker may be deep in a library at that moment.
    """
    job = JOB.validate_json(sys.stdin.buffer.readline())
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
        # Past Python's buffer: a thread that waits inside it makes the interpreter abort when it leaves.
        while os.read(sys.stdin.fileno(), 1):
            pass
        end()

    signal.signal(signal.SIGTERM, end)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    threading.Thread(target=watch, daemon=True).start()


def _worker(folder: str, job: Job) -> int:
    """Limits first, then the libraries, then the work."""
    seal()
    resource.setrlimit(resource.RLIMIT_AS, (job.limits.memory_bytes, job.limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_processor(job.limits, pages=1, most=job.options.max_pages)
    try:
        return _work(folder, job)
    except ModuleNotFoundError:
        raise
    except (MemoryError, ImportError):
        # A library that finds no room for itself fails to import.
        with contextlib.suppress(MemoryError):
            traceback.print_exc()
        return OUT_OF_MEMORY_EXIT


def _limit_processor(limits: Limits, *, pages: int, most: int) -> None:
    """Processor time of this process and each it starts. most: how far a later call may still raise it."""
    soft, hard = limits.cpu_seconds(pages), limits.cpu_seconds(max(pages, most)) + _SECONDS_TO_END
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _work(folder: str, job: Job) -> int:
    # Imported here so that the libraries, which may run out of memory too, load under the limits.
    try:
        from agente_negocio.invoices.reading.reader import read  # noqa: PLC0415
    except (SyntaxError, SystemError, ValueError) as error:
        # Out of memory, Python's compiler finds fault with sound lines.
        raise MemoryError from error

    def count(pages: int) -> None:
        _limit_processor(job.limits, pages=pages, most=pages)
        _say(Said(pages=pages))

    before = _cpu_seconds()
    files = [path.read_bytes() for path in sorted(Path(folder).glob("[0-9][0-9][0-9]"))]
    try:
        documents = read(files, job.options, lambda share: _say(Said(progress=share)), count)
    except UnreadableFileError as error:
        _say(Said(refusal=Refusal(error.code, error.detail)))
    except RecogniserMissingError as error:
        _say(Said(missing=str(error)))
    else:
        told = base64.b64encode(DOCUMENTS.dump_json(documents)).decode()
        _say(Said(documents=told, cpu_seconds=_cpu_seconds() - before))
    return 0


def _cpu_seconds() -> float:
    """Of this process and the recognisers it has waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _say(said: Said) -> None:
    sys.stdout.buffer.write(SAID.dump_json(said, exclude_none=True) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
