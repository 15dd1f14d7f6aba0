"""What a switch needs of where the platform runs."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from scripts.production.switching.actions import Action, Run
from scripts.production.switching.colours import Colour, Group
from scripts.production.switching.proxy import Proxy


class Host(Protocol):
    """A place with two colours behind one proxy. release: a commit, by which its build is found."""

    @property
    def proxy(self) -> Proxy:
        """The door."""

    @property
    def address(self) -> str:
        """Where people reach the door."""

    def build(self, release: str) -> Sequence[Action]:
        """Make the release of this checkout."""

    def check(self, release: str) -> None:
        """Raises RefusedError when there is no such release."""

    def migrate(self, release: str) -> Sequence[Action]:
        """Bring the schema to where the release needs it."""

    def place(self, colour: Colour, release: str) -> Sequence[Action]:
        """From now on the colour is started from this release."""

    def placed(self, colour: Colour) -> str | None:
        """The release that the colour is started from, if any."""

    def start(self, colour: Colour, group: Group) -> Sequence[Action]:
        """Start what does not run."""

    def stop(self, colour: Colour, group: Group) -> Sequence[Action]:
        """End what runs, giving it time to finish."""

    def ready(self, colour: Colour, group: Group) -> Mapping[str, Run]:
        """For each process a command that succeeds when it is ready."""

    def warm(self, colour: Colour) -> Sequence[Action]:
        """Have the web services of a colour do everything once, and often."""

    def verify(self, colour: Colour, release: str, *, through: str | None) -> Sequence[Action]:
        """Look at a colour as its users do: by its own addresses, or through the proxy there."""

    def enable(self, colour: Colour) -> Sequence[Action]:
        """From now on the colour comes up with the machine, too: people may be sent to it at any moment."""

    def mark(self, colour: Colour, release: str | None) -> Sequence[Action]:
        """Note for jobs and for a restart of the machine that this colour is the one in use, alone."""
