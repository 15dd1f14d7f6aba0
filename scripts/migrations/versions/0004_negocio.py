"""Suppliers and what was learned of their papers, documents, invoices with evidence and corrections."""

from scripts.migrations.ddl import run

revision = "0004_negocio"
down_revision = "0003_deposito"
branch_labels = None
depends_on = None

_SUPPLIERS = """
CREATE TABLE negocio.supplier (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  cuit char(11) CHECK (cuit ~ '^[0-9]{11}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- False until a person confirms one of its papers or edits it.
  is_confirmed boolean NOT NULL DEFAULT false,
  visit_days smallint[] NOT NULL DEFAULT '{}' CHECK (visit_days <@ ARRAY[0, 1, 2, 3, 4, 5, 6]::smallint[]),
  cutoff time,
  lead_days smallint CHECK (lead_days BETWEEN 0 AND 365),
  min_order numeric(18, 4) CHECK (min_order >= 0),
  email text CHECK (length(email) <= 254),
  phone text CHECK (length(phone) <= 64),
  notes text CHECK (length(notes) <= 1000),
  version bigint NOT NULL DEFAULT 1,
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id)
);
CREATE UNIQUE INDEX supplier_cuit_key ON negocio.supplier (organisation_id, cuit);
CREATE INDEX supplier_name_idx ON negocio.supplier (organisation_id, shared.searchable(name), id);
CALL shared.protect('negocio.supplier', 'app_negocio', 'SELECT, INSERT, UPDATE');

-- What a supplier's code or wording means here. key is normalised; pack_factor is base units in one of it.
CREATE TABLE negocio.supplier_alias (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  supplier_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('code', 'text')),
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 300),
  product_id uuid NOT NULL,
  product_name text NOT NULL,
  product_has_internal_tax boolean NOT NULL DEFAULT false,
  pack_factor numeric(14, 3) NOT NULL CHECK (pack_factor > 0),
  times_used integer NOT NULL DEFAULT 1,
  last_used_at timestamptz NOT NULL DEFAULT now(),
  learned_from uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, supplier_id, kind, key),
  FOREIGN KEY (organisation_id, supplier_id) REFERENCES negocio.supplier
);
CALL shared.protect('negocio.supplier_alias', 'app_negocio', 'SELECT, INSERT, UPDATE, DELETE');
"""

_DOCUMENTS = """
-- One paper as it came. generation counts readings: a job of an older one writes nothing.
CREATE TABLE negocio.document (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  branch_id uuid,
  source text NOT NULL CHECK (source IN ('web', 'api', 'telegram')),
  status text NOT NULL DEFAULT 'received' CHECK (status IN ('received', 'reading', 'needs_review', 'ready',
    'confirmed', 'reversed', 'discarded', 'duplicate', 'failed')),
  digest char(64) NOT NULL,
  duplicate_of uuid,
  generation integer NOT NULL DEFAULT 1,
  readings jsonb,
  error jsonb,
  job_id uuid,
  received_by uuid,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, branch_id) REFERENCES auth.branch,
  FOREIGN KEY (organisation_id, duplicate_of) REFERENCES negocio.document
);
CREATE INDEX document_digest_idx ON negocio.document (organisation_id, digest);
CREATE INDEX document_status_idx ON negocio.document (organisation_id, status, id);
CALL shared.protect('negocio.document', 'app_negocio', 'SELECT, INSERT, UPDATE');

CREATE TABLE negocio.document_file (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  document_id uuid NOT NULL,
  position smallint NOT NULL,
  sha256 char(64) NOT NULL,
  media_type text NOT NULL,
  size_bytes integer NOT NULL CHECK (size_bytes > 0),
  PRIMARY KEY (organisation_id, document_id, position),
  FOREIGN KEY (organisation_id, document_id) REFERENCES negocio.document
);
CALL shared.protect('negocio.document_file', 'app_negocio', 'SELECT, INSERT');

-- Upright pictures made by reading, one per page of the document.
CREATE TABLE negocio.document_page (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  document_id uuid NOT NULL,
  n smallint NOT NULL CHECK (n >= 1),
  sha256 char(64) NOT NULL,
  width integer NOT NULL,
  height integer NOT NULL,
  PRIMARY KEY (organisation_id, document_id, n),
  FOREIGN KEY (organisation_id, document_id) REFERENCES negocio.document
);
CALL shared.protect('negocio.document_page', 'app_negocio', 'SELECT, INSERT, DELETE');
"""

