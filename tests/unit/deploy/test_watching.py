"""Prometheus and Grafana: what they ask exists, and every target is a container."""

import json
import re
from typing import Any

from prometheus_client import REGISTRY

import shared.observability.metrics as ours
from scripts.production.processes import PROCESSES, ROOT
from scripts.production.switching.colours import BEHIND_PROXY
from tests.unit.deploy.files import load_yaml

DASHBOARD = ROOT / "deploy" / "grafana" / "dashboards" / "gondola.json"
# Not ours: of Prometheus itself, and of every process on Linux.
GIVEN = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}
_WORDS = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b(?!\()|\bup\b")


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return found


def queries() -> list[str]:
    return [target["expr"] for panel in panels() for target in panel["targets"]]


def known() -> set[str]:
    assert ours
    names = set()
    for metric in REGISTRY.collect():
        names |= {metric.name, *(f"{metric.name}{end}" for end in ("_total", "_bucket", "_count", "_sum"))}
    return names | GIVEN


def test_every_figure_of_the_dashboard_is_one_that_processes_tell() -> None:
    asked = {word for query in queries() for word in _WORDS.findall(query)} - {"histogram_quantile"}

    assert len(asked) > 10
    assert asked <= known()


def test_panels_do_not_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells
        assert place["x"] + place["w"] <= 24
        taken |= cells


def test_the_dashboard_asks_the_data_source_that_is_provided() -> None:
    sources = load_yaml("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"]

    assert {panel["datasource"]["uid"] for panel in panels()} == {source["uid"] for source in sources}


def jobs(file: str) -> dict[str, dict[str, Any]]:
    """What Prometheus asks, by name."""
    return {job["job_name"]: job for job in load_yaml(f"deploy/prometheus/{file}")["scrape_configs"]}


def targets(group: dict[str, Any]) -> set[str]:
    return set(group["targets"])


def test_every_process_of_compose_is_asked_where_it_answers() -> None:
    services = load_yaml("docker-compose.production.yml")["services"]
    groups = jobs("compose.yml")["gondola"]["static_configs"]

    for group in groups:
        colour = group["labels"]["colour"]
        expected = set()
        for name, service in services.items():
            if name.endswith(f"-{colour}"):
                process, environment = PROCESSES[name.rpartition("-")[0]], service["environment"]
                port = environment["PORT" if process.is_web else "METRICS_PORT"]
                expected.add(f"{name}:{port}")
        assert targets(group) == expected
    assert [group["labels"]["colour"] for group in groups] == ["blue", "green"]


def test_every_process_of_systemd_is_asked_where_it_answers() -> None:
    for group in jobs("systemd.yml")["gondola"]["static_configs"]:
        folder = ROOT / "deploy" / "systemd" / group["labels"]["colour"]
        told = " ".join(file.read_text() for file in folder.glob("*.env"))
        ports = re.findall(r"\b(?:METRICS_)?PORT=(\d+)", told)

        assert len(ports) == 7
        assert targets(group) == {f"127.0.0.1:{port}" for port in ports}


def test_compose_and_systemd_watch_alike() -> None:
    texts = []
    for name in ("compose", "systemd"):
        text = (ROOT / "deploy" / "prometheus" / f"{name}.yml").read_text()
        text = re.sub(r"\b(blackbox|alertmanager|node):(9115|9093|9100)\b", r"127.0.0.1:\2", text)
        texts.append(re.sub(r"^ +- [\w.-]+:\d+$|^#.*", "", text, flags=re.MULTILINE).split())

    assert texts[0] == texts[1]


def test_every_service_is_asked_through_the_door_and_so_is_the_first_page() -> None:
    found = {
        group["labels"]["service"]: next(iter(group["targets"]))
        for group in jobs("compose.yml")["door"]["static_configs"]
    }

    assert found.pop("page") == "@PUBLIC_URL@/entrar"
    assert found == {name: f"@PUBLIC_URL@/services/{name}/health/ready" for name in BEHIND_PROXY}


def test_the_containers_that_watch_are_called_as_prometheus_calls_them() -> None:
    services = load_yaml("docker-compose.production.yml")["services"]
    watching = {name for name, service in services.items() if service.get("profiles") == ["watch"]}

    assert watching == {"prometheus", "blackbox", "node", "alertmanager", "grafana"}
    template = (ROOT / ".env.production.template").read_text()
    told = set(re.findall(r"^(ALERT_\w+)=", template, re.MULTILINE))
    assert set(services["alertmanager"]["environment"]) == told
