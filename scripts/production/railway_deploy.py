"""Deploys one service to Railway and waits until it runs: `python -m scripts.production.railway_deploy NAME`.

Needs Railway's CLI, RAILWAY_TOKEN and none of our packages. `railway up` alone ends with the build log,
before anybody knows whether the new version became healthy, so the deployment is asked until it has.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.production.console import Parser, RefusedError, ScriptError, run, say
from scripts.production.processes import PROCESSES, ROOT, commit_of
from scripts.production.start import is_present

_PAUSE_SECONDS = 5.0
_DONE = {"SUCCESS", "SLEEPING"}
_BROKEN = {"FAILED", "CRASHED", "REMOVED", "REMOVING", "SKIPPED"}
_LOG_LINES = "100"

Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A service of an environment of the project that RAILWAY_TOKEN belongs to."""

    service: str
    environment: str

    def command(self, *words: str) -> list[str]:
        """A command of the CLI about this service."""
        return ["railway", *words, "--service", self.service, "--environment", self.environment]


def main(arguments: Sequence[str], *, sleep: Sleep = time.sleep) -> Mapping[str, object]:
    """Upload this checkout and wait. Raises ScriptError with the service's own log when it does not run."""
    parser = Parser(prog="python -m scripts.production.railway_deploy", description=__doc__)
    parser.add_argument("service", help="name of the service, which is that of its process")
    parser.add_argument("--environment", default="production", help="Railway's environment (production)")
    parser.add_argument("--timeout", type=float, default=1500, help="seconds to wait in all (1500)")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be called")
    options = parser.parse_args(arguments)
    if options.service not in PROCESSES:
        raise RefusedError(f"there is no process {options.service}; there are: {', '.join(PROCESSES)}")
    target = Target(options.service, options.environment)
    commit = commit_of({})
    up = target.command("up", "--detach", "--json", "--message", f"commit {commit}")
    if not is_present(PROCESSES[options.service]):
        say(f"This release has no {options.service}: nothing to deploy.")
        return {"service": options.service, "skipped": True}
    if options.dry_run:
        say(f"$ {' '.join(up)}")
        return {"service": options.service, "dry_run": True}
    began = time.monotonic()
    deployment = str(_json(up)["deploymentId"])
    say(f"{options.service}: deployment {deployment}")
    _wait(target, deployment, deadline=began + options.timeout, sleep=sleep)
    seconds = round(time.monotonic() - began, 1)
    return {"service": options.service, "deployment": deployment, "commit": commit, "seconds": seconds}


def _wait(target: Target, deployment: str, *, deadline: float, sleep: Sleep) -> None:
    seen = ""
    while True:
        status = _status(target, deployment)
        if status != seen:
            say(f"{target.service}: {status}")
            seen = status
        if status in _DONE:
            return
        if status in _BROKEN or time.monotonic() > deadline:
            _show_log(deployment)
            reason = status if status in _BROKEN else f"still {status} when the time was up"
            raise ScriptError(f"{target.service}: {reason}", service=target.service, deployment=deployment)
        sleep(_PAUSE_SECONDS)


def _status(target: Target, deployment: str) -> str:
    """What Railway says of the deployment; one that is not listed yet is as good as queued."""
    listed: list[dict[str, Any]] = _json(target.command("deployment", "list", "--json"))
    return next((str(found["status"]) for found in listed if found["id"] == deployment), "QUEUED")


def _json(command: Sequence[str]) -> Any:
    """What a command of the CLI answers, on one line or on several."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise ScriptError("railway is not installed: npm install --global @railway/cli") from error
    sys.stderr.write(done.stderr)
    if done.returncode != 0:
        raise ScriptError(f"{' '.join(command[:2])} ended with {done.returncode}", command=list(command))
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise ScriptError(f"{' '.join(command[:2])} answered no JSON: {done.stdout[:200]!r}") from error


def _show_log(deployment: str) -> None:
    command = ["railway", "logs", deployment, "--lines", _LOG_LINES]
    subprocess.run(command, cwd=ROOT, stdout=2, check=False)


if __name__ == "__main__":
    sys.exit(run("railway-deploy", main, sys.argv[1:]))
