"""Pages of lists. Cursors are opaque to clients, with the sort key of the last row inside."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query

from shared.kernel.errors import DomainError, ErrorKind
from shared.web.schemas import Page

Row = TypeVar("Row")
Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=500)]
# Of a number in a cursor, before or after the point; the database could not hold one with many more.
_MOST_PLACES = 60


class BadCursorError(DomainError):
    """A cursor that this list did not give out."""

    code = "request.bad_cursor"
    kind = ErrorKind.INVALID


def page_of(
    rows: Sequence[Row],
    limit: int,
    *,
    read: Callable[[Row], Item],
    key: Callable[[Row], tuple[str, ...]],
    total: int | None = None,
) -> Page[Item]:
    """One page of rows of which one more than `limit` was asked for, to see whether they go on.

    key: the sort keys of a row, from which the next page continues.
    """
    shown = rows[:limit]
    following = encode_cursor(*key(shown[-1])) if len(rows) > limit else None
    return Page[Item](items=[read(row) for row in shown], next_cursor=following, total=total)


def encode_cursor(*keys: str) -> str:
    """The cursor that continues after a row with these sort keys."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, *, parts: int) -> tuple[str, ...] | None:
    """The sort keys inside, None for the first page. Raises BadCursorError."""
    if cursor is None:
        return None
    try:
        keys: Sequence[object] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeError, RecursionError) as error:
        raise BadCursorError("Unreadable cursor.", fields=("cursor",)) from error
    if not isinstance(keys, list) or len(keys) != parts or not all(isinstance(key, str) for key in keys):
        raise BadCursorError("Foreign cursor.", fields=("cursor",))
    if any(not _is_text(key) for key in keys):
        raise BadCursorError("Foreign cursor.", fields=("cursor",))
    return tuple(str(key) for key in keys)


def _is_text(key: str) -> bool:
    """NUL and lone surrogates are JSON, but no text of a database. All other signs may stand in a name."""
    return "\x00" not in key and not any("\ud800" <= sign <= "\udfff" for sign in key)


def cursor_uuid(key: str) -> UUID:
    """A sort key that is an id. Raises BadCursorError."""
    try:
        return UUID(key)
    except ValueError as error:
        raise BadCursorError("Foreign cursor.", fields=("cursor",)) from error


def cursor_instant(key: str) -> datetime:
    """A sort key that is an instant with its zone. Raises BadCursorError."""
    try:
        instant = datetime.fromisoformat(key)
        if instant.tzinfo is None:
            raise BadCursorError("Foreign cursor.", fields=("cursor",))
        # At the ends of the calendar a zone leads out of it.
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadCursorError("Foreign cursor.", fields=("cursor",)) from error


def cursor_decimal(key: str) -> Decimal:
    """A sort key that is a number. Raises BadCursorError."""
    try:
        number = Decimal(key)
    except InvalidOperation as error:
        raise BadCursorError("Foreign cursor.", fields=("cursor",)) from error
    if not number.is_finite() or abs(number.adjusted()) > _MOST_PLACES:
        raise BadCursorError("Foreign cursor.", fields=("cursor",))
    return number
