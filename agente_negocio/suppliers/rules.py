"""Suppliers as other features see them."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class KnownSupplier:
    """Who issues papers. is_confirmed: a person has accepted one of theirs."""

    id: UUID
    name: str
    cuit: str | None
    is_confirmed: bool
