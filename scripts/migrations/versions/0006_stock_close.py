"""How each past day ended, for the lines under the home page's figures."""

from scripts.migrations.ddl import run

revision = "0006_stock_close"
down_revision = "0005_ml"
branch_labels = None
depends_on = None

_TABLE = """
-- How the stock stood at the end of an Argentine day, as it was known the night after. scope_id: a branch,
-- or the organisation for all of them together, where a product that one branch has is not out.
CREATE TABLE deposito.stock_close (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  scope_id uuid NOT NULL,
  day date NOT NULL,
  value numeric(18, 4) NOT NULL,
  by_state jsonb NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, scope_id, day)
);
CALL shared.protect('deposito.stock_close', 'app_deposito', 'SELECT, INSERT');
"""


def upgrade() -> None:
    run(_TABLE)


def downgrade() -> None:
    run("DROP TABLE deposito.stock_close;")
