"""One machine without containers: releases in folders, colours as links to them, NGINX beside.

HOME/releases/COMMIT, HOME/blue, HOME/green and HOME/current; SETTINGS/blue/colour.env, SETTINGS/blue/ml.env
and so on say on which ports; SETTINGS/nginx is the configuration of NGINX. See docs/deploy.md.
"""

import os
import sys
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.production import env_file
from scripts.production.console import RefusedError
from scripts.production.processes import ROOT
from scripts.production.switching.actions import Action, Link, Run
from scripts.production.switching.colours import MEMBERS, Colour, Group, other
from scripts.production.switching.proxy import NGINX_SECONDS, Proxy


@dataclass(frozen=True, slots=True)
class Machine:
    """What is the same whoever keeps the processes running. environment_file: of every process, if any."""

    home: Path
    settings: Path
    environment_file: Path | None
    address: str
    nginx: str
    prefix: Path

    @property
    @abstractmethod
    def reload(self) -> Run:
        """How NGINX is told."""

    @property
    def proxy(self) -> Proxy:
        """The NGINX of the machine."""
        folder = self.settings / "nginx"
        return Proxy(
            colours=folder,
            state=folder,
            program=self.nginx,
            folder=str(folder),
            prefix=str(self.prefix),
            state_within=str(folder),
            reload=self.reload,
        )

    def release(self, commit: str) -> Path:
        """Where a release lies."""
        return self.home / "releases" / commit

    def build(self, release: str) -> Sequence[Action]:
        """Into a folder of its own; one that is there is left as it is."""
        script = ROOT / "scripts" / "build-production.sh"
        words = (str(script), "--release", "--into", str(self.release(release).parent))
        return [Run(words, seconds=None)]

    def check(self, release: str) -> None:
        """Raises RefusedError when the folder is not a whole build of that commit."""
        mark = self.release(release) / "COMMIT"
        if not mark.is_file() or mark.read_text().strip() != release:
            raise RefusedError(f"{mark.parent} is no release; make it with --build")

    def place(self, colour: Colour, release: str) -> Sequence[Action]:
        """The link that its processes are started by."""
        return [Link(self.home / colour, f"releases/{release}")]

    def placed(self, colour: Colour) -> str | None:
        """Where the link leads."""
        link = self.home / colour
        return link.readlink().name if link.is_symlink() else None

    def ready(self, colour: Colour, group: Group) -> Mapping[str, Run]:
        """The probe of each process, with the code of its colour."""
        return {name: self._within(colour, name, "scripts.production.probe") for name in MEMBERS[group]}

    def warm(self, colour: Colour) -> Sequence[Action]:
        """By the addresses of the colour."""
        return [self._asking(colour, "scripts.production.switching.warm")]

    def verify(self, colour: Colour, release: str, *, through: str | None) -> Sequence[Action]:
        """With the code of the colour, which knows what it needs."""
        words = ["scripts.production.verification", "--expect-commit", release]
        if through:
            words += ["--one-address", through]
        return [self._asking(colour, *words)]

    def enable(self, colour: Colour) -> Sequence[Action]:  # noqa: ARG002  Systemd has to know which
        """Whoever keeps the processes running knows."""
        return []

    def mark(self, colour: Colour, release: str | None) -> Sequence[Action]:  # noqa: ARG002  the link knows
        """HOME/current is what jobs are run from."""
        link = self.home / colour
        return [Link(self.home / "current", str(link.readlink()) if link.is_symlink() else colour)]

    def environment(self, colour: Colour, process: str | None = None) -> dict[str, str]:
        """What a process of the colour is told; without a name, what all of them are."""
        files = [self.environment_file, self.settings / colour / "colour.env"]
        own = self.settings / colour / f"{process}.env"
        if process and own.is_file():
            files.append(own)
        told: dict[str, str] = {}
        for file in files:
            told |= env_file.read(file) if file else {}
        return told if process is None else {**told, "SERVICE": process}

    def _asking(self, colour: Colour, *words: str) -> Run:
        port = self.environment(colour, "web-dashboard")["PORT"]
        told = {**self.environment(colour), "DASHBOARD_URL": f"http://127.0.0.1:{port}"}
        return self._run(colour, told, *words)

    def _within(self, colour: Colour, process: str, *words: str) -> Run:
        return self._run(colour, self.environment(colour, process), *words)

    def _run(self, colour: Colour, environment: Mapping[str, str], *words: str) -> Run:
        """A module of the colour's release, in its own Python environment."""
        folder = self.home / colour
        return Run((python_of(folder), "-m", *words), environment, folder)


