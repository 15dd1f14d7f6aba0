"""Runs one service on loopback: `python -m scripts.local.serve agente_negocio.main:app 8001`."""

import sys

import uvicorn

from scripts.local.sockets import loopback

GRACEFUL_SECONDS = 10


def main(arguments: list[str]) -> None:
    """Serve until SIGTERM; uvicorn itself would bind IPv4 or IPv6, not both loopback addresses."""
    app, port = arguments
    config = uvicorn.Config(
        app,
        port=int(port),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    uvicorn.Server(config).run(sockets=loopback(int(port)))


if __name__ == "__main__":
    main(sys.argv[1:])
