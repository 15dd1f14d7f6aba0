"""Who set a paper aside, when and why; vouchers have said so from the start."""

from scripts.migrations.ddl import run

revision = "0010_set_aside"
down_revision = "0009_returns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("""
ALTER TABLE negocio.document
  ADD COLUMN closed_at timestamptz, ADD COLUMN closed_by uuid, ADD COLUMN close_reason text;
""")


def downgrade() -> None:
    run("""
ALTER TABLE negocio.document
  DROP COLUMN closed_at, DROP COLUMN closed_by, DROP COLUMN close_reason;
""")
