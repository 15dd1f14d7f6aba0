"""What migrations share: running SQL scripts as they stand."""

from alembic import op


def run(sql: str) -> None:
    """Run a script of several statements; '%' and ':' mean nothing special in it."""
    script = f"SET LOCAL lock_timeout = '5s';\n{sql}"
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(script)
