"""Turning the proxy to a colour, and making sure that only this colour answers."""

import json
import time
import urllib.request
from typing import Any

from scripts.production.console import ScriptError, say
from scripts.production.switching.actions import Operator
from scripts.production.switching.colours import BEHIND_PROXY, Colour
from scripts.production.switching.hosts import Host

# A reload returns before it acts, and each worker of NGINX acts for itself: one good answer says little.
_ROUNDS = 5
_PATIENCE_SECONDS = 15
_PAUSE_SECONDS = 0.02
_REQUEST_SECONDS = 5


def turn(operator: Operator, host: Host, to: Colour) -> float:
    """Send people to a colour; seconds until nobody else answered.

    Raises ScriptError when NGINX refuses or others go on answering; people are sent to the old one then.
    """
    before = host.proxy.active
    began = time.monotonic()
    host.proxy.test(operator, to)
    host.proxy.activate(operator, to)
    if not operator.is_rehearsal:
        try:
            _wait_until_only(to, host.address)
        except BaseException:
            host.proxy.activate(operator, before)
            raise
    took = time.monotonic() - began
    if not operator.is_rehearsal:
        say(f"{to} answers at {host.address} after {took:.1f} s")
    return took


def _wait_until_only(colour: Colour, address: str) -> None:
    """Until every service answered with this colour several times in a row."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    in_a_row, last = 0, ""
    while in_a_row < _ROUNDS:
        found = {name: _colour_of(f"{address}/services/{name}/version") for name in BEHIND_PROXY}
        in_a_row = in_a_row + 1 if set(found.values()) == {colour} else 0
        if in_a_row == 0:
            last = ", ".join(f"{name} {answer}" for name, answer in found.items())
            if time.monotonic() > deadline:
                raise ScriptError(f"{address} does not answer as {colour}: {last}")
            time.sleep(_PAUSE_SECONDS)


def _colour_of(url: str) -> str:
    """Each question on a connection of its own, since one kept open stays with the process it began with."""
    try:
        with urllib.request.urlopen(url, timeout=_REQUEST_SECONDS) as answer:  # noqa: S310  an address we were given
            told: dict[str, Any] = json.load(answer)
    except (OSError, ValueError) as error:
        return f"({error})"
    return str(told.get("colour"))
