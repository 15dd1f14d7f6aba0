"""Suppliers and what was learned of their papers."""

from datetime import time
from uuid import UUID

from sqlalchemy import ARRAY, CHAR, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.database.base import (
    Base,
    Instant,
    MoneyColumn,
    NewId,
    QuantityColumn,
    RecordedInstant,
    TenantRow,
)


class Supplier(TenantRow, Base):
    """Whoever sells to the shop. is_confirmed: a person has accepted a paper of theirs, or edited them.

    visit_days: 0 is Monday. lead_days: from order to delivery. min_order: pesos.
    """

    __tablename__ = "supplier"
    __table_args__ = {"schema": "negocio"}

    id: Mapped[NewId]
    cuit: Mapped[str | None] = mapped_column(CHAR(11))
    name: Mapped[str]
    is_confirmed: Mapped[bool] = mapped_column(server_default=text("false"))
    visit_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default=text("'{}'"))
    cutoff: Mapped[time | None]
    lead_days: Mapped[int | None] = mapped_column(SmallInteger)
    min_order: Mapped[MoneyColumn | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    notes: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    archived_at: Mapped[Instant | None]
    created_at: Mapped[RecordedInstant]


class SupplierAlias(TenantRow, Base):
    """What a code or a wording of one supplier means here.

    kind: code or text. key: normalised. pack_factor: base units in one of what it names.
    """

    __tablename__ = "supplier_alias"
    __table_args__ = {"schema": "negocio"}

    id: Mapped[NewId]
    supplier_id: Mapped[UUID]
    kind: Mapped[str]
    key: Mapped[str]
    product_id: Mapped[UUID]
    product_name: Mapped[str]
    product_has_internal_tax: Mapped[bool] = mapped_column(server_default=text("false"))
    pack_factor: Mapped[QuantityColumn]
    times_used: Mapped[int] = mapped_column(server_default=text("1"))
    last_used_at: Mapped[RecordedInstant]
    learned_from: Mapped[UUID | None]
    created_at: Mapped[RecordedInstant]
