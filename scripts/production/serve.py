"""Serves one web service on PORT, IPv4 and IPv6: `python -m scripts.production.serve negocio`."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from scripts.local.serve import load
from scripts.local.services import SERVICES
from scripts.local.sockets import every_address, loopback
from scripts.production.processes import FIXED_PORT
from shared.config.settings import get_settings
from shared.observability.logging import configure_logging

# Hosts give 30 s from SIGTERM to SIGKILL; what comes after the last answer needs some of it.
GRACEFUL_SECONDS = 25
# Longer than a proxy keeps an idle connection, so that it never sends a request into one we just closed.
KEEP_ALIVE_SECONDS = 75


class Server(uvicorn.Server):
    """A server for which being told to stop is a success: uvicorn's own dies of the signal once more."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Whoever still gets an answer is told: uvicorn tells the app only after the last one."""
        self._app.state.draining = True
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield


def main(arguments: Sequence[str]) -> None:
    """Serve until SIGTERM, then finish what was asked before and return."""
    (name,) = arguments
    settings = get_settings()
    # Before the app is made, which may already have something to say.
    configure_logging(
        service=name,
        level=settings.effective_log_level,
        file=settings.log_file,
        version=settings.release,
        colour=settings.colour,
    )
    app = load(next(service.app for service in SERVICES if service.name == name))
    config = uvicorn.Config(
        app,
        access_log=False,
        # As set up above; uvicorn's would write plain text to standard error.
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    server = Server(app, config)
    # Checked by whoever started us; on one machine only its proxy has business here.
    listen = loopback if os.environ.get("BIND") == "loopback" else every_address
    server.run(sockets=listen(settings.port or FIXED_PORT))
    if not server.started:
        sys.exit(3)


if __name__ == "__main__":
    main(sys.argv[1:])
