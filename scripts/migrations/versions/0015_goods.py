"""Reasons for adjustments, who approves large ones, policies by branch, reservations and transfers."""

from scripts.migrations.ddl import run

revision = "0015_goods"
down_revision = "0014_never_checked"
branch_labels = None
depends_on = None

_TABLES = """
-- Made anew at once, allowing more: nothing that was refused before is taken by older code.
-- squawk-ignore ban-drop-constraint
ALTER TABLE deposito.stock_movement DROP CONSTRAINT stock_movement_kind_check;
ALTER TABLE deposito.stock_movement ADD CONSTRAINT stock_movement_kind_check CHECK (kind IN ('opening',
  'receipt', 'supplier_return', 'sale', 'sale_void', 'customer_return', 'adjustment', 'shrinkage', 'theft',
  'expired', 'broken', 'own_use', 'sample', 'donation', 'entry_error', 'count', 'transfer_out',
  'transfer_in', 'reversal', 'revaluation')) NOT VALID;

-- What a product may do below zero in one branch; without a row its own policy decides, then the location's.
CREATE TABLE deposito.stock_policy (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  product_id uuid NOT NULL,
  branch_id uuid NOT NULL,
  negative_stock text NOT NULL CHECK (negative_stock IN ('allow', 'warn', 'block')),
  PRIMARY KEY (organisation_id, product_id, branch_id),
  FOREIGN KEY (organisation_id, product_id) REFERENCES deposito.product
);
CALL shared.protect('deposito.stock_policy', 'app_deposito', 'SELECT, INSERT, UPDATE, DELETE');

-- adjustment_limit: pesos at cost above which an adjustment waits for approval; null is none.
CREATE TABLE deposito.stock_settings (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  adjustment_limit numeric(18, 4) CHECK (adjustment_limit >= 0),
  PRIMARY KEY (organisation_id)
);
CALL shared.protect('deposito.stock_settings', 'app_deposito', 'SELECT, INSERT, UPDATE');

-- An adjustment that waits, or waited, for approval. worth: pesos at cost, what enters and what leaves added
-- up without sign. is_approved null: nobody has decided yet. Lines are differences, counts too.
CREATE TABLE deposito.adjustment (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL,
  request_hash bytea NOT NULL,
  location_id uuid NOT NULL,
  kind text NOT NULL,
  occurred_at timestamptz NOT NULL,
  worth numeric(18, 4) NOT NULL CHECK (worth >= 0),
  note text CHECK (length(note) <= 1000),
  requested_by uuid NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  is_approved boolean,
  decided_by uuid,
  decided_at timestamptz,
  decision_note text CHECK (length(decision_note) <= 1000),
  posting_id uuid,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, location_id) REFERENCES deposito.location,
  FOREIGN KEY (organisation_id, posting_id) REFERENCES deposito.stock_posting,
  CHECK ((is_approved IS NULL) = (decided_at IS NULL)),
  CHECK ((is_approved IS NULL) = (decided_by IS NULL)),
  CHECK ((is_approved IS TRUE) = (posting_id IS NOT NULL))
);
CREATE INDEX adjustment_waiting_idx ON deposito.adjustment (organisation_id, requested_at, id)
  WHERE is_approved IS NULL;
CALL shared.protect('deposito.adjustment', 'app_deposito',
  'SELECT, INSERT, UPDATE (is_approved, decided_by, decided_at, decision_note, posting_id)');
CREATE TABLE deposito.adjustment_line (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  adjustment_id uuid NOT NULL,
  line bigint NOT NULL CHECK (line >= 1),
  product_id uuid NOT NULL,
  quantity numeric(14, 3) NOT NULL CHECK (quantity <> 0),
  PRIMARY KEY (organisation_id, adjustment_id, line),
  FOREIGN KEY (organisation_id, adjustment_id) REFERENCES deposito.adjustment,
  FOREIGN KEY (organisation_id, product_id) REFERENCES deposito.product
);
CALL shared.protect('deposito.adjustment_line', 'app_deposito', 'SELECT, INSERT');

-- Goods promised to somebody until expires_at. Nothing has to run for them to be free again after it.
CREATE TABLE deposito.reservation (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL,
  request_hash bytea NOT NULL,
  ref text CHECK (length(ref) BETWEEN 1 AND 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'committed', 'released', 'expired')),
  expires_at timestamptz NOT NULL,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_by uuid,
  ended_at timestamptz,
  source text,
  PRIMARY KEY (organisation_id, id),
  CHECK ((status = 'active') = (ended_at IS NULL)),
  CHECK ((status = 'committed') = (source IS NOT NULL))
);
CALL shared.protect('deposito.reservation', 'app_deposito',
  'SELECT, INSERT, UPDATE (status, ended_by, ended_at, source)');
CREATE TABLE deposito.reservation_line (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  reservation_id uuid NOT NULL,
  line bigint NOT NULL CHECK (line >= 1),
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  quantity numeric(14, 3) NOT NULL CHECK (quantity > 0),
  is_ended boolean NOT NULL DEFAULT false,
  PRIMARY KEY (organisation_id, reservation_id, line),
  FOREIGN KEY (organisation_id, reservation_id) REFERENCES deposito.reservation,
  FOREIGN KEY (organisation_id, product_id, location_id) REFERENCES deposito.stock_balance
);
CREATE INDEX reservation_line_open_idx ON deposito.reservation_line
  (organisation_id, product_id, location_id) WHERE NOT is_ended;
CALL shared.protect('deposito.reservation_line', 'app_deposito', 'SELECT, INSERT, UPDATE (is_ended)');

-- Goods on their way between two places. Between shipping and receiving they lie in the receiving branch's
-- place for goods under way.
CREATE TABLE deposito.transfer (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL,
  request_hash bytea NOT NULL,
  from_location_id uuid NOT NULL,
  to_location_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'shipped', 'received', 'cancelled')),
  note text CHECK (length(note) <= 1000),
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, from_location_id) REFERENCES deposito.location,
  FOREIGN KEY (organisation_id, to_location_id) REFERENCES deposito.location,
  CHECK (from_location_id <> to_location_id)
);
CREATE INDEX transfer_created_at_idx ON deposito.transfer (organisation_id, created_at, id);
CALL shared.protect('deposito.transfer', 'app_deposito', 'SELECT, INSERT, UPDATE (status, version)');

-- quantity: asked for; shipped and received: counted at each end, null before; reason: of a difference.
CREATE TABLE deposito.transfer_line (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  transfer_id uuid NOT NULL,
  line bigint NOT NULL CHECK (line >= 1),
  product_id uuid NOT NULL,
  quantity numeric(14, 3) NOT NULL CHECK (quantity > 0),
  shipped numeric(14, 3) CHECK (shipped >= 0),
  received numeric(14, 3) CHECK (received >= 0),
  reason text,
  PRIMARY KEY (organisation_id, transfer_id, line),
  UNIQUE (organisation_id, transfer_id, product_id),
  FOREIGN KEY (organisation_id, transfer_id) REFERENCES deposito.transfer,
  FOREIGN KEY (organisation_id, product_id) REFERENCES deposito.product
);
CALL shared.protect('deposito.transfer_line', 'app_deposito',
  'SELECT, INSERT, UPDATE (shipped, received, reason)');

-- What was done to a transfer, in order. Postings: what left the one place and what entered the other;
-- an undoing has none of its own, the ledger knows what reversed them.
CREATE TABLE deposito.transfer_step (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  transfer_id uuid NOT NULL,
  number bigint NOT NULL CHECK (number >= 1),
  step text NOT NULL CHECK (step IN ('ship', 'receive', 'undo_ship', 'undo_receive', 'cancel')),
  done_by uuid NOT NULL,
  done_at timestamptz NOT NULL DEFAULT now(),
  departure_id uuid,
  arrival_id uuid,
  note text CHECK (length(note) <= 1000),
  PRIMARY KEY (organisation_id, transfer_id, number),
  FOREIGN KEY (organisation_id, transfer_id) REFERENCES deposito.transfer,
  FOREIGN KEY (organisation_id, departure_id) REFERENCES deposito.stock_posting,
  FOREIGN KEY (organisation_id, arrival_id) REFERENCES deposito.stock_posting
);
CALL shared.protect('deposito.transfer_step', 'app_deposito', 'SELECT, INSERT');

-- How much of a product is promised out of a place at a moment; read it under the balance's lock.
CREATE FUNCTION deposito.reserved(p_product_id uuid, p_location_id uuid, p_at timestamptz) RETURNS numeric
LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(l.quantity), 0)
  FROM deposito.reservation_line AS l
  JOIN deposito.reservation AS r ON r.organisation_id = l.organisation_id AND r.id = l.reservation_id
  WHERE l.organisation_id = shared.current_organisation() AND l.product_id = p_product_id
    AND l.location_id = p_location_id AND NOT l.is_ended AND r.status = 'active' AND r.expires_at > p_at
$$;
REVOKE ALL ON FUNCTION deposito.reserved FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deposito.reserved TO app_deposito;
"""

