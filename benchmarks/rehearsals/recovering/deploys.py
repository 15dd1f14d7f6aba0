"""A failed deploy: a version that never becomes ready reaches nobody, one that is bad is taken back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.rehearsals.recovering.stage import Stage
from benchmarks.rehearsals.switching.stage import Stage as Switched
from benchmarks.rehearsals.switching.stage import set_stage
from scripts.production.switching.colours import Colour
from shared.database.revision import SCHEMA_REVISION

_PROMISED_SECONDS = 5.0


def failed_deploy(stage: Stage) -> list[str]:
    """Both with the scripts of the plan, on a platform of its own behind NGINX."""
    faults = []
    with _environment_of_before(), set_stage() as switched:
        changes = {"shared/database/revision.py": (SCHEMA_REVISION, "9999_not_written")}
        unready = switched.add_release("a" * 40, changes=changes)
        told = switched.deploy(unready, "--ready-seconds", "15")
        if told["code"] == 0 or not _people_use(switched, "blue"):
            faults.append(f"a version that does not become ready was let through: {told}")
        told = switched.deploy(switched.add_release("b" * 40))
        if told["code"] != 0 or not _people_use(switched, "green"):
            return [*faults, f"a good version was not deployed: {told}"]
        told = switched.roll_back()
        if told["code"] != 0 or not _people_use(switched, "blue"):
            faults.append(f"it could not be taken back: {told}")
        elif told["switched_seconds"] > _PROMISED_SECONDS:
            faults.append(f"taking it back took {told['switched_seconds']} s")
    return faults + stage.works()


def _people_use(switched: Switched, colour: Colour) -> bool:
    return switched.active == colour


@contextmanager
def _environment_of_before() -> Iterator[None]:
    """The other platform tells this process its variables."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
