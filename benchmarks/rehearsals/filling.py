"""Shops with a ledger of any length and stored papers, written by SQL: backups are measured on them.

Balances are the sum of the movements, as the ledger's own function keeps them.
"""

import hashlib
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

PRODUCTS = 400
LINES_PER_POSTING = 10

_SHOP = """
INSERT INTO auth.organisation (organisation_id, name, cuit, iva_condition, cost_basis)
VALUES (%(organisation)s, 'Ensayo', '30712345671', 'responsable_inscripto', 'by_condition');
INSERT INTO auth.branch (organisation_id, id, name) VALUES (%(organisation)s, %(branch)s, 'Centro');
INSERT INTO deposito.location (organisation_id, id, branch_id, name, kind)
VALUES (%(organisation)s, %(branch)s, %(branch)s, 'Salón', 'shop');
INSERT INTO deposito.product (organisation_id, name, sku)
SELECT %(organisation)s, 'Ñandú con acento nº ' || n, 'E' || n FROM generate_series(1, %(products)s) AS n;
INSERT INTO deposito.stock_balance (organisation_id, product_id, location_id)
SELECT %(organisation)s, id, %(branch)s FROM deposito.product WHERE organisation_id = %(organisation)s;
"""
_LEDGER = """
CREATE TEMP TABLE posting ON COMMIT DROP AS
  SELECT n, uuidv7() AS id, now() - (n %% 25) * interval '1 day' AS at
  FROM generate_series(0, (%(movements)s - 1) / %(lines)s) AS n;
CREATE TEMP TABLE product ON COMMIT DROP AS
  SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM deposito.product
  WHERE organisation_id = %(organisation)s;
CREATE UNIQUE INDEX ON posting (n);
INSERT INTO deposito.stock_posting
  (organisation_id, id, source, request_hash, occurred_at, recorded_at, recorded_by)
SELECT %(organisation)s, id, 'rehearsal:' || id, sha256(id::text::bytea), at, at, %(branch)s FROM posting;
INSERT INTO deposito.stock_movement (organisation_id, recorded_at, posting_id, product_id, location_id,
  occurred_at, line, is_cost_given, kind, quantity, unit_cost, value, balance_after)
SELECT %(organisation)s, posting.at, posting.id, product.id, %(branch)s, posting.at, i %% %(lines)s + 1, true,
  'receipt', 1 + i %% 7, 12.5, 12.5 * (1 + i %% 7), 0
FROM generate_series(0, %(movements)s - 1) AS i
JOIN posting ON posting.n = i / %(lines)s JOIN product ON product.n = i %% %(products)s;
UPDATE deposito.stock_balance AS b SET quantity = m.quantity, value = m.value, last_unit_cost = 12.5
FROM (SELECT product_id, sum(quantity) AS quantity, sum(value) AS value FROM deposito.stock_movement
      WHERE organisation_id = %(organisation)s GROUP BY 1) AS m
WHERE b.organisation_id = %(organisation)s AND b.product_id = m.product_id;
"""
_PAPER = """
WITH paper AS (
  INSERT INTO negocio.document (organisation_id, source, digest) VALUES (%(organisation)s, 'web', %(sha256)s)
  RETURNING id)
INSERT INTO negocio.document_file (organisation_id, document_id, position, sha256, media_type, size_bytes)
SELECT %(organisation)s, id, 0, %(sha256)s, 'image/jpeg', %(size)s FROM paper"""


def add_shop(database_url: str, *, movements: int) -> UUID:
    """One more organisation with so many movements, at least 1; its id."""
    organisation_id = uuid4()
    values = {
        "organisation": organisation_id,
        "branch": uuid4(),
        "products": PRODUCTS,
        "lines": LINES_PER_POSTING,
        "movements": movements,
    }
    with psycopg.connect(database_url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(_SHOP, values)
        connection.execute(_LEDGER, values)
    return organisation_id


def add_paper(database_url: str, storage: Path, organisation_id: UUID, content: bytes) -> Path:
    """One more stored paper of an organisation; the file that holds it."""
    sha256 = hashlib.sha256(content).hexdigest()
    file = storage / "documents" / str(organisation_id) / sha256[:2] / sha256
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    with psycopg.connect(database_url) as connection:
        connection.execute(_PAPER, {"organisation": organisation_id, "sha256": sha256, "size": len(content)})
    return file
