"""Refusals of sales."""

from decimal import Decimal
from uuid import UUID

from shared.kernel.errors import DomainError, ErrorKind
from shared.kernel.money import plain


class SaleNotFoundError(DomainError):
    """No such sale among those of the caller's branches."""

    code = "sale.not_found"
    kind = ErrorKind.NOT_FOUND


class BranchUnknownError(DomainError):
    """The branch is unknown, not the caller's, or has no shop location yet."""

    code = "sale.unknown_branch"
    kind = ErrorKind.INVALID


class UnknownCodeError(DomainError):
    """No live product carries the code of a line."""

    code = "sale.unknown_code"
    kind = ErrorKind.INVALID

    def __init__(self, code: str, *, line: int) -> None:
        super().__init__(f"Unknown code {code}.", fields=(f"lines[{line}].code",), searched=code)


class SaleIdReusedError(DomainError):
    """Another sale was recorded under this id."""

    code = "sale.id_reused"
    kind = ErrorKind.CONFLICT


class DiscountTooLargeError(DomainError):
    """A line's discount is more than its amount."""

    code = "sale.discount_too_large"
    kind = ErrorKind.INVALID

    def __init__(self, *, line: int) -> None:
        super().__init__("Discount too large.", fields=(f"lines[{line}].discount",))


class TooLargeError(DomainError):
    """More pesos or goods than a ticket may carry; day and hour have to hold the sum of many."""

    code = "sale.too_large"
    kind = ErrorKind.INVALID


class TooLittleError(DomainError):
    """So little of a code that it is nothing in base units."""

    code = "sale.too_little"
    kind = ErrorKind.INVALID

    def __init__(self, *, line: int) -> None:
        super().__init__("Nothing in base units.", fields=(f"lines[{line}].quantity",))


class PaymentsDifferError(DomainError):
    """Payments were given and do not add up to the total."""

    code = "sale.payments_differ"
    kind = ErrorKind.INVALID

    def __init__(self, *, total: Decimal, paid: Decimal) -> None:
        super().__init__(
            "Payments differ from the total.", fields=("payments",), total=plain(total), paid=plain(paid)
        )


class RepeatedSaleError(DomainError):
    """One id twice in a batch."""

    code = "sale.repeated"
    kind = ErrorKind.CONFLICT


class AlreadyVoidedError(DomainError):
    """A sale is voided once."""

    code = "sale.already_voided"
    kind = ErrorKind.CONFLICT

    def __init__(self, sale_id: UUID) -> None:
        super().__init__("Already voided.", sale_id=str(sale_id))
