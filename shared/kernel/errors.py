"""The one error tree: expected refusals that a caller can understand and act on."""

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class FieldReason:
    """What is wrong with one input value: its path, a code that has a text, and the figures in it."""

    path: str
    code: str
    facts: Mapping[str, str]


class DomainError(Exception):
    """An expected refusal.

    code: stable, "<feature>.<reason>"; the Spanish text of each code stands in
    `shared/web/problem_texts.py`. details: the figures that explain it, JSON-ready strings.
    fields: path of each input value at fault, e.g. "lines[2].quantity"; reasons instead, when each
    is at fault in its own way.
    """

    code: ClassVar[str]
    kind: ClassVar[ErrorKind]

    def __init__(
        self,
        message: str,
        *,
        fields: tuple[str, ...] = (),
        reasons: tuple[FieldReason, ...] = (),
        **details: str,
    ) -> None:
        super().__init__(message)
        self.fields = fields
        self.reasons = reasons
        self.details = details
