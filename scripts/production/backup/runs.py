"""Writes down that a backup or a drill ran, for the status page, the metrics and whoever asks later."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import psycopg

from scripts.production.console import say

Kind = Literal["backup", "restore_drill"]

_NOTE = """
INSERT INTO shared.operation_run (kind, started_at, finished_at, ok, facts) VALUES (%s, %s, now(), %s, %s)"""


def note(
    database_url: str, kind: Kind, *, started_at: datetime, ok: bool, facts: Mapping[str, object]
) -> None:
    """Add a run to shared.operation_run. What was done stays done when that cannot be written."""
    values = [kind, started_at, ok, json.dumps(facts, default=str)]
    try:
        with psycopg.connect(database_url, connect_timeout=10) as connection:
            connection.execute(_NOTE, values)
    except psycopg.Error as error:
        say(f"could not note the {kind} in shared.operation_run: {error}")
