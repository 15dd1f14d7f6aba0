"""What validation takes as set by a platform is what the platform's own files set."""

import json
import os
import re
from typing import Any

import pytest
import yaml

from scripts.production import env_file
from scripts.production.configuration.command import main
from scripts.production.configuration.findings import Configuration, Place
from scripts.production.configuration.network import check_hosts
from scripts.production.configuration.platforms import PLATFORMS
from scripts.production.processes import PROCESSES, ROOT, environment_of
from tests.unit.scripts.production.configuration.good import NOW, good

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


def variables_on_render(service: dict[str, Any], groups: dict[str, dict[str, str]]) -> dict[str, str]:
    """What Render tells a service of render.yaml."""
    name = service["name"]
    told = {
        "RENDER_DISCOVERY_SERVICE": f"{name}-x1y2-discovery",
        "RENDER_GIT_COMMIT": "a1b2" * 10,
    }
    if service["type"] == "web":
        told["RENDER_EXTERNAL_HOSTNAME"] = f"{name}-x1y2.onrender.com"
    for each in service["envVars"]:
        if "fromGroup" in each:
            told |= groups[each["fromGroup"]]
        elif "fromService" in each and each["fromService"]["property"] == "hostport":
            told[each["key"]] = f"{each['fromService']['name']}-x1y2:8080"
        else:
            told[each["key"]] = each.get("value") or RENDERS[each["key"]]
    return told


RENDERS = {
    "DATABASE_URL": "postgresql://gondola:qX8vT2nLr5ZbKw9m@dpg-c1d2e3-a/gondola",
    "REDIS_URL": "redis://red-c1d2e3:6379",
}
RENDER: dict[str, Any] = yaml.safe_load((ROOT / "render.yaml").read_text())
ASKED = [each for each in RENDER["services"] if each["type"] in {"web", "pserv"}]


@pytest.mark.parametrize("public_url", ["https://gondola.com.ar", "https://web-dashboard-x1y2.onrender.com"])
@pytest.mark.parametrize("service", ASKED, ids=[each["name"] for each in ASKED])
def test_what_render_tells_its_services_is_fit(
    service: dict[str, Any],
    public_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (ours,) = RENDER["envVarGroups"]
    # Render makes up what it is told to generate.
    generated = {name: good()["SECRET_KEY"][::-1] for name in ("METRICS_TOKEN",)} | good()
    groups = {
        "gondola": {each["key"]: each.get("value") or generated[each["key"]] for each in ours["envVars"]},
        "gondola-site": {"PUBLIC_URL": public_url, "ALLOWED_HOSTS": "gondola.com.ar"},
        "gondola-documents": {name: value for name, value in good().items() if name.startswith("AWS_")},
        "gondola-fiscal": {name: value for name, value in good().items() if name[:4] in {"AFIP", "CUIT"}},
    }
    monkeypatch.setattr(os, "environ", variables_on_render(service, groups))

    main(["--env", "production", "--for", "render"])

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [each for each in told["findings"] if each["severity"] == "error"] == []


def test_render_needs_no_name_of_its_private_network() -> None:
    """As looked at before there are services: what all of them share."""
    shared = {
        name: value for name, value in good().items() if name not in {"NEGOCIO_URL", "DEPOSITO_URL", "ML_URL"}
    }

    for hosts, lacking in (("gondola.com.ar", False), ("other.com.ar", True)):
        values = {**shared, "ALLOWED_HOSTS": hosts}
        found = list(check_hosts(Configuration(values, Place("shell"), NOW, PLATFORMS["render"])))

        assert bool(found) is lacking
