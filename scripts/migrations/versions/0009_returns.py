"""Goods that a paper takes back leave at what it credits, not at the average."""

from scripts.migrations.ddl import run

revision = "0009_returns"
down_revision = "0008_counted"
branch_labels = None
depends_on = None

_AT_THE_AVERAGE = """    ELSE
      IF held <> 0 AND worth <> 0 THEN"""
_AT_THE_PAPER = """    ELSIF v_quantity < 0 AND v_value IS NOT NULL THEN
      -- The supplier credits what the goods cost then; what is left is worth the rest.
      v_cost := round(v_value / v_quantity, 4);
    ELSE
      IF held <> 0 AND worth <> 0 THEN"""

# The function stays as it is but for one case, so it is not written out again.
_REPLACE = """
DO $patch$
DECLARE
  name regprocedure := (SELECT oid FROM pg_proc
    WHERE pronamespace = 'deposito'::regnamespace AND proname = 'post_movements');
  definition text := pg_get_functiondef(name);
  changed text := replace(definition, $before${before}$before$, $after${after}$after$);
BEGIN
  IF changed = definition THEN
    RAISE EXCEPTION 'deposito.post_movements is not the one this migration changes';
  END IF;
  EXECUTE changed;
END $patch$;
"""


def upgrade() -> None:
    run(_REPLACE.format(before=_AT_THE_AVERAGE, after=_AT_THE_PAPER))


def downgrade() -> None:
    run(_REPLACE.format(before=_AT_THE_PAPER, after=_AT_THE_AVERAGE))
