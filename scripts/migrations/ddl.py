"""What migrations share: running SQL as it stands, within limits on waiting."""

from alembic import context, op

# A lock waited for is a lock others queue behind: give up soon, the migrator tries again. Work under it
# is cut off before a whole day is lost.
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "15min"
# What runs concurrently lets others pass while it waits for the transactions of before.
_PATIENT_LOCK_TIMEOUT = "5min"
_PATIENT_STATEMENT_TIMEOUT = "3h"


def run(sql: str) -> None:
    """Run a script of several statements in the migration's transaction; '%' and ':' mean nothing special."""
    _send(_limits(LOCK_TIMEOUT, STATEMENT_TIMEOUT, scope="LOCAL") + sql)


def run_alone(statement: str) -> None:
    """Run one statement outside of any transaction, as CREATE INDEX CONCURRENTLY wants it.

    What was run before it in the same migration is committed, so it stands alone in its migration
    and is safe to repeat: DROP INDEX CONCURRENTLY IF EXISTS first, as a failed one leaves an invalid index.
    """
    with op.get_context().autocommit_block():
        _send(_limits(_PATIENT_LOCK_TIMEOUT, _PATIENT_STATEMENT_TIMEOUT))
        _send(statement)
        _send(_limits(LOCK_TIMEOUT, STATEMENT_TIMEOUT))


def _limits(lock_timeout: str, statement_timeout: str, *, scope: str = "SESSION") -> str:
    return (
        f"SET {scope} lock_timeout = '{lock_timeout}';\n"
        f"SET {scope} statement_timeout = '{statement_timeout}';\n"
    )


def _send(sql: str) -> None:
    if context.is_offline_mode():
        op.get_context().impl.static_output(sql)
        return
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)
