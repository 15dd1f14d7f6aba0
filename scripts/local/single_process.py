"""Everything in one process, for hosts that allow one: the four services and their workers in one loop."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.types import ASGIApp

from scripts.local.dispatcher import one_port
from scripts.local.errors import SetupError
from scripts.local.serve import GRACEFUL_SECONDS, load
from scripts.local.services import SERVICES, WORKERS, is_one_port
from scripts.local.sockets import every_address, loopback

log = structlog.get_logger()

RunWorker = Callable[[asyncio.Event], Awaitable[None]]
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_POLL_SECONDS = 0.05


class _QuietServer(uvicorn.Server):
    """A server that leaves signals to its host: several in one loop would take them from each other."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class SingleProcess:
    """Servers and workers of one loop. Environment variables are read when the services are imported."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._stop = asyncio.Event()
        loaded = {service.name: load(service.app) for service in SERVICES}
        self._apps = list(loaded.values())
        if is_one_port(ports):
            # Its pages answer every address nobody else knows, so the dashboard is asked last.
            loaded["dashboard"] = loaded.pop("dashboard")
            apps: dict[str, ASGIApp] = {"all": one_port(loaded)}
            self._sockets = {"all": every_address(ports[SERVICES[0].name])}
        else:
            apps = {**loaded}
            self._sockets = {name: loopback(ports[name]) for name in loaded}
        self._servers = {name: _server(app) for name, app in apps.items()}
        self._workers = {name: _load_worker(module) for name, module in WORKERS.items()}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start all; they run until stop()."""
        serving = [self._serve(name, server) for name, server in self._servers.items()]
        working = [keep_working(name, run, self._stop) for name, run in self._workers.items()]
        self._tasks = [asyncio.create_task(work) for work in (*serving, *working)]

    async def wait_until_ready(self, *, timeout_seconds: float) -> None:
        """Until every server accepts requests. Raises SetupError when one ends instead."""
        async with asyncio.timeout(timeout_seconds):
            while not all(server.started for server in self._servers.values()):
                self.check()
                await asyncio.sleep(_POLL_SECONDS)

    def check(self) -> None:
        """Raises SetupError when a server has ended."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def stop(self) -> None:
        """Finish what runs and end; safe to call twice."""
        self._stop.set()
        for app in self._apps:
            app.state.draining = True
        for server in self._servers.values():
            server.should_exit = True
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, name: str, server: uvicorn.Server) -> None:
        try:
            await server.serve(sockets=self._sockets[name])
        except SystemExit as error:
            raise SetupError(f"{name} could not start; see the lines above.") from error
        if not self._stop.is_set():
            raise SetupError(f"{name} stopped by itself; see the lines above.")


async def keep_working(name: str, run: RunWorker, stop: asyncio.Event) -> None:
    """Run a worker again whenever it fails, until stop is set."""
    pause_seconds = _FIRST_PAUSE_SECONDS
    while not stop.is_set():
        try:
            await run(stop)
        except Exception:
            log.exception("worker.failed", worker=name, restarts_in_seconds=pause_seconds)
        try:
            await asyncio.wait_for(stop.wait(), timeout=pause_seconds)
        except TimeoutError:
            pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE_SECONDS)


def _server(app: ASGIApp) -> uvicorn.Server:
    return _QuietServer(
        uvicorn.Config(
            app,
            access_log=False,
            # The services set up the log themselves; uvicorn's would write plain text to standard error.
            log_config=None,
            proxy_headers=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )
    )


def _load_worker(module: str) -> RunWorker:
    run: RunWorker = importlib.import_module(module).run
    return run
