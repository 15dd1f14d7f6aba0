"""docker-compose.production.yml: against the published schema, and what must hold for two colours."""

import re
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from scripts.production.images import IMAGES
from scripts.production.processes import PROCESSES, ROOT
from scripts.production.start import is_present
from shared.config.settings import Settings
from tests.unit.deploy.files import judged, load_yaml

NAME = "docker-compose.production.yml"
COLOURS = ("blue", "green")
COLOURED = (
    *("web-dashboard", "agente-negocio", "agente-deposito", "ml"),
    *("negocio-worker", "deposito-worker", "ml-worker"),
)
OURS = {f"{name}-{colour}" for name in COLOURED for colour in COLOURS}
JOBS = {"migrator", "backup", "restore-drill", "restore"}
OURS |= JOBS


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


def version(service: dict[str, Any]) -> tuple[str, str]:
    """Image and where its version is from. There is no default: what runs is what was noted, or nothing."""
    image = re.fullmatch(r"\$\{IMAGE_PREFIX:-gondola\}/([a-z-]+):(\$\{.+\})", service["image"])
    assert image
    return image[1], image[2]


def test_every_process_runs_in_its_image_and_its_colour(services: dict[str, dict[str, Any]]) -> None:
    for name in OURS - JOBS:
        service, environment = services[name], services[name]["environment"]
        process, _, colour = name.rpartition("-")
        image, source = version(service)
        assert environment["SERVICE"] == process
        assert process in IMAGES[image].processes
        assert environment["COLOUR"] == colour
        assert service["profiles"] == [colour]
        assert source == f"${{{colour.upper()}_VERSION:?see docs/deploy.md}}"


def test_jobs_run_the_version_people_use(services: dict[str, dict[str, Any]]) -> None:
    in_use = "${RELEASE:?see docs/deploy.md}"

    assert version(services["migrator"]) == ("agente-deposito", f"${{MIGRATOR_VERSION:-{in_use}}}")
    for name in JOBS - {"migrator"}:
        assert version(services[name]) == ("backup", in_use)
    for name in JOBS:
        assert services[name]["profiles"] == ["jobs"]
        assert services[name]["restart"] == "no"
    for name in JOBS - {"restore"}:
        assert services[name]["environment"]["SERVICE"] == name


def test_our_images_come_from_nowhere_but_this_machine(services: dict[str, dict[str, Any]]) -> None:
    ours = {name for name, service in services.items() if "IMAGE_PREFIX" in service["image"]}

    assert ours == OURS
    for name in OURS:
        assert services[name]["pull_policy"] == "never"
        # Compose would make a missing one of what is checked out, and call it the version asked for.
        assert "build" not in services[name]


def test_every_process_of_this_release_has_its_place(services: dict[str, dict[str, Any]]) -> None:
    """A process that comes later, as the bot, is found missing here once it is there."""
    present = {name for name, process in PROCESSES.items() if is_present(process)} - {"single"}

    placed = {services[name]["environment"].get("SERVICE", name) for name in OURS} - {"restore"}

    assert placed == present


def test_the_key_that_opens_backups_is_told_to_who_restores_alone(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in OURS:
        files = services[name]["env_file"]
        assert files[0] == ".env.production"
        if name in {"restore", "restore-drill"}:
            assert files[1:] == [{"path": ".env.restore", "required": False}]
        else:
            assert files[1:] == []
        assert "BACKUP_IDENTITY" not in services[name]["environment"]
    assert ".env.*" in (ROOT / ".gitignore").read_text().splitlines()


def test_who_answers_people_cannot_remove_or_forge_backups(services: dict[str, dict[str, Any]]) -> None:
    for secret in ("BACKUP_AWS_ACCESS_KEY_ID", "BACKUP_AWS_SECRET_ACCESS_KEY", "BACKUP_SIGNING_KEY"):
        for name in OURS:
            # What stands here goes before what env_file says.
            told = services[name]["environment"][secret]
            assert told == (f"${{{secret}:-}}" if name in JOBS - {"migrator"} else "")


def test_one_service_restores_papers_and_jobs_have_room_for_dumps(
    services: dict[str, dict[str, Any]],
) -> None:
    assert "objects:/data" in services["restore"]["volumes"]
    for name in ("backup", "restore-drill", "restore"):
        assert {"backups:/backups", "scratch:/scratch"} < set(services[name]["volumes"])
        assert services[name]["environment"]["TMPDIR"] == "/scratch"
    # A named volume has the owner of the folder it is put over.
    assert re.search(
        r"--owner gondola .*/data /backups /scratch$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )


def test_nginx_asks_web_services_where_they_stay(services: dict[str, dict[str, Any]]) -> None:
    network = load_yaml(NAME)["networks"]["outside"]["ipam"]["config"][0]
    given_out = ip_network(network["ip_range"])
    fixed = {}
    for colour in COLOURS:
        text = (ROOT / "deploy" / "nginx" / "compose" / f"{colour}.conf").read_text()
        for address, name in re.findall(
            r"server ([\d.]+):8080 max_fails=0;  # ([a-z-]+)$", text, re.MULTILINE
        ):
            assert services[name]["networks"] == {"inside": {}, "outside": {"ipv4_address": address}}
            fixed[name] = ip_address(address)

    assert set(fixed) == {f"{name}-{colour}" for name in COLOURED[:4] for colour in COLOURS}
    assert len(set(fixed.values())) == len(fixed)
    for address in fixed.values():
        assert address in ip_network(network["subnet"])
        assert address not in given_out


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

        moved = blue.replace("ipv4_address': '172.30.0.1", "ipv4_address': '172.30.0.2")
        assert moved.replace("blue", "green").replace("BLUE", "GREEN") == green


def test_our_processes_are_locked_in(services: dict[str, dict[str, Any]]) -> None:
    for name in OURS:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["init"] is True
        assert "ports" not in service
        assert "mem_limit" in service or name in JOBS


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


@pytest.mark.parametrize("password", ["", "kT5vNq8RzLw2XbHc7"])
def test_grafana_does_not_start_with_a_password_that_everybody_knows(
    services: dict[str, dict[str, Any]], password: str
) -> None:
    grafana = services["grafana"]
    script = grafana["command"][0].replace("$$", "$").replace("exec /run.sh", "exit 0")

    done = subprocess.run(
        [*grafana["entrypoint"], script], env={"GF_SECURITY_ADMIN_PASSWORD": password}, check=False
    )

    assert grafana["environment"]["GF_SECURITY_ADMIN_PASSWORD"] == "${GRAFANA_PASSWORD:-}"
    assert "exec /run.sh" in grafana["command"][0]
    assert (done.returncode == 0) is bool(password)


def test_postgres_is_18_with_its_volume_where_18_wants_it(services: dict[str, dict[str, Any]]) -> None:
    assert services["postgres"]["image"].startswith("postgres:18")
    assert services["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_the_proxies_of_the_networks_are_believed(services: dict[str, dict[str, Any]]) -> None:
    networks = load_yaml(NAME)["networks"]
    subnets = [network["ipam"]["config"][0]["subnet"] for network in networks.values()]

    believed = services["ml-blue"]["environment"]["TRUSTED_PROXIES"].split(",")

    assert set(subnets) < set(believed)


def test_what_is_told_is_what_processes_read(services: dict[str, dict[str, Any]]) -> None:
    known = {name.upper() for name in Settings.model_fields} | {"SERVICE", "COLOUR", "TMPDIR"}
    known |= {"BACKUP_PATH", "BACKUP_AWS_ACCESS_KEY_ID", "BACKUP_AWS_SECRET_ACCESS_KEY", "BACKUP_SIGNING_KEY"}
    for name in OURS:
        assert set(services[name]["environment"]) <= known


def test_folders_it_mounts_are_there(services: dict[str, dict[str, Any]]) -> None:
    mounted = [volume for service in services.values() for volume in service.get("volumes", [])]
    folders = [volume.partition(":")[0] for volume in mounted if volume.startswith("./deploy/")]

    assert folders
    assert all((ROOT / folder).exists() for folder in folders)
