"""A new version takes over from the one people use, or does not and leaves no trace."""

import time
from dataclasses import dataclass

from scripts.production.console import ScriptError, say
from scripts.production.switching.actions import Operator
from scripts.production.switching.colours import Colour, other
from scripts.production.switching.hosts import Host
from scripts.production.switching.turning import turn


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is deployed, and how patiently.

    release: its commit. is_built: whether it has to be made first. drain_seconds: how long requests that
    began before the switch may take. keeps_old: whether the old web services stay for a rollback.
    """

    release: str
    is_built: bool
    ready_seconds: float
    drain_seconds: float
    keeps_old: bool


def deploy(operator: Operator, host: Host, wishes: Wishes) -> dict[str, object]:
    """Switch to the release. Raises ScriptError; people are sent to the old version then, as before.

    Workers of the new version start when its web services have proved themselves, and those of the old
    one stop when the switch has: jobs of the new version may be unknown to the old.
    """
    old = host.proxy.active
    new = other(old)
    say(f"{old} is in use; {new} will be {wishes.release}")
    if wishes.is_built:
        operator.do(host.build(wishes.release))
    if not operator.is_rehearsal:
        host.check(wishes.release)
    operator.do(host.migrate(wishes.release))
    try:
        _start(operator, host, new, wishes)
        switched_seconds = turn(operator, host, new)
        _see_through_proxy(operator, host, new, wishes.release)
    except BaseException as error:
        _stop_all(operator, host, new)
        if isinstance(error, ScriptError):
            error.facts |= {"active": old, "stopped": new, "release": wishes.release}
        raise
    operator.do([*host.mark(new), *host.stop(old, "workers")])
    say(f"requests that {old} had begun have {wishes.drain_seconds:g} s")
    if not operator.is_rehearsal:
        time.sleep(wishes.drain_seconds)
    if not wishes.keeps_old:
        operator.do(host.stop(old, "web"))
    return {
        "active": new,
        "kept": old if wishes.keeps_old else None,
        "release": wishes.release,
        "switched_seconds": round(switched_seconds, 3),
        "dry_run": operator.is_rehearsal,
    }


def _start(operator: Operator, host: Host, new: Colour, wishes: Wishes) -> None:
    """Everything of the new version runs, is warm and was looked at; nobody is sent to it."""
    for group in ("workers", "web"):
        operator.do(host.stop(new, group))
    operator.do([*host.place(new, wishes.release), *host.start(new, "web")])
    operator.wait_for(host.ready(new, "web"), seconds=wishes.ready_seconds)
    operator.do(host.warm(new))
    operator.do(host.verify(new, wishes.release, through=None))
    operator.do(host.start(new, "workers"))
    operator.wait_for(host.ready(new, "workers"), seconds=wishes.ready_seconds)


def _see_through_proxy(operator: Operator, host: Host, new: Colour, release: str) -> None:
    try:
        operator.do(host.verify(new, release, through=host.address))
    except BaseException:
        turn(operator, host, other(new))
        raise


def _stop_all(operator: Operator, host: Host, colour: Colour) -> None:
    """As far as it can be stopped; why we stop it matters more than that we cannot."""
    for group in ("workers", "web"):
        try:
            operator.do(host.stop(colour, group))
        except ScriptError as error:
            say(f"{group} of {colour} could not be stopped: {error}")
