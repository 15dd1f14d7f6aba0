"""Organisations, branches, people, memberships and sign-in sessions."""

from uuid import UUID

from sqlalchemy import ARRAY, CHAR, LargeBinary, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.database.base import Base, Instant, RecordedInstant, TenantRow

_VERSION = text("1")


class Organisation(TenantRow, Base):
    """A shop or chain. cuit decides which side of a paper it is; cost_basis overrides its IVA condition."""

    __tablename__ = "organisation"
    __table_args__ = {"schema": "auth"}

    name: Mapped[str]
    cuit: Mapped[str] = mapped_column(CHAR(11))
    iva_condition: Mapped[str]
    cost_basis: Mapped[str]
    is_demo: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=_VERSION)
    created_at: Mapped[RecordedInstant]


class Branch(TenantRow, Base):
    """A place of business; archived, never deleted."""

    __tablename__ = "branch"
    __table_args__ = {"schema": "auth"}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=_VERSION)
    archived_at: Mapped[Instant | None]
    created_at: Mapped[RecordedInstant]


class Person(Base):
    """Somebody who signs in; may belong to several organisations."""

    __tablename__ = "person"
    __table_args__ = {"schema": "auth"}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    username: Mapped[str | None]
    name: Mapped[str]
    password_hash: Mapped[str]


class Membership(TenantRow, Base):
    """A person's role in one organisation. branch_ids null means every branch."""

    __tablename__ = "membership"
    __table_args__ = {"schema": "auth"}

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    branch_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    version: Mapped[int] = mapped_column(server_default=_VERSION)
    archived_at: Mapped[Instant | None]


class SignInSession(TenantRow, Base):
    """One signed-in device, until it signs out or expires."""

    __tablename__ = "session"
    __table_args__ = {"schema": "auth"}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    expires_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]


class RefreshToken(TenantRow, Base):
    """A one-use token, by its hash. used_at is when it was exchanged."""

    __tablename__ = "refresh_token"
    __table_args__ = {"schema": "auth"}

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID]
    used_at: Mapped[Instant | None]
