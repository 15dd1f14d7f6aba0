"""Catalogue, the stock ledger with its one writing function, sales and their daily summaries."""

from scripts.migrations.ddl import run

revision = "0003_deposito"
down_revision = "0002_auth"
branch_labels = None
depends_on = None

_CATALOG = """
CREATE TABLE deposito.category (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  parent_id uuid,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  version bigint NOT NULL DEFAULT 1,
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, parent_id) REFERENCES deposito.category,
  CHECK (parent_id <> id)
);
CREATE UNIQUE INDEX category_name_key ON deposito.category
  (organisation_id, coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), shared.searchable(name))
  WHERE archived_at IS NULL;
CALL shared.protect('deposito.category', 'app_deposito', 'SELECT, INSERT, UPDATE');

-- search_name is what people search and sort by: row-level security keeps trigram indexes out of use
-- (LIKE is not leakproof), so searching goes through product_token, whose comparisons are.
CREATE TABLE deposito.product (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  brand text CHECK (length(brand) BETWEEN 1 AND 200),
  sku text CHECK (length(sku) BETWEEN 1 AND 64),
  category_id uuid,
  base_unit text NOT NULL DEFAULT 'unit' CHECK (base_unit IN ('unit', 'kg', 'l', 'm')),
  content_quantity numeric(14, 3) CHECK (content_quantity > 0),
  content_unit text CHECK (content_unit IN ('g', 'kg', 'ml', 'l', 'm', 'unit')),
  iva_rate numeric(7, 4) NOT NULL DEFAULT 21 CHECK (iva_rate IN (0, 2.5, 5, 10.5, 21, 27)),
  has_internal_tax boolean NOT NULL DEFAULT false,
  negative_stock text CHECK (negative_stock IN ('allow', 'warn', 'block')),
  search_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS
    (shared.searchable(name || coalesce(' ' || brand, ''))) STORED,
  version bigint NOT NULL DEFAULT 1,
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, category_id) REFERENCES deposito.category,
  CHECK ((content_quantity IS NULL) = (content_unit IS NULL))
);
CREATE INDEX product_search_name_idx ON deposito.product (organisation_id, search_name, id)
  WHERE archived_at IS NULL;
CREATE INDEX product_category_id_idx ON deposito.product (organisation_id, category_id);
CREATE UNIQUE INDEX product_sku_key ON deposito.product (organisation_id, lower(sku))
  WHERE archived_at IS NULL;
CALL shared.protect('deposito.product', 'app_deposito', 'SELECT, INSERT, UPDATE');

CREATE TABLE deposito.product_barcode (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  product_id uuid NOT NULL,
  code text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
  factor numeric(14, 3) NOT NULL DEFAULT 1 CHECK (factor > 0),
  kind text NOT NULL CHECK (kind IN ('unit', 'pack')),
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, product_id) REFERENCES deposito.product,
  CHECK (kind = 'pack' OR factor = 1)
);
CREATE UNIQUE INDEX product_barcode_code_key ON deposito.product_barcode (organisation_id, code)
  WHERE archived_at IS NULL;
CREATE INDEX product_barcode_product_id_idx ON deposito.product_barcode (organisation_id, product_id);
CALL shared.protect('deposito.product_barcode', 'app_deposito', 'SELECT, INSERT, UPDATE');

-- The words and numbers of each product's search_name: an inverted index that row-level security
-- lets queries use, by equality and by prefix (ranges in "C" order).
CREATE TABLE deposito.product_token (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  token text COLLATE "C" NOT NULL,
  product_id uuid NOT NULL,
  PRIMARY KEY (organisation_id, token, product_id),
  FOREIGN KEY (organisation_id, product_id) REFERENCES deposito.product ON DELETE CASCADE
);
CREATE INDEX product_token_product_id_idx ON deposito.product_token (organisation_id, product_id);
CALL shared.protect('deposito.product_token', 'app_deposito', 'SELECT, INSERT, DELETE');

CREATE FUNCTION deposito.tokens(searched text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT DISTINCT replace(found[1], ',', '.')
  FROM regexp_matches(searched, '[0-9]+(?:[.,][0-9]+)?|[a-z]+', 'g') AS found
$$;

CREATE FUNCTION deposito.index_product() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM deposito.product_token
    WHERE organisation_id = NEW.organisation_id AND product_id = NEW.id;
  END IF;
  INSERT INTO deposito.product_token (organisation_id, token, product_id)
  SELECT NEW.organisation_id, token, NEW.id FROM deposito.tokens(NEW.search_name) AS token;
  RETURN NULL;
END $$;
CREATE TRIGGER index_product AFTER INSERT OR UPDATE OF name, brand ON deposito.product
  FOR EACH ROW EXECUTE FUNCTION deposito.index_product();

-- A branch sells from its one live shop location.
CREATE TABLE deposito.location (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  branch_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  kind text NOT NULL CHECK (kind IN ('shop', 'deposit', 'transit')),
  negative_stock text NOT NULL DEFAULT 'warn' CHECK (negative_stock IN ('allow', 'warn', 'block')),
  version bigint NOT NULL DEFAULT 1,
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id)
);
CREATE UNIQUE INDEX location_shop_key ON deposito.location (organisation_id, branch_id)
  WHERE kind = 'shop' AND archived_at IS NULL;
CREATE UNIQUE INDEX location_name_key ON deposito.location
  (organisation_id, branch_id, shared.searchable(name))
  WHERE archived_at IS NULL;
CALL shared.protect('deposito.location', 'app_deposito', 'SELECT, INSERT, UPDATE');
"""

