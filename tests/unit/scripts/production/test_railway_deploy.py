"""Deploying one service to Railway: what is asked of the CLI, and what is made of its answers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.production import railway_deploy
from scripts.production.console import RefusedError, ScriptError
from scripts.production.processes import ROOT

# Answers as the CLI's sources have it: one object after an upload, a list of deployments, newest first.
_STAND_IN = """#!{python}
import json, pathlib, sys
folder = pathlib.Path({folder!r})
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[1] == "up":
    print(json.dumps({{"deploymentId": "d-2", "logsUrl": "https://railway.com/d-2"}}))
elif sys.argv[1] == "deployment":
    waiting = folder / "statuses"
    first, *rest = waiting.read_text().split()
    waiting.write_text(" ".join(rest or [first]))
    listed = [{{"id": "d-2", "status": first, "createdAt": "2026-11-20T00:00:00Z", "meta": None}}]
    listed += [{{"id": "d-1", "status": "SUCCESS", "createdAt": "2026-11-19T00:00:00Z", "meta": None}}]
    print(json.dumps(listed[first == "NONE":], indent=2))
else:
    print("the service's own log")
"""


class Railway:
    """The CLI's place on the path. statuses: what the deployment is, from one question to the next."""

    def __init__(self, folder: Path, statuses: str) -> None:
        self._folder = folder
        (folder / "statuses").write_text(statuses)
        program = folder / "railway"
        program.write_text(_STAND_IN.format(python=sys.executable, folder=str(folder)))
        program.chmod(0o755)

    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in (self._folder / "calls").read_text().splitlines()]


def deploy(
    monkeypatch: pytest.MonkeyPatch, folder: Path, statuses: str, *arguments: str
) -> tuple[Railway, Any]:
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    railway = Railway(folder, statuses)
    return railway, lambda: railway_deploy.main(["ml", *arguments], sleep=lambda _seconds: None)


def test_it_waits_until_the_new_version_is_healthy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    railway, run = deploy(monkeypatch, tmp_path, "NONE BUILDING DEPLOYING SUCCESS")

    told = run()

    assert told["deployment"] == "d-2"
    up, *asked = railway.calls()
    assert up[:3] == ["up", "--detach", "--json"]
    assert up[-4:] == ["--service", "ml", "--environment", "production"]
    assert len(asked) == 4
    assert asked[0] == ["deployment", "list", "--json", "--service", "ml", "--environment", "production"]


@pytest.mark.parametrize("status", ["FAILED", "CRASHED"])
def test_a_version_that_does_not_run_fails_with_its_own_log(
    status: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    railway, run = deploy(monkeypatch, tmp_path, f"BUILDING {status}")

    with pytest.raises(ScriptError, match=f"ml: {status}"):
        run()

    assert railway.calls()[-1] == ["logs", "d-2", "--lines", "100"]
    assert "the service's own log" in capfd.readouterr().err


def test_one_that_never_becomes_healthy_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, run = deploy(monkeypatch, tmp_path, "DEPLOYING", "--timeout", "0")

    with pytest.raises(ScriptError, match="still DEPLOYING"):
        run()


def test_what_this_release_lacks_is_not_deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    railway, _ = deploy(monkeypatch, tmp_path, "SUCCESS")
    monkeypatch.setattr(railway_deploy, "is_present", lambda _process: False)

    told = railway_deploy.main(["telegram-bot"])

    assert told["skipped"] is True
    assert not (tmp_path / "calls").exists()
    assert railway


def test_a_dry_run_calls_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, run = deploy(monkeypatch, tmp_path, "SUCCESS", "--dry-run")

    assert run()["dry_run"] is True
    assert not (tmp_path / "calls").exists()


def test_an_unknown_service_is_refused() -> None:
    with pytest.raises(RefusedError, match="there is no process postgres"):
        railway_deploy.main(["postgres"])


def test_a_missing_cli_is_said_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ScriptError, match="npm install --global @railway/cli"):
        railway_deploy.main(["ml"])


def test_it_needs_no_package(tmp_path: Path) -> None:
    """A job that only deploys installs nothing."""
    (tmp_path / "nothing.txt").touch()
    only = Path(__file__).parent / "only"
    environment = {
        "PYTHONPATH": f"{only}{os.pathsep}{ROOT}",
        "ONLY_INSTALLED": str(tmp_path / "nothing.txt"),
    }

    done = subprocess.run(
        [sys.executable, "-m", "scripts.production.railway_deploy", "ml", "--dry-run"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
