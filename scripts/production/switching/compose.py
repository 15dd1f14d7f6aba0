"""Docker Compose: the colours are services of docker-compose.production.yml, NGINX is one of them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.production import env_file
from scripts.production.console import RefusedError
from scripts.production.images import IMAGES
from scripts.production.processes import FIXED_PORT, ROOT
from scripts.production.switching.actions import Action, Change, Operator, Run
from scripts.production.switching.colours import MEMBERS, Colour, Group
from scripts.production.switching.proxy import NGINX_SECONDS, Proxy

_FOLDER = "/run/nginx"
_STATE = "/etc/gondola/state"
STATE = Path("var/nginx")
"""In the checkout: where the Compose file and scripts/gondola look, too."""
# Which version is which, in colours.env; Compose takes what the operator's shell says first.
NOTED = frozenset({"ACTIVE_COLOUR", "BLUE_VERSION", "GREEN_VERSION", "RELEASE"})
# It has everything that looks at a platform, and reaches the others of its colour.
_LOOKING = "agente-negocio"


@dataclass(frozen=True, slots=True)
class Compose:
    """state: the folder on this machine that NGINX has as /etc/gondola/state; colours.env lies in it, too."""

    environment_file: Path
    state: Path
    address: str
    engine: str = "docker"

    @property
    def colours_file(self) -> Path:
        """Which image each colour runs, and which is in use: variables of the Compose file."""
        return self.state / "colours.env"

    @property
    def proxy(self) -> Proxy:
        """The container; its configuration is a copy made when it was started."""
        in_nginx = self._compose("exec", "-T", "nginx")
        where = ("-p", f"{_FOLDER}/", "-c", f"{_FOLDER}/nginx.conf", "-e", "stderr")
        return Proxy(
            colours=ROOT / "deploy" / "nginx" / "compose",
            state=self.state,
            program="nginx",
            folder=_FOLDER,
            prefix=f"{_FOLDER}/",
            state_within=_STATE,
            reload=Run((*in_nginx, "nginx", *where, "-s", "reload"), folder=ROOT, seconds=NGINX_SECONDS),
            within=in_nginx,
        )

    def build(self, release: str) -> Sequence[Action]:
        """All images, each looked into."""
        words = (str(ROOT / "scripts" / "build-production.sh"), "--images", "--prefix", self._prefix)
        return [Run(words, {"COMMIT": release}, ROOT, seconds=None)]

    def check(self, release: str) -> None:
        """Raises RefusedError unless each image is on this machine: one that is not would be fetched."""
        tags = [f"{self._prefix}/{name}:{release}" for name in IMAGES if name != "platform"]
        missing = Operator().failing({tag: Run((self.engine, "image", "inspect", tag)) for tag in tags})
        if missing:
            raise RefusedError(f"not on this machine: {', '.join(missing)}; make them with --build")

    def migrate(self, release: str) -> Sequence[Action]:
        """With the image of the release."""
        told = ("env", f"MIGRATOR_VERSION={release}")
        words = (*told, *self._compose("run", "--rm", "--no-deps", "migrator"))
        return [Run(words, folder=ROOT, seconds=None)]

    def place(self, colour: Colour, release: str) -> Sequence[Action]:
        """The tag of its images."""
        return [Change(self.colours_file, {f"{colour.upper()}_VERSION": release})]

    def placed(self, colour: Colour) -> str | None:
        """The tag of its images."""
        file = self.colours_file
        return env_file.read(file).get(f"{colour.upper()}_VERSION") if file.is_file() else None

    def start(self, colour: Colour, group: Group) -> Sequence[Action]:
        """Postgres and Valkey stay as they are, whatever their part of the file says by now."""
        up = self._compose("up", "--detach", "--no-build", "--no-deps", *_services(colour, group))
        return [Run(up, folder=ROOT)]

    def stop(self, colour: Colour, group: Group) -> Sequence[Action]:
        """The Compose file says how long it may take."""
        return [Run(self._compose("stop", *_services(colour, group)), folder=ROOT)]

    def ready(self, colour: Colour, group: Group) -> Mapping[str, Run]:
        """The health check of each container, asked now."""
        return {
            name: self._exec(name, "python", "-m", "scripts.production.probe")
            for name in _services(colour, group)
        }

    def warm(self, colour: Colour) -> Sequence[Action]:
        """From within, by the names of the colour."""
        return [self._look(colour, "scripts.production.switching.warm")]

    def verify(self, colour: Colour, release: str, *, through: str | None) -> Sequence[Action]:
        """From within; through the proxy at the address that people use."""
        words = ["scripts.production.verification", "--expect-commit", release]
        if through:
            words += ["--one-address", through]
        return [self._look(colour, *words)]

    def enable(self, colour: Colour) -> Sequence[Action]:  # noqa: ARG002  the engine knows
        """What runs comes up with the engine."""
        return []

    def mark(self, colour: Colour, release: str | None) -> Sequence[Action]:
        """For jobs, which are of the version in use."""
        told = {"ACTIVE_COLOUR": colour} | ({"RELEASE": release} if release else {})
        return [Change(self.colours_file, told)]

    @property
    def _prefix(self) -> str:
        """As Compose reads it: the operator's shell first."""
        told = env_file.read(self.environment_file)
        return os.environ.get("IMAGE_PREFIX") or told.get("IMAGE_PREFIX") or "gondola"

    def _look(self, colour: Colour, *words: str) -> Run:
        dashboard = f"DASHBOARD_URL=http://web-dashboard-{colour}:{FIXED_PORT}"
        return self._exec(f"{_LOOKING}-{colour}", "env", dashboard, "python", "-m", *words)

    def _exec(self, service: str, *words: str) -> Run:
        return Run(self._compose("exec", "-T", service, *words), folder=ROOT)

    def _compose(self, *words: str) -> tuple[str, ...]:
        files = ("--env-file", str(self.environment_file), "--env-file", str(self.colours_file))
        return (self.engine, "compose", *files, "-f", "docker-compose.production.yml", *words)


def _services(colour: Colour, group: Group) -> list[str]:
    return [f"{name}-{colour}" for name in MEMBERS[group]]