_LEDGER = """
-- One business document's effect on stock. source: "<what>:<id>", so a replay posts nothing.
-- Not ahead of the clock by more than a day: "stock as of" relies on it to read recent months only.
CREATE TABLE deposito.stock_posting (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  source text NOT NULL CHECK (length(source) BETWEEN 1 AND 200),
  request_hash bytea NOT NULL,
  reverses_posting_id uuid,
  occurred_at timestamptz NOT NULL CHECK (occurred_at >= '2000-01-01T00:00:00Z'),
  recorded_at timestamptz NOT NULL,
  recorded_by uuid NOT NULL,
  note text CHECK (length(note) <= 1000),
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, source),
  UNIQUE (organisation_id, reverses_posting_id),
  FOREIGN KEY (organisation_id, reverses_posting_id) REFERENCES deposito.stock_posting,
  CHECK (occurred_at <= recorded_at + interval '1 day')
);
CALL shared.protect('deposito.stock_posting', 'app_deposito', 'SELECT, INSERT');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON deposito.stock_posting
  FOR EACH ROW EXECUTE FUNCTION shared.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON deposito.stock_posting
  FOR EACH STATEMENT EXECUTE FUNCTION shared.refuse_change();

-- The stored sums of the ledger. value: of what is on hand; last_unit_cost: of the last entry that
-- told its cost, null while none has.
CREATE TABLE deposito.stock_balance (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  quantity numeric(14, 3) NOT NULL DEFAULT 0,
  value numeric(18, 4) NOT NULL DEFAULT 0,
  last_unit_cost numeric(18, 4) CHECK (last_unit_cost >= 0),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, product_id, location_id),
  FOREIGN KEY (organisation_id, product_id) REFERENCES deposito.product,
  FOREIGN KEY (organisation_id, location_id) REFERENCES deposito.location,
  CHECK (quantity <> 0 OR value = 0),
  CHECK (quantity * value >= 0)
) WITH (fillfactor = 80);
CALL shared.protect('deposito.stock_balance', 'app_deposito', 'SELECT, INSERT, UPDATE');

-- line: the caller's order, from 1; lines the ledger added itself (revaluations) follow.
-- unit_cost null: not known; such a movement carries no value until a revaluation brings it.
CREATE TABLE deposito.stock_movement (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  recorded_at timestamptz NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  posting_id uuid NOT NULL,
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  line integer NOT NULL CHECK (line >= 1),
  is_cost_given boolean NOT NULL,
  kind text NOT NULL CHECK (kind IN ('opening', 'receipt', 'supplier_return', 'sale', 'sale_void',
    'customer_return', 'adjustment', 'shrinkage', 'expired', 'broken', 'own_use', 'count',
    'transfer_out', 'transfer_in', 'reversal', 'revaluation')),
  quantity numeric(14, 3) NOT NULL,
  unit_cost numeric(18, 4),
  value numeric(18, 4) NOT NULL,
  balance_after numeric(14, 3) NOT NULL,
  PRIMARY KEY (organisation_id, recorded_at, id),
  FOREIGN KEY (organisation_id, posting_id) REFERENCES deposito.stock_posting,
  FOREIGN KEY (organisation_id, product_id, location_id) REFERENCES deposito.stock_balance,
  CHECK ((kind = 'revaluation') = (quantity = 0))
) PARTITION BY RANGE (recorded_at);
CREATE INDEX stock_movement_product_id_idx ON deposito.stock_movement
  (organisation_id, product_id, recorded_at, id);
CREATE INDEX stock_movement_posting_id_idx ON deposito.stock_movement (organisation_id, posting_id);
CALL shared.protect('deposito.stock_movement', 'app_deposito', 'SELECT, INSERT');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON deposito.stock_movement
  FOR EACH ROW EXECUTE FUNCTION shared.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON deposito.stock_movement
  FOR EACH STATEMENT EXECUTE FUNCTION shared.refuse_change();

-- What entered and left on each Argentine day, by when it happened: in stock or not on a past day
-- without reading the ledger. Written under the balance's lock.
CREATE TABLE deposito.stock_day (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  day date NOT NULL,
  entered numeric(14, 3) NOT NULL DEFAULT 0 CHECK (entered >= 0),
  departed numeric(14, 3) NOT NULL DEFAULT 0 CHECK (departed >= 0),
  PRIMARY KEY (organisation_id, product_id, location_id, day),
  FOREIGN KEY (organisation_id, product_id, location_id) REFERENCES deposito.stock_balance
) WITH (fillfactor = 80);
CALL shared.protect('deposito.stock_day', 'app_deposito', 'SELECT, INSERT, UPDATE');

CREATE TABLE deposito.integrity_check (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  checked_at timestamptz NOT NULL DEFAULT now(),
  checked bigint NOT NULL,
  differences jsonb NOT NULL,
  PRIMARY KEY (organisation_id, id)
);
CALL shared.protect('deposito.integrity_check', 'app_deposito', 'SELECT, INSERT');
"""

