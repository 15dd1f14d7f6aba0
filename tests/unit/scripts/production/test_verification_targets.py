"""The verification finds the platform with the variables that are there where the guides run it."""

import re
from collections.abc import Mapping

import pytest

from scripts.production.console import RefusedError
from scripts.production.processes import ROOT
from scripts.production.verification.targets import missing, targets_of
from tests.unit.deploy.files import load_yaml

PUBLIC = "https://app.example.com"
FOUR = {
    "NEGOCIO_URL": "https://negocio.example.com",
    "DEPOSITO_URL": "https://deposito.example.com",
    "ML_URL": "https://ml.example.com",
}


def production_env() -> dict[str, str]:
    """The file as Compose and systemd read it: every variable, most of them empty."""
    names = re.findall(r"^([A-Z_0-9]+)=", (ROOT / ".env.production.template").read_text(), re.MULTILINE)
    return {**dict.fromkeys(names, ""), "ENVIRONMENT": "production", "PUBLIC_URL": PUBLIC}


def compose() -> dict[str, str]:
    told: dict[str, str] = load_yaml("docker-compose.production.yml")["services"]["restore"]["environment"]
    return production_env() | told


def render() -> dict[str, str]:
    """Of the job by which a restore is run; references as Render puts them in, groups as the guide says."""
    services = {service["name"]: service for service in load_yaml("render.yaml")["services"]}
    told = {"ENVIRONMENT": "production", "PUBLIC_URL": PUBLIC}
    for entry in services["restore-drill"]["envVars"]:
        if entry.get("fromService", {}).get("property") == "hostport":
            told[entry["key"]] = f"{entry['fromService']['name']}:8080"
    assert {"fromGroup": "gondola-site"} in services["restore-drill"]["envVars"]
    return told


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param(compose(), id="compose"),
        pytest.param(production_env(), id="systemd"),
        pytest.param({"PUBLIC_URL": PUBLIC}, id="single"),
        pytest.param({"PUBLIC_URL": PUBLIC, **FOUR, "ONE_ADDRESS": "1"}, id="said"),
    ],
)
def test_where_the_public_address_alone_is_known_it_stands_for_all(environment: Mapping[str, str]) -> None:
    targets = targets_of(environment)

    assert (targets.is_one_address, targets.is_inside) == (True, False)
    assert targets.own["negocio"] == f"{PUBLIC}/services/negocio"


def test_on_render_services_are_asked_by_reference() -> None:
    targets = targets_of(render())

    assert targets.is_inside
    assert targets.own == {
        "dashboard": PUBLIC,
        "negocio": "http://agente-negocio:8080",
        "deposito": "http://agente-deposito:8080",
        "ml": "http://ml:8080",
    }


def test_from_outside_each_service_has_its_public_address() -> None:
    """As on Railway, where nothing hands requests on by their path: the dashboard alone would be found."""
    told = {"FROM_OUTSIDE": "1", "PUBLIC_URL": PUBLIC}

    assert missing(told) == list(FOUR)
    with pytest.raises(RefusedError, match="Set NEGOCIO_URL, DEPOSITO_URL, ML_URL "):
        targets_of(told)
    targets = targets_of({**told, **FOUR})
    assert (targets.is_one_address, targets.is_inside) == (False, False)
    assert targets.own == {
        "dashboard": PUBLIC,
        **{name.removesuffix("_URL").lower(): url for name, url in FOUR.items()},
    }


@pytest.mark.parametrize("lacking", list(FOUR))
def test_a_service_that_was_forgotten_is_asked_for(lacking: str) -> None:
    told = {"PUBLIC_URL": PUBLIC, **FOUR}
    del told[lacking]

    assert missing(told) == [lacking]


def test_the_dashboard_behind_the_proxy_is_not_the_proxy() -> None:
    assert missing({"PUBLIC_URL": PUBLIC, "DASHBOARD_URL": "http://127.0.0.1:8100"}) == list(FOUR)
