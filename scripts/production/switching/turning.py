"""Sending people to a colour, looking whether only this colour answers, and the way back."""

import http.client
import json
import time
import urllib.request
from typing import Any

from scripts.production.console import ScriptError, do_not_disturb, say
from scripts.production.switching.actions import Operator
from scripts.production.switching.colours import BEHIND_PROXY, Colour, other
from scripts.production.switching.hosts import Host

# A reload returns before it acts, and each worker of NGINX acts for itself: one good answer says little.
_ROUNDS = 5
_PATIENCE_SECONDS = 15
_PAUSE_SECONDS = 0.02
_REQUEST_SECONDS = 5


def turn(operator: Operator, host: Host, to: Colour) -> None:
    """Send people to a colour, which comes up with the machine from now on.

    Raises ScriptError. Nothing changed when NGINX refuses its configuration; whoever calls goes back anyway.
    """
    host.proxy.test(operator, to)
    operator.do(host.enable(to))
    host.proxy.go_to(operator, to)


def unseen(operator: Operator, host: Host, colour: Colour) -> str:
    """Empty once all services answered with this colour several times in a row; else, in the end, why not."""
    if operator.is_rehearsal:
        return ""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    in_a_row = 0
    while in_a_row < _ROUNDS:
        found = answering(host)
        in_a_row = in_a_row + 1 if set(found.values()) == {colour} else 0
        if in_a_row == 0:
            if time.monotonic() > deadline:
                told = ", ".join(f"{name} {answer}" for name, answer in found.items())
                return f"{host.address} does not answer as {colour}: {told}"
            time.sleep(_PAUSE_SECONDS)
    return ""


def go_back(operator: Operator, host: Host, to: Colour, *, drain_seconds: float) -> bool:
    """Send people back to the colour they had, and never forward again; whether the other may be stopped.

    It may when the file says the old colour, NGINX was told, and nobody is seen at the other; what had begun
    there was given time then. That the old one cannot be seen changes nothing: what broke may be our own way
    to the address. Not interrupted, and raises nothing that commands or files can cause.
    """
    do_not_disturb()
    try:
        if host.proxy.active != to:
            host.proxy.go_to(operator, to)
            say(unseen(operator, host, to) or f"people are back at {to}")
            time.sleep(drain_seconds)
        operator.do(host.mark(to, host.placed(to)))
        return host.proxy.active == to and other(to) not in answering(host).values()
    except (ScriptError, OSError) as error:
        say(f"the way back to {to} failed: {error}")
        return False


def answering(host: Host) -> dict[str, str]:
    """By service the colour that answers behind the proxy, or why none does."""
    return {name: _colour_of(f"{host.address}/services/{name}/version") for name in BEHIND_PROXY}


def _colour_of(url: str) -> str:
    """Each question on a connection of its own, since one kept open stays with the process it began with."""
    try:
        with urllib.request.urlopen(url, timeout=_REQUEST_SECONDS) as answer:  # noqa: S310  an address we were given
            told: dict[str, Any] = json.load(answer)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"({error})"
    return str(told.get("colour"))
