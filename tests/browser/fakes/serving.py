"""Runs ASGI applications in a thread, on free ports."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

_SECONDS_TO_START = 10


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The address of an application while the block runs."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, access_log=False, log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    _wait_for(server)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(_SECONDS_TO_START)
    listener.close()


def _wait_for(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("The server did not start.")
        time.sleep(0.02)
