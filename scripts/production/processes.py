"""The processes of a deployed platform by name, and what the host's environment means for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.production.console import RefusedError

ROOT = Path(__file__).resolve().parents[2]
FIXED_PORT = 8080
"""Where web processes answer unless the host says another PORT: in private networks peers must know it."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process. run: a module and its arguments, or a file of the checkout ending in ".sh".

    metrics_port: where a worker tells its figures when METRICS_PORT is not given; None for what has its own
    /metrics and for what ends by itself.
    """

    name: str
    run: tuple[str, ...]
    is_web: bool = False
    metrics_port: int | None = None

    @property
    def is_script(self) -> bool:
        """Whether a shell runs it rather than this interpreter."""
        return self.run[0].endswith(".sh")

    @property
    def is_job(self) -> bool:
        """Whether it ends by itself when its work is done."""
        return not self.is_web and self.metrics_port is None


def _web(name: str, service: str) -> Process:
    return Process(name, ("scripts.production.serve", service), is_web=True)


PROCESSES = {
    process.name: process
    for process in (
        _web("web-dashboard", "dashboard"),
        _web("agente-negocio", "negocio"),
        _web("agente-deposito", "deposito"),
        _web("ml", "ml"),
        Process("negocio-worker", ("agente_negocio.worker",), metrics_port=9101),
        Process("deposito-worker", ("agente_deposito.worker",), metrics_port=9102),
        Process("ml-worker", ("ml.worker",), metrics_port=9103),
        Process("telegram-bot", ("agente_negocio.telegram",), metrics_port=9104),
        Process("migrator", ("scripts.migrations.run",)),
        Process("backup", ("scripts/backup_database.sh",)),
        Process("restore-drill", ("scripts.production.restore_drill",)),
        Process("single", ("scripts.production.single",), is_web=True),
    )
}


def chosen(argument: str | None, environment: Mapping[str, str]) -> Process:
    """The process asked for: by argument, else SERVICE, else RAILWAY_SERVICE_NAME; "_" is "-".

    What is said on purpose goes before the name the platform happens to give. Raises RefusedError.
    """
    given = argument or environment.get("SERVICE") or environment.get("RAILWAY_SERVICE_NAME")
    names = ", ".join(PROCESSES)
    if not given:
        raise RefusedError(f"say which process: as an argument, in SERVICE or RAILWAY_SERVICE_NAME: {names}")
    name = given.strip().lower().replace("_", "-").replace(" ", "-")
    if name not in PROCESSES:
        raise RefusedError(f"there is no process {given!r}; there are: {names}. SERVICE names one")
    return PROCESSES[name]


def environment_of(process: Process, given: Mapping[str, str], *, root: Path = ROOT) -> dict[str, str]:
    """The host's environment with what the process needs besides, as its port. Raises RefusedError."""
    if given.get("BIND", "") not in {"", "all", "loopback"}:
        raise RefusedError(f"BIND={given['BIND']} is neither all nor loopback")
    told = {**given, "COMMIT": commit_of(given, root=root)}
    if process.is_web:
        told["PORT"] = given.get("PORT") or str(FIXED_PORT)
    if process.metrics_port:
        told["METRICS_PORT"] = given.get("METRICS_PORT") or str(process.metrics_port)
    told |= _peers(process, told)
    hosts = allowed_hosts(given)
    if hosts:
        told["ALLOWED_HOSTS"] = hosts
    return told


def _peers(process: Process, given: Mapping[str, str]) -> dict[str, str]:
    """Where the services are: as said, else by the reference "host:port" that Render gives, without a scheme.

    In a single process every service is behind the one port, so each asks the others there.
    """
    found = {}
    for name in ("NEGOCIO", "DEPOSITO", "ML"):
        address = given.get(f"{name}_HOSTPORT")
        if not address and process.name == "single":
            address = f"127.0.0.1:{given['PORT']}"
        if address and not given.get(f"{name}_URL"):
            found[f"{name}_URL"] = f"http://{address}"
    return found


def allowed_hosts(given: Mapping[str, str]) -> str | None:
    """ALLOWED_HOSTS with the names Render makes up for a service, outside and in its private network.

    None when nobody asked for a check, or for one that lets all in.
    """
    hosts = given.get("ALLOWED_HOSTS")
    if not hosts or hosts == "*":
        return None
    own = (given.get("RENDER_EXTERNAL_HOSTNAME"), _without_discovery(given.get("RENDER_DISCOVERY_SERVICE")))
    return ",".join([hosts, *filter(None, own)])


def _without_discovery(name: str | None) -> str | None:
    """The name of all instances is the one of the service with this behind it."""
    return name.removesuffix("-discovery") if name else None


def commit_of(environment: Mapping[str, str], *, root: Path = ROOT) -> str:
    """The version that runs: COMMIT, else the platform's variable, else the file a build left behind."""
    for name in ("COMMIT", "RAILWAY_GIT_COMMIT_SHA", "RENDER_GIT_COMMIT"):
        if environment.get(name):
            return environment[name]
    file = root / "COMMIT"
    return file.read_text().strip() if file.is_file() else "unknown"
