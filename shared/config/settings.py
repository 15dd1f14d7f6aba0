"""Settings of every process, read once from the environment: field `redis_url` is the variable REDIS_URL."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import AfterValidator, AliasChoices, AnyUrl, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.kernel.cuit import parse_cuit

_MINIMUM_SECRET_LENGTH = 32
_SSLMODE = re.compile(r"(?<![^&])sslmode=")


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _real_cuit(given: str) -> str:
    cuit = parse_cuit(given)
    if cuit is None:
        raise ValueError("is no CUIT: 11 digits, the last of them checks the others")
    return cuit


Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
CuitSetting = Annotated[str, AfterValidator(_real_cuit)]
CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """Everything a process may be told. Secrets have no default: without them it does not start.

    log_file: where log lines go; None is standard output, as hosts want it.
    debug: says more in the logs and on failures; without effect in production.
    max_connections: database connections of one process.
    cache_ttl: seconds the dashboard remembers whose a token is; 0 asks each time.
    workers_count: jobs of each queue that one worker runs at once.
    *_previous: accepted beside the key of that name, which alone signs; see scripts/rotate_secrets.py.
    database_url_direct: past any pooler, for LISTEN and migrations.
    metrics_port: where a worker tells its figures to Prometheus; None tells nobody.
    metrics_token: who asks a web service for its figures must bear it; None lets everybody who gets there.
    sentry_dsn: where failures are reported to, without anybody's data; None reports none.
    colour: which of two sets of processes this one is of, while versions are switched.
    """

    # An empty variable is one that was not given, as compose files and CI write them.
    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    environment: Literal["development", "demo", "test", "production"] = "development"
    debug: bool = False
    log_level: Level = "INFO"
    log_file: Path | None = None

    secret_key: SecretStr
    secret_key_previous: SecretStr | None = None
    jwt_secret_key: SecretStr
    jwt_secret_key_previous: SecretStr | None = None

    database_url: SecretStr
    database_url_direct: SecretStr | None = None
    redis_url: SecretStr
    max_connections: int = Field(default=10, ge=2, le=200)
    cache_ttl: int = Field(default=30, ge=0, le=86_400)
    workers_count: int = Field(default=1, ge=1, le=32)

    negocio_url: str = "http://localhost:8001"
    deposito_url: str = "http://localhost:8002"
    ml_url: str = "http://localhost:8003"
    port: int | None = Field(default=None, ge=1, le=65_535)
    metrics_port: int | None = Field(default=None, ge=1, le=65_535)
    metrics_address: str = "127.0.0.1"
    metrics_token: SecretStr | None = None
    sentry_dsn: SecretStr | None = None

    allowed_hosts: CommaSeparated = ("*",)
    cors_origins: CommaSeparated = ()
    # Rate limits count by address; behind a proxy the address is the one the proxy names.
    trusted_proxies: CommaSeparated = ("127.0.0.1", "::1")

    storage_path: Path = Path("var/objects")
    aws_access_key_id: str | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_region: str = "us-east-1"
    aws_bucket_name: str | None = None
    aws_endpoint_url_s3: str | None = None

    # Checked already, used by nothing yet: ARCA, the assistant, the bot and the model registry come later.
    # afip_cuit: of the certificate; certificate and key in PEM. cuit_empresa: of the first organisation.
    afip_environment: Literal["homologation", "production"] = "homologation"
    afip_cuit: CuitSetting | None = None
    afip_certificate: str | None = None
    afip_private_key: SecretStr | None = None
    cuit_empresa: CuitSetting | None = None
    openai_api_key: SecretStr | None = None
    telegram_bot_token: SecretStr | None = None
    mlflow_tracking_uri: AnyUrl | None = None

    # Requests per minute; one address, one person, one organisation, one address on open probes.
    rate_per_address: int = Field(default=600, ge=1)
    rate_per_user: int = Field(default=600, ge=1)
    rate_per_organisation: int = Field(default=6000, ge=1)
    rate_per_probe: int = Field(default=60, ge=1)

    page_timeout_seconds: int = Field(default=60, ge=5, le=600)
    reading_memory_mb: int = Field(default=1536, ge=256, le=16_384)
    version: str = "0.1.0"
    commit: str = Field(
        default="unknown",
        validation_alias=AliasChoices("commit", "railway_git_commit_sha", "render_git_commit"),
    )
    colour: Literal["blue", "green"] | None = None

    @model_validator(mode="after")
    def _refuse_weak_secrets(self) -> Self:
        for name in ("secret_key", "secret_key_previous", "jwt_secret_key", "jwt_secret_key_previous"):
            secret: SecretStr | None = getattr(self, name)
            if secret is not None and len(secret.get_secret_value()) < _MINIMUM_SECRET_LENGTH:
                raise ValueError(f"{name.upper()} must have at least {_MINIMUM_SECRET_LENGTH} characters")
        if self.secret_key.get_secret_value() == self.jwt_secret_key.get_secret_value():
            raise ValueError("SECRET_KEY and JWT_SECRET_KEY must differ")
        return self

    @property
    def release(self) -> str:
        """What runs here, for logs, traces and reports: the commit, where it is known."""
        return self.version if self.commit == "unknown" else self.commit

    @property
    def is_demo(self) -> bool:
        """Whether the demo shop and its published sign-in may exist here."""
        return self.environment == "demo"

    @property
    def is_debugging(self) -> bool:
        """Whether failures may be shown whole; never in production."""
        return self.debug and self.environment != "production"

    @property
    def effective_log_level(self) -> Level:
        """What the logs say at least."""
        return "DEBUG" if self.is_debugging else self.log_level

    def driver_url(self, driver: Literal["asyncpg", "psycopg"], *, direct: bool = False) -> str:
        """The database address for SQLAlchemy with one of our two drivers."""
        return with_driver(self._address(direct=direct), driver)

    def libpq_url(self) -> str:
        """The database address past any pooler, as libpq takes it."""
        return with_driver(self._address(direct=True), None)

    def _address(self, *, direct: bool) -> str:
        secret = self.database_url_direct if direct and self.database_url_direct else self.database_url
        return secret.get_secret_value()


def with_driver(url: str, driver: str | None) -> str:
    """Any postgres address (postgres://, postgresql+x://) rewritten for one driver; None is plain libpq."""
    parts = urlsplit(url)
    scheme = "postgresql" if driver is None else f"postgresql+{driver}"
    # asyncpg has its own word for what libpq calls sslmode; both take require, verify-full and the like.
    query = _SSLMODE.sub("ssl=", parts.query) if driver == "asyncpg" else parts.query
    return urlunsplit((scheme, parts.netloc, parts.path, query, ""))


def database_url_for(url: str, database: str) -> str:
    """The same server and user, another database."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/" + quote(database), parts.query, ""))


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process; raises pydantic.ValidationError naming each missing variable."""
    return Settings()
