"""The command line of a rotation."""

import argparse
import os
import secrets
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scripts.production import env_file
from scripts.production.console import Parser, RefusedError, run, say
from scripts.production.processes import PROCESSES
from scripts.production.rotation import notes, steps
from scripts.production.rotation.published import check_published
from scripts.production.rotation.steps import KEYS, Plan
from scripts.production.start import is_present

_RANDOM_BYTES = 48
_RAILWAY_NOTE = Path("var/rotation.json")
# Who makes or believes tokens; what this release does not have yet has no variables either.
_SERVICES = [
    each.name for each in PROCESSES.values() if not each.is_job and each.name != "single" and is_present(each)
]
_NEXT = {
    "generate": "Next: stage.",
    "stage": "Next: deploy every process (both colours, if two run), see them ready, then promote.",
    "promote": "Next: deploy every process; retire when it is time (status says when).",
    "retire": "Next: deploy every process. Keep no copy of the old key.",
    "replace": "Next: deploy every process at once, both colours and all workers.",
}
_DESCRIPTION = """\
Replaces JWT_SECRET_KEY and SECRET_KEY without signing anybody out.

  generate  note a new key                         no process is told yet
  stage     *_PREVIOUS = new                       all believe it, the old one signs
  promote   the new one signs, *_PREVIOUS = old    what the old one made stays good
  retire    *_PREVIOUS taken out                   the old one is believed no more
  replace   a new one at once, for a key that leaked: everybody signs in again
  status    how far it is

Between the steps every process is deployed with the settings the step gave."""


def main(arguments: Sequence[str]) -> int:
    """Take one step; the exit code."""
    return run("rotate_secrets", _work, arguments)


@dataclass(frozen=True, slots=True)
class _Order:
    """What was asked for. env_file: the file with the settings; None for Railway: the environment has them.

    note: where the rotation is noted. names: of the keys. is_named: one was chosen, so it may not wait.
    """

    step: str
    env_file: Path | None
    note: Path
    names: Sequence[str]
    is_named: bool
    services: Sequence[str]
    negocio_url: str | None
    is_at_once: bool
    is_rehearsal: bool

    def values(self) -> Mapping[str, str]:
        """The settings as they are."""
        return env_file.read(self.env_file) if self.env_file else os.environ


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    order = _parse(arguments)
    if order.step == "status":
        return _status(notes.read(order.note), order.values())
    with notes.alone(order.note):
        return _take(order)


