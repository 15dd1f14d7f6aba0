"""Runs one service on loopback: `python -m scripts.local.serve agente_negocio.main:app 8001`."""

import importlib
import sys

import uvicorn
from fastapi import FastAPI

from scripts.local.sockets import loopback

GRACEFUL_SECONDS = 10


def load(reference: str) -> FastAPI:
    """The application that "module:attribute" names; uvicorn would hide why an import fails."""
    module, attribute = reference.split(":")
    app = getattr(importlib.import_module(module), attribute)
    assert isinstance(app, FastAPI)
    return app


def main(arguments: list[str]) -> None:
    """Serve until SIGTERM; uvicorn itself would bind IPv4 or IPv6, not both loopback addresses."""
    reference, port = arguments
    config = uvicorn.Config(
        load(reference),
        port=int(port),
        access_log=False,
        # The app sees to trusted proxies itself, whatever server runs it.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    uvicorn.Server(config).run(sockets=loopback(int(port)))


if __name__ == "__main__":
    main(sys.argv[1:])
