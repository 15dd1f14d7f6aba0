"""What was counted under a client's own id, so that a repeated count is known for one."""

from scripts.migrations.ddl import run

revision = "0008_counted"
down_revision = "0007_edges"
branch_labels = None
depends_on = None

_TABLE = """
-- A count, by the source its posting has; one that found the books right has no posting. The ledger keeps
-- differences, which are others when the same count comes again later: request_hash is of what was counted.
CREATE TABLE deposito.stock_counted (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  source text NOT NULL CHECK (length(source) BETWEEN 1 AND 200),
  request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, source)
);
CALL shared.protect('deposito.stock_counted', 'app_deposito', 'SELECT, INSERT');
"""


def upgrade() -> None:
    run(_TABLE)


def downgrade() -> None:
    run("DROP TABLE deposito.stock_counted;")
