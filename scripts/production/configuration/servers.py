"""The addresses of PostgreSQL and Redis: whole, with a password, and over TLS outside private networks."""

from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, urlsplit

from scripts.production.addresses import is_private_host
from scripts.production.configuration.findings import Configuration, Finding
from scripts.production.configuration.secrets import password_in
from scripts.production.configuration.strength import PASSWORD_BITS, PASSWORD_LENGTH, weakness_of

_ENCRYPTED = {"require", "verify-ca", "verify-full"}
# What both drivers understand; any other word in the address stops one of them when it connects.
_UNDERSTOOD = {"sslmode", "target_session_attrs"}
_POOLER_PORTS = {6432, 6543}
_POSTGRES = {"postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"}


def check_database(configuration: Configuration) -> Iterator[Finding]:
    """DATABASE_URL and, past a pooler, DATABASE_URL_DIRECT."""
    address = configuration.get("DATABASE_URL")
    if address is None:
        fix = configuration.place.set("DATABASE_URL", "postgresql://USER:PASSWORD@HOST:5432/DATABASE")
        yield Finding("DATABASE_URL", "error", "is not set", fix)
        return
    direct = configuration.get("DATABASE_URL_DIRECT")
    yield from _postgres("DATABASE_URL", address, configuration)
    if direct is not None:
        yield from _postgres("DATABASE_URL_DIRECT", direct, configuration)
        if _parts(direct).path != _parts(address).path:
            problem = "names another database than DATABASE_URL"
            yield Finding("DATABASE_URL_DIRECT", "error", problem, "give both the same database")
    elif _is_pooler(_parts(address)):
        problem = (
            "is not set though DATABASE_URL leads to a pooler: jobs and migrations need the server itself"
        )
        fix = configuration.place.set("DATABASE_URL_DIRECT", "postgresql://USER:PASSWORD@HOST:5432/DATABASE")
        yield Finding("DATABASE_URL_DIRECT", "error", problem, fix)


def check_redis(configuration: Configuration) -> Iterator[Finding]:
    """REDIS_URL."""
    name, address = "REDIS_URL", configuration.get("REDIS_URL")
    if address is None:
        fix = configuration.place.set(name, "rediss://:PASSWORD@HOST:6379/0")
        yield Finding(name, "error", "is not set", fix)
        return
    parts = _parts(address)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        yield Finding(name, "error", "is no address like rediss://:password@host:6379/0", "write it anew")
        return
    if is_private_host(parts.hostname):
        return
    if parts.scheme != "rediss":
        fix = configuration.place.set(name, "rediss://...")
        yield Finding(name, "error", f"goes to {parts.hostname} without TLS", fix)
    if not parts.password:
        problem = f"has no password though {parts.hostname} is reached from outside"
        yield Finding(name, "error", problem, "set requirepass there and write it into the address")


def _postgres(name: str, address: str, configuration: Configuration) -> Iterator[Finding]:
    parts = _parts(address)
    if parts.scheme not in _POSTGRES or not parts.hostname or len(parts.path) < 2:  # noqa: PLR2004  "/x"
        fix = configuration.place.set(name, "postgresql://USER:PASSWORD@HOST:5432/DATABASE")
        yield Finding(name, "error", "is no address like postgresql://user:password@host:5432/database", fix)
        return
    yield from _password(name, address, configuration)
    options = dict(parse_qsl(parts.query))
    unknown = sorted(set(options) - _UNDERSTOOD)
    if unknown:
        problem = f"carries {', '.join(unknown)}, which not both drivers know: services would not start"
        yield Finding(name, "error", problem, "leave out what is behind ? but sslmode")
    mode = options.get("sslmode")
    if not is_private_host(parts.hostname) and mode not in _ENCRYPTED:
        problem = f"goes to {parts.hostname} without TLS" + (f" (sslmode={mode})" if mode else "")
        separator = "&" if parts.query else "?"
        fix = "append " + f"{separator}sslmode=require" + ", or use the host's private address"
        yield Finding(name, "error", problem, fix if mode is None else "write sslmode=require")


def _password(name: str, address: str, configuration: Configuration) -> Iterator[Finding]:
    parts, password = _parts(address), password_in(address)
    user = parts.username or "postgres"
    change = f"ALTER ROLE \"{user}\" PASSWORD '...', then {configuration.place.set(name, '...')}"
    if not parts.username or password is None:
        yield Finding(name, "error", "has no user or no password", change)
    elif weakness := weakness_of(password, length=PASSWORD_LENGTH, bits=PASSWORD_BITS):
        yield Finding(name, "error", f"its password {weakness}", change)


def _is_pooler(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    return _port(parts) in _POOLER_PORTS or "pooler" in host or "pgbouncer" in host


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
