"""Back to the colour that was kept."""

import time

from scripts.production.console import RefusedError, say
from scripts.production.switching.actions import Operator
from scripts.production.switching.colours import other
from scripts.production.switching.hosts import Host
from scripts.production.switching.turning import turn


def roll_back(operator: Operator, host: Host, *, ready_seconds: float) -> dict[str, object]:
    """Send people back to the other colour, at once, then its workers take over the jobs.

    Raises RefusedError when not every web service of it is ready; nothing was changed then. The colour that
    was left keeps its web services, so that one may look at them, or go forward again.
    """
    began = time.monotonic()
    left = host.proxy.active
    kept = other(left)
    missing = operator.failing(host.ready(kept, "web"))
    if missing:
        raise RefusedError(
            f"there is nothing to go back to: of {kept} these are not ready: {', '.join(missing)}. "
            "Deploy the version you want with scripts/deploy-zero-downtime.sh --release COMMIT",
            active=left,
            not_ready=missing,
        )
    say(f"from {left} back to {kept}")
    turn(operator, host, kept)
    switched_seconds = time.monotonic() - began
    operator.do([*host.mark(kept), *host.start(kept, "workers")])
    operator.wait_for(host.ready(kept, "workers"), seconds=ready_seconds)
    operator.do(host.stop(left, "workers"))
    return {
        "active": kept,
        "left": left,
        "switched_seconds": round(switched_seconds, 3),
        "dry_run": operator.is_rehearsal,
    }
