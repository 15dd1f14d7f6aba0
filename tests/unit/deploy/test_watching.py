"""Prometheus and Grafana: what they ask exists, and every target is a container."""

import json
import re
from typing import Any

from prometheus_client import REGISTRY

import shared.observability.metrics as ours
from scripts.production.processes import ROOT
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


def test_every_process_of_compose_is_asked_where_it_answers() -> None:
    services = load_yaml("docker-compose.production.yml")["services"]
    jobs = load_yaml("deploy/prometheus/prometheus.yml")["scrape_configs"]
    groups = [group for job in jobs for group in job["static_configs"]]
    targets = {target for group in groups for target in group["targets"]}

    expected = set()
    for name, service in services.items():
        environment = service.get("environment", {})
        if environment.get("SERVICE", "") in {"", "migrator", "backup", "restore-drill"}:
            continue
        is_worker = name.startswith(("negocio-w", "deposito-w", "ml-w", "telegram"))
        expected.add(f"{name}:{environment['METRICS_PORT'] if is_worker else environment['PORT']}")

    assert targets == expected
    for group in groups:
        if "labels" in group:
            assert all(f"-{group['labels']['colour']}:" in target for target in group["targets"])
