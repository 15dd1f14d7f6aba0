"""Writes down that a backup or a drill ran, for the status page, the metrics and whoever asks later.

A failed run that the database does not take, as when it is what failed, waits beside the backups.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

import psycopg
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from scripts.production.backup.failures import sentence, told
from scripts.production.backup.leftovers import BusyError
from scripts.production.backup.manifest import name_of
from scripts.production.backup.settings import BackupSettings
from scripts.production.backup.store import open_backups
from scripts.production.console import ScriptError, say
from shared.kernel.clock import utc_now

Kind = Literal["backup", "restore_drill"]


class Run(BaseModel):
    """One run as it waits beside the backups."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    started_at: AwareDatetime
    finished_at: AwareDatetime
    facts: dict[str, object]


_NOTE = """
INSERT INTO shared.operation_run (kind, started_at, finished_at, ok, facts) VALUES (%s, %s, %s, %s, %s)"""
_WAITING = "runs/"
_LONGEST_REASON = 500


@contextmanager
def noted(settings: BackupSettings, kind: Kind, started_at: datetime) -> Iterator[None]:
    """A run that fails in the block is written down with its reason, whatever made it fail.

    What servers, stores and disks raise becomes a ScriptError. One that another run keeps from working is no
    failure: that other one tells how it went.
    """
    try:
        with told():
            yield
    except BusyError:
        raise
    except BaseException as error:
        reason = "interrupted" if isinstance(error, KeyboardInterrupt) else sentence(error)
        note(settings, kind, started_at=started_at, ok=False, facts={"error": reason[:_LONGEST_REASON]})
        raise


def note(
    settings: BackupSettings, kind: Kind, *, started_at: datetime, ok: bool, facts: Mapping[str, object]
) -> None:
    """Add a run to shared.operation_run. What was done stays done when that cannot be written."""
    run = Run(kind=kind, started_at=started_at, finished_at=utc_now(), facts=dict(facts))
    try:
        _insert(settings, run, ok=ok)
    except psycopg.Error as error:
        say(f"could not note the {kind} in shared.operation_run: {sentence(error)}")
        if not ok:
            with _excused():
                key = f"{_WAITING}{kind}-{name_of(started_at)}.json"
                open_backups(settings).write(key, run.model_dump_json().encode())
    else:
        with _excused():
            _deliver(settings)


def _insert(settings: BackupSettings, run: Run, *, ok: bool) -> None:
    with psycopg.connect(settings.libpq_url(), connect_timeout=10) as connection:
        facts = json.dumps(run.model_dump(mode="json")["facts"])
        connection.execute(_NOTE, [run.kind, run.started_at, run.finished_at, ok, facts])


@contextmanager
def _excused() -> Iterator[None]:
    """The place of the backups may be what failed; the run itself was told already."""
    try:
        with told():
            yield
    except ScriptError as error:
        say(f"runs that wait to be noted: {error}")


def _deliver(settings: BackupSettings) -> None:
    """Only failures wait: whoever may write there could plant one, but not a success."""
    backups = open_backups(settings)
    for key in backups.keys(_WAITING):
        try:
            _insert(settings, Run.model_validate_json(backups.read(key)), ok=False)
        except (ValidationError, psycopg.DataError, psycopg.IntegrityError):
            # It is left for whoever looks; the others are not held up by it.
            say(f"{key} in {backups.place} is no note of ours; look at it and remove it")
        else:
            backups.forget(key)
