"""How goods may be valued, and how the answer is divided."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Method(StrEnum):
    """What a unit on hand is worth.

    average: its share of what the ledger holds (PPP); fifo: what the latest entries cost that add up to what
    is on hand; last: what the last purchase for that place cost; replacement: what the latest purchase
    anywhere cost.
    """

    AVERAGE = "average"
    FIFO = "fifo"
    LAST = "last"
    REPLACEMENT = "replacement"


class Group(StrEnum):
    """What the value is divided by."""

    PRODUCT = "product"
    CATEGORY = "category"
    BRANCH = "branch"
    LOCATION = "location"


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be valued. at: None is now."""

    method: Method
    group: Group
    at: datetime | None = None
    branch_id: UUID | None = None
    location_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A product, category, branch or place; id None: products without a category.

    quantity: None where units of several products would be added up. uncosted: products whose cost nobody
    knows, which are worth nothing here.
    """

    id: UUID | None
    name: str | None
    products: int
    quantity: Decimal | None
    value: Decimal
    uncosted: int


@dataclass(frozen=True, slots=True)
class Total:
    """All of it."""

    products: int
    value: Decimal
    uncosted: int