def python_of(release: Path) -> str:
    """The interpreter a release brings; else PYTHON, else ours."""
    own = release / ".venv" / "bin" / "python"
    return str(own) if own.exists() else os.environ.get("PYTHON") or sys.executable


class Systemd(Machine):
    """systemd keeps the processes running, by the units in deploy/systemd."""

    __slots__ = ()

    @property
    def reload(self) -> Run:
        """The unit tests the configuration once more."""
        return Run(("systemctl", "reload", "gondola-nginx"), seconds=NGINX_SECONDS)

    def migrate(self, release: str) -> Sequence[Action]:
        """As a unit of its own, since the unit for jobs runs what is in use."""
        folder = self.release(release)
        told = ["User=gondola-jobs", f"WorkingDirectory={folder}", f"EnvironmentFile={self.environment_file}"]
        words = ["systemd-run", "--wait", "--pipe", "--collect", "--quiet"]
        words += [f"--property={line}" for line in told]
        script = folder / "scripts" / "start-production.sh"
        return [Run((*words, str(script), "migrator"), seconds=None)]

    def start(self, colour: Colour, group: Group) -> Sequence[Action]:
        """Units that run are left alone."""
        return [Run(("systemctl", "start", *self._units(colour, group)))]

    def stop(self, colour: Colour, group: Group) -> Sequence[Action]:
        """The unit says how long it may take."""
        return [Run(("systemctl", "stop", *self._units(colour, group)))]

    def enable(self, colour: Colour) -> Sequence[Action]:
        """Beside the other one, until that is told not to."""
        return [Run(("systemctl", "enable", "--quiet", f"gondola-{colour}.target"))]

    def mark(self, colour: Colour, release: str | None) -> Sequence[Action]:
        """Only this colour comes up with the machine."""
        disable = Run(("systemctl", "disable", "--quiet", f"gondola-{other(colour)}.target"))
        return [*Machine.mark(self, colour, release), *self.enable(colour), disable]

    @staticmethod
    def _units(colour: Colour, group: Group) -> list[str]:
        return [f"gondola-{colour}@{name}.service" for name in MEMBERS[group]]


class Processes(Machine):
    """Nobody keeps them running: processes of their own, noted in HOME/run, that log to HOME/logs."""

    __slots__ = ()

    @property
    def reload(self) -> Run:
        """By NGINX itself, which reads the process to tell from its file in the prefix."""
        where = ("-p", str(self.prefix), "-c", str(self.settings / "nginx" / "nginx.conf"), "-e", "stderr")
        return Run((self.nginx, *where, "-s", "reload"), seconds=NGINX_SECONDS)

    def migrate(self, release: str) -> Sequence[Action]:
        """The migrator of the release."""
        folder = self.release(release)
        told = env_file.read(self.environment_file) if self.environment_file else {}
        script = folder / "scripts" / "start-production.sh"
        return [Run((str(script), "migrator"), {**told, "PYTHON": python_of(folder)}, folder, seconds=None)]

    def start(self, colour: Colour, group: Group) -> Sequence[Action]:
        """Those that run are left alone."""
        words = ["start", "--home", str(self.home), "--settings", str(self.settings)]
        if self.environment_file:
            words += ["--environment-file", str(self.environment_file)]
        return [_detached(*words, colour, group)]

    def stop(self, colour: Colour, group: Group) -> Sequence[Action]:
        """SIGTERM, and time to finish."""
        return [_detached("stop", "--home", str(self.home), colour, group)]


def _detached(*words: str) -> Run:
    return Run((sys.executable, "-m", "scripts.production.switching.detached", *words), folder=ROOT)
