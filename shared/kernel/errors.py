"""The one error tree: expected refusals that a caller can understand and act on."""

from enum import StrEnum
from typing import ClassVar


class ErrorKind(StrEnum):
    """What sort of refusal it is; `shared/web/errors.py` turns it into an HTTP status."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    PRECONDITION = "precondition"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """An expected refusal.

    code: stable, "<feature>.<reason>"; the Spanish text of each code stands in
    `shared/web/errors.py`. details: the figures that explain it, JSON-ready strings.
    fields: path of each input value at fault, e.g. "lines[2].quantity".
    """

    code: ClassVar[str]
    kind: ClassVar[ErrorKind]

    def __init__(self, message: str, *, fields: tuple[str, ...] = (), **details: str) -> None:
        super().__init__(message)
        self.fields = fields
        self.details = details
