"""docker-compose.production.yml: against the published schema, and what must hold for two colours."""

import re
from pathlib import Path
from typing import Any

import pytest

from scripts.production.images import IMAGES
from scripts.production.processes import PROCESSES, ROOT
from shared.config.settings import Settings
from tests.unit.deploy.files import judged, load_yaml

NAME = "docker-compose.production.yml"
COLOURS = ("blue", "green")
COLOURED = (
    *("web-dashboard", "agente-negocio", "agente-deposito", "ml"),
    *("negocio-worker", "deposito-worker", "ml-worker"),
)
OURS = {f"{name}-{colour}" for name in COLOURED for colour in COLOURS}
OURS |= {"telegram-bot", "migrator", "backup", "restore-drill"}


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = load_yaml(NAME)["services"]
    return found


def test_it_keeps_the_published_schema() -> None:
    assert judged(ROOT / NAME, "--builtin-schema", "vendor.compose-spec") == ""


def test_the_schema_is_really_asked(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text((ROOT / NAME).read_text().replace("stop_grace_period: 40s", "stop_grace: 40s"))

    assert "stop_grace" in judged(broken, "--builtin-schema", "vendor.compose-spec")


def test_every_process_runs_in_its_image_and_its_colour(services: dict[str, dict[str, Any]]) -> None:
    for name in OURS:
        service, environment = services[name], services[name]["environment"]
        process = environment["SERVICE"]
        image = re.fullmatch(r"\$\{IMAGE_PREFIX:-gondola\}/([a-z-]+):\$\{\w+:-latest\}", service["image"])
        assert image
        assert process in PROCESSES
        assert process in IMAGES[image[1]].processes
        if name.endswith(COLOURS):
            colour = name.rpartition("-")[2]
            assert name == f"{process}-{colour}"
            assert environment["COLOUR"] == colour
            assert service["profiles"] == [colour]


def test_a_colour_asks_only_itself(services: dict[str, dict[str, Any]]) -> None:
    for colour in COLOURS:
        for process in COLOURED:
            environment = services[f"{process}-{colour}"]["environment"]
            assert environment["NEGOCIO_URL"] == f"http://agente-negocio-{colour}:8080"
            assert environment["DEPOSITO_URL"] == f"http://agente-deposito-{colour}:8080"
            assert environment["ML_URL"] == f"http://ml-{colour}:8080"
            assert environment["ALLOWED_HOSTS"].endswith(f",ml-{colour}")


def test_colours_differ_in_nothing_else(services: dict[str, dict[str, Any]]) -> None:
    for process in COLOURED:
        blue, green = (str(services[f"{process}-{colour}"]) for colour in COLOURS)

        assert blue.replace("blue", "green").replace("BLUE", "GREEN") == green


def test_every_image_is_built_by_its_target(services: dict[str, dict[str, Any]]) -> None:
    targets = {service["build"]["target"] for service in services.values() if "build" in service}

    assert targets == set(IMAGES) - {"platform"}


def test_our_processes_are_locked_in(services: dict[str, dict[str, Any]]) -> None:
    for name in OURS:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["init"] is True
        assert "ports" not in service
        assert service["mem_limit"] if name.endswith((*COLOURS, "bot")) else True


def test_they_may_finish_what_they_were_asked(services: dict[str, dict[str, Any]]) -> None:
    assert {services[name]["stop_grace_period"] for name in OURS} == {"40s"}


def test_servers_are_reached_from_inside_only(services: dict[str, dict[str, Any]]) -> None:
    networks = load_yaml(NAME)["networks"]

    assert networks["inside"]["internal"] is True
    for name in ("postgres", "valkey", "mlflow", "prometheus"):
        assert services[name]["networks"] == ["inside"]
        assert "ports" not in services[name]
    open_ports = {name for name, service in services.items() if "ports" in service}
    assert open_ports == {"nginx", "grafana"}
    assert services["grafana"]["ports"][0].startswith("127.0.0.1:")


def test_postgres_is_18_with_its_volume_where_18_wants_it(services: dict[str, dict[str, Any]]) -> None:
    assert services["postgres"]["image"].startswith("postgres:18")
    assert services["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_the_proxies_of_the_networks_are_believed(services: dict[str, dict[str, Any]]) -> None:
    networks = load_yaml(NAME)["networks"]
    subnets = [network["ipam"]["config"][0]["subnet"] for network in networks.values()]

    believed = services["ml-blue"]["environment"]["TRUSTED_PROXIES"].split(",")

    assert set(subnets) < set(believed)


def test_what_is_told_is_what_processes_read(services: dict[str, dict[str, Any]]) -> None:
    known = {name.upper() for name in Settings.model_fields} | {"SERVICE", "COLOUR", "BACKUP_PATH"}
    for name in OURS:
        assert set(services[name]["environment"]) <= known


def test_folders_it_mounts_are_there(services: dict[str, dict[str, Any]]) -> None:
    mounted = [volume for service in services.values() for volume in service.get("volumes", [])]
    folders = [volume.partition(":")[0] for volume in mounted if volume.startswith("./")]

    assert folders
    assert all((ROOT / folder).exists() for folder in folders)
