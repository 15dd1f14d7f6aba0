"""How values of the database are written in JSON lines and in CSV."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Spreadsheets take text that begins so for a formula, and product names come from other people's papers.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def plain(value: Any) -> Any:  # noqa: PLR0911  one for each kind of value
    """A value as JSON holds it: decimals as text, instants in UTC. Raises TypeError for an unknown kind."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).hex()
        case dict():
            return {name: plain(inner) for name, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
    raise TypeError(f"No way to write {type(value).__name__}")


def line(columns: Sequence[str], row: Sequence[Any]) -> str:
    """One line of JSON, without its end."""
    named = {name: plain(value) for name, value in zip(columns, row, strict=True)}
    return json.dumps(named, ensure_ascii=False, separators=(",", ":"))


def cell(value: Any) -> str:
    """A plain value as CSV holds it: nothing as empty text, lists and objects as JSON, no formulas."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            is_formula = value.startswith(_FORMULA) and not _NUMBER.fullmatch(value)
            return f"'{value}" if is_formula else value
        case int() | float():
            return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
