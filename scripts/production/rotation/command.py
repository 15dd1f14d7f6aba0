"""The command line of a rotation."""

import argparse
import os
import secrets
import shlex
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from scripts.production import env_file
from scripts.production.console import Parser, RefusedError, run, say
from scripts.production.rotation import notes, steps
from scripts.production.rotation.published import check_published
from scripts.production.rotation.steps import KEYS, Plan

_RANDOM_BYTES = 48
_RAILWAY_NOTE = Path("var/rotation.json")
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


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    options = _parse(arguments)
    return _status(options) if options.step == "status" else _take(options)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
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
        help="read the environment (railway run ...) and print the commands that change it",
    )
    parser.add_argument("--service", action="append", default=[], help="Railway service to set; repeatable")
    parser.add_argument(
        "--shared",
        action="store_true",
        help="the keys are shared variables, which Railway's CLI does not set: print them to be pasted",
    )
    parser.add_argument("--only", choices=[*KEYS], help="this key alone")
    parser.add_argument("--negocio-url", help="promote only when the service there knows the staged key")
    parser.add_argument(
        "--note", type=Path, help="where the rotation is noted [FILE.rotation, var/rotation.json]"
    )
    parser.add_argument("--now", action="store_true", help="retire though something of the old key is in use")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, without values")
    return parser.parse_args(arguments)


def _take(options: argparse.Namespace) -> dict[str, object]:
    note = _note(options)
    noted, values = notes.read(note), _values(options)
    plans, waiting = _plans(options, values, datetime.now(UTC))
    changes = {name: value for plan in plans.values() for name, value in plan.changes.items()}
    for name, plan in plans.items():
        say(f"{options.step} {name}: {plan.invalidates}.")
    if not options.dry_run:
        # The note last: cut off in between, the step is taken again and finds its work done.
        _apply(options, changes)
        after = {**noted, **{name: plan.rotation for name, plan in plans.items()}}
        notes.write(note, {name: rotation for name, rotation in after.items() if rotation})
        say(_NEXT[options.step])
    return {
        "step": options.step,
        "dry_run": options.dry_run,
        "keys": sorted(plans),
        "changed": sorted(changes),
        "waiting": waiting,
        "invalidates": {name: plan.invalidates for name, plan in plans.items()},
    }


def _plans(
    options: argparse.Namespace, values: Mapping[str, str], now: datetime
) -> tuple[dict[str, Plan], dict[str, str]]:
    """The plan of each key, and why a key has to wait; one that was named may not wait."""
    noted = notes.read(_note(options))
    plans: dict[str, Plan] = {}
    waiting: dict[str, str] = {}
    for name in [options.only] if options.only else KEYS:
        try:
            plans[name] = _plan(options, name, values, noted, now)
        except RefusedError as error:
            if options.only or options.step != "retire":
                raise
            waiting[name] = str(error)
            say(str(error))
    if not plans:
        raise RefusedError("No key can be retired yet.")
    return plans, waiting


def _plan(
    options: argparse.Namespace,
    name: str,
    values: Mapping[str, str],
    noted: Mapping[str, steps.Rotation],
    now: datetime,
) -> Plan:
    key, rotation = KEYS[name], noted.get(name)
    if options.step == "generate":
        return steps.generate(key, values, rotation, secrets.token_urlsafe(_RANDOM_BYTES), now)
    if options.step == "stage":
        return steps.stage(key, values, rotation, now)
    if options.step == "promote":
        plan = steps.promote(key, values, rotation, now)
        if options.negocio_url and name == "JWT_SECRET_KEY" and plan.rotation:
            check_published(options.negocio_url, plan.rotation.new)
        return plan
    if options.step == "retire":
        return steps.retire(key, values, rotation, now, at_once=options.now)
    return steps.replace(key, values, secrets.token_urlsafe(_RANDOM_BYTES))


def _apply(options: argparse.Namespace, changes: Mapping[str, str | None]) -> None:
    if options.env_file:
        if changes:
            env_file.change(options.env_file, changes)
        return
    for command in railway_commands(changes, options.service, shared=tuple(KEYS) if options.shared else ()):
        print(command, flush=True)


def railway_commands(
    changes: Mapping[str, str | None], services: Sequence[str], *, shared: Sequence[str] = ()
) -> list[str]:
    """Commands of Railway's CLI that set and delete variables of each service, without deploying yet.

    No service named: those of the linked service. shared: variables of the whole environment, as comments.
    """
    where = "# Project Settings, Shared Variables:"
    commands = [f"{where} {name}={value}" for name, value in changes.items() if name in shared]
    changes = {name: value for name, value in changes.items() if name not in shared}
    for service in services or [""]:
        chosen = f" --service {shlex.quote(service)}" if service else ""
        for name, value in changes.items():
            if value is None:
                commands.append(f"railway variable delete {name}{chosen}")
            else:
                commands.append(
                    f"railway variable set {shlex.quote(f'{name}={value}')}{chosen} --skip-deploys"
                )
    return commands


def _status(options: argparse.Namespace) -> dict[str, object]:
    noted, values = notes.read(_note(options)), _values(options)
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


def _values(options: argparse.Namespace) -> Mapping[str, str]:
    return env_file.read(options.env_file) if options.env_file else os.environ


def _note(options: argparse.Namespace) -> Path:
    if options.note:
        return Path(options.note)
    if options.env_file:
        return Path(options.env_file).with_name(f"{options.env_file.name}.rotation")
    return _RAILWAY_NOTE
