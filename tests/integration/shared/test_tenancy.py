"""The database's own walls between organisations, walked table by table."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

OUR_SCHEMAS = ["auth", "negocio", "deposito", "ml"]
ROLES = ["app_negocio", "app_deposito", "app_ml", "jobs_owner"]
# People are global by design; auth.person has a policy of its own, tested below.
GLOBAL_TABLES = {("auth", "person")}


@pytest.fixture(scope="module")
def owner(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def tables(owner: psycopg.Connection) -> list[tuple[str, str]]:
    """Every table and partition of our schemas."""
    rows = owner.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY(%s) ORDER BY 1, 2",
        [OUR_SCHEMAS],
    ).fetchall()
    return [(str(schema), str(table)) for schema, table in rows]


def test_every_tenant_table_forces_row_security(owner: psycopg.Connection) -> None:
    unsafe = owner.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY(%s) "
        "AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
        [OUR_SCHEMAS],
    ).fetchall()

    assert len(tables(owner)) > 10
    assert unsafe == []


def test_every_tenant_table_starts_its_key_with_the_organisation(owner: psycopg.Connection) -> None:
    first_columns = owner.execute(
        "SELECT n.nspname, c.relname, a.attname FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
        "WHERE i.indisprimary AND n.nspname = ANY(%s)",
        [OUR_SCHEMAS],
    ).fetchall()
    keys = {(str(s), str(t)): str(column) for s, t, column in first_columns}

    for table in set(tables(owner)) - GLOBAL_TABLES:
        assert keys.get(table) == "organisation_id", table


def test_policies_let_each_role_see_only_its_organisation(owner: psycopg.Connection) -> None:
    policies = owner.execute(
        "SELECT schemaname, tablename, policyname, roles, qual, with_check FROM pg_policies "
        "WHERE schemaname = ANY(%s) AND policyname NOT IN ('owner')",
        [OUR_SCHEMAS],
    ).fetchall()

    assert policies
    for schema, table, name, roles, qual, with_check in policies:
        assert set(roles) <= set(ROLES), (schema, table, name, roles)
        if (schema, table) not in GLOBAL_TABLES:
            assert "current_organisation()" in qual, (schema, table, name)
            assert "current_organisation()" in with_check, (schema, table, name)


def test_no_service_role_can_step_out_of_its_walls(owner: psycopg.Connection) -> None:
    powers = owner.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) "
        "AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin)",
        [ROLES],
    ).fetchall()
    owned = owner.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = ANY(%s) AND pg_get_userbyid(c.relowner) = ANY(%s)",
        [OUR_SCHEMAS, ROLES],
    ).fetchall()
    memberships = owner.execute(
        "SELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member::regrole::text = ANY(%s)",
        [ROLES],
    ).fetchall()

    assert (powers, owned, memberships) == ([], [], [])


def test_each_service_writes_only_its_own_schema(owner: psycopg.Connection) -> None:
    allowed = {"app_negocio": {"auth", "negocio"}, "app_deposito": {"deposito"}, "app_ml": {"ml"}}
    grants = owner.execute(
        "SELECT grantee, table_schema, table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE table_schema = ANY(%s) AND grantee = ANY(%s)",
        [OUR_SCHEMAS, ROLES],
    ).fetchall()

    assert grants
    for grantee, schema, table, privilege in grants:
        assert schema in allowed[grantee], (grantee, schema, table, privilege)
        assert privilege not in {"TRUNCATE", "TRIGGER", "REFERENCES"}, (grantee, table, privilege)


def test_without_an_organisation_there_are_no_rows_and_no_error(owner: psycopg.Connection) -> None:
    roles = {"auth": "app_negocio", "negocio": "app_negocio", "deposito": "app_deposito", "ml": "app_ml"}
    for schema, table in tables(owner):
        with owner.transaction():
            owner.execute("SELECT set_config('role', %s, true)", [roles[schema]])
            owner.execute("SELECT set_config('app.organisation_id', '', true)")
            if not owner.execute(
                "SELECT has_table_privilege(%s, 'SELECT')", [f"{schema}.{table}"]
            ).fetchone()[0]:  # type: ignore[index]
                continue
            query = sql.SQL("SELECT count(*) FROM {}.{}").format(
                sql.Identifier(schema), sql.Identifier(table)
            )
            assert owner.execute(query).fetchone() == (0,), (schema, table)


def test_security_definer_doors_are_few_and_pinned(owner: psycopg.Connection) -> None:
    doors = owner.execute(
        "SELECT n.nspname || '.' || p.proname, p.proconfig, "
        "has_function_privilege('public', p.oid, 'EXECUTE') FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE p.prosecdef AND n.nspname = ANY(%s) ORDER BY 1",
        [[*OUR_SCHEMAS, "shared", "jobs"]],
    ).fetchall()

    names = {str(name) for name, _, _ in doors}
    assert {"auth.find_login", "auth.session_is_live", "jobs.defer"} <= names
    for name, settings, public in doors:
        assert any(str(entry).startswith("search_path=") for entry in settings or []), name
        assert not public, name


def test_jobs_carry_the_organisation_of_their_transaction(owner: psycopg.Connection) -> None:
    organisation = "0197a000-0000-7000-8000-000000000001"
    with owner.transaction():
        owner.execute(
            "SELECT set_config('role', 'app_ml', true), set_config('app.organisation_id', %s, true)",
            [organisation],
        )
        owner.execute("SELECT jobs.defer('x', '{\"organisation_id\": \"another\"}', 'nowhere')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
            owner.execute("SELECT * FROM jobs.procrastinate_jobs")

    owner.execute("SET search_path = jobs")
    row = owner.execute(
        "DELETE FROM jobs.procrastinate_jobs WHERE queue_name = 'nowhere' RETURNING args->>'organisation_id'"
    ).fetchone()
    owner.execute("RESET search_path")
    assert row == (organisation,)
