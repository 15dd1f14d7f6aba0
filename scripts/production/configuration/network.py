"""Who may reach the services and where they look for each other."""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from scripts.production.addresses import is_loopback, is_private_host
from scripts.production.configuration.findings import Configuration, Finding

_PEERS = ("NEGOCIO_URL", "DEPOSITO_URL", "ML_URL")
_HOST = re.compile(
    r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_RAILWAY_PROBE = "healthcheck.railway.app"
# The name that each web process is asked by; workers are asked by nobody.
_OWN_NAMES = {
    "web-dashboard": ("PUBLIC_URL",),
    "agente-negocio": ("NEGOCIO_URL",),
    "agente-deposito": ("DEPOSITO_URL",),
    "ml": ("ML_URL",),
    "single": ("PUBLIC_URL",),
}
# Names below these belong to anybody who has an account there.
_SHARED_DOMAINS = {"up.railway.app", "onrender.com", "herokuapp.com", "fly.dev", "com", "com.ar", "ar"}
_EVERYWHERE = {"*", "0.0.0.0/0", "::/0"}
_HTTP_PORT = 80


def check_peers(configuration: Configuration) -> Iterator[Finding]:
    """NEGOCIO_URL and its like: said on purpose, and encrypted outside private networks."""
    seen: dict[str, str] = {}
    for name in _PEERS:
        value = configuration.get(name)
        if value is None:
            # start-production.sh tells the single process its own address.
            if not configuration.has_one_process:
                problem = "is not set: the default is this machine, which is right only where that is said"
                yield Finding(
                    name, "error", problem, configuration.place.set(name, _peer_example(name, configuration))
                )
            continue
        yield from _address(name, value, configuration)
        if value in seen and not configuration.has_one_process:
            problem = (
                f"is the same address as {seen[value]}, which is right in one process only (SERVICE=single)"
            )
            yield Finding(
                name, "error", problem, configuration.place.set(name, _peer_example(name, configuration))
            )
        seen.setdefault(value, name)


def check_public(configuration: Configuration) -> Iterator[Finding]:
    """PUBLIC_URL: where people and the verification after a deploy find the dashboard."""
    value = configuration.get("PUBLIC_URL")
    if value is None:
        fix = configuration.place.set("PUBLIC_URL", "https://YOUR.HOST")
        yield Finding("PUBLIC_URL", "warning", "is not set: deploys cannot be verified through it", fix)
        return
    parts = _parts(value)
    if parts.scheme != "https" and not is_private_host(parts.hostname or ""):
        fix = configuration.place.set("PUBLIC_URL", f"https://{parts.netloc or 'YOUR.HOST'}")
        yield Finding("PUBLIC_URL", "error", "is not https: passwords would travel in clear", fix)


def check_hosts(configuration: Configuration) -> Iterator[Finding]:
    """ALLOWED_HOSTS: the names the services answer to."""
    if not configuration.is_of(*_OWN_NAMES):
        return
    name, hosts = "ALLOWED_HOSTS", _listed(configuration, "ALLOWED_HOSTS")
    needed = _needed_hosts(configuration)
    # What was meant by https://host/ is the host.
    meant = [host if _is_host(host) else _parts(host).hostname or "" for host in hosts]
    wanted = ",".join(dict.fromkeys([*filter(_is_host, meant), *needed]))
    fix = configuration.place.set(name, wanted or "YOUR.HOST")
    if not hosts or "*" in hosts:
        problem = "is not set, so that any name is answered" if not hosts else "is *: any name is answered"
        yield Finding(name, "error", problem, fix)
        return
    for host in hosts:
        if not _HOST.fullmatch(host):
            problem = f"{host!r} is no host: a name alone, without https://, port or path"
            yield Finding(name, "error", problem, fix)
        elif not _is_host(host):
            yield Finding(name, "error", f"{host!r} lets in names that belong to others", fix)
    lacking = [host for host in needed if not any(_is_covered(host, allowed) for allowed in hosts)]
    if lacking:
        problem = f"lacks {', '.join(lacking)}: requests to these names are refused"
        yield Finding(name, "error", problem, fix)


def check_origins(configuration: Configuration) -> Iterator[Finding]:
    """CORS_ORIGINS: sites whose pages may call the API from a browser; none is fine."""
    origins, place = _listed(configuration, "CORS_ORIGINS"), configuration.place
    kept = ",".join(origin for origin in origins if _origin_problem(origin) is None)
    for problem in filter(None, map(_origin_problem, origins)):
        fix = place.set("CORS_ORIGINS", kept) if kept else place.remove("CORS_ORIGINS")
        yield Finding("CORS_ORIGINS", "error", problem, fix)


def _origin_problem(origin: str) -> str | None:
    parts = _parts(origin)
    host = parts.hostname or ""
    if origin == "*":
        return "is *: any site may call the API from its visitors' browsers"
    if parts.scheme != "https":
        return f"{origin!r} is not https: whoever is on the way could use it"
    if is_loopback(host):
        return f"{origin!r} is a developer's machine"
    if not host or parts.path or parts.query or parts.username:
        return f"{origin!r} is no origin: https://host or https://host:port, without a path"
    return None


def check_proxies(configuration: Configuration) -> Iterator[Finding]:
    """TRUSTED_PROXIES: who may say which address a request comes from."""
    name = "TRUSTED_PROXIES"
    for proxy in _listed(configuration, name):
        if proxy in _EVERYWHERE:
            problem = "trusts everybody: whoever gets past the proxy chooses the address he is counted by"
            yield Finding(
                name, "warning", problem, configuration.place.set(name, "127.0.0.1,::1,100.64.0.0/10")
            )
            continue
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            problem = f"{proxy!r} is neither an address nor a network"
            yield Finding(name, "error", problem, configuration.place.set(name, "127.0.0.1,::1"))


def _address(name: str, value: str, configuration: Configuration) -> Iterator[Finding]:
    parts = _parts(value)
    host = parts.hostname or ""
    example = configuration.place.set(name, _peer_example(name, configuration))
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.path not in {"", "/"}:
        yield Finding(name, "error", "is no address like http://host:port", example)
    elif parts.scheme == "http" and not is_private_host(host):
        problem = f"calls {host} over the internet without TLS"
        yield Finding(name, "error", problem, f"use the private address: {example}")
    elif is_loopback(host) and configuration.is_on_railway and not configuration.has_one_process:
        yield Finding(name, "error", "is this container itself; on Railway each service has its own", example)
    elif host.endswith(".railway.internal") and parts.port in {None, _HTTP_PORT}:
        problem = "has no port: the private network has no proxy that would know it"
        yield Finding(name, "error", problem, example)


def _needed_hosts(configuration: Configuration) -> list[str]:
    """Names that requests will carry: the process's own or all, and that of Railway's health check."""
    asked = (*_PEERS, "PUBLIC_URL") if configuration.process is None else _OWN_NAMES[configuration.process]
    is_added = configuration.platform is not None and configuration.platform.adds_own_name
    names = [name for name in asked if not (is_added and name in _PEERS)]
    given = [
        configuration.get(name) or (_peer_example(name, configuration) if name in _PEERS else "")
        for name in names
    ]
    hosts = [_parts(value).hostname for value in given if value]
    probe = [_RAILWAY_PROBE] if configuration.is_on_railway else []
    added = configuration.platform.hosts if configuration.platform else ()
    return list(dict.fromkeys([*(host for host in hosts if host and host not in added), *probe]))


def _is_host(host: str) -> bool:
    """A name, or a pattern of names that are all one's own."""
    return bool(_HOST.fullmatch(host)) and not (host.startswith("*.") and host[2:] in _SHARED_DOMAINS)


def _is_covered(host: str, allowed: str) -> bool:
    return host == allowed or (allowed.startswith("*.") and host.endswith(allowed[1:]))


def _peer_example(name: str, configuration: Configuration) -> str:
    service = {"NEGOCIO_URL": "agente-negocio", "DEPOSITO_URL": "agente-deposito", "ML_URL": "ml"}[name]
    return f"http://{service}{'.railway.internal' if configuration.is_on_railway else ''}:8080"


def _listed(configuration: Configuration, name: str) -> list[str]:
    return [part.strip() for part in (configuration.get(name) or "").split(",") if part.strip()]


def _parts(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts
