"""render.yaml: against a small schema of our own, and what must hold beyond it."""

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from scripts.production.images import IMAGES
from scripts.production.processes import PROCESSES, ROOT
from scripts.production.start import is_present
from shared.config.settings import Settings
from tests.unit.deploy.files import DATA, judged, load_yaml

SCHEMA = ("--schemafile", str(DATA / "render.schema.json"))
Service = dict[str, Any]


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    return {service["name"]: service for service in load_yaml("render.yaml")["services"]}


@pytest.fixture(scope="module")
def processes(services: dict[str, Service]) -> dict[str, Service]:
    return {name: service for name, service in services.items() if service["type"] != "keyvalue"}


def variables(service: Service) -> dict[str, Any]:
    """Key to where it comes from; those of the group it takes are not among them."""
    return {told["key"]: told for told in service["envVars"] if "key" in told}


def test_it_keeps_the_schema() -> None:
    assert judged(ROOT / "render.yaml", *SCHEMA) == ""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("maxShutdownDelaySeconds: 35", "maxShutdownDelaySeconds: 301"),
        ('postgresMajorVersion: "18"', "postgresMajorVersion: 18"),
        ("runtime: docker", "env: docker"),
        ("    ipAllowList: []\n\nservices", "    healthCheckInterval: 5\n\nservices"),
        ("{key: SERVICE, value: ml}", "{key: SERVICE, value: ml, sync: false}"),
    ],
)
def test_the_schema_finds_what_render_rejects(right: str, wrong: str, tmp_path: Path) -> None:
    text = (ROOT / "render.yaml").read_text()
    assert right in text
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace(right, wrong))

    assert judged(broken, *SCHEMA)


def groups(service: Service) -> set[str]:
    return {told["fromGroup"] for told in service["envVars"] if "fromGroup" in told}


def test_every_process_is_there_with_its_image(processes: dict[str, Service]) -> None:
    """A process that comes later, as the bot, is found missing here once it is there."""
    present = {name for name, process in PROCESSES.items() if is_present(process)}

    assert set(processes) == present - {"migrator", "single"}
    for name, service in processes.items():
        told = variables(service)
        assert told["SERVICE"]["value"] == name
        assert name in IMAGES[told["IMAGE"]["value"]].processes
        assert (service["type"] == "cron") == PROCESSES[name].is_job
        assert (service["type"] in {"web", "pserv"}) == PROCESSES[name].is_web


def test_one_migrator_runs_before_everything(processes: dict[str, Service]) -> None:
    before = {
        name: found["preDeployCommand"] for name, found in processes.items() if "preDeployCommand" in found
    }

    assert before == {"agente-negocio": "/app/scripts/start-production.sh migrator"}


def test_nothing_is_killed_before_it_could_finish(processes: dict[str, Service]) -> None:
    assert all(s["maxShutdownDelaySeconds"] >= 30 for s in processes.values() if s["type"] != "cron")


def test_references_lead_to_what_is_there(
    services: dict[str, Service], processes: dict[str, Service]
) -> None:
    blueprint = load_yaml("render.yaml")
    databases = {database["name"] for database in blueprint["databases"]}
    made = {group["name"] for group in blueprint["envVarGroups"]} | set(groups_of_the_guide())
    for service in processes.values():
        for told in service["envVars"]:
            if "fromDatabase" in told:
                assert told["fromDatabase"]["name"] in databases
            if "fromGroup" in told:
                assert told["fromGroup"] in made
            if "fromService" in told:
                other = services[told["fromService"]["name"]]
                assert told["fromService"]["type"] == other["type"]
                assert "property" in told["fromService"]


def groups_of_the_guide() -> dict[str, list[str]]:
    """Groups that are made by hand, and their variables; a star stands for any end of a name."""
    rows = re.findall(
        r"^\| `(gondola-\w+)` \| (.+?) \|", (ROOT / "docs" / "deploy.md").read_text(), re.MULTILINE
    )
    return {name: re.findall(r"`([A-Z_]+\*?)`", told) for name, told in rows}


def test_groups_made_by_hand_are_all_used_and_hold_what_there_is(processes: dict[str, Service]) -> None:
    template = set(
        re.findall(r"^([A-Z_0-9]+)=", (ROOT / ".env.production.template").read_text(), re.MULTILINE)
    )
    used = set().union(*map(groups, processes.values())) - {"gondola"}

    assert used == set(groups_of_the_guide())
    for names in groups_of_the_guide().values():
        for name in names:
            assert any(fnmatch(known, name) for known in template | {"BACKUP_IDENTITY"})


def test_only_the_drill_can_read_backups(processes: dict[str, Service]) -> None:
    assert groups_of_the_guide()["gondola-restore"] == ["BACKUP_IDENTITY"]
    assert {name for name, service in processes.items() if "gondola-restore" in groups(service)} == {
        "restore-drill"
    }


def test_what_is_told_is_what_processes_read(processes: dict[str, Service]) -> None:
    known = {name.upper() for name in Settings.model_fields}
    known |= {"SERVICE", "IMAGE", "NEGOCIO_HOSTPORT", "DEPOSITO_HOSTPORT", "ML_HOSTPORT"}
    for service in processes.values():
        assert set(variables(service)) <= known


def test_papers_are_kept_in_a_bucket_since_disks_cannot_be_switched(processes: dict[str, Service]) -> None:
    for name in ("agente-negocio", "negocio-worker", "backup"):
        assert "gondola-documents" in groups(processes[name])
    assert not any("disk" in service for service in processes.values())
