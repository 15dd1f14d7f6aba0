"""Services reach each other, by addresses that nobody outside does."""

import asyncio
import socket
from functools import partial
from urllib.parse import urlsplit

from scripts.production.addresses import is_private_address
from scripts.production.verification.asking import Asking, Check, CheckFailedError, Facts
from scripts.production.verification.targets import SERVICES, Targets

_SECONDS = 5
_PORTS = {"http": 80, "https": 443}


def network_checks(targets: Targets) -> list[Check]:
    """What the dashboard reaches; and from inside, whether the addresses are private and all answered."""
    found = [Check("network:peers", _peers)]
    if targets.is_inside:
        found += [Check(f"network:{service}", partial(_private, service)) for service in SERVICES]
    return found


async def _peers(asking: Asking) -> tuple[str, Facts]:
    """The dashboard asks the others by the addresses it was given: that is the private network at work."""
    status = await asking.json("dashboard", "/api/dashboard/status")
    states = {name: status["services"].get(name, {}).get("status") for name in SERVICES}
    away = {name: state for name, state in states.items() if state != "healthy"}
    if away:
        raise CheckFailedError(
            f"The dashboard finds {away}: look at NEGOCIO_URL, DEPOSITO_URL, ML_URL there."
        )
    return "the dashboard reaches every service", states


async def _private(service: str, asking: Asking) -> tuple[str, Facts]:
    """Every address a service's name has is private and answered, IPv4 as IPv6: peers may take either."""
    parts = urlsplit(asking.targets.urls[service])
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise CheckFailedError(f"{host} has no address ({error}).") from error
    addresses = sorted({str(entry[4][0]) for entry in found})
    public = [address for address in addresses if not is_private_address(address)]
    if public:
        raise CheckFailedError(
            f"{host} is {', '.join(public)}, which anybody reaches: give services their private address, "
            "or FROM_OUTSIDE=1 when this is not the one they use among themselves."
        )
    silent = [address for address in addresses if not await _answers(address, port)]
    if silent:
        raise CheckFailedError(
            f"Nothing listens at {', '.join(silent)} port {port}: it must bind IPv4 and IPv6."
        )
    return f"{', '.join(addresses)}: private and answered", {"addresses": addresses}


async def _answers(address: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(address, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
