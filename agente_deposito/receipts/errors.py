"""Refusals of receipts."""

from shared.kernel.errors import DomainError, ErrorKind


class NoLocationError(DomainError):
    """The place the goods should enter does not exist, or the branch has none."""

    code = "receipt.no_location"
    kind = ErrorKind.INVALID