_PARTITIONS = """
-- Partitions of the months from `first` on. A partition inherits neither forced security nor the
-- TRUNCATE trigger of its parent, so each gets its own; nobody is granted anything on it directly.
CREATE FUNCTION deposito.ensure_partitions(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = deposito, pg_temp AS $$
DECLARE
  month timestamp;
  name text;
  made integer := 0;
BEGIN
  IF months NOT BETWEEN 1 AND 240 THEN
    RAISE EXCEPTION 'months out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('deposito.ensure_partitions'));
  FOR i IN 0 .. months - 1 LOOP
    month := date_trunc('month', first::timestamp) + make_interval(months => i);
    name := to_char(month, '"stock_movement_y"YYYY"m"MM');
    CONTINUE WHEN to_regclass('deposito.' || name) IS NOT NULL;
    EXECUTE format(
      'CREATE TABLE deposito.%I PARTITION OF deposito.stock_movement FOR VALUES FROM (%L) TO (%L)',
      name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('ALTER TABLE deposito.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner ON deposito.%I TO %I USING (true) WITH CHECK (true)',
      name, current_user);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON deposito.%I '
      'FOR EACH STATEMENT EXECUTE FUNCTION shared.refuse_change()', name);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION deposito.ensure_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deposito.ensure_partitions TO app_deposito;
SELECT deposito.ensure_partitions((now() - interval '1 month')::date, 14);
"""

