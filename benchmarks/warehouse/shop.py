"""A shop to measure on: products whose ids are told by their number, so that pgbench can name them too."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg

from shared.kernel.clock import utc_now
from shared.security.keys import SigningKey
from shared.security.permissions import Role
from shared.security.tokens import issue_access_token

_PRODUCT = "00000000-0000-7000-8000-{:012d}"


@dataclass(frozen=True, slots=True)
class BenchShop:
    """One organisation with many products in one location."""

    organisation_id: UUID
    person_id: UUID
    session_id: UUID
    location_id: UUID
    products: int

    def token(self, key: SigningKey) -> str:
        """An owner's access token."""
        claims = {
            "sub": str(self.person_id),
            "org": str(self.organisation_id),
            "sid": str(self.session_id),
            "role": Role.OWNER,
            "name": "Benchmark",
            "branches": None,
        }
        return issue_access_token(key, caller_claims=claims, now=utc_now())


def product_id(number: int) -> str:
    """Id of a product, numbered from 1."""
    return _PRODUCT.format(number)


def make_shop(database_url: str, *, products: int) -> BenchShop:
    """Write the shop as the database's owner."""
    shop = BenchShop(uuid4(), uuid4(), uuid4(), uuid4(), products)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO auth.organisation (organisation_id, name, cuit, iva_condition, cost_basis)"
            " VALUES (%s, 'Benchmark', '30712345671', 'responsable_inscripto', 'by_condition')",
            [shop.organisation_id],
        )
        connection.execute(
            "INSERT INTO auth.person (id, email, name, password_hash) VALUES (%s, %s, 'Benchmark', 'none')",
            [shop.person_id, f"{shop.person_id}@example.com"],
        )
        connection.execute(
            "INSERT INTO auth.membership (organisation_id, user_id, role) VALUES (%s, %s, 'owner')",
            [shop.organisation_id, shop.person_id],
        )
        connection.execute(
            "INSERT INTO auth.session (organisation_id, id, user_id, expires_at)"
            " VALUES (%s, %s, %s, now() + interval '1 day')",
            [shop.organisation_id, shop.session_id, shop.person_id],
        )
        connection.execute(
            "INSERT INTO deposito.location (organisation_id, id, branch_id, name, kind, negative_stock)"
            " VALUES (%s, %s, %s, 'Salón', 'shop', 'block')",
            [shop.organisation_id, shop.location_id, uuid4()],
        )
        connection.execute(
            "INSERT INTO deposito.product (organisation_id, id, name)"
            " SELECT %s, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Producto ' || n"
            " FROM generate_series(1, %s) AS n",
            [shop.organisation_id, products],
        )
        # Every product has a balance, as in a shop that has been open for a while.
        connection.execute(
            "INSERT INTO deposito.stock_balance (organisation_id, product_id, location_id)"
            " SELECT organisation_id, id, %s FROM deposito.product",
            [shop.location_id],
        )
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE deposito.product, deposito.stock_balance")
    return shop
