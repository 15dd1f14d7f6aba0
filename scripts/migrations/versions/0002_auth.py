"""Organisations, branches, people, memberships, sessions and the few doors that cross organisations."""

from scripts.migrations.ddl import run

revision = "0002_auth"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE auth.organisation (
  organisation_id uuid PRIMARY KEY DEFAULT shared.current_organisation(),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  cuit char(11) NOT NULL CHECK (cuit ~ '^[0-9]{11}$'),
  iva_condition text NOT NULL CHECK (iva_condition IN ('responsable_inscripto', 'monotributo', 'exento')),
  cost_basis text NOT NULL CHECK (cost_basis IN ('by_condition', 'net', 'gross')),
  is_demo boolean NOT NULL DEFAULT false,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
CALL shared.protect('auth.organisation', 'app_negocio', 'SELECT, INSERT, UPDATE');

CREATE TABLE auth.branch (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation()
    REFERENCES auth.organisation ON DELETE CASCADE,
  id uuid NOT NULL DEFAULT uuidv7(),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  address text CHECK (length(address) <= 200),
  version bigint NOT NULL DEFAULT 1,
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id)
);
CREATE UNIQUE INDEX branch_name_key ON auth.branch (organisation_id, lower(name)) WHERE archived_at IS NULL;
CALL shared.protect('auth.branch', 'app_negocio', 'SELECT, INSERT, UPDATE');

-- People are global: one person may work in several organisations.
CREATE TABLE auth.person (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  email text NOT NULL CHECK (length(email) <= 254),
  username text CHECK (length(username) BETWEEN 3 AND 64),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX person_email_key ON auth.person (lower(email));
CREATE UNIQUE INDEX person_username_key ON auth.person (lower(username));

CREATE TABLE auth.membership (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation()
    REFERENCES auth.organisation ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES auth.person,
  role text NOT NULL CHECK (role IN ('owner', 'manager', 'cashier', 'stock', 'accountant')),
  branch_ids uuid[],
  version bigint NOT NULL DEFAULT 1,
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, user_id)
);
CREATE INDEX membership_user_id_idx ON auth.membership (user_id);
CALL shared.protect('auth.membership', 'app_negocio', 'SELECT, INSERT, UPDATE');

-- A person is seen by the organisations they belong to, and by nobody without one.
ALTER TABLE auth.person ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.person FORCE ROW LEVEL SECURITY;
CREATE POLICY colleague ON auth.person TO app_negocio
  USING (id IN (SELECT user_id FROM auth.membership
                WHERE organisation_id = (SELECT shared.current_organisation())));
CREATE POLICY newcomer ON auth.person FOR INSERT TO app_negocio WITH CHECK (true);
DO $$ BEGIN
  EXECUTE format('CREATE POLICY owner ON auth.person TO %I USING (true) WITH CHECK (true)', current_user);
END $$;
GRANT SELECT, INSERT, UPDATE ON auth.person TO app_negocio;

CREATE TABLE auth.session (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation()
    REFERENCES auth.organisation ON DELETE CASCADE,
  id uuid NOT NULL DEFAULT uuidv7(),
  user_id uuid NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (id),
  FOREIGN KEY (organisation_id, user_id) REFERENCES auth.membership ON DELETE CASCADE
);
CREATE INDEX session_user_id_idx ON auth.session (organisation_id, user_id);
CALL shared.protect('auth.session', 'app_negocio', 'SELECT, INSERT, UPDATE');

CREATE TABLE auth.refresh_token (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  token_hash bytea NOT NULL UNIQUE,
  session_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz,
  PRIMARY KEY (organisation_id, token_hash),
  FOREIGN KEY (organisation_id, session_id) REFERENCES auth.session ON DELETE CASCADE
);
CREATE INDEX refresh_token_session_id_idx ON auth.refresh_token (organisation_id, session_id);
CALL shared.protect('auth.refresh_token', 'app_negocio', 'SELECT, INSERT, UPDATE');
"""

_DOORS = """
-- Sign-in knows an e-mail or a user name, not yet an organisation.
CREATE FUNCTION auth.find_login(identifier text)
RETURNS TABLE (
  user_id uuid, name text, password_hash text, organisation_id uuid, role text, branch_ids uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = auth, pg_temp AS $$
  SELECT person.id, person.name, person.password_hash, m.organisation_id, m.role, m.branch_ids
  FROM auth.person
  LEFT JOIN auth.membership AS m ON m.user_id = person.id AND m.archived_at IS NULL
  WHERE lower(person.email) = lower(identifier) OR lower(person.username) = lower(identifier)
  ORDER BY m.created_at
$$;

-- A refresh token names its session; the organisation is not known before it is found.
CREATE FUNCTION auth.find_refresh_token(hash bytea)
RETURNS TABLE (organisation_id uuid, session_id uuid, user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = auth, pg_temp AS $$
  SELECT t.organisation_id, t.session_id, s.user_id
  FROM auth.refresh_token AS t JOIN auth.session AS s ON s.id = t.session_id
  WHERE t.token_hash = hash
$$;

-- Where else a person works, to switch there.
CREATE FUNCTION auth.find_memberships(person_id uuid)
RETURNS TABLE (organisation_id uuid, organisation_name text, role text, branch_ids uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = auth, pg_temp AS $$
  SELECT m.organisation_id, o.name, m.role, m.branch_ids
  FROM auth.membership AS m JOIN auth.organisation AS o USING (organisation_id)
  WHERE m.user_id = person_id AND m.archived_at IS NULL
  ORDER BY m.created_at
$$;

-- The narrow question every service may ask of a token's session.
CREATE FUNCTION auth.session_is_live(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = auth, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM auth.session AS s JOIN auth.membership AS m USING (organisation_id, user_id)
    WHERE s.id = wanted AND s.revoked_at IS NULL AND s.expires_at > now() AND m.archived_at IS NULL
      AND s.organisation_id = shared.current_organisation())
$$;

-- The list that nightly work walks.
CREATE FUNCTION auth.organisation_ids() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = auth, pg_temp AS $$
  SELECT organisation_id FROM auth.organisation ORDER BY organisation_id
$$;

REVOKE ALL ON FUNCTION auth.find_login, auth.find_refresh_token, auth.find_memberships,
  auth.session_is_live, auth.organisation_ids FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.find_login, auth.find_refresh_token, auth.find_memberships TO app_negocio;
GRANT EXECUTE ON FUNCTION auth.session_is_live, auth.organisation_ids TO app_negocio, app_deposito, app_ml;
"""


def upgrade() -> None:
    run(_TABLES)
    run(_DOORS)


def downgrade() -> None:
    run(
        "DROP FUNCTION auth.organisation_ids, auth.session_is_live, auth.find_memberships,"
        " auth.find_refresh_token, auth.find_login;"
        "DROP TABLE auth.refresh_token, auth.session, auth.person, auth.membership, auth.branch,"
        " auth.organisation CASCADE;"
    )
