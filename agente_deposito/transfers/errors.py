"""Refusals of transfers."""

from uuid import UUID

from shared.kernel.errors import DomainError, ErrorKind


class TransferNotFoundError(DomainError):
    """No such transfer from or to the caller's branches."""

    code = "transfer.not_found"
    kind = ErrorKind.NOT_FOUND


class TransferIdReusedError(DomainError):
    """Another transfer has this id."""

    code = "transfer.id_reused"
    kind = ErrorKind.CONFLICT


class TransferPlaceError(DomainError):
    """An end that does not exist, is closed, is itself for goods under way, or is not the caller's."""

    code = "transfer.unknown_place"
    kind = ErrorKind.INVALID

    def __init__(self, field: str) -> None:
        super().__init__("No such place to send from or to.", fields=(field,))


class SamePlaceError(DomainError):
    """Goods do not travel to where they are."""

    code = "transfer.same_place"
    kind = ErrorKind.INVALID

    def __init__(self) -> None:
        super().__init__("Both ends are one.", fields=("to_location_id",))


class OtherEndError(DomainError):
    """Goods are shipped by who works where they leave, and received by who works where they arrive."""

    code = "transfer.other_end"
    kind = ErrorKind.FORBIDDEN


class TransferStateError(DomainError):
    """What was asked does not come after what was done."""

    code = "transfer.wrong_state"
    kind = ErrorKind.CONFLICT

    def __init__(self, status: str) -> None:
        super().__init__(f"The transfer is {status}.", transfer_status=status)


class NotInTransferError(DomainError):
    """A line names a product that is not part of the transfer."""

    code = "transfer.not_in_it"
    kind = ErrorKind.INVALID

    def __init__(self, product_id: UUID, *, line: int) -> None:
        super().__init__(
            f"Product {product_id} is not in it.",
            fields=(f"lines[{line}].product_id",),
            product_id=str(product_id),
        )


class NothingToShipError(DomainError):
    """Every line would go with nothing."""

    code = "transfer.nothing_to_ship"
    kind = ErrorKind.INVALID

    def __init__(self) -> None:
        super().__init__("Nothing to ship.", fields=("lines",))
