"""What is exported: each a query that the service owning the rows runs within one organisation.

Columns are named one by one, so that a new one holding a secret does not slip in. Rows come in the order of
their key, so that two exports of the same state are the same files.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dataset:
    """role: whose row-level security applies. sums: columns whose totals prove that nothing was lost."""

    name: str
    role: str
    query: str
    sums: tuple[str, ...] = ()


_NEGOCIO = (
    Dataset(
        "organisation",
        "app_negocio",
        "SELECT organisation_id, name, cuit, iva_condition, cost_basis, is_demo, created_at "
        "FROM auth.organisation",
    ),
    Dataset(
        "branches",
        "app_negocio",
        "SELECT id, name, address, archived_at, created_at FROM auth.branch ORDER BY id",
    ),
    # Without password_hash: people get a new password where this is restored.
    Dataset(
        "users",
        "app_negocio",
        "SELECT p.id, p.email, p.username, p.name, m.role, m.branch_ids, m.archived_at, m.created_at "
        "FROM auth.person AS p JOIN auth.membership AS m ON m.user_id = p.id ORDER BY p.id",
    ),
    Dataset(
        "suppliers",
        "app_negocio",
        "SELECT id, cuit, name, is_confirmed, visit_days, cutoff, lead_days, min_order, email, phone, notes, "
        "archived_at, created_at FROM negocio.supplier ORDER BY id",
    ),
    Dataset(
        "supplier_aliases",
        "app_negocio",
        "SELECT id, supplier_id, kind, key, product_id, product_name, product_has_internal_tax, pack_factor, "
        "times_used, last_used_at, learned_from, created_at FROM negocio.supplier_alias ORDER BY id",
        ("times_used",),
    ),
    Dataset(
        "documents",
        "app_negocio",
        "SELECT id, branch_id, source, status, digest, duplicate_of, generation, received_by, received_at, "
        "closed_at, closed_by, close_reason FROM negocio.document ORDER BY id",
    ),
    # sha256 names the bytes in the object store.
    Dataset(
        "document_files",
        "app_negocio",
        "SELECT document_id, position, sha256, media_type, size_bytes FROM negocio.document_file "
        "ORDER BY document_id, position",
        ("size_bytes",),
    ),
    Dataset(
        "invoices",
        "app_negocio",
        "SELECT id, status, branch_id, source, document_id, kind, supplier_id, issuer_cuit, issuer_name, "
        "receiver_cuit, receiver_name, letter, type_code, point_of_sale, number, issue_date, currency, "
        "exchange_rate, net, untaxed, exempt, discount, total, authorization_kind, authorization_code, "
        "authorization_due, qr, checks, accepted_difference, accept_receiver, credit_effect, location_id, "
        "receipt_status, receipt, confirmed_at, confirmed_by, closed_at, closed_by, close_reason, created_at "
        "FROM negocio.invoice ORDER BY id",
        ("net", "total"),
    ),
    Dataset(
        "invoice_lines",
        "app_negocio",
        "SELECT id, invoice_id, position, code, description, quantity, bonus_quantity, unit, unit_price, "
        "discounts, iva_rate, internal_tax, subtotal, product_id, product_name, pack_factor, match_source, "
        "not_stock, spread, unit_cost, line_cost FROM negocio.invoice_line ORDER BY invoice_id, position",
        ("quantity", "subtotal", "line_cost"),
    ),
    Dataset(
        "invoice_taxes",
        "app_negocio",
        "SELECT invoice_id, position, kind, rate, base, amount, description FROM negocio.invoice_tax "
        "ORDER BY invoice_id, position",
        ("amount",),
    ),
    Dataset(
        "invoice_corrections",
        "app_negocio",
        "SELECT id, invoice_id, line_id, field, original, corrected, corrected_by, corrected_at "
        "FROM negocio.invoice_correction ORDER BY id",
    ),
)
_DEPOSITO = (
    Dataset(
        "categories",
        "app_deposito",
        "SELECT id, parent_id, name, archived_at, created_at FROM deposito.category ORDER BY id",
    ),
    Dataset(
        "products",
        "app_deposito",
        "SELECT id, name, brand, sku, category_id, base_unit, content_quantity, content_unit, iva_rate, "
        "has_internal_tax, negative_stock, archived_at, created_at, updated_at "
        "FROM deposito.product ORDER BY id",
    ),
    Dataset(
        "barcodes",
        "app_deposito",
        "SELECT id, product_id, code, factor, kind, archived_at, created_at FROM deposito.product_barcode "
        "ORDER BY id",
        ("factor",),
    ),
    Dataset(
        "locations",
        "app_deposito",
        "SELECT id, branch_id, name, kind, negative_stock, archived_at, created_at FROM deposito.location "
        "ORDER BY id",
    ),
    Dataset(
        "balances",
        "app_deposito",
        "SELECT product_id, location_id, quantity, value, last_unit_cost, updated_at "
        "FROM deposito.stock_balance ORDER BY product_id, location_id",
        ("quantity", "value"),
    ),
    # What the balances have to be: the ledger itself, summed.
    Dataset(
        "ledger_sums",
        "app_deposito",
        "SELECT product_id, location_id, count(*) AS movements, sum(quantity) AS quantity, "
        "sum(value) AS value, max(recorded_at) AS last_recorded_at FROM deposito.stock_movement "
        "GROUP BY product_id, location_id ORDER BY product_id, location_id",
        ("movements", "quantity", "value"),
    ),
    Dataset(
        "sales_by_day",
        "app_deposito",
        "SELECT product_id, branch_id, day, quantity, amount, cost, uncosted, last_price "
        "FROM deposito.sale_product_day ORDER BY product_id, branch_id, day",
        ("quantity", "amount", "cost"),
    ),
)
_ML = (
    Dataset(
        "forecast_runs",
        "app_ml",
        "SELECT made_on, id, status, model_version, started_at, finished_at, series, methods, metrics "
        "FROM ml.model_run ORDER BY made_on",
        ("series",),
    ),
)
CRITICAL = (*_NEGOCIO, *_DEPOSITO, *_ML)
# The whole ledger is large and in every database backup; it is exported when asked for.
LEDGER = (
    Dataset(
        "stock_postings",
        "app_deposito",
        "SELECT id, source, reverses_posting_id, occurred_at, recorded_at, recorded_by, note "
        "FROM deposito.stock_posting ORDER BY id",
    ),
    Dataset(
        "stock_movements",
        "app_deposito",
        "SELECT recorded_at, id, posting_id, product_id, location_id, occurred_at, line, is_cost_given, "
        "kind, quantity, unit_cost, value, balance_after FROM deposito.stock_movement "
        "ORDER BY recorded_at, id",
        ("quantity", "value"),
    ),
)
# Balances that are not the sum of their movements; none may exist.
LEDGER_DIFFERENCES = """
SELECT count(*) FROM deposito.stock_balance AS b FULL JOIN (
  SELECT product_id, location_id, sum(quantity) AS quantity, sum(value) AS value
  FROM deposito.stock_movement GROUP BY product_id, location_id) AS m
ON m.product_id = b.product_id AND m.location_id = b.location_id
WHERE coalesce(b.quantity, 0) <> coalesce(m.quantity, 0) OR coalesce(b.value, 0) <> coalesce(m.value, 0)
"""
