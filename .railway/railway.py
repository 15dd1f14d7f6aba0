"""The platform on Railway, all of it: `railway config plan` shows what would change, `apply` changes it.

Services take no source from a repository: .github/workflows/railway-deploy.yml uploads what its tests passed.
Secrets are not here. SECRET_KEY, JWT_SECRET_KEY and METRICS_TOKEN are shared variables of the environment;
what preserve() names is set for its service, or not at all. See docs/deploy-railway.md.
"""
# ruff: noqa: INP001

from collections.abc import Mapping
from typing import Any

from railway_sdk import (
    bucket,
    create_railway_context,
    define_railway,
    postgres,
    preserve,
    project,
    redis,
    service,
)

PORT = 8080
METRICS_PORT = 9100
BUILD = {"builder": "DOCKERFILE", "dockerfilePath": "Dockerfile"}
# The new one is asked for its health, both run for 20 s, the old one has 30 s to finish. Strings would fail.
RUNNING = {
    "restartPolicyType": "ON_FAILURE",
    "restartPolicyMaxRetries": 10,
    "overlapSeconds": 20,
    "drainingSeconds": 30,
}
# Bots take each other's messages: the old one ends before the new one starts. The bot comes with a later
# release; until then its service stays empty, since scripts.production.railway_deploy passes it over.
ALONE = {**RUNNING, "overlapSeconds": 0}
# 03:17 in Argentina every night, 04:43 every Sunday; UTC here. What fails is not tried again;
# who is told of it stands in docs/deploy.md, Watching.
NIGHTLY = {"cronSchedule": "17 6 * * *", "restartPolicyType": "NEVER"}
WEEKLY = {"cronSchedule": "43 7 * * 0", "restartPolicyType": "NEVER"}
MIGRATE = "/app/scripts/start-production.sh migrator"

database = postgres("Postgres")
cache = redis("Redis")
documents = bucket("documents", region="iad")
shared = create_railway_context().shared


def private(name: str) -> str:
    """Address of a service in the private network, which encrypts by itself."""
    return f"http://${{{{{name}.RAILWAY_PRIVATE_DOMAIN}}}}:{PORT}"


COMMON: Mapping[str, Any] = {
    "ENVIRONMENT": "production",
    "LOG_LEVEL": "INFO",
    "SECRET_KEY": shared.SECRET_KEY,
    "JWT_SECRET_KEY": shared.JWT_SECRET_KEY,
    "METRICS_TOKEN": shared.METRICS_TOKEN,
    "SECRET_KEY_PREVIOUS": preserve(),
    "JWT_SECRET_KEY_PREVIOUS": preserve(),
    "SENTRY_DSN": preserve(),
    "OTEL_EXPORTER_OTLP_ENDPOINT": preserve(),
    "DATABASE_URL": database.env.DATABASE_URL,
    "REDIS_URL": cache.env.REDIS_URL,
    # Twice all processes while a deploy overlaps, with what their queues need, must stay below 100.
    "MAX_CONNECTIONS": "4",
    "NEGOCIO_URL": private("agente-negocio"),
    "DEPOSITO_URL": private("agente-deposito"),
    "ML_URL": private("ml"),
    "ALLOWED_HOSTS": "healthcheck.railway.app,${{RAILWAY_PRIVATE_DOMAIN}},${{RAILWAY_PUBLIC_DOMAIN}}",
    # The edge, and the private network in which the dashboard says for whom it asks.
    "TRUSTED_PROXIES": "100.64.0.0/10,10.0.0.0/8,fd00::/8",
}
STORAGE: Mapping[str, Any] = {
    "AWS_BUCKET_NAME": documents.env.BUCKET,
    "AWS_ACCESS_KEY_ID": documents.env.ACCESS_KEY_ID,
    "AWS_SECRET_ACCESS_KEY": documents.env.SECRET_ACCESS_KEY,
    "AWS_REGION": documents.env.REGION,
    "AWS_ENDPOINT_URL_S3": documents.env.ENDPOINT,
}
FISCAL: Mapping[str, Any] = {
    name: preserve()
    for name in (
        "AFIP_ENVIRONMENT",
        "AFIP_CUIT",
        "AFIP_CERTIFICATE",
        "AFIP_PRIVATE_KEY",
        "CUIT_EMPRESA",
        "OPENAI_API_KEY",
    )
}
# A bucket at another provider, with its own key: the papers' one, and what loses it, has no part in it.
BACKUP: Mapping[str, Any] = {
    name: preserve()
    for name in (
        "BACKUP_BUCKET_NAME",
        "BACKUP_AWS_ACCESS_KEY_ID",
        "BACKUP_AWS_SECRET_ACCESS_KEY",
        "BACKUP_AWS_REGION",
        "BACKUP_AWS_ENDPOINT_URL_S3",
        "BACKUP_RECIPIENT",
        "BACKUP_SIGNING_KEY",
    )
}
# The private key, which only the drill may have.
RESTORE: Mapping[str, Any] = {"BACKUP_IDENTITY": preserve()}
BOT: Mapping[str, Any] = {"TELEGRAM_BOT_TOKEN": preserve()}
MODELS: Mapping[str, Any] = {"MLFLOW_TRACKING_URI": preserve()}


def process(name: str, image: str, *variables: Mapping[str, Any], **config: Any) -> Any:
    """One process. image: the target of the Dockerfile that is built for it."""
    env: dict[str, Any] = {"SERVICE": name, "IMAGE": image, **COMMON}
    for each in variables:
        env.update(each)
    return service(name, build=BUILD, env=env, **config)


def web(name: str, *variables: Mapping[str, Any], **config: Any) -> Any:
    """A service that answers on a fixed port, so that the others know where."""
    return process(
        name,
        name,
        {"PORT": str(PORT)},
        *variables,
        healthcheck="/health/ready",
        healthcheckTimeout=120,
        deploy=RUNNING,
        **config,
    )


def worker(name: str, image: str, *variables: Mapping[str, Any], deploy: Mapping[str, Any] = RUNNING) -> Any:
    """A process without requests; it tells its figures in the private network."""
    figures = {"METRICS_PORT": str(METRICS_PORT), "METRICS_ADDRESS": "::"}
    return process(name, image, figures, *variables, deploy=deploy)


@define_railway
def main(_ctx: object = None) -> Any:
    """The project. The CLI calls it without an argument."""
    return project(
        "gondola",
        resources=[
            database,
            cache,
            documents,
            # The only one with a pre-deploy command: one migrator, before anybody new answers.
            web("agente-negocio", STORAGE, FISCAL, preDeploy=MIGRATE),
            web("agente-deposito", STORAGE),
            web("ml", STORAGE, MODELS),
            web("web-dashboard"),
            worker("negocio-worker", "agente-negocio", STORAGE, FISCAL),
            worker("deposito-worker", "agente-deposito", STORAGE),
            worker("ml-worker", "ml", STORAGE, MODELS),
            worker("telegram-bot", "agente-negocio", STORAGE, FISCAL, BOT, deploy=ALONE),
            process("backup", "backup", STORAGE, BACKUP, deploy=NIGHTLY),
            process("restore-drill", "backup", STORAGE, BACKUP, RESTORE, deploy=WEEKLY),
        ],
    )