_POSTING = """
-- Locks the balances of these products and locations in key order, making those that do not exist.
-- Returns how many different ones there are; raises GD404 for a product or location unknown here.
CREATE FUNCTION deposito.lock_balances(p_product_ids uuid[], p_location_ids uuid[]) RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  org uuid := shared.current_organisation();
  wanted integer;
  found_count integer;
  unknown record;
BEGIN
  IF org IS NULL THEN
    RAISE EXCEPTION 'no organisation is set' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO deposito.stock_balance (organisation_id, product_id, location_id)
  SELECT org, key.product_id, key.location_id
  FROM (SELECT DISTINCT * FROM unnest(p_product_ids, p_location_ids) AS l (product_id, location_id)) AS key
  JOIN deposito.product AS p ON p.organisation_id = org AND p.id = key.product_id
  JOIN deposito.location AS k ON k.organisation_id = org AND k.id = key.location_id
  WHERE NOT EXISTS (
    SELECT FROM deposito.stock_balance AS b
    WHERE b.organisation_id = org AND b.product_id = key.product_id AND b.location_id = key.location_id)
  ORDER BY key.product_id, key.location_id
  ON CONFLICT DO NOTHING;

  PERFORM FROM deposito.stock_balance AS b
  WHERE b.organisation_id = org AND (b.product_id, b.location_id) IN
    (SELECT * FROM unnest(p_product_ids, p_location_ids))
  ORDER BY b.product_id, b.location_id FOR NO KEY UPDATE;
  GET DIAGNOSTICS found_count = ROW_COUNT;

  SELECT count(DISTINCT (l.product_id, l.location_id)) INTO wanted
  FROM unnest(p_product_ids, p_location_ids) AS l (product_id, location_id);
  IF found_count < wanted THEN
    SELECT l.n, l.product_id, l.location_id, p.id IS NULL AS is_product INTO unknown
    FROM unnest(p_product_ids, p_location_ids) WITH ORDINALITY AS l (product_id, location_id, n)
    LEFT JOIN deposito.product AS p ON p.organisation_id = org AND p.id = l.product_id
    LEFT JOIN deposito.location AS k ON k.organisation_id = org AND k.id = l.location_id
    WHERE p.id IS NULL OR k.id IS NULL ORDER BY l.n LIMIT 1;
    RAISE EXCEPTION 'unknown product or location' USING ERRCODE = 'GD404', DETAIL = json_build_object(
      'line', unknown.n, 'what', CASE WHEN unknown.is_product THEN 'product' ELSE 'location' END,
      'id', CASE WHEN unknown.is_product THEN unknown.product_id ELSE unknown.location_id END)::text;
  END IF;
  RETURN wanted;
END $$;

-- The one way into the ledger. Appends all lines and updates their balances, or raises:
--   GD404 unknown product or location, one that is archived or of a branch not among p_branches,
--   GD409 not enough stock where the policy blocks,
--   GD410 this source was posted with other content, GD411 already reversed,
--   GD422 a revaluation of nothing.
-- A source already posted answers what it wrote the first time (is_replay) and writes nothing.
--
-- quantities: signed base units, 0 for revaluations. unit_costs: of entering lines, null when not
-- known; of a revaluation, the unit cost from now on. values: of entering goods, what they cost in all
-- where the unit cost is rounded; of a revaluation, by how much; else null. A reversal (p_reverses)
-- carries the exact mirror of what it undoes, and no negative policy stops it.
--
-- Cost: entering goods come at their given cost; without one at the average, else the last known.
-- Leaving goods take their share of the value, all of it with the last unit. What the ledger learns
-- late is a revaluation line of its own: goods issued before their cost was known (negative stock)
-- or held without any; an undone entry whose goods had already been issued at a mixed average.
-- Recorded instants are taken after the locks, so balances chain in (recorded_at, id) order.
CREATE FUNCTION deposito.post_movements(
  p_source text, p_occurred_at timestamptz, p_recorded_by uuid, p_note text,
  p_product_ids uuid[], p_location_ids uuid[], p_kinds text[], p_quantities numeric[],
  p_unit_costs numeric[], p_values numeric[], p_branches uuid[] DEFAULT NULL, p_reverses uuid DEFAULT NULL)
RETURNS TABLE (
  posting_id uuid, is_replay boolean, recorded_at timestamptz, line integer, movement_id uuid,
  product_id uuid, location_id uuid, kind text, quantity numeric, unit_cost numeric, value numeric,
  balance_after numeric, is_short boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  org uuid := shared.current_organisation();
  lines integer := cardinality(p_product_ids);
  hash bytea;
  posting uuid;
  stamp timestamptz;
  known record;
  r record;
  -- The key being walked: what is on hand, what it is worth, its last cost, what the ledger corrects.
  held numeric;
  worth numeric;
  cost numeric;
  correction numeric;
  v_quantity numeric(14, 3);
  v_cost numeric(18, 4);
  v_value numeric(18, 4);
  covered numeric;
  v_given boolean;
  shortages jsonb := '[]';
  -- Movements to write.
  m_line integer[] := '{}'; m_product uuid[] := '{}'; m_location uuid[] := '{}'; m_kind text[] := '{}';
  m_quantity numeric[] := '{}'; m_cost numeric[] := '{}'; m_value numeric[] := '{}';
  m_after numeric[] := '{}'; m_given boolean[] := '{}';
  -- Balances to write.
  b_product uuid[] := '{}'; b_location uuid[] := '{}'; b_quantity numeric[] := '{}';
  b_value numeric[] := '{}'; b_cost numeric[] := '{}'; b_short boolean[] := '{}';
BEGIN
  IF lines = 0 OR lines > 10000 OR lines IS DISTINCT FROM cardinality(p_location_ids)
    OR lines IS DISTINCT FROM cardinality(p_kinds) OR lines IS DISTINCT FROM cardinality(p_quantities)
    OR lines IS DISTINCT FROM cardinality(p_unit_costs) OR lines IS DISTINCT FROM cardinality(p_values)
  THEN
    RAISE EXCEPTION 'arrays of 1 to 10000 lines, all of one length' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  hash := sha256(convert_to(concat_ws('|', extract(epoch FROM p_occurred_at), p_reverses,
    p_product_ids::text, p_location_ids::text, p_kinds::text, p_quantities::numeric(14, 3)[]::text,
    p_unit_costs::numeric(18, 4)[]::text, p_values::numeric(18, 4)[]::text), 'UTF8'));

  -- Balances first, documents second, everywhere: that order is what keeps writers from deadlock.
  PERFORM deposito.lock_balances(p_product_ids, p_location_ids);

  posting := uuidv7();
  stamp := clock_timestamp();
  INSERT INTO deposito.stock_posting
    (organisation_id, id, source, request_hash, reverses_posting_id, occurred_at, recorded_at,
     recorded_by, note)
  VALUES (org, posting, p_source, hash, p_reverses, p_occurred_at, stamp, p_recorded_by, p_note)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    SELECT * INTO known FROM deposito.stock_posting AS s
    WHERE s.organisation_id = org AND s.source = p_source;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'already reversed' USING ERRCODE = 'GD411',
        DETAIL = json_build_object('posting_id', (
          SELECT s.id FROM deposito.stock_posting AS s
          WHERE s.organisation_id = org AND s.reverses_posting_id = p_reverses))::text;
    END IF;
    IF known.request_hash <> hash THEN
      RAISE EXCEPTION 'source posted with other content' USING ERRCODE = 'GD410',
        DETAIL = json_build_object('source', p_source)::text;
    END IF;
    RETURN QUERY SELECT known.id, true, known.recorded_at, m.line, m.id, m.product_id, m.location_id, m.kind,
        m.quantity, m.unit_cost, m.value, m.balance_after, m.balance_after < 0 AND m.quantity < 0
      FROM deposito.stock_movement AS m
      WHERE m.organisation_id = org AND m.posting_id = known.id AND m.recorded_at = known.recorded_at
      ORDER BY m.line;
    RETURN;
  END IF;

  FOR r IN
    SELECT l.*, b.quantity AS had, b.value AS had_value, b.last_unit_cost,
      p_reverses IS NULL AND (k.archived_at IS NOT NULL OR k.branch_id <> ALL (p_branches)) AS is_closed,
      coalesce(p.negative_stock, k.negative_stock) AS policy,
      lag(l.n) OVER by_key IS NULL AS is_first, lead(l.n) OVER by_key IS NULL AS is_last
    FROM unnest(p_product_ids, p_location_ids, p_kinds, p_quantities, p_unit_costs, p_values)
      WITH ORDINALITY AS l (product_id, location_id, kind, quantity, unit_cost, value, n)
    JOIN deposito.stock_balance AS b ON b.organisation_id = org
      AND b.product_id = l.product_id AND b.location_id = l.location_id
    JOIN deposito.product AS p ON p.organisation_id = org AND p.id = l.product_id
    JOIN deposito.location AS k ON k.organisation_id = org AND k.id = l.location_id
    WINDOW by_key AS (PARTITION BY l.product_id, l.location_id ORDER BY l.n)
    ORDER BY l.product_id, l.location_id, l.n
  LOOP
    IF r.is_closed THEN
      RAISE EXCEPTION 'location not open to the caller' USING ERRCODE = 'GD404', DETAIL = json_build_object(
        'line', r.n, 'what', 'location', 'id', r.location_id)::text;
    END IF;
    IF r.is_first THEN
      held := r.had;
      worth := r.had_value;
      cost := r.last_unit_cost;
      correction := 0;
      IF cost IS NULL AND p_reverses IS NULL THEN
        -- Another location may know what this product costs.
        SELECT b.last_unit_cost INTO cost FROM deposito.stock_balance AS b
        WHERE b.organisation_id = org AND b.product_id = r.product_id AND b.last_unit_cost IS NOT NULL
        ORDER BY b.updated_at DESC LIMIT 1;
        IF cost IS NOT NULL AND held > 0 AND worth = 0 THEN
          correction := round(held * cost, 4);
          worth := correction;
        END IF;
      END IF;
    END IF;

    v_quantity := r.quantity;
    v_cost := r.unit_cost;
    v_value := r.value;
    v_given := false;
    IF p_reverses IS NOT NULL AND v_value IS NOT NULL THEN
      NULL;  -- An exact mirror carries its own figures.
    ELSIF r.kind = 'revaluation' THEN
      IF held <= 0 AND v_value IS NULL THEN
        RAISE EXCEPTION 'nothing to revalue' USING ERRCODE = 'GD422', DETAIL = json_build_object(
          'line', r.n, 'product_id', r.product_id, 'location_id', r.location_id)::text;
      END IF;
      v_given := v_value IS NULL AND v_cost IS NOT NULL;
      v_value := coalesce(v_value, round(held * v_cost, 4) - worth);
      IF v_given THEN
        cost := v_cost;
      END IF;
      IF held <= 0 THEN
        -- A price corrected after the goods were issued: it came in and, with them, it is gone.
        correction := correction - v_value;
        worth := worth - v_value;
      END IF;
    ELSIF v_quantity > 0 THEN
      v_cost := coalesce(v_cost, round(v_value / v_quantity, 4));
      v_given := v_cost IS NOT NULL;
      IF v_given THEN
        IF held > 0 AND cost IS NULL THEN
          correction := correction + round(held * v_cost, 4) - worth;
          worth := round(held * v_cost, 4);
        END IF;
        cost := v_cost;
      ELSIF held > 0 AND worth > 0 THEN
        v_cost := round(worth / held, 4);
        v_value := round(worth * v_quantity / held, 4);
      ELSE
        v_cost := cost;
      END IF;
      v_value := coalesce(v_value, round(v_quantity * v_cost, 4), 0);
      IF held < 0 AND v_cost IS NOT NULL THEN
        -- Units issued before they came in take the cost they turn out to have.
        covered := least(v_quantity, -held);
        covered := round(covered * worth / held, 4) - round(covered * v_cost, 4);
        correction := correction + covered;
        worth := worth + covered;
      END IF;
    ELSE
      IF held <> 0 AND worth <> 0 THEN
        v_cost := round(worth / held, 4);
        v_value := CASE WHEN held = -v_quantity THEN -worth ELSE round(worth * v_quantity / held, 4) END;
      ELSE
        v_cost := cost;
        v_value := CASE WHEN held > 0 THEN 0 ELSE coalesce(round(v_quantity * cost, 4), 0) END;
      END IF;
    END IF;

    held := held + v_quantity;
    worth := worth + v_value;
    m_line := m_line || r.n::integer; m_product := m_product || r.product_id;
    m_location := m_location || r.location_id; m_kind := m_kind || r.kind;
    m_quantity := m_quantity || v_quantity; m_cost := m_cost || v_cost; m_value := m_value || v_value;
    m_after := m_after || held; m_given := m_given || v_given;

    IF r.is_last THEN
      IF p_reverses IS NOT NULL THEN
        -- The last cost is that of the last entry that still stands.
        SELECT m.unit_cost INTO cost FROM deposito.stock_movement AS m
        WHERE m.organisation_id = org AND m.product_id = r.product_id AND m.location_id = r.location_id
          AND m.is_cost_given AND NOT EXISTS (
            SELECT FROM deposito.stock_posting AS s
            WHERE s.organisation_id = org AND s.reverses_posting_id = m.posting_id)
        ORDER BY m.recorded_at DESC, m.id DESC LIMIT 1;
      END IF;
      IF held = 0 OR held * worth < 0 THEN
        v_value := round(held * coalesce(cost, 0), 4);
        correction := correction + v_value - worth;
        worth := v_value;
      END IF;
      IF correction <> 0 THEN
        lines := lines + 1;
        m_line := m_line || lines; m_product := m_product || r.product_id;
        m_location := m_location || r.location_id; m_kind := m_kind || 'revaluation'::text;
        m_quantity := m_quantity || 0.0; m_cost := m_cost || NULL::numeric; m_value := m_value || correction;
        m_after := m_after || held; m_given := m_given || false;
      END IF;
      IF held < 0 AND held < r.had AND r.policy = 'block' AND p_reverses IS NULL THEN
        shortages := shortages || jsonb_build_object('product_id', r.product_id, 'location_id', r.location_id,
          'line', r.n, 'requested', (r.had - held)::text, 'available', r.had::text);
      END IF;
      b_product := b_product || r.product_id; b_location := b_location || r.location_id;
      b_quantity := b_quantity || held; b_value := b_value || worth; b_cost := b_cost || cost;
      b_short := b_short || (held < 0 AND held < r.had AND r.policy <> 'allow');
    END IF;
  END LOOP;

  IF shortages <> '[]' THEN
    RAISE EXCEPTION 'insufficient stock' USING ERRCODE = 'GD409', DETAIL = shortages::text;
  END IF;

  UPDATE deposito.stock_balance AS b
  SET quantity = n.quantity, value = n.value, last_unit_cost = n.cost, updated_at = stamp
  FROM unnest(b_product, b_location, b_quantity, b_value, b_cost)
    AS n (product_id, location_id, quantity, value, cost)
  WHERE b.organisation_id = org AND b.product_id = n.product_id AND b.location_id = n.location_id;

  INSERT INTO deposito.stock_day AS d (organisation_id, product_id, location_id, day, entered, departed)
  SELECT org, n.product_id, n.location_id,
    (p_occurred_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date,
    coalesce(sum(n.quantity) FILTER (WHERE n.quantity > 0), 0),
    coalesce(-sum(n.quantity) FILTER (WHERE n.quantity < 0), 0)
  FROM unnest(m_product, m_location, m_quantity) AS n (product_id, location_id, quantity)
  WHERE n.quantity <> 0
  GROUP BY n.product_id, n.location_id
  ON CONFLICT (organisation_id, product_id, location_id, day)
  DO UPDATE SET entered = d.entered + excluded.entered, departed = d.departed + excluded.departed;

  RETURN QUERY
  WITH numbered AS MATERIALIZED (
    SELECT uuidv7() AS id, o.* FROM (
      SELECT * FROM
        unnest(m_line, m_product, m_location, m_kind, m_quantity, m_cost, m_value, m_after, m_given)
        AS l (line, product_id, location_id, kind, quantity, unit_cost, value, balance_after, is_cost_given)
      ORDER BY l.line) AS o
  ), written AS (
    INSERT INTO deposito.stock_movement
      (organisation_id, recorded_at, id, posting_id, product_id, location_id, occurred_at, line,
       is_cost_given, kind, quantity, unit_cost, value, balance_after)
    SELECT org, stamp, n.id, posting, n.product_id, n.location_id, p_occurred_at, n.line,
      n.is_cost_given, n.kind, n.quantity, n.unit_cost, n.value, n.balance_after
    FROM numbered AS n ORDER BY n.line
  )
  SELECT posting, false, stamp, n.line, n.id, n.product_id, n.location_id, n.kind, n.quantity, n.unit_cost,
    n.value, n.balance_after, s.is_short
  FROM numbered AS n
  JOIN unnest(b_product, b_location, b_short) AS s (product_id, location_id, is_short)
    ON s.product_id = n.product_id AND s.location_id = n.location_id
  ORDER BY n.line;
END $$;

-- Writes the mirror image of a posting, once: a second call answers what the first wrote.
-- Raises GD404 for an unknown posting and GD412 for one that is itself a reversal.
CREATE FUNCTION deposito.reverse_posting(
  p_posting_id uuid, p_occurred_at timestamptz, p_recorded_by uuid, p_note text, p_kind text)
RETURNS TABLE (
  posting_id uuid, is_replay boolean, recorded_at timestamptz, line integer, movement_id uuid,
  product_id uuid, location_id uuid, kind text, quantity numeric, unit_cost numeric, value numeric,
  balance_after numeric, is_short boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  org uuid := shared.current_organisation();
  original deposito.stock_posting;
  done deposito.stock_posting;
  r record;
BEGIN
  SELECT * INTO original FROM deposito.stock_posting AS s
  WHERE s.organisation_id = org AND s.id = p_posting_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unknown posting' USING ERRCODE = 'GD404',
      DETAIL = json_build_object('line', 1, 'what', 'posting', 'id', p_posting_id)::text;
  END IF;
  IF original.reverses_posting_id IS NOT NULL THEN
    RAISE EXCEPTION 'a reversal is not reversed' USING ERRCODE = 'GD412',
      DETAIL = json_build_object('posting_id', p_posting_id)::text;
  END IF;
  SELECT array_agg(m.product_id ORDER BY m.line) AS products,
    array_agg(m.location_id ORDER BY m.line) AS locations,
    array_agg(CASE WHEN m.quantity = 0 THEN 'revaluation' ELSE p_kind END ORDER BY m.line) AS kinds,
    array_agg(-m.quantity ORDER BY m.line) AS quantities,
    array_agg(m.unit_cost ORDER BY m.line) AS unit_costs,
    array_agg(-m.value ORDER BY m.line) AS amounts
  INTO r
  FROM deposito.stock_movement AS m
  WHERE m.organisation_id = org AND m.posting_id = original.id AND m.recorded_at = original.recorded_at;

  -- Waits for whoever reverses it now; afterwards their posting is visible.
  PERFORM deposito.lock_balances(r.products, r.locations);
  SELECT * INTO done FROM deposito.stock_posting AS s
  WHERE s.organisation_id = org AND s.reverses_posting_id = p_posting_id;
  IF FOUND THEN
    RETURN QUERY SELECT done.id, true, done.recorded_at, m.line, m.id, m.product_id, m.location_id, m.kind,
        m.quantity, m.unit_cost, m.value, m.balance_after, m.balance_after < 0 AND m.quantity < 0
      FROM deposito.stock_movement AS m
      WHERE m.organisation_id = org AND m.posting_id = done.id AND m.recorded_at = done.recorded_at
      ORDER BY m.line;
    RETURN;
  END IF;
  RETURN QUERY SELECT * FROM deposito.post_movements(
    'reversal:' || p_posting_id, p_occurred_at, p_recorded_by, p_note,
    r.products, r.locations, r.kinds, r.quantities, r.unit_costs, r.amounts, NULL, p_posting_id);
END $$;
REVOKE ALL ON FUNCTION deposito.lock_balances, deposito.post_movements, deposito.reverse_posting FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deposito.lock_balances, deposito.post_movements, deposito.reverse_posting
  TO app_deposito;
"""

