"""Declarative base and column types shared by every table."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Numeric, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

MoneyColumn = Annotated[Decimal, mapped_column(Numeric(18, 4))]
QuantityColumn = Annotated[Decimal, mapped_column(Numeric(14, 3))]
RateColumn = Annotated[Decimal, mapped_column(Numeric(7, 4))]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
RecordedInstant = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
NewId = Annotated[UUID, mapped_column(primary_key=True, server_default=text("uuidv7()"))]


class Base(DeclarativeBase):
    """Every model of every service; each names its schema."""

    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        }
    )


class TenantRow:
    """First half of every tenant table's key; the database fills it from the transaction's setting."""

    organisation_id: Mapped[UUID] = mapped_column(
        primary_key=True, server_default=text("shared.current_organisation()"), sort_order=-2
    )
