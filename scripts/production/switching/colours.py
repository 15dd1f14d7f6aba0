"""The two sets of processes, and what each consists of."""

from typing import Literal

from scripts.production.processes import PROCESSES

Colour = Literal["blue", "green"]
Group = Literal["web", "workers"]

COLOURS: tuple[Colour, Colour] = ("blue", "green")
# In the order people wait for them. The bot and what ends by itself are of no colour.
MEMBERS: dict[Group, tuple[str, ...]] = {
    "web": tuple(name for name, process in PROCESSES.items() if process.is_web and name != "single"),
    "workers": tuple(name for name in PROCESSES if name.endswith("-worker")),
}
# What the proxy calls the web services, in /services/NAME/.
BEHIND_PROXY = ("dashboard", "negocio", "deposito", "ml")


def other(colour: Colour) -> Colour:
    """Its counterpart."""
    return "green" if colour == "blue" else "blue"
