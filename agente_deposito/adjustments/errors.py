"""Refusals of adjustments."""

from shared.kernel.errors import DomainError, ErrorKind


class AdjustmentNotFoundError(DomainError):
    """No such adjustment in the caller's branches."""

    code = "adjustment.not_found"
    kind = ErrorKind.NOT_FOUND


class AdjustmentIdReusedError(DomainError):
    """Another adjustment has this id."""

    code = "adjustment.id_reused"
    kind = ErrorKind.CONFLICT


class AlreadyDecidedError(DomainError):
    """It was approved or rejected before."""

    code = "adjustment.decided"
    kind = ErrorKind.CONFLICT

    def __init__(self, status: str) -> None:
        super().__init__(f"The adjustment is {status}.", adjustment_status=status)
