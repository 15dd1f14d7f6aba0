"""Refusals of reservations."""

from shared.kernel.errors import DomainError, ErrorKind


class ReservationNotFoundError(DomainError):
    """No such reservation of goods in the caller's branches."""

    code = "reservation.not_found"
    kind = ErrorKind.NOT_FOUND


class ReservationIdReusedError(DomainError):
    """Another reservation has this id."""

    code = "reservation.id_reused"
    kind = ErrorKind.CONFLICT


class ReservationEndedError(DomainError):
    """It was handed over, released, or its time was up."""

    code = "reservation.ended"
    kind = ErrorKind.CONFLICT

    def __init__(self, status: str) -> None:
        super().__init__(f"The reservation is {status}.", reservation_status=status)


class NotHandedOverError(DomainError):
    """Only what was handed over is taken back."""

    code = "reservation.not_handed_over"
    kind = ErrorKind.CONFLICT