def _parse(arguments: Sequence[str]) -> _Order:
    parser = Parser(
        prog="rotate_secrets.py",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("step", choices=[*_NEXT, "status"])
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--env-file", type=Path, help="the file with the settings, changed in one step")
    where.add_argument(
        "--railway",
        action="store_true",
        help="read the environment (railway run ...) and print the commands that change it; values are "
        "left in files beside the note",
    )
    parser.add_argument(
        "--service",
        action="append",
        default=[],
        help="Railway service that has all its keys to itself; repeatable [as in .railway/railway.py: "
        "keys are shared variables, *_PREVIOUS are of every web service and worker]",
    )
    parser.add_argument("--only", choices=[*KEYS], help="this key alone")
    parser.add_argument("--negocio-url", help="promote only when the service there knows the staged key")
    parser.add_argument(
        "--note", type=Path, help="where the rotation is noted [FILE.rotation, var/rotation.json]"
    )
    parser.add_argument("--now", action="store_true", help="retire though something of the old key is in use")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, without values")
    given = parser.parse_args(arguments)
    beside = given.env_file.with_name(f"{given.env_file.name}.rotation") if given.env_file else _RAILWAY_NOTE
    return _Order(
        step=given.step,
        env_file=given.env_file,
        note=given.note or beside,
        names=[given.only] if given.only else list(KEYS),
        is_named=given.only is not None,
        services=given.service,
        negocio_url=given.negocio_url,
        is_at_once=given.now,
        is_rehearsal=given.dry_run,
    )


def _take(order: _Order) -> dict[str, object]:
    noted, values = notes.read(order.note), order.values()
    plans, waiting = _plans(order, values, noted, datetime.now(UTC))
    changes = {name: value for plan in plans.values() for name, value in plan.changes.items()}
    for name, plan in plans.items():
        say(f"{order.step} {name}: {plan.invalidates}.")
    if not order.is_rehearsal:
        # The note last: cut off in between, the step is taken again and finds its work done.
        _apply(order, changes)
        after = {**noted, **{name: plan.rotation for name, plan in plans.items()}}
        notes.write(order.note, {name: rotation for name, rotation in after.items() if rotation})
        say(_NEXT[order.step])
    return {
        "step": order.step,
        "dry_run": order.is_rehearsal,
        "keys": sorted(plans),
        "changed": sorted(changes),
        "waiting": waiting,
        "invalidates": {name: plan.invalidates for name, plan in plans.items()},
    }


def _plans(
    order: _Order, values: Mapping[str, str], noted: Mapping[str, steps.Rotation], now: datetime
) -> tuple[dict[str, Plan], dict[str, str]]:
    """The plan of each key, and why a key has to wait; one that was named may not wait."""
    plans: dict[str, Plan] = {}
    waiting: dict[str, str] = {}
    for name in order.names:
        try:
            plans[name] = _plan(order, name, values, noted.get(name), now)
        except RefusedError as error:
            if order.is_named or order.step != "retire":
                raise
            waiting[name] = str(error)
            say(str(error))
    if not plans:
        raise RefusedError("No key can be retired yet.")
    return plans, waiting


def _plan(
    order: _Order, name: str, values: Mapping[str, str], rotation: steps.Rotation | None, now: datetime
) -> Plan:
    key = KEYS[name]
    if order.step == "generate":
        return steps.generate(key, values, rotation, secrets.token_urlsafe(_RANDOM_BYTES), now)
    if order.step == "stage":
        return steps.stage(key, values, rotation, now)
    if order.step == "promote":
        plan = steps.promote(key, values, rotation, now)
        if order.negocio_url and name == "JWT_SECRET_KEY" and plan.rotation:
            check_published(order.negocio_url, plan.rotation.new)
        return plan
    if order.step == "retire":
        return steps.retire(key, values, rotation, now, at_once=order.is_at_once)
    return steps.replace(key, values, secrets.token_urlsafe(_RANDOM_BYTES))


def _apply(order: _Order, changes: Mapping[str, str | None]) -> None:
    if not changes:
        return
    if order.env_file:
        env_file.change(order.env_file, changes)
        return
    folder = notes.write_values(order.note, changes)
    for command in railway_commands(changes, order.services, folder):
        print(command, flush=True)
    say(f"The values lie in {folder}, for you alone; the last command takes them away.")


def railway_commands(changes: Mapping[str, str | None], services: Sequence[str], folder: Path) -> list[str]:
    """Commands of Railway's CLI that set and delete variables, without deploying yet.

    No command holds a value: `ps`, histories and logs of CI would keep it. folder: a file for each.
    No service named: the keys are shared variables, which the CLI does not set.
    """
    shared = [] if services else [name for name in KEYS if name in changes]
    commands = [
        f"# Project Settings, Shared Variables: {name}, as in {shlex.quote(str(folder / name))}"
        for name in shared
    ]
    for service in services or _SERVICES:
        for name, value in changes.items():
            chosen = f"--service {shlex.quote(service)}"
            if name in shared:
                continue
            if value is None:
                commands.append(f"railway variable delete {name} {chosen}")
            else:
                file = shlex.quote(str(folder / name))
                commands.append(f"railway variable set {name} --stdin {chosen} --skip-deploys < {file}")
    return [*commands, f"rm -r {shlex.quote(str(folder))}"]


def _status(noted: Mapping[str, steps.Rotation], values: Mapping[str, str]) -> dict[str, object]:
    facts = {}
    for name, key in KEYS.items():
        rotation = noted.get(name)
        facts[name] = {
            "signs": steps.fingerprint(values[name]) if values.get(name) else None,
            "believed_too": steps.fingerprint(values[key.previous]) if values.get(key.previous) else None,
            "step": rotation.step if rotation else None,
            "since": rotation.at.isoformat(timespec="seconds") if rotation else None,
        }
        ripe = rotation.at + key.life if rotation and rotation.step is steps.Step.PROMOTED else None
        when = f"; the old one can be retired from {ripe.isoformat(timespec='minutes')} on" if ripe else ""
        say(f"{name}: {rotation.step if rotation else 'no rotation under way'}{when}")
    return {"step": "status", "keys": facts}
