"""Refusals of predictions for sales that come with the request."""

from shared.kernel.errors import DomainError, ErrorKind


class TooMuchHistoryError(DomainError):
    """Every product counts as long as the longest, which is what forecasting them together costs."""

    code = "prediction.too_much_history"
    kind = ErrorKind.INVALID

    def __init__(self, *, products: int, periods: int, maximum: int) -> None:
        super().__init__(
            f"{products} products of {periods} periods.",
            fields=("products",),
            products=str(products),
            periods=str(periods),
            maximum=str(maximum),
        )


class TooMuchAskedError(DomainError):
    """Products, periods ahead and levels multiply to more than one answer may cost."""

    code = "prediction.too_much_asked"
    kind = ErrorKind.INVALID

    def __init__(self, *, asked: int, maximum: int) -> None:
        super().__init__(f"{asked} values.", fields=("horizon",), asked=str(asked), maximum=str(maximum))


class NoRoomError(DomainError):
    """Others' predictions kept the processors busy for too long."""

    code = "prediction.no_room"
    kind = ErrorKind.UNAVAILABLE
