"""The workflow that deploys to Railway: schema, order, stopping, and nothing it need not have."""

import re
from typing import Any

import pytest

from scripts.production.images import IMAGES
from scripts.production.processes import PROCESSES, ROOT
from tests.unit.deploy.files import judged, load_yaml

NAME = ".github/workflows/railway-deploy.yml"


@pytest.fixture(scope="module")
def jobs() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = load_yaml(NAME)["jobs"]
    return found


def commands(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


@pytest.mark.parametrize("schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"])
def test_it_keeps_the_published_schema(schema: str) -> None:
    assert judged(ROOT / NAME, "--builtin-schema", schema) == ""


def test_nothing_is_deployed_that_was_not_tested_and_built(jobs: dict[str, dict[str, Any]]) -> None:
    assert [(name, job.get("needs")) for name, job in jobs.items()] == [
        ("test", None),
        ("build", "test"),
        ("deploy", "build"),
        ("verify", "deploy"),
    ]
    assert ".ci/run" in commands(jobs["test"])
    assert "scripts/build-production.sh --images" in commands(jobs["build"])
    assert "scripts.production.railway_deploy" in commands(jobs["deploy"])
    assert "scripts/post-deploy-verification.sh" in commands(jobs["verify"])


def test_services_are_deployed_one_by_one_until_one_fails(jobs: dict[str, dict[str, Any]]) -> None:
    strategy = jobs["deploy"]["strategy"]

    assert strategy["max-parallel"] == 1
    assert strategy["fail-fast"] is True
    assert strategy["matrix"]["service"][0] == "agente-negocio"
    assert set(strategy["matrix"]["service"]) == set(PROCESSES) - {"migrator", "single"}


def test_every_slim_image_is_built_and_looked_into(jobs: dict[str, dict[str, Any]]) -> None:
    assert set(jobs["build"]["strategy"]["matrix"]["image"]) == set(IMAGES) - {"platform"}


def test_a_running_deploy_is_never_stopped_half_way() -> None:
    assert load_yaml(NAME)["concurrency"]["cancel-in-progress"] is False


def test_it_may_only_read_and_actions_cannot_change_under_it(jobs: dict[str, dict[str, Any]]) -> None:
    used = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]

    assert load_yaml(NAME)["permissions"] == {"contents": "read"}
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", action) for action in used)
    for job in jobs.values():
        assert "permissions" not in job


def test_tokens_are_given_to_single_steps_and_no_value_is_written_into_commands(
    jobs: dict[str, dict[str, Any]],
) -> None:
    for job in jobs.values():
        assert "${{" not in commands(job)
        assert "secrets." not in str(job.get("env", ""))
