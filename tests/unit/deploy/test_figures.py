"""Alerts and dashboards ask for figures that processes tell, and alerts fire when they should."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

import shared.database.pool
import shared.observability.metrics
from scripts.local import debian

DEPLOY = Path(__file__).parents[3] / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.rules.yml"
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
# Of Prometheus itself, of the blackbox and the node exporter, and of every process on Linux.
_GIVEN = {"up", "process_start_time_seconds", "process_resident_memory_bytes", "process_cpu_seconds_total"}
_GIVEN |= {"probe_success", "probe_ssl_earliest_cert_expiry"}
_GIVEN |= {"node_filesystem_avail_bytes", "node_filesystem_size_bytes"}
_SELECTORS = re.compile(r"\{[^}]*\}|\[[^\]]*\]|(?:by|without|on|ignoring) ?\([^)]*\)")
_NAMES = re.compile(r"\b[a-z]+[a-z0-9]*(?:[_:][a-z0-9:]+)+\b(?! ?\()|\bup\b")


def told() -> set[str]:
    """Every figure our processes tell, as Prometheus stores it."""
    assert shared.observability.metrics
    assert shared.database.pool
    names = set(_GIVEN)
    for metric in REGISTRY.collect():
        ends = ("_bucket", "_count", "_sum") if metric.type == "histogram" else ("", "_total")
        names |= {metric.name + end for end in ends}
    return names


def recorded() -> set[str]:
    return set(re.findall(r"- record: (\S+)", RULES.read_text()))


def asked(query: str) -> set[str]:
    return set(_NAMES.findall(_SELECTORS.sub(" ", query)))


def queries_of_rules() -> list[str]:
    """What stands after expr:, until the next field."""
    found = re.findall(r"expr: (.*?)\n\s+(?:- |for:|labels:|\Z)", RULES.read_text() + "\n  - ", re.DOTALL)
    return [" ".join(query.removeprefix(">-").split()) for query in found]


def test_every_alert_asks_for_figures_that_are_told() -> None:
    queries = queries_of_rules()

    assert len(queries) == RULES.read_text().count("expr:")
    for query in queries:
        assert asked(query), query
        assert asked(query) <= told() | recorded(), query


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: str(file.name))
def test_every_query_of_a_dashboard_asks_for_figures_that_are_told(file: Path) -> None:
    panels = json.loads(file.read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]

    assert queries
    for query in queries:
        assert asked(query), query
        assert asked(query) <= told() | recorded(), query


def test_a_figure_nobody_tells_is_found() -> None:
    assert asked("max by (queue_name) (jobs_lost{queue_name='x'}) > 0") == {"jobs_lost"}
    assert not asked("sum(jobs_lost)") <= told()


def test_the_goals_of_answers_are_edges_of_the_histogram() -> None:
    edges = shared.observability.metrics.REQUEST_SECONDS._kwargs["buckets"]

    assert {0.3, 0.5} <= set(edges)


def test_alerts_fire_when_they_should_and_not_otherwise() -> None:
    promtool = debian.ensure("prometheus", "promtool")

    for command in (["check", "rules", RULES.name], ["test", "rules", "alerts.test.yml"]):
        ran = subprocess.run(
            [promtool, *command], cwd=RULES.parent, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_test_of_the_rules_finds_an_alert_that_is_broken(tmp_path: Path) -> None:
    rules = RULES.read_text()
    assert '(probe_success{job="door"}) == 0' in rules
    (tmp_path / RULES.name).write_text(rules.replace('(probe_success{job="door"}) == 0', "(up) == 0"))
    tests = tmp_path / "alerts.test.yml"
    tests.write_text((RULES.parent / tests.name).read_text())

    command = [str(debian.ensure("prometheus", "promtool")), "test", "rules", str(tests)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ran.returncode != 0
    assert "ServiceAway" in ran.stdout + ran.stderr
