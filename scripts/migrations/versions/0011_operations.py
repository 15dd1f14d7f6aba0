"""What was done to the platform itself: backups, restore drills, checks."""

from scripts.migrations.ddl import run

revision = "0011_operations"
down_revision = "0010_set_aside"
branch_labels = None
depends_on = None

_TABLE = """
-- One run of something the operator does to the whole platform. It belongs to no organisation, and only
-- who owns the database writes it; facts says what came of it, e.g. bytes, seconds, tables, age of the dump.
CREATE TABLE shared.operation_run (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 50),
  started_at timestamptz NOT NULL,
  finished_at timestamptz CHECK (finished_at >= started_at),
  ok boolean,
  facts jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(facts) = 'object'),
  CHECK ((finished_at IS NULL) = (ok IS NULL))
);
-- The newest of a kind is what people and alerts ask for.
CREATE INDEX operation_run_kind_idx ON shared.operation_run (kind, started_at DESC);
GRANT SELECT ON shared.operation_run TO app_negocio, app_deposito, app_ml;
"""


def upgrade() -> None:
    run(_TABLE)


def downgrade() -> None:
    run("DROP TABLE shared.operation_run;")
