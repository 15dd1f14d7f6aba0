"""What each platform's own files tell the processes, so that only the rest is asked of whoever sets it up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.production.processes import allowed_hosts

# Both of a colour are the same but for the word; blue is where one begins.
_COLOUR = "blue"
_PORTS = {"NEGOCIO_URL": 8101, "DEPOSITO_URL": 8102, "ML_URL": 8103}
_SERVICES = {"NEGOCIO_URL": "agente-negocio", "DEPOSITO_URL": "agente-deposito", "ML_URL": "ml"}


def _nothing(_given: Mapping[str, str]) -> dict[str, str]:
    return {}


def _compose(given: Mapping[str, str]) -> dict[str, str]:
    """As `x-settings` and `x-blue-settings` of docker-compose.production.yml."""
    database = f"postgresql://gondola:{given.get('POSTGRES_PASSWORD', '')}@postgres:5432/gondola"
    return {
        "ENVIRONMENT": "production",
        "DATABASE_URL": database,
        "DATABASE_URL_DIRECT": database,
        "REDIS_URL": "redis://valkey:6379/0",
        "STORAGE_PATH": "/data/objects",
        "BACKUP_PATH": "/backups",
        "PORT": "8080",
        "METRICS_PORT": "9100",
        "METRICS_ADDRESS": "0.0.0.0",  # noqa: S104  of a container in a private network
        "METRICS_TOKEN": "",
        "TRUSTED_PROXIES": "127.0.0.1,::1,172.30.0.0/24,172.30.1.0/24",
        "COLOUR": _COLOUR,
        **{name: f"http://{service}-{_COLOUR}:8080" for name, service in _SERVICES.items()},
    }


def _systemd(_given: Mapping[str, str]) -> dict[str, str]:
    """As deploy/systemd/blue/colour.env."""
    return {
        "COLOUR": _COLOUR,
        "BIND": "loopback",
        **{name: f"http://127.0.0.1:{port}" for name, port in _PORTS.items()},
    }


def _render(given: Mapping[str, str]) -> dict[str, str]:
    """As start-production.sh makes addresses of Render's references, and adds the names Render makes up."""
    peers = {name: given.get(name.replace("_URL", "_HOSTPORT")) for name in _SERVICES}
    told = {name: f"http://{host}" for name, host in peers.items() if host and not given.get(name)}
    hosts = allowed_hosts(given)
    return {**told, "ALLOWED_HOSTS": hosts} if hosts else told


@dataclass(frozen=True, slots=True)
class Platform:
    """Where it runs.

    sets: variables its files set, whatever is given; "" takes one away. references: those it gives a service
    by itself, which stand in no file of ours. hosts: names it adds to ALLOWED_HOSTS. adds_own_name: each
    service adds there the one its peers call it by. needs: what it cannot do without, and why. file: where
    all processes read their variables, None where each has its own.
    """

    name: str
    sets: Callable[[Mapping[str, str]], dict[str, str]] = _nothing
    references: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()
    adds_own_name: bool = False
    needs: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None


_REFERENCES = frozenset({"DATABASE_URL", "REDIS_URL", *_SERVICES})
_FIGURES = {"METRICS_TOKEN": "anybody may read /metrics, which is reached from outside here"}
PLATFORMS = {
    each.name: each
    for each in (
        Platform(
            "compose",
            _compose,
            hosts=("localhost", *(f"{name}-{_COLOUR}" for name in ("web-dashboard", *_SERVICES.values()))),
            needs={
                "POSTGRES_PASSWORD": "Compose does not start without",
                "GRAFANA_PASSWORD": "Grafana would let everybody in as admin with admin",
            },
            file=Path(".env.production"),
        ),
        Platform("systemd", _systemd, file=Path("/etc/gondola/production.env")),
        Platform("railway", references=_REFERENCES, needs=_FIGURES),
        Platform("render", _render, references=_REFERENCES, adds_own_name=True, needs=_FIGURES),
    )
}
