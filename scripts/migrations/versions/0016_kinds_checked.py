"""The kinds of movements allowed since 0015_goods, checked on what was there before."""

from scripts.migrations.ddl import run

revision = "0016_kinds_checked"
down_revision = "0015_goods"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("ALTER TABLE deposito.stock_movement VALIDATE CONSTRAINT stock_movement_kind_check;")


def downgrade() -> None:
    run("""
ALTER TABLE deposito.stock_movement DROP CONSTRAINT stock_movement_kind_check;
ALTER TABLE deposito.stock_movement ADD CONSTRAINT stock_movement_kind_check CHECK (kind IN ('opening',
  'receipt', 'supplier_return', 'sale', 'sale_void', 'customer_return', 'adjustment', 'shrinkage', 'theft',
  'expired', 'broken', 'own_use', 'sample', 'donation', 'entry_error', 'count', 'transfer_out',
  'transfer_in', 'reversal', 'revaluation')) NOT VALID;""")
