"""The branches somebody may see, as every feature takes them."""

from uuid import UUID

Branches = frozenset[UUID] | None
"""None is every one."""


def as_list(branches: Branches) -> list[UUID] | None:
    """Branches as a statement takes them."""
    return None if branches is None else list(branches)