_SALES = """
-- A ticket. The client makes the id before it is online; request_hash tells a retry from another sale.
CREATE TABLE deposito.sale (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL,
  branch_id uuid NOT NULL,
  location_id uuid NOT NULL,
  posting_id uuid NOT NULL,
  request_hash bytea NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  recorded_by uuid NOT NULL,
  total numeric(18, 4) NOT NULL CHECK (total >= 0),
  voided_at timestamptz,
  voided_by uuid,
  void_reason text CHECK (length(void_reason) <= 1000),
  void_posting_id uuid,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, location_id) REFERENCES deposito.location,
  FOREIGN KEY (organisation_id, posting_id) REFERENCES deposito.stock_posting,
  FOREIGN KEY (organisation_id, void_posting_id) REFERENCES deposito.stock_posting,
  CHECK ((voided_at IS NULL) = (void_posting_id IS NULL))
);
CREATE INDEX sale_occurred_at_idx ON deposito.sale (organisation_id, occurred_at, id);
CALL shared.protect('deposito.sale', 'app_deposito', 'SELECT, INSERT');
GRANT UPDATE (voided_at, voided_by, void_reason, void_posting_id) ON deposito.sale TO app_deposito;

-- quantity: of what the code names; times factor it is base units. cost null: not known when sold.
CREATE TABLE deposito.sale_line (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  sale_id uuid NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  product_id uuid NOT NULL,
  code text,
  quantity numeric(14, 3) NOT NULL CHECK (quantity > 0),
  factor numeric(14, 3) NOT NULL CHECK (factor > 0),
  base_quantity numeric(14, 3) NOT NULL CHECK (base_quantity > 0),
  unit_price numeric(18, 4) NOT NULL CHECK (unit_price >= 0),
  discount numeric(18, 4) NOT NULL DEFAULT 0 CHECK (discount >= 0),
  amount numeric(18, 4) NOT NULL CHECK (amount >= 0),
  cost numeric(18, 4),
  PRIMARY KEY (organisation_id, sale_id, position),
  FOREIGN KEY (organisation_id, sale_id) REFERENCES deposito.sale,
  FOREIGN KEY (organisation_id, product_id) REFERENCES deposito.product
);
CALL shared.protect('deposito.sale_line', 'app_deposito', 'SELECT, INSERT');

CREATE TABLE deposito.sale_payment (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  sale_id uuid NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  method text NOT NULL CHECK (method IN (
    'cash', 'debit', 'credit', 'wallet', 'transfer', 'account', 'other')),
  amount numeric(18, 4) NOT NULL CHECK (amount > 0),
  reference text CHECK (length(reference) BETWEEN 1 AND 200),
  PRIMARY KEY (organisation_id, sale_id, position),
  FOREIGN KEY (organisation_id, sale_id) REFERENCES deposito.sale
);
CALL shared.protect('deposito.sale_payment', 'app_deposito', 'SELECT, INSERT');

-- Sold per product, branch and Argentine day, kept by each sale's and void's own transaction.
-- cost covers what was costed; uncosted is the quantity that was not.
CREATE TABLE deposito.sale_product_day (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  product_id uuid NOT NULL,
  branch_id uuid NOT NULL,
  day date NOT NULL,
  quantity numeric(14, 3) NOT NULL,
  amount numeric(18, 4) NOT NULL,
  cost numeric(18, 4) NOT NULL,
  uncosted numeric(14, 3) NOT NULL,
  last_price numeric(18, 4),
  PRIMARY KEY (organisation_id, product_id, branch_id, day),
  FOREIGN KEY (organisation_id, product_id) REFERENCES deposito.product
) WITH (fillfactor = 80);
CREATE INDEX sale_product_day_day_idx ON deposito.sale_product_day (organisation_id, day);
CALL shared.protect('deposito.sale_product_day', 'app_deposito', 'SELECT, INSERT, UPDATE');

-- Sold per branch, day and hour; uncosted is the amount of lines whose cost was not known.
CREATE TABLE deposito.sale_branch_hour (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  branch_id uuid NOT NULL,
  day date NOT NULL,
  hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
  amount numeric(18, 4) NOT NULL,
  cost numeric(18, 4) NOT NULL,
  uncosted numeric(18, 4) NOT NULL,
  tickets integer NOT NULL,
  units numeric(14, 3) NOT NULL,
  PRIMARY KEY (organisation_id, branch_id, day, hour)
) WITH (fillfactor = 80);
CALL shared.protect('deposito.sale_branch_hour', 'app_deposito', 'SELECT, INSERT, UPDATE');
"""


