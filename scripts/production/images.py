"""The container images: which part of the lock each installs, and which processes run in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from scripts.production.processes import PROCESSES


@dataclass(frozen=True, slots=True)
class Image:
    """One target of the Dockerfile. part: the file in deploy/requirements it installs."""

    part: str
    processes: tuple[str, ...]


IMAGES: Mapping[str, Image] = {
    "web-dashboard": Image("base", ("web-dashboard",)),
    "agente-deposito": Image("base", ("agente-deposito", "deposito-worker", "migrator")),
    "agente-negocio": Image("ocr", ("agente-negocio", "negocio-worker", "telegram-bot")),
    "ml": Image("ml", ("ml", "ml-worker")),
    "backup": Image("base", ("backup", "restore-drill")),
    # What hosts build that know no targets: everything, so that any process runs in it.
    "platform": Image("platform", tuple(PROCESSES)),
}
