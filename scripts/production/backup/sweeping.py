"""What restores and drills that were killed left on the server: whichever run comes next takes it away."""

import psycopg

from scripts.production.backup.drill import alone_drilling
from scripts.production.backup.failures import sentence
from scripts.production.backup.leftovers import BusyError
from scripts.production.backup.restoring import alone_restoring
from scripts.production.backup.settings import BackupSettings
from scripts.production.console import say


def sweep_killed(settings: BackupSettings) -> None:
    """Before the database itself is asked for anything: a killed restore may have left it shut.

    What cannot be swept is told and keeps nobody from saving.
    """
    for alone in (alone_restoring(settings.libpq_url()), alone_drilling(settings.drill_url())):
        try:
            with alone:
                pass
        except BusyError:
            # What is there is in use.
            continue
        except psycopg.Error as error:
            say(f"what killed runs left could not be looked for: {sentence(error)}")
