"""`scripts/rollback-production.sh`: back to the version before, which is still running."""

import sys
from collections.abc import Mapping, Sequence

from scripts.production.console import run
from scripts.production.switching.actions import Operator
from scripts.production.switching.options import alone, host_of, parser_of
from scripts.production.switching.rolling_back import roll_back

_DESCRIPTION = """\
Turns NGINX back to the colour that the last deploy kept, within seconds, and its workers take over. Refused
when there is none. The schema stays: migrations work with the code before them. On Railway there are no
colours: use Rollback in its dashboard, or `railway redeploy`; see docs/deploy-railway.md."""


def main(arguments: Sequence[str]) -> Mapping[str, object]:
    """Roll back. Raises RefusedError when there is nothing to go back to."""
    options = parser_of("rollback-production", _DESCRIPTION).parse_args(arguments)
    host, operator = host_of(options), Operator(is_rehearsal=options.dry_run)
    with alone(host, is_rehearsal=options.dry_run):
        return roll_back(operator, host, ready_seconds=options.ready_seconds)


if __name__ == "__main__":
    sys.exit(run("rollback-production", main, sys.argv[1:]))
