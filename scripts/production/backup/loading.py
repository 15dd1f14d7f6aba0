"""Loads a dump into a new database beside the others, and puts it in the place of one in a moment."""

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from scripts.production.backup.facts import Facts, gather
from scripts.production.backup.programs import LONGEST_SECONDS, connection_environment, find_programs
from scripts.production.backup.scratch import scratch
from scripts.production.console import RefusedError, ScriptError, say
from shared.config.settings import database_url_for

_SWAP_SECONDS = 15
_MAINTENANCE = ("postgres", "template1")
_HAS_TABLES = """
SELECT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\\_%')"""
# A line of what pg_restore lists: number; ids, kind, schema, name, owner.
_POLICY = re.compile(r"\d+; \d+ \d+ (POLICY|ROW SECURITY) ")
_IS_HEIR = "SELECT pg_has_role(%(role)s, 'SET') AND pg_has_role(%(role)s, 'USAGE')"
_OWNER_POLICIES = "SELECT schemaname, tablename FROM pg_policies WHERE policyname = 'owner'"


def beside(database_url: str) -> psycopg.Connection:
    """A connection to the server of a database, but to another database; every statement commits."""
    first, second = (database_url_for(database_url, name) for name in _MAINTENANCE)
    try:
        return psycopg.connect(first, autocommit=True)
    except psycopg.OperationalError:
        return psycopg.connect(second, autocommit=True)


@contextmanager
def server(database_url: str) -> Iterator[psycopg.Connection]:
    """The same while the block runs."""
    with beside(database_url) as connection:
        yield connection


def exists(connection: psycopg.Connection, name: str) -> bool:
    """Whether the server has a database of that name."""
    return connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount > 0


def is_empty(database_url: str) -> bool:
    """Whether a database has no table of anybody's."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(_HAS_TABLES).fetchone()
    return row == (False,)


def load(database_url: str, name: str, dump: Path, saved: Facts, *, jobs: int) -> Facts:
    """Make a database, load the dump into it and count it. Raises ScriptError; the database is gone then.

    The roles that the dump names are made where the server lacks them. What belonged to an owner this server
    does not know belongs to the user of the address afterwards.
    """
    with server(database_url) as connection:
        if connection.info.server_version // 10_000 < saved.server_major:
            raise RefusedError(f"the backup is of PostgreSQL {saved.server_major}, this server is older")
        lent = _make_roles(connection, saved)
        url = database_url_for(database_url, name)
        try:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
            )
            _load_dump(url, dump, server_major=connection.info.server_version // 10_000, jobs=jobs)
            with psycopg.connect(url, autocommit=True) as restored:
                if lent:
                    _take_over(restored, saved.owner)
                restored.execute("ANALYZE")
                facts = gather(restored)
        except BaseException:
            # Over a connection of its own: this one may be what failed.
            with server(database_url) as another:
                drop(another, name)
            raise
        finally:
            if lent:
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(saved.owner)))
    return facts


def drop(connection: psycopg.Connection, name: str) -> None:
    """Remove a database, whoever is connected to it."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def swap(database_url: str, *, new: str, current: str, aside: str) -> bool:
    """Give `new` the name `current`, and what has it now the name `aside`, in one transaction.

    Whoever is connected is disconnected and finds the new one on coming back. Answers whether there was a
    `current`. Raises ScriptError when people keep coming back faster than that; the old one then stays as it
    was, as it does when we are interrupted, and takes connections again.
    """
    with server(database_url) as connection:
        has_current = exists(connection, current)
        try:
            _swap(connection, new=new, current=current, aside=aside if has_current else None)
        finally:
            # Over a connection of its own: the other one may be what failed.
            _let_all_in(database_url, current, aside)
    return has_current


def _swap(connection: psycopg.Connection, *, new: str, current: str, aside: str | None) -> None:
    deadline = time.monotonic() + _SWAP_SECONDS
    while True:
        try:
            with connection.transaction():
                if aside:
                    _rename(connection, current, aside)
                _rename(connection, new, current)
        except psycopg.errors.ObjectInUse as error:
            if time.monotonic() > deadline:
                raise ScriptError("sessions kept coming back; the old database is untouched") from error
            if aside:
                let_in(connection, current, allowed=False)
            _disconnect(connection, current, new)
            time.sleep(0.1)
        else:
            return


def _let_all_in(database_url: str, *names: str) -> None:
    try:
        with server(database_url) as connection:
            for name in names:
                if exists(connection, name):
                    let_in(connection, name, allowed=True)
    except psycopg.Error:
        say(f'it may be shut still; in psql: ALTER DATABASE "{names[0]}" ALLOW_CONNECTIONS true')
        raise


def _make_roles(connection: psycopg.Connection, saved: Facts) -> bool:
    """Whether the source's owner had to be made for a while."""
    known = {str(role) for (role,) in connection.execute("SELECT rolname FROM pg_roles")}
    # The user a server was made with is not among them: nothing that is its own is on record.
    for role in sorted({*saved.roles, saved.owner}):
        name = sql.Identifier(role)
        if role not in known:
            connection.execute(
                sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(name)
            )
        # Who is no superuser gives things to a role and works on in its schemas only as its heir.
        if connection.execute(_IS_HEIR, {"role": role}).fetchone() == (False,):
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH SET TRUE, INHERIT TRUE").format(name))
    return saved.owner not in known


def _load_dump(database_url: str, dump: Path, *, server_major: int, jobs: int) -> None:
    """Everything but the policies first, then they.

    Parallel jobs would bring some before the foreign keys, and then only a superuser could check their rows.
    """
    program = find_programs(server_major) / "pg_restore"
    environment = connection_environment(database_url)
    contents = _run([program, "--list", dump], environment).splitlines(keepends=True)
    policies = [line for line in contents if _POLICY.match(line)]
    rest = [line for line in contents if not _POLICY.match(line)]
    into = ["--exit-on-error", "--no-password", f"--dbname={environment['PGDATABASE']}"]
    with scratch("restore") as folder:
        for name, lines, at_once in (("rest", rest, jobs), ("policies", policies, 1)):
            (folder / name).write_text("".join(lines))
            _run([program, *into, f"--jobs={at_once}", f"--use-list={folder / name}", dump], environment)


def _run(command: Sequence[str | Path], environment: dict[str, str]) -> str:
    """What pg_restore writes. Raises ScriptError."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=LONGEST_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise ScriptError(f"pg_restore hangs: it was ended after {LONGEST_SECONDS / 3600:.1f} h") from error
    if done.returncode != 0:
        raise ScriptError(f"pg_restore failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def _take_over(restored: psycopg.Connection, owner: str) -> None:
    restored.execute(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(sql.Identifier(owner)))
    for schema, table in restored.execute(_OWNER_POLICIES).fetchall():
        # Otherwise nobody would see the rows of a table with forced policies when dumping it.
        restored.execute(
            sql.SQL("ALTER POLICY owner ON {} TO CURRENT_USER").format(sql.Identifier(schema, table))
        )
    restored.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(owner)))


def _rename(connection: psycopg.Connection, name: str, to: str) -> None:
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to))
    )


def let_in(connection: psycopg.Connection, name: str, *, allowed: bool) -> None:
    """Whether a database takes connections from now on."""
    connection.execute(
        sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}").format(
            sql.Identifier(name), sql.SQL("true" if allowed else "false")
        )
    )


def _disconnect(connection: psycopg.Connection, *names: str) -> None:
    # Of others, as a host's own watchers, we may end none, and asking would be an error.
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = ANY (%s) AND pg_has_role(usesysid, 'USAGE')",
        [list(names)],
    )
