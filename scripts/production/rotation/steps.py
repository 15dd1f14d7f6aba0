"""What each step of a rotation changes, when it may be taken, and what it makes invalid. Pure.

Processes are replaced one after another, so at every moment some run with the settings before a step and some
with those after it. Each step is safe beside the one before: first all believe the new key (stage), then all
sign with it (promote), then nobody believes the old one (retire). *_PREVIOUS is believed and never signs.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scripts.production.console import RefusedError
from shared.security.tokens import ACCESS_LIFETIME
from web_dashboard.sessions.cookie import LIFETIME_SECONDS

# Until the last process that signed with the old key is gone, and clocks that differ have agreed.
_MARGIN = timedelta(minutes=15)


class Step(StrEnum):
    """How far the replacement of one key is."""

    GENERATED = "generated"
    STAGED = "staged"
    PROMOTED = "promoted"


@dataclass(frozen=True, slots=True)
class Key:
    """A variable that signs or seals. life: how long what the old key made is still wanted."""

    variable: str
    life: timedelta
    signs: str

    @property
    def previous(self) -> str:
        """The variable of the key that is believed beside it."""
        return f"{self.variable}_PREVIOUS"


KEYS = {
    key.variable: key
    for key in (
        Key("JWT_SECRET_KEY", ACCESS_LIFETIME + _MARGIN, "people's access tokens (15 minutes)"),
        Key(
            "SECRET_KEY",
            timedelta(seconds=LIFETIME_SECONDS) + _MARGIN,
            "the dashboard's session cookies (30 days), its forms, and tokens between services (1 minute)",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Rotation:
    """The replacement of one key under way. old: fingerprint of the key it replaces."""

    step: Step
    new: str
    old: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What a step does to one key. changes: variables to set, None to take out; rotation None: it is over."""

    changes: Mapping[str, str | None]
    rotation: Rotation | None
    invalidates: str


NOTHING = "nothing becomes invalid"


def generate(key: Key, values: Mapping[str, str], rotation: Rotation | None, new: str, now: datetime) -> Plan:
    """Note a new key; no process is told yet."""
    if rotation is not None:
        raise RefusedError(f"A new {key.variable} was {rotation.step} already: go on with that one.")
    if values.get(key.previous):
        raise RefusedError(f"{key.previous} is set: take it out before another rotation begins.")
    fresh = Rotation(Step.GENERATED, new, fingerprint(_current(key, values)), now)
    return Plan({}, fresh, f"{NOTHING}: no process knows the new key yet")


def stage(key: Key, values: Mapping[str, str], rotation: Rotation | None, now: datetime) -> Plan:
    """Have every process believe the new key while all still sign with the old one."""
    known = _expect(key, rotation, Step.GENERATED)
    _check_unchanged(key, values, known)
    changed = Rotation(Step.STAGED, known.new, known.old, now)
    return Plan({key.previous: known.new}, changed, f"{NOTHING}: the old key goes on signing")


def promote(key: Key, values: Mapping[str, str], rotation: Rotation | None, now: datetime) -> Plan:
    """Sign with the new key; what the old one signed stays good."""
    known = _expect(key, rotation, Step.STAGED)
    changed = Rotation(Step.PROMOTED, known.new, known.old, now)
    if _current(key, values) == known.new and values.get(key.previous):
        return Plan({}, changed, f"{NOTHING}: it was promoted already")
    _check_unchanged(key, values, known)
    if values.get(key.previous) != known.new:
        raise RefusedError(
            f"{key.previous} is not the staged key: the processes may not know it yet; stage it."
        )
    changes = {key.variable: known.new, key.previous: _current(key, values)}
    return Plan(changes, changed, f"{NOTHING}: what the old key signed stays good until it is retired")


def retire(
    key: Key, values: Mapping[str, str], rotation: Rotation | None, now: datetime, *, at_once: bool
) -> Plan:
    """Believe the old key no more. at_once: though something it signed may still be in use."""
    known = _expect(key, rotation, Step.PROMOTED)
    if values.get(key.variable) != known.new:
        raise RefusedError(
            f"{key.variable} is not the promoted key: promote it before the old one is retired."
        )
    ripe_at = known.at + key.life
    if now < ripe_at and not at_once:
        raise RefusedError(
            f"The old {key.variable} still counts for {key.signs}: retire it from {_minute(ripe_at)} on, "
            "or now with --now, which signs out whoever carries something it made."
        )
    lost = NOTHING if now >= ripe_at else f"whatever the old key made: {key.signs}"
    return Plan({key.previous: None}, None, lost)


def replace(key: Key, values: Mapping[str, str], new: str) -> Plan:
    """A new key at once and no old one beside it: for a key that leaked."""
    _current(key, values)
    lost = f"everything the old key made, from each process's restart on: {key.signs}"
    return Plan({key.variable: new, key.previous: None}, None, lost)


def fingerprint(secret: str) -> str:
    """Names a key without telling it."""
    return hashlib.sha256(secret.encode()).hexdigest()[:12]


def _current(key: Key, values: Mapping[str, str]) -> str:
    current = values.get(key.variable)
    if not current:
        raise RefusedError(f"{key.variable} is not set: give the file that has it with --env-file.")
    return current


def _expect(key: Key, rotation: Rotation | None, step: Step) -> Rotation:
    if rotation is None:
        raise RefusedError(f"No new {key.variable} was generated: begin with generate.")
    if rotation.step is not step:
        raise RefusedError(f"The new {key.variable} is {rotation.step}, not {step}: see status.")
    return rotation


def _check_unchanged(key: Key, values: Mapping[str, str], rotation: Rotation) -> None:
    if fingerprint(_current(key, values)) != rotation.old:
        raise RefusedError(
            f"{key.variable} is another one than when the rotation began: somebody changed it meanwhile; "
            "remove the note of the rotation and begin again."
        )


def _minute(moment: datetime) -> str:
    return moment.astimezone().isoformat(sep=" ", timespec="minutes")
