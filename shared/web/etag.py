"""ETag and If-Match: an update says which version it changes."""

import re
from typing import Annotated

from fastapi import Header

from shared.kernel.errors import DomainError, ErrorKind

IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=50)]
_QUOTED_VERSION = re.compile(r'(?:W/)?"(\d{1,18})"')


class StaleVersionError(DomainError):
    """Somebody changed the row since the caller read it."""

    code = "etag.stale"
    kind = ErrorKind.PRECONDITION


class MalformedEtagError(DomainError):
    """Not an ETag of ours."""

    code = "etag.malformed"
    kind = ErrorKind.INVALID


def etag(version: int) -> str:
    """The header value of a row's version."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version in If-Match; None when the caller did not say or takes any. Raises MalformedEtagError."""
    if if_match is None or if_match.strip() == "*":
        return None
    match = _QUOTED_VERSION.fullmatch(if_match.strip())
    if match is None:
        raise MalformedEtagError("Malformed If-Match.", fields=("If-Match",))
    return int(match[1])


def check_version(current: int, expected: int | None) -> None:
    """Raise StaleVersionError when the caller changes another version than the current."""
    if expected is not None and expected != current:
        raise StaleVersionError("Stale version.", current=str(current), expected=str(expected))
