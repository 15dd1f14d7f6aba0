"""`scripts/deploy-zero-downtime.sh`: a new version takes over while people go on working."""

import subprocess
import sys
from collections.abc import Mapping, Sequence

from scripts.production.console import RefusedError, run
from scripts.production.processes import ROOT
from scripts.production.switching.actions import Operator
from scripts.production.switching.deploying import Wishes, deploy
from scripts.production.switching.options import alone, commit, host_of, parser_of, seconds

_DRAIN_SECONDS = 10.0
_DESCRIPTION = """\
Starts a version as the idle colour, waits until all of it is ready, warms it, looks at it, and only then
turns NGINX to it. The old colour keeps its web services, so that a rollback is instant."""


def main(arguments: Sequence[str]) -> Mapping[str, object]:
    """Deploy. Raises ScriptError; people are sent to the old version then, as before."""
    parser = parser_of("deploy-zero-downtime", _DESCRIPTION)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--build", action="store_true", help="build what this checkout has committed")
    what.add_argument("--release", metavar="COMMIT", type=commit, help="take the build of this commit")
    parser.add_argument(
        "--drain-seconds",
        type=seconds,
        default=_DRAIN_SECONDS,
        help=f"for requests under way ({_DRAIN_SECONDS:g})",
    )
    parser.add_argument("--stop-old", action="store_true", help="do not keep the old colour for a rollback")
    options = parser.parse_args(arguments)
    host, operator = host_of(options), Operator(is_rehearsal=options.dry_run)
    wishes = Wishes(
        release=options.release or _head(),
        is_built=options.build,
        ready_seconds=options.ready_seconds,
        drain_seconds=options.drain_seconds,
        keeps_old=not options.stop_old,
    )
    with alone(host, is_rehearsal=options.dry_run):
        return deploy(operator, host, wishes)


def _head() -> str:
    done = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "HEAD"],  # noqa: S607  whichever git is there
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RefusedError(f"a checkout with git is needed: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(run("deploy-zero-downtime", main, sys.argv[1:]))
