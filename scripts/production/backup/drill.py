"""A restore drill: a backup into a scratch database, compared with what was saved, then forgotten."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

from scripts.production.backup import isolation
from scripts.production.backup.comparing import differences
from scripts.production.backup.documents import copy_intact, damaged
from scripts.production.backup.encryption import sealing
from scripts.production.backup.facts import Facts
from scripts.production.backup.leftovers import alone, sweep_databases
from scripts.production.backup.loading import beside, drop, load, server
from scripts.production.backup.manifest import name_of
from scripts.production.backup.restoring import Opened, all_ciphers, chosen, opened
from scripts.production.backup.scratch import sweep
from scripts.production.backup.settings import BackupSettings
from scripts.production.backup.store import BackupStore
from shared.config.settings import database_url_for
from shared.storage.objects import open_store

_SCRATCH = "gondola_drill_"


@dataclass(slots=True)
class Drill:
    """What was found. faults in words, empty when everything that was saved came back.

    papers: how many copies of stored papers were opened and checked; copied_again: how many of those that
    were damaged are whole now. seconds by step.
    """

    backup: str
    made_at: datetime
    size_bytes: int
    facts: Facts
    papers: int = 0
    copied_again: int = 0
    tables_by_role: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def total_seconds(self) -> float:
        """Of all steps: how long a real restore would take on this machine."""
        return round(sum(self.seconds.values()), 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """name: of the backup, None is the newest. papers: at most so many copies are opened, drawn at random."""

    name: str | None = None
    jobs: int = 2
    papers: int = 500


def rehearse_restore(settings: BackupSettings, backups: BackupStore, now: datetime, plan: Plan) -> Drill:
    """Restore a backup beside everything else and look at it; the scratch database goes.

    Raises ScriptError when the backup cannot be opened or loaded at all, BusyError during another drill.
    """
    url = settings.drill_url()
    with alone_drilling(url):
        return _rehearse(settings, backups, url, now, plan)


@contextmanager
def alone_drilling(url: str) -> Iterator[None]:
    """Nobody else drills on this server meanwhile, and what killed drills left is gone. Raises BusyError."""
    with alone(beside(url), "restore drill"):
        sweep()
        sweep_databases(url, _SCRATCH)
        yield


def _rehearse(settings: BackupSettings, backups: BackupStore, url: str, now: datetime, plan: Plan) -> Drill:
    started = perf_counter()
    with opened(backups, chosen(backups, plan.name), settings.identity) as backup:
        manifest = backup.manifest
        drill = Drill(manifest.name, manifest.made_at, manifest.size_bytes, backup.facts)
        _took(drill, "fetch", started)
        _load_and_look(drill, backup, url, _SCRATCH + name_of(now).lower(), plan.jobs)
    if manifest.documents == "copy":
        _look_at_papers(drill, settings, backups, plan.papers)
    return drill


def _load_and_look(drill: Drill, backup: Opened, url: str, scratch: str, jobs: int) -> None:
    started = perf_counter()
    facts = load(url, scratch, backup.dump, backup.facts, jobs=jobs)
    try:
        started = _took(drill, "load", started)
        drill.faults += differences(backup.facts, facts)
        drill.tables_by_role, leaks = isolation.faults(database_url_for(url, scratch))
        drill.faults += leaks
        _took(drill, "compare", started)
    finally:
        with server(url) as connection:
            drop(connection, scratch)


def _look_at_papers(drill: Drill, settings: BackupSettings, backups: BackupStore, most: int) -> None:
    """Only here damage is seen, since who makes backups has no key to open them: so it is mended here too."""
    started, keys = perf_counter(), drill.facts.documents
    looked_at = sorted(random.sample(keys, most) if len(keys) > most else keys)
    with all_ciphers(settings.identity) as ciphers:
        bad = damaged(looked_at, backups, ciphers)
    drill.papers = len(looked_at)
    drill.faults += [f"the copy of {key} is missing or damaged" for key in bad]
    if bad and (settings.backup_recipient or not backups.is_bucket):
        with sealing(settings.backup_recipient) as seal:
            drill.copied_again = len(copy_intact(bad, open_store(settings).store, backups, seal))
    _took(drill, "papers", started)


def _took(drill: Drill, step: str, started: float) -> float:
    now = perf_counter()
    drill.seconds[step] = round(now - started, 2)
    return now
