"""A place that only notes what a switch asks of it, and how a script tells what became of it."""

import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.production import console
from scripts.production.console import RefusedError
from scripts.production.switching.actions import Action, Run
from scripts.production.switching.colours import Colour, Group
from scripts.production.switching.options import alone
from scripts.production.switching.proxy import Proxy

RELEASE, KEPT = "c" * 40, "d" * 40
LATE_SECONDS = 2.0
# Notes its name; the one that interrupts does so once, with all that a connection sends that breaks, and has
# not ended by then.
_STEP = """
echo "$1" >> "$0/notes"
if [ "$1" = "$3" ] && mkdir "$0/interrupted"; then
    kill -HUP $4; kill -TERM $4; kill -HUP $4; exec sleep 60
fi
test "$1" != "$2"
"""


@dataclass
class NotingHost:
    """Every step writes its name to a file, or fails when it is the one that should."""

    folder: Path
    failing: str = ""
    address: str = "http://127.0.0.1:1"
    interrupting: str = ""
    releases: dict[Colour, str] = field(default_factory=lambda: {"blue": "b" * 40, "green": KEPT})

    @property
    def proxy(self) -> Proxy:
        """`nginx` is a stand-in that notes its call too."""
        return Proxy(
            colours=self.folder,
            state=self.folder,
            program=str(self.folder / "nginx"),
            folder=str(self.folder),
            prefix=str(self.folder),
            state_within=str(self.folder),
            reload=self._step("reload"),
        )

    def build(self, release: str) -> Sequence[Action]:
        return [self._step(f"build {release[0]}")]

    def check(self, release: str) -> None:
        if self.failing == "check":
            raise RefusedError(f"no release {release}")

    def migrate(self, release: str) -> Sequence[Action]:
        return [self._step(f"migrate {release[0]}")]

    def place(self, colour: Colour, release: str) -> Sequence[Action]:
        return [self._step(f"place {colour} {release[0]}")]

    def start(self, colour: Colour, group: Group) -> Sequence[Action]:
        return [self._step(f"start {colour} {group}")]

    def stop(self, colour: Colour, group: Group) -> Sequence[Action]:
        return [self._step(f"stop {colour} {group}")]

    def ready(self, colour: Colour, group: Group) -> Mapping[str, Run]:
        return {f"{group} of {colour}": self._step(f"ready {colour} {group}")}

    def warm(self, colour: Colour) -> Sequence[Action]:
        return [self._step(f"warm {colour}")]

    def verify(self, colour: Colour, release: str, *, through: str | None) -> Sequence[Action]:
        return [self._step(f"verify {colour} {release[0]}{' through proxy' if through else ''}")]

    def placed(self, colour: Colour) -> str | None:
        return self.releases.get(colour)

    def enable(self, colour: Colour) -> Sequence[Action]:
        return [self._step(f"enable {colour}")]

    def mark(self, colour: Colour, release: str | None) -> Sequence[Action]:
        return [self._step(f"mark {colour} {(release or '-')[0]}")]

    @property
    def notes(self) -> list[str]:
        noted = self.folder / "notes"
        return noted.read_text().splitlines() if noted.exists() else []

    def _step(self, name: str) -> Run:
        told = (str(self.folder), name, self.failing, self.interrupting, str(os.getpid()))
        return Run(("sh", "-c", _STEP, *told), seconds=LATE_SECONDS)


def tried(host: NotingHost, do: Callable[[], Mapping[str, object]]) -> tuple[int, dict[str, Any]]:
    """Exit code and summary, as a script has them."""

    def work(_arguments: Sequence[str]) -> Mapping[str, object]:
        with alone(host, is_rehearsal=False):
            return do()

    out = io.StringIO()
    with redirect_stdout(out):
        code = console.run("try-out", work, [])
    return code, json.loads(out.getvalue())
