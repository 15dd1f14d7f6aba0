"""What validation takes as set by a platform is what the platform's own files set."""

import re
from typing import Any

import yaml

from scripts.production import env_file
from scripts.production.configuration.platforms import PLATFORMS
from scripts.production.processes import PROCESSES, ROOT, environment_of

_OPTIONAL = re.compile(r"\$\{([A-Z_]+):[-?][^}]*\}")
PASSWORD = "a-password-of-letters"


def environment_of_compose(service: str) -> dict[str, str]:
    compose: Any = yaml.safe_load((ROOT / "docker-compose.production.yml").read_text())
    given = {"POSTGRES_PASSWORD": PASSWORD, "ALLOWED_HOSTS": "gondola.com.ar"}
    environment = compose["services"][service]["environment"]
    return {name: _OPTIONAL.sub(lambda found: given[found[1]], value) for name, value in environment.items()}


def test_compose_sets_what_is_taken_as_set() -> None:
    set_there = environment_of_compose("agente-negocio-blue")
    platform = PLATFORMS["compose"]

    hosts = set_there.pop("ALLOWED_HOSTS").split(",")
    del set_there["SERVICE"]
    taken = platform.sets({"POSTGRES_PASSWORD": PASSWORD})
    assert {name: set_there.get(name) for name in taken} == taken
    # What is withheld from a service is still the platform's.
    assert {set_there[name] for name in set_there.keys() - taken.keys()} <= {""}
    assert hosts == ["gondola.com.ar", *platform.hosts]


def test_systemd_sets_what_is_taken_as_set() -> None:
    assert PLATFORMS["systemd"].sets({}) == env_file.read(ROOT / "deploy" / "systemd" / "blue" / "colour.env")


def test_addresses_of_render_are_those_the_start_makes() -> None:
    given = {f"{name}_HOSTPORT": f"{name.lower()}:10000" for name in ("NEGOCIO", "DEPOSITO", "ML")}
    started = environment_of(PROCESSES["ml"], given)

    made = PLATFORMS["render"].sets(given)

    assert made == {name: started[name] for name in ("NEGOCIO_URL", "DEPOSITO_URL", "ML_URL")}