_DOORS = """
-- Whether costs are booked without IVA, which a margin over a shelf price has to know. auth belongs to
-- another service; this is the one fact of it that the warehouse needs.
CREATE FUNCTION deposito.costs_are_net() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = auth, pg_temp AS $$
  SELECT coalesce((
    SELECT o.cost_basis = 'net'
      OR (o.cost_basis = 'by_condition' AND o.iva_condition = 'responsable_inscripto')
    FROM auth.organisation AS o WHERE o.organisation_id = shared.current_organisation()), true)
$$;
REVOKE ALL ON FUNCTION deposito.costs_are_net FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deposito.costs_are_net TO app_deposito;
"""


def upgrade() -> None:
    run(_CATALOG)
    run(_LEDGER)
    run(_PARTITIONS)
    run(_POSTING)
    run(_SALES)
    run(_DOORS)


def downgrade() -> None:
    run(
        "DROP FUNCTION deposito.costs_are_net;"
        "DROP TABLE deposito.sale_branch_hour, deposito.sale_product_day, deposito.sale_payment,"
        " deposito.sale_line, deposito.sale;"
        "DROP FUNCTION deposito.reverse_posting, deposito.post_movements, deposito.lock_balances,"
        " deposito.ensure_partitions;"
        "DROP TABLE deposito.integrity_check, deposito.stock_day, deposito.stock_movement,"
        " deposito.stock_balance, deposito.stock_posting, deposito.location, deposito.product_token,"
        " deposito.product_barcode, deposito.product, deposito.category;"
        "DROP FUNCTION deposito.index_product, deposito.tokens;"
    )