_INVOICES = """
-- A voucher: a draft with evidence per field until a person confirms it.
CREATE TABLE negocio.invoice (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  version bigint NOT NULL DEFAULT 1,
  status text NOT NULL CHECK (status IN ('needs_review', 'ready', 'confirmed', 'reversed', 'discarded')),
  branch_id uuid,
  source text NOT NULL CHECK (source IN ('web', 'api', 'telegram')),
  document_id uuid,
  generation integer NOT NULL DEFAULT 1,
  part smallint NOT NULL DEFAULT 1,
  first_page smallint NOT NULL DEFAULT 1,
  pages smallint NOT NULL DEFAULT 0,
  kind text NOT NULL CHECK (kind IN ('factura', 'nota_credito', 'nota_debito', 'tique', 'remito', 'other')),
  supplier_id uuid,
  issuer_cuit char(11), issuer_name text, receiver_cuit char(11), receiver_name text,
  letter text, type_code smallint, point_of_sale integer, number bigint, issue_date date,
  currency text NOT NULL DEFAULT 'ARS', exchange_rate numeric(18, 6),
  net numeric(18, 4), untaxed numeric(18, 4), exempt numeric(18, 4), discount numeric(18, 4),
  total numeric(18, 4),
  authorization_kind text, authorization_code text, authorization_due date,
  evidence jsonb NOT NULL DEFAULT '{}', qr jsonb, checks jsonb NOT NULL DEFAULT '[]',
  accepted_difference numeric(18, 4),
  accept_receiver boolean NOT NULL DEFAULT false,
  credit_effect text CHECK (credit_effect IN ('goods', 'cost')),
  internal_tax_lines uuid[],
  blocker_count integer NOT NULL DEFAULT 0,
  line_count integer NOT NULL DEFAULT 0,
  location_id uuid,
  receipt_status text NOT NULL DEFAULT 'none'
    CHECK (receipt_status IN ('none', 'queued', 'done', 'failed', 'taken_back')),
  receipt jsonb,
  confirmed_at timestamptz, confirmed_by uuid,
  closed_at timestamptz, closed_by uuid, close_reason text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, document_id, generation, part),
  FOREIGN KEY (organisation_id, document_id) REFERENCES negocio.document,
  FOREIGN KEY (organisation_id, supplier_id) REFERENCES negocio.supplier,
  FOREIGN KEY (organisation_id, branch_id) REFERENCES auth.branch,
  CHECK (status <> 'confirmed' OR num_nulls(
    confirmed_at, branch_id, supplier_id, issuer_cuit, type_code, point_of_sale, number) = 0)
);
-- One live voucher per legal identity, whatever the code does.
CREATE UNIQUE INDEX invoice_identity_key ON negocio.invoice
  (organisation_id, issuer_cuit, type_code, point_of_sale, number) WHERE status = 'confirmed';
CREATE INDEX invoice_status_idx ON negocio.invoice (organisation_id, status, id);
CREATE INDEX invoice_issuer_idx ON negocio.invoice (organisation_id, issuer_cuit, issue_date);
CREATE INDEX invoice_supplier_idx ON negocio.invoice (organisation_id, supplier_id);
CREATE INDEX invoice_confirmed_at_idx ON negocio.invoice (organisation_id, confirmed_at)
  WHERE status = 'confirmed';
CALL shared.protect('negocio.invoice', 'app_negocio', 'SELECT, INSERT, UPDATE');

-- quantity, prices and subtotal as the paper prints them; pack_factor base units in one printed unit.
CREATE TABLE negocio.invoice_line (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  invoice_id uuid NOT NULL,
  position smallint NOT NULL,
  code text, description text NOT NULL,
  quantity numeric(16, 4), bonus_quantity numeric(16, 4) NOT NULL DEFAULT 0, unit text,
  unit_price numeric(18, 6), discounts jsonb NOT NULL DEFAULT '[]',
  iva_rate numeric(7, 4), internal_tax numeric(18, 4) NOT NULL DEFAULT 0, subtotal numeric(18, 4),
  confidence double precision NOT NULL DEFAULT 0, box jsonb,
  doubts text[] NOT NULL DEFAULT '{}', corrected text[] NOT NULL DEFAULT '{}', as_read jsonb,
  product_id uuid, product_name text, product_has_internal_tax boolean,
  product_last_cost numeric(20, 8),
  pack_factor numeric(14, 3) CHECK (pack_factor > 0),
  match_source text CHECK (match_source IN ('barcode', 'supplier_code', 'alias', 'text', 'user')),
  match_score double precision,
  candidates jsonb NOT NULL DEFAULT '[]',
  remember boolean NOT NULL DEFAULT true,
  not_stock boolean NOT NULL DEFAULT false,
  -- A line that is no goods but part of what they cost: freight, a discount printed as a line.
  spread boolean NOT NULL DEFAULT false,
  unit_cost numeric(20, 8), line_cost numeric(18, 4),
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, invoice_id, position),
  FOREIGN KEY (organisation_id, invoice_id) REFERENCES negocio.invoice
);
CREATE INDEX invoice_line_product_idx ON negocio.invoice_line (organisation_id, product_id)
  WHERE product_id IS NOT NULL;
CALL shared.protect('negocio.invoice_line', 'app_negocio', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE negocio.invoice_tax (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  invoice_id uuid NOT NULL,
  position smallint NOT NULL,
  kind text NOT NULL CHECK (kind IN
    ('iva', 'internal', 'perception_iva', 'perception_iibb', 'municipal', 'other')),
  rate numeric(7, 4), base numeric(18, 4), amount numeric(18, 4) NOT NULL, description text NOT NULL,
  PRIMARY KEY (organisation_id, invoice_id, position),
  FOREIGN KEY (organisation_id, invoice_id) REFERENCES negocio.invoice
);
CALL shared.protect('negocio.invoice_tax', 'app_negocio', 'SELECT, INSERT, DELETE');

-- What a person changed and what was there before: labelled examples for the reader.
CREATE TABLE negocio.invoice_correction (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  id uuid NOT NULL DEFAULT uuidv7(),
  invoice_id uuid NOT NULL,
  line_id uuid,
  field text NOT NULL,
  original jsonb,
  corrected jsonb,
  corrected_by uuid NOT NULL,
  corrected_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, invoice_id) REFERENCES negocio.invoice
);
CREATE INDEX invoice_correction_invoice_idx ON negocio.invoice_correction (organisation_id, invoice_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON negocio.invoice_correction
  FOR EACH ROW EXECUTE FUNCTION shared.refuse_change();
CALL shared.protect('negocio.invoice_correction', 'app_negocio', 'SELECT, INSERT');
"""


def upgrade() -> None:
    run(_SUPPLIERS)
    run(_DOCUMENTS)
    run(_INVOICES)


def downgrade() -> None:
    run(
        "DROP TABLE negocio.invoice_correction, negocio.invoice_tax, negocio.invoice_line, negocio.invoice,"
        " negocio.document_page, negocio.document_file, negocio.document, negocio.supplier_alias,"
        " negocio.supplier;"
    )
