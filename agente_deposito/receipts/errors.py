"""Refusals of receipts."""

from shared.kernel.errors import DomainError, ErrorKind


class TakenBackError(DomainError):
    """The invoice was undone before its goods came in."""

    code = "receipt.taken_back"
    kind = ErrorKind.CONFLICT


class NoLocationError(DomainError):
    """The place the goods should enter does not exist, or the branch has none."""

    code = "receipt.no_location"
    kind = ErrorKind.INVALID
