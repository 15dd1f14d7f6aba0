"""Roles, schemas, row-level security, idempotency keys, followed jobs and the job queue."""

from procrastinate.schema import SchemaManager

from scripts.migrations.ddl import run

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None

_ROLES = """
-- Roles belong to the whole cluster; another database may have made them already.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['app_negocio', 'app_deposito', 'app_ml', 'jobs_owner'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', name);
    END IF;
    IF NOT pg_has_role(current_user, name, 'SET') THEN
      EXECUTE format('GRANT %I TO %I WITH SET TRUE, INHERIT FALSE', name, current_user);
    END IF;
  END LOOP;
END $$;

CREATE SCHEMA auth;
CREATE SCHEMA negocio;
CREATE SCHEMA deposito;
CREATE SCHEMA ml;
GRANT USAGE ON SCHEMA shared TO app_negocio, app_deposito, app_ml;
GRANT USAGE ON SCHEMA auth TO app_negocio, app_deposito, app_ml;
GRANT USAGE ON SCHEMA negocio TO app_negocio;
GRANT USAGE ON SCHEMA deposito TO app_deposito;
GRANT USAGE ON SCHEMA ml TO app_ml;
GRANT SELECT ON shared.alembic_version TO app_negocio, app_deposito, app_ml;

-- Extensions live where every role may use them.
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA shared;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA shared;
"""

_SECURITY = """
-- After a transaction that set it locally, the setting is '' on that connection and not null.
CREATE FUNCTION shared.current_organisation() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.organisation_id', true), '')::uuid;

-- The text people search by: without accents, lower case. Immutable, so that it can be indexed.
CREATE FUNCTION shared.searchable(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN lower(shared.unaccent('shared.unaccent'::regdictionary, name));

CREATE FUNCTION shared.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on %.% refused: append-only', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

-- Every tenant table passes through here: forced security, one policy for the services' roles,
-- one for the owner so that dumps are whole, and just the privileges asked for.
CREATE PROCEDURE shared.protect(tenant_table regclass, role name, privileges text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('CREATE POLICY organisation ON %s TO %I '
    'USING (organisation_id = (SELECT shared.current_organisation())) '
    'WITH CHECK (organisation_id = (SELECT shared.current_organisation()))', tenant_table, role);
  EXECUTE format('CREATE POLICY owner ON %s TO %I USING (true) WITH CHECK (true)',
    tenant_table, current_user);
  EXECUTE format('GRANT %s ON %s TO %I', privileges, tenant_table, role);
END $$;
"""

_COMMON_TABLES = """
CREATE TABLE {schema}.idempotency_key (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 300),
  request_hash bytea NOT NULL,
  status smallint,
  media_type text,
  body bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, key)
);
CALL shared.protect('{schema}.idempotency_key', 'app_{schema}', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE {schema}.job (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  kind text NOT NULL,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'failed')),
  progress numeric(4, 3) NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
  result jsonb,
  error jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id)
);
CALL shared.protect('{schema}.job', 'app_{schema}', 'SELECT, INSERT, UPDATE');
"""

_JOBS = """
CREATE SCHEMA jobs AUTHORIZATION jobs_owner;
GRANT USAGE ON SCHEMA jobs TO app_negocio, app_deposito, app_ml;
SET LOCAL search_path TO jobs;
SET LOCAL ROLE jobs_owner;
"""

_DEFER = """
-- The organisation of a job is that of the transaction that deferred it, whatever the arguments say.
CREATE FUNCTION jobs.defer(task text, args jsonb, queue text, lock text DEFAULT NULL)
RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = jobs, pg_temp AS $$
  SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(
    queue, task, 0,
    current_setting('app.organisation_id', true) || ':' || lock,
    NULL,
    args || jsonb_build_object('organisation_id', current_setting('app.organisation_id', true)),
    NULL)::procrastinate_job_to_defer_v1]))[1]
$$;
REVOKE ALL ON FUNCTION jobs.defer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs.defer TO app_negocio, app_deposito, app_ml;
RESET ROLE;
SET LOCAL search_path TO DEFAULT;
"""


def upgrade() -> None:
    run(_ROLES)
    run(_SECURITY)
    for schema in ("negocio", "deposito", "ml"):
        run(_COMMON_TABLES.format(schema=schema))
    run(_JOBS)
    run(SchemaManager.get_schema())
    run(_DEFER)


def downgrade() -> None:
    # Roles stay: other databases of the cluster may use them.
    run(
        "DROP SCHEMA jobs CASCADE; DROP SCHEMA ml CASCADE; DROP SCHEMA deposito CASCADE;"
        "DROP SCHEMA negocio CASCADE; DROP SCHEMA auth CASCADE;"
        "DROP PROCEDURE shared.protect; DROP FUNCTION shared.searchable; DROP FUNCTION shared.refuse_change;"
        "DROP FUNCTION shared.current_organisation; DROP EXTENSION pg_trgm; DROP EXTENSION unaccent;"
    )
