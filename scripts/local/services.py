"""The services and workers of the platform: names, ports and the environment they get."""

import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.local.errors import SetupError
from scripts.local.servers import Addresses

HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Service:
    """A web service. app: module and attribute; port: the local one unless port_variable says another."""

    name: str
    app: str
    port: int

    @property
    def port_variable(self) -> str:
        """The variable that changes its local port."""
        return f"PORT_{self.name.upper()}"


SERVICES = (
    Service("dashboard", "web_dashboard.dashboard_api:app", 8000),
    Service("negocio", "agente_negocio.main:app", 8001),
    Service("deposito", "agente_deposito.main:app", 8002),
    Service("ml", "ml.main_ml_service:app", 8003),
)
WORKERS = {
    "negocio-worker": "agente_negocio.worker",
    "deposito-worker": "agente_deposito.worker",
    "ml-worker": "ml.worker",
}
_TELEGRAM = "agente_negocio.telegram"
# The demo shop fills itself as the same person who tries it out: one must not use up the other's requests.
_DEMO_LIMITS = {"RATE_PER_USER": "12000", "RATE_PER_ORGANISATION": "24000", "RATE_PER_ADDRESS": "12000"}


@dataclass(frozen=True, slots=True)
class Program:
    """One child process. health_url: answers 200 when it is ready; None for a worker."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health_url: str | None


def chosen_ports(environment: Mapping[str, str], *, single_process: bool) -> dict[str, int]:
    """Port of each service. In one process, a host that sets PORT alone gets every path on that port.

    Raises SetupError for one that is no port, or two that are the same.
    """
    if single_process and environment.get("PORT") and not _names_local_ports(environment):
        only = _port("PORT", environment["PORT"])
        return {service.name: only for service in SERVICES}
    ports = {
        service.name: _port(
            service.port_variable, environment.get(service.port_variable) or str(service.port)
        )
        for service in SERVICES
    }
    if len(set(ports.values())) < len(ports):
        raise SetupError(f"Two services have the same port: {ports}; change PORT_DASHBOARD and the like.")
    return ports


def is_one_port(ports: Mapping[str, int]) -> bool:
    """Whether one port serves every path."""
    return len(set(ports.values())) == 1


def _names_local_ports(environment: Mapping[str, str]) -> bool:
    return any(environment.get(service.port_variable) for service in SERVICES)


def _port(variable: str, given: str) -> int:
    if not given.isdecimal() or not 0 < int(given) <= HIGHEST_PORT:
        raise SetupError(f"{variable}={given} is not a port; give a number from 1 to {HIGHEST_PORT}.")
    return int(given)


def child_environment(
    addresses: Addresses, ports: Mapping[str, int], secrets: Mapping[str, str], storage: Path
) -> dict[str, str]:
    """What every service and worker is told; the caller's environment is passed on below it."""
    told = {
        "DATABASE_URL": addresses.database_url,
        "DATABASE_URL_DIRECT": os.environ.get("DATABASE_URL_DIRECT") or addresses.database_url,
        "REDIS_URL": addresses.redis_url,
        "ENVIRONMENT": os.environ.get("ENVIRONMENT") or "demo",
        "STORAGE_PATH": os.environ.get("STORAGE_PATH") or str(storage),
        "NEGOCIO_URL": f"http://127.0.0.1:{ports['negocio']}",
        "DEPOSITO_URL": f"http://127.0.0.1:{ports['deposito']}",
        "ML_URL": f"http://127.0.0.1:{ports['ml']}",
        "PYTHONUNBUFFERED": "1",
    }
    return {**_DEMO_LIMITS, **os.environ, **secrets, **told}


def programs(environment: Mapping[str, str], ports: Mapping[str, int]) -> list[Program]:
    """Every process of the platform: the services, their workers, the bot when it has a token."""
    services = [
        Program(
            service.name,
            (sys.executable, "-m", "scripts.local.serve", service.app, str(ports[service.name])),
            {**environment, "PORT": str(ports[service.name])},
            f"http://127.0.0.1:{ports[service.name]}/health/ready",
        )
        for service in SERVICES
    ]
    workers = [
        Program(name, (sys.executable, "-m", module), environment, None) for name, module in WORKERS.items()
    ]
    if environment.get("TELEGRAM_BOT_TOKEN") and importlib.util.find_spec(_TELEGRAM):
        workers.append(Program("telegram", (sys.executable, "-m", _TELEGRAM), environment, None))
    return services + workers
