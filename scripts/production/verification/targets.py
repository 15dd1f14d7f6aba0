"""Where the deployed services answer and what is expected of them, from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scripts.production.console import RefusedError

SERVICES = ("negocio", "deposito", "ml")
_VARIABLES = {"negocio": "NEGOCIO_URL", "deposito": "DEPOSITO_URL", "ml": "ML_URL"}
_YES = {"1", "true", "yes"}


@dataclass(frozen=True, slots=True)
class Probe:
    """Somebody who signs in only to see that it works; any role will do."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Targets:
    """urls: base address of dashboard, negocio, deposito and ml.

    is_one_address: all four are behind one (our proxy, the single process), which hands requests on by their
        path, and by /services/NAME/ what each service has under the same path, as /version.
    is_inside: the addresses are those the services call each other by, so they have to be private.
    headers: sent with every request; one may pin a colour of a proxy, without any it is asked as people do.
    """

    urls: Mapping[str, str]
    is_one_address: bool
    is_inside: bool
    is_production: bool
    headers: Mapping[str, str]
    probe: Probe | None
    expected_commit: str | None

    @property
    def own(self) -> Mapping[str, str]:
        """Where each service itself is asked for its health and version."""
        if self.is_one_address:
            return {name: f"{url}/services/{name}" for name, url in self.urls.items()}
        return self.urls


def missing(environment: Mapping[str, str]) -> list[str]:
    """The variables without which nothing can be verified; empty when all are there."""
    if _is_one_address(environment):
        return [] if environment.get("PUBLIC_URL") else ["PUBLIC_URL"]
    names = [variable for variable in _VARIABLES.values() if not _service(environment, variable)]
    return names + ([] if _dashboard(environment) else ["PUBLIC_URL"])


def targets_of(environment: Mapping[str, str]) -> Targets:
    """The targets of NEGOCIO_URL and its like. Raises RefusedError naming what is missing or malformed."""
    lacking = missing(environment)
    if lacking:
        raise RefusedError(
            f"Set {', '.join(lacking)} to where the services answer, "
            "or PUBLIC_URL alone when all are behind one address."
        )
    is_one_address = _is_one_address(environment)
    urls = {"dashboard": environment["PUBLIC_URL"] if is_one_address else _dashboard(environment)}
    for name, variable in _VARIABLES.items():
        urls[name] = urls["dashboard"] if is_one_address else _service(environment, variable)
    return Targets(
        urls={name: _address(url) for name, url in urls.items()},
        is_one_address=is_one_address,
        is_inside=not is_one_address and not _is_yes(environment, "FROM_OUTSIDE"),
        is_production=environment.get("ENVIRONMENT") == "production",
        headers=_header(environment.get("VERIFICATION_HEADER", "")),
        probe=_probe(environment),
        expected_commit=environment.get("EXPECTED_COMMIT") or None,
    )


def _is_one_address(environment: Mapping[str, str]) -> bool:
    """As said; else where PUBLIC_URL alone is known, as with Compose, systemd and the single process."""
    if _is_yes(environment, "ONE_ADDRESS"):
        return True
    if not environment.get("PUBLIC_URL") or _is_yes(environment, "FROM_OUTSIDE"):
        return False
    return not any(_service(environment, name) for name in (*_VARIABLES.values(), "DASHBOARD_URL"))


def _service(environment: Mapping[str, str], variable: str) -> str:
    """Its address, or what Render gives in its place: host and port."""
    reference = environment.get(variable.replace("_URL", "_HOSTPORT"))
    return environment.get(variable) or (f"http://{reference}" if reference else "")


def _dashboard(environment: Mapping[str, str]) -> str:
    """DASHBOARD_URL reaches it past the proxy that PUBLIC_URL stands for."""
    return environment.get("DASHBOARD_URL") or environment.get("PUBLIC_URL", "")


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RefusedError(f"{url!r} is no address of a service: http(s)://host:port is.")
    return url.rstrip("/")


def _probe(environment: Mapping[str, str]) -> Probe | None:
    username, password = environment.get("PROBE_USERNAME"), environment.get("PROBE_PASSWORD")
    if bool(username) != bool(password):
        raise RefusedError("PROBE_USERNAME and PROBE_PASSWORD go together: set both or none.")
    return Probe(username, password) if username and password else None


def _header(given: str) -> dict[str, str]:
    if not given:
        return {}
    name, colon, value = given.partition(":")
    if not colon or not name.strip():
        raise RefusedError(f"VERIFICATION_HEADER={given!r} is no header: 'Name: value' is.")
    return {name.strip(): value.strip()}


def _is_yes(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "").lower() in _YES
