"""Keeps child processes running: starts, restarts with growing pauses, stops all cleanly."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import httpx

from scripts.local import processes
from scripts.local.errors import SetupError
from scripts.local.logs import rotate, tail
from scripts.local.services import Program
from shared.jobs.main import GRACE_SECONDS

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
# A child that lived this long was healthy: its next failure starts with a short pause again.
_HEALTHY_SECONDS = 60.0
_POLL_SECONDS = 0.1
# Longer than a worker may take by itself, and shorter than hosts wait for all of us.
_STOP_SECONDS = GRACE_SECONDS + 7.0
_CRASHES_AT_START = 3

Announce = Callable[[str], None]


class Child:
    """One program, kept running until it is told to stop."""

    def __init__(self, program: Program, *, root: Path, folder: Path, announce: Announce) -> None:
        self.program = program
        self.crashes = 0
        self.log = folder / "logs" / f"{program.name}.log"
        self.not_ready = "was not asked yet" if program.health_url else ""
        self._root = root
        self._record = folder / "run" / f"{program.name}.json"
        self._announce = announce
        self._process: asyncio.subprocess.Process | None = None

    async def keep(self, stop: asyncio.Event) -> None:
        """Start the program again whenever it ends, until stop is set; then end it."""
        pause_seconds = _FIRST_PAUSE_SECONDS
        rotate(self.log)
        stopped = asyncio.create_task(stop.wait())
        while not stop.is_set():
            began = time.monotonic()
            process = await self._start()
            ended = asyncio.create_task(process.wait())
            await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                await self._end(process, ended)
                break
            self.crashes += 1
            if time.monotonic() - began > _HEALTHY_SECONDS:
                pause_seconds = _FIRST_PAUSE_SECONDS
            self._tell_failure(process.returncode, pause_seconds)
            await asyncio.wait({stopped}, timeout=pause_seconds)
            pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE_SECONDS)
        await stopped
        self._record.unlink(missing_ok=True)

    async def ask_ready(self, client: httpx.AsyncClient) -> None:
        """Ask the service whether it is ready, and keep the reason when it is not."""
        assert self.program.health_url
        try:
            answer = await client.get(self.program.health_url)
        except httpx.TransportError as error:
            self.not_ready = f"does not answer ({type(error).__name__})"
            return
        ready = answer.status_code == httpx.codes.OK
        self.not_ready = "" if ready else f"answers {answer.status_code} {answer.text[:500]}"

    async def _start(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *processes.leashed(self.program.command, stop_signal=signal.SIGTERM),
                cwd=self._root,
                env=dict(self.program.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal reaches the supervisor alone, which stops all in order.
                start_new_session=True,
            )
        processes.write_record(self._record, process.pid, signal.SIGTERM)
        return process

    async def _end(self, process: asyncio.subprocess.Process, ended: asyncio.Task[int]) -> None:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        done, _ = await asyncio.wait({ended}, timeout=_STOP_SECONDS)
        if not done:
            self._announce(f"{self.program.name} did not stop in {_STOP_SECONDS:.0f} s and was killed.")
        # Its own children are in its group; none may outlive it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await ended

    def _tell_failure(self, code: int | None, pause_seconds: float) -> None:
        reason = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        self._announce(
            f"{self.program.name} ended ({reason}) and starts again in {pause_seconds:.1f} s; "
            f"the end of {self.log}:\n{tail(self.log)}"
        )


class Supervisor:
    """All children together."""

    def __init__(
        self, programs: Sequence[Program], *, root: Path, folder: Path, announce: Announce = print
    ) -> None:
        self._children = [Child(program, root=root, folder=folder, announce=announce) for program in programs]
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the services. The workers follow when these are ready, not to slow them down."""
        self._start(child for child in self._children if child.program.health_url)

    async def wait_until_ready(self, *, timeout_seconds: float) -> None:
        """Until every service answers 200. Raises SetupError when one keeps failing or takes too long."""
        deadline = time.monotonic() + timeout_seconds
        waiting = [child for child in self._children if child.program.health_url]
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            while waiting:
                self._check_start(waiting, deadline)
                await asyncio.gather(*(child.ask_ready(client) for child in waiting))
                waiting = [child for child in waiting if child.not_ready]
                await asyncio.sleep(_POLL_SECONDS)
        self._start(child for child in self._children if not child.program.health_url)

    def check(self) -> None:
        """Raises what ended the keeping of a child, which only a fault of this module can."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def stop(self) -> None:
        """End every child: SIGTERM to all at once, SIGKILL to those that do not end in time."""
        self._stop.set()
        await asyncio.gather(*self._tasks)

    def _start(self, children: Iterable[Child]) -> None:
        self._tasks += [asyncio.create_task(child.keep(self._stop)) for child in children]

    def _check_start(self, waiting: Sequence[Child], deadline: float) -> None:
        self.check()
        for child in self._children:
            if child.crashes >= _CRASHES_AT_START:
                raise SetupError(f"{child.program.name} does not start; see above and {child.log}")
        if waiting and time.monotonic() > deadline:
            told = "\n".join(f"    {child.program.name}: {child.not_ready}" for child in waiting)
            child = waiting[0]
            raise SetupError(f"Not ready in time:\n{told}\nthe end of {child.log}:\n{tail(child.log)}")
