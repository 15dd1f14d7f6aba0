"""Listening sockets: loopback only on a person's machine, every address where a host gives a port."""

import errno
import socket
from collections.abc import Mapping

from scripts.local.errors import SetupError
from scripts.local.services import SERVICES

_BACKLOG = 2048


def loopback(port: int) -> list[socket.socket]:
    """Sockets on 127.0.0.1 and, where the machine has IPv6, on ::1: nobody else on the network gets in."""
    sockets = [_listener(socket.AF_INET, "127.0.0.1", port)]
    try:
        sockets.append(_listener(socket.AF_INET6, "::1", port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sockets[0].close()
            raise
    return sockets


def every_address(port: int) -> list[socket.socket]:
    """One socket that takes IPv4 and IPv6, as hosts with private IPv6 networks need."""
    if socket.has_dualstack_ipv6():
        return [
            socket.create_server(
                ("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=_BACKLOG, reuse_port=False
            )
        ]
    return [socket.create_server(("", port), backlog=_BACKLOG)]


def check_free(ports: Mapping[str, int]) -> None:
    """Raises SetupError that names the first taken port and how to choose another."""
    variables = {service.name: service.port_variable for service in SERVICES}
    for name, port in ports.items():
        if _is_answered(port) or not _can_listen(port):
            raise SetupError(
                f"Port {port} ({name}) is in use by another program; stop it, "
                f"or choose another port: {variables[name]}={port + 100} scripts/up"
            )


def _is_answered(port: int) -> bool:
    """On macOS a second socket may be bound beside one on every address, so ask for an answer too."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _can_listen(port: int) -> bool:
    try:
        sockets = loopback(port)
    except OSError:
        return False
    for listener in sockets:
        listener.close()
    return True


def _listener(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)
