"""Tables of the catalogue: products, their codes, categories and locations."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import FetchedValue

from shared.database.base import Base, Instant, NewId, RecordedInstant, TenantRow

_VERSION = text("1")


class Category(TenantRow, Base):
    """A shelf of the catalogue; parent_id is None at the top."""

    __tablename__ = "category"
    __table_args__ = {"schema": "deposito"}

    id: Mapped[NewId]
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=_VERSION)
    archived_at: Mapped[Instant | None]


class Product(TenantRow, Base):
    """What is sold, counted in base_unit. content: how much one base unit holds, e.g. 2.25 l.

    negative_stock overrides the location's policy; None leaves it to the location.
    """

    __tablename__ = "product"
    __table_args__ = {"schema": "deposito"}

    id: Mapped[NewId]
    name: Mapped[str]
    brand: Mapped[str | None]
    sku: Mapped[str | None]
    category_id: Mapped[UUID | None]
    base_unit: Mapped[str]
    content_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    content_unit: Mapped[str | None]
    iva_rate: Mapped[Decimal] = mapped_column(Numeric(7, 4))
    has_internal_tax: Mapped[bool]
    negative_stock: Mapped[str | None]
    search_name: Mapped[str] = mapped_column(FetchedValue(), server_default=FetchedValue())
    version: Mapped[int] = mapped_column(server_default=_VERSION)
    archived_at: Mapped[Instant | None]
    updated_at: Mapped[RecordedInstant]


class ProductBarcode(TenantRow, Base):
    """A code printed on goods. factor: base units in one of what carries it."""

    __tablename__ = "product_barcode"
    __table_args__ = {"schema": "deposito"}

    id: Mapped[NewId]
    product_id: Mapped[UUID]
    code: Mapped[str]
    factor: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    kind: Mapped[str]
    archived_at: Mapped[Instant | None]


class Location(TenantRow, Base):
    """A place that holds goods of a branch; the branch sells from its one shop."""

    __tablename__ = "location"
    __table_args__ = {"schema": "deposito"}

    id: Mapped[NewId]
    branch_id: Mapped[UUID]
    name: Mapped[str]
    kind: Mapped[str]
    negative_stock: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=_VERSION)
    archived_at: Mapped[Instant | None]
