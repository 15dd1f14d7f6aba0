"""Back to the colour that was kept."""

import time

from scripts.production.console import RefusedError, ScriptError, say
from scripts.production.switching.actions import Operator
from scripts.production.switching.colours import other
from scripts.production.switching.hosts import Host
from scripts.production.switching.turning import go_back, turn, unseen


def roll_back(operator: Operator, host: Host, *, ready_seconds: float) -> dict[str, object]:
    """Send people back to the other colour, at once, then its workers take over the jobs.

    Raises RefusedError when not every web service of it is ready, or its build is gone; nothing was changed
    then. The colour that was left keeps its web services, so that one may look at them, or go forward again.
    Raises ScriptError when the kept colour is not seen: people are sent to it all the same, since what broke
    may be the way from here, and the workers of both run.
    """
    began = time.monotonic()
    left = host.proxy.active
    kept = other(left)
    release = host.placed(kept)
    missing = operator.failing(host.ready(kept, "web"))
    if release is None or missing:
        raise RefusedError(
            f"there is nothing to go back to: of {kept} these are not ready: {', '.join(missing) or 'all'}. "
            "Deploy the version you want with scripts/deploy-zero-downtime.sh --release COMMIT",
            not_ready=missing,
        )
    host.check(release)
    say(f"from {left} back to {kept}, {release}")
    try:
        turn(operator, host, kept)
        operator.do(host.mark(kept, release))
    except BaseException:
        go_back(operator, host, left, drain_seconds=0)
        raise
    why = unseen(operator, host, kept)
    switched_seconds = time.monotonic() - began
    operator.do(host.start(kept, "workers"))
    operator.wait_for(host.ready(kept, "workers"), seconds=ready_seconds)
    if why:
        raise ScriptError(f"NGINX was told to go back, but {why}. The workers of both colours run")
    operator.do(host.stop(left, "workers"))
    return {
        "active": host.proxy.active,
        "left": left,
        "release": release,
        "switched_seconds": round(switched_seconds, 3),
        "dry_run": operator.is_rehearsal,
    }
