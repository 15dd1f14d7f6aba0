"""Refusals of the stock ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from shared.kernel.errors import DomainError, ErrorKind, FieldReason
from shared.kernel.money import plain


class UnknownProductError(DomainError):
    """A line names a product this organisation does not have."""

    code = "stock.unknown_product"
    kind = ErrorKind.INVALID

    def __init__(self, product_id: UUID, *, line: int) -> None:
        super().__init__(
            f"Unknown product {product_id}.",
            fields=(f"lines[{line}].product_id",),
            product_id=str(product_id),
        )


class UnknownLocationError(DomainError):
    """A line names a location that is not among the caller's."""

    code = "stock.unknown_location"
    kind = ErrorKind.INVALID

    def __init__(self, location_id: UUID, *, line: int) -> None:
        super().__init__(
            f"Unknown location {location_id}.",
            fields=(f"lines[{line}].location_id",),
            location_id=str(location_id),
        )


@dataclass(frozen=True, slots=True)
class Shortage:
    """A line that asks for more than is free, in base units. line: from 0."""

    line: int
    product_id: UUID
    requested: Decimal
    available: Decimal


class InsufficientStockError(DomainError):
    """More would leave than is free. The figures are of the first line at fault; each field has its own."""

    code = "stock.insufficient"
    kind = ErrorKind.CONFLICT

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        first = shortages[0]
        super().__init__(
            f"Requested {first.requested} of product {first.product_id}, {first.available} available.",
            reasons=tuple(
                FieldReason(f"lines[{short.line}].quantity", self.code, _figures(short))
                for short in shortages
            ),
            product_id=str(first.product_id),
            requested=plain(first.requested),
            available=plain(first.available),
        )


class SourceReusedError(DomainError):
    """The same document was posted before with other content."""

    code = "stock.source_reused"
    kind = ErrorKind.CONFLICT


class PostingNotFoundError(DomainError):
    """No such posting among those the caller may see."""

    code = "stock.posting_not_found"
    kind = ErrorKind.NOT_FOUND


class AlreadyReversedError(DomainError):
    """A posting is reversed once."""

    code = "stock.already_reversed"
    kind = ErrorKind.CONFLICT

    def __init__(self, reversal_id: UUID) -> None:
        super().__init__("Already reversed.", reversal_id=str(reversal_id))


class IsAReversalError(DomainError):
    """A reversal is not reversed; the movement is entered again."""

    code = "stock.is_a_reversal"
    kind = ErrorKind.CONFLICT


class OwnedByDocumentError(DomainError):
    """The posting belongs to a sale or an invoice, which has to be undone itself."""

    code = "stock.owned_by_document"
    kind = ErrorKind.CONFLICT

    def __init__(self, source: str) -> None:
        super().__init__(f"Belongs to {source}.", source=source)


class NothingToRevalueError(DomainError):
    """A revaluation where nothing is on hand."""

    code = "stock.nothing_to_revalue"
    kind = ErrorKind.CONFLICT

    def __init__(self, *, line: int) -> None:
        super().__init__("Nothing on hand.", fields=(f"lines[{line}]",))


class WrongSignError(DomainError):
    """The quantity's sign does not go with the kind of movement."""

    code = "stock.wrong_sign"
    kind = ErrorKind.INVALID

    def __init__(self, kind: str, *, line: int) -> None:
        super().__init__(f"Wrong sign for {kind}.", fields=(f"lines[{line}].quantity",), movement_kind=kind)


class CostNeededError(DomainError):
    """A revaluation says the new unit cost."""

    code = "stock.cost_needed"
    kind = ErrorKind.INVALID

    def __init__(self, *, line: int) -> None:
        super().__init__("Needs a unit cost.", fields=(f"lines[{line}].unit_cost",))


class TooLargeError(DomainError):
    """A quantity or value, or the sum it leads to, is more than the books can hold."""

    code = "stock.too_large"
    kind = ErrorKind.INVALID


class BadDateError(DomainError):
    """Before the year 2000 or more than a day ahead."""

    code = "stock.bad_date"
    kind = ErrorKind.INVALID


class CheckRunningError(DomainError):
    """The organisation's ledger is being summed already; one sum of it at a time."""

    code = "stock.check_running"
    kind = ErrorKind.TOO_MANY

    def __init__(self) -> None:
        super().__init__("Being checked.", retry_after_seconds="10")


class RangeTooLongError(DomainError):
    """The days asked for are more than one answer holds, or end before they begin."""

    code = "range.too_long"
    kind = ErrorKind.INVALID

    def __init__(self, maximum_days: int) -> None:
        super().__init__("Range too long.", fields=("from", "to"), maximum_days=str(maximum_days))


def _figures(short: Shortage) -> dict[str, str]:
    return {
        "product_id": str(short.product_id),
        "requested": plain(short.requested),
        "available": plain(short.available),
    }
