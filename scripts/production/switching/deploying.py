"""A new version takes over from the one people use, or does not and leaves no trace."""

import time
from dataclasses import dataclass

from scripts.production.console import RefusedError, ScriptError, say, tell
from scripts.production.switching.actions import Operator
from scripts.production.switching.colours import Colour, other
from scripts.production.switching.hosts import Host
from scripts.production.switching.turning import answering, go_back, turn, unseen


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
    if not (operator.is_rehearsal and wishes.is_built):
        host.check(wishes.release)
    _check_idle(host, new)
    operator.do(host.migrate(wishes.release))
    replaced = host.placed(new)
    try:
        _start(operator, host, new, wishes)
        switched_seconds = _switch(operator, host, new)
        operator.do(host.verify(new, wishes.release, through=host.address))
        operator.do(host.mark(new, wishes.release))
    except BaseException as error:
        is_stopped = _leave(operator, host, new, drain_seconds=wishes.drain_seconds)
        found = {"stopped": new} if is_stopped else {"still_running": new}
        tell(error, release=wishes.release, no_longer_kept=replaced, **found)
        if replaced:
            say(f"{replaced}, kept as {new} until now, made room: there is nothing to roll back to")
        raise
    operator.do(host.stop(old, "workers"))
    say(f"requests that {old} had begun have {wishes.drain_seconds:g} s")
    if not operator.is_rehearsal:
        time.sleep(wishes.drain_seconds)
    if not wishes.keeps_old:
        operator.do(host.stop(old, "web"))
    return {
        "active": host.proxy.active,
        "kept": old if wishes.keeps_old else None,
        "release": wishes.release,
        "switched_seconds": round(switched_seconds, 3),
        "dry_run": operator.is_rehearsal,
    }


def _check_idle(host: Host, colour: Colour) -> None:
    """What is about to be stopped must serve nobody, whatever the file says."""
    if colour in answering(host).values():
        raise RefusedError(
            f"{colour} answers at {host.address}, which active.conf does not say: NGINX has not read it. "
            "Copy the one of the colour that should be in use over active.conf and reload NGINX"
        )


def _start(operator: Operator, host: Host, colour: Colour, wishes: Wishes) -> None:
    """Up and found good, in place of whatever was left of the idle colour."""
    for group in ("workers", "web"):
        operator.do(host.stop(colour, group))
    operator.do([*host.place(colour, wishes.release), *host.start(colour, "web")])
    operator.wait_for(host.ready(colour, "web"), seconds=wishes.ready_seconds)
    operator.do([*host.warm(colour), *host.verify(colour, wishes.release, through=None)])
    operator.do(host.start(colour, "workers"))
    operator.wait_for(host.ready(colour, "workers"), seconds=wishes.ready_seconds)


def _switch(operator: Operator, host: Host, colour: Colour) -> float:
    """Seconds until nobody was answered by the other colour any more. Raises ScriptError when somebody is."""
    began = time.monotonic()
    turn(operator, host, colour)
    if why := unseen(operator, host, colour):
        raise ScriptError(why)
    return time.monotonic() - began


def _leave(operator: Operator, host: Host, colour: Colour, *, drain_seconds: float) -> bool:
    """Back to the other colour; whether this one was stopped. Why matters more than that it could not be."""
    if not go_back(operator, host, other(colour), drain_seconds=drain_seconds):
        say(f"{colour} was left running beside {other(colour)}, since people may be sent to either")
        return False
    is_stopped = True
    for group in ("workers", "web"):
        try:
            operator.do(host.stop(colour, group))
        except ScriptError as error:
            say(f"{group} of {colour} could not be stopped: {error}")
            is_stopped = False
    return is_stopped