# What changes in deposito.post_movements, before and after.
_POLICY = (
    "coalesce(p.negative_stock, k.negative_stock) AS policy",
    "coalesce(s.negative_stock, p.negative_stock, k.negative_stock) AS policy",
)
_POLICY_OF_THE_BRANCH = (
    """    WINDOW by_key AS""",
    """    LEFT JOIN deposito.stock_policy AS s ON s.organisation_id = org
      AND s.product_id = l.product_id AND s.branch_id = k.branch_id
    WINDOW by_key AS""",
)
_SHORTAGE = (
    """      IF held < 0 AND held < r.had AND r.policy = 'block' AND p_reverses IS NULL THEN
        shortages := shortages || jsonb_build_object('product_id', r.product_id, 'location_id', r.location_id,
          'line', r.n, 'requested', (r.had - held)::text, 'available', r.had::text);
      END IF;""",
    """      IF held < r.had AND r.policy = 'block' AND p_reverses IS NULL THEN
        -- What is promised to others is not there for anybody else.
        promised := deposito.reserved(r.product_id, r.location_id, stamp);
        IF held < promised THEN
          shortages := shortages || jsonb_build_object(
            'product_id', r.product_id, 'location_id', r.location_id, 'line', r.n,
            'requested', (r.had - held)::text, 'available', (r.had - promised)::text);
        END IF;
      END IF;""",
)
_COST_OF_A_TRANSFER = (
    """        cost := v_cost;
      ELSIF held > 0 AND worth > 0 THEN""",
    """        -- What comes from another place of ours tells nothing of what it costs to buy.
        v_given := r.kind <> 'transfer_in' OR cost IS NULL;
        cost := CASE WHEN v_given THEN v_cost ELSE cost END;
      ELSIF held > 0 AND worth > 0 THEN""",
)
_VARIABLE = (
    "  shortages jsonb := '[]';",
    "  promised numeric;\n  shortages jsonb := '[]';",
)
_CHANGES = (_VARIABLE, _POLICY_OF_THE_BRANCH, _POLICY, _SHORTAGE, _COST_OF_A_TRANSFER)

# The function stays as it is but for these places, so it is not written out again.
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
_DROP = """
DROP FUNCTION deposito.reserved;
DROP TABLE deposito.transfer_step, deposito.transfer_line, deposito.transfer, deposito.reservation_line,
  deposito.reservation, deposito.adjustment_line, deposito.adjustment, deposito.stock_settings,
  deposito.stock_policy;
ALTER TABLE deposito.stock_movement DROP CONSTRAINT stock_movement_kind_check;
ALTER TABLE deposito.stock_movement ADD CONSTRAINT stock_movement_kind_check CHECK (kind IN ('opening',
  'receipt', 'supplier_return', 'sale', 'sale_void', 'customer_return', 'adjustment', 'shrinkage',
  'expired', 'broken', 'own_use', 'count', 'transfer_out', 'transfer_in', 'reversal', 'revaluation'));
"""


def upgrade() -> None:
    run(_TABLES)
    for before, after in _CHANGES:
        run(_REPLACE.format(before=before, after=after))


def downgrade() -> None:
    for before, after in reversed(_CHANGES):
        run(_REPLACE.format(before=after, after=before))
    run(_DROP)
