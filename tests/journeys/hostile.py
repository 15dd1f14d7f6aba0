"""Values that break careless programs, and requests that carry them in each of their fields."""

import base64
import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tests.journeys.asking import Asked


class Raw(str):
    """JSON that json.dumps would not write: numbers past every limit, nesting without end."""

    __slots__ = ()


_DEEP = 3000
_MEGABYTE = 2**20
_MANY = 10_000

TEXTS: tuple[Any, ...] = (
    "a\x00b",
    "\ud800",
    "\u202eatrevés\u200b\u2066",
    "👩‍👩‍👧‍👦" * 20,
    "e\u0301" * 60,
    "'; DROP TABLE negocio.invoice; --",
    "{{7*7}} ${7*7} <script>alert(1)</script>",
    "../../../../etc/passwd",
    "%s %n %00 {0} {code}",
    "",
    " \t\r\n ",
    "\x1b[31m\x07\x7f",
    "x" * 5000,
)
NUMBERS: tuple[Any, ...] = (
    Raw("1e400"),
    Raw("-1e400"),
    Raw("NaN"),
    Raw("Infinity"),
    Raw("1" + "0" * 400),
    -1,
    0,
    10**15,
    10**30,
    "NaN",
    "-Infinity",
    "1e400",
    "1e-400",
    "0.00000000001",
    "9" * 500,
    "1_000",
    "٣",
    "0x10",
    "1,5",
    1.1,
    1e308,
)
DATES: tuple[Any, ...] = (
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999-14:00",
    "0001-01-01T00:00:00+14:00",
    "2026-11-20T10:00:00",
    "2026-02-30",
    "-0001-01-01",
    99_999_999_999_999,
    -62_135_596_801,
    "2026-11-20T10:00:00-99:00",
    "mañana",
)
IDS: tuple[Any, ...] = (
    "not-a-uuid",
    "00000000-0000-0000-0000-000000000000",
    "0197a000-0000-7000-8000-00000000dead",
    "{0197a000-0000-7000-8000-00000000dead}",
    "urn:uuid:0197a000-0000-7000-8000-00000000dead",
)
TYPES: tuple[Any, ...] = (None, [], {}, [None], {"a": {"b": [1]}}, True, 12, "texto")
HUGE: tuple[Any, ...] = (
    "x" * _MEGABYTE,
    Raw("[" * _DEEP + "]" * _DEEP),
    Raw('{"a":' * _DEEP + "1" + "}" * _DEEP),
    [0] * _MANY,
)
_CURSORS = (
    "x",
    "%%%",
    "A" * 499,
    "A" * 600,
    *(
        base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).rstrip(b"=").decode()
        for text in (
            "[]",
            '["a"]',
            '["a","b"]',
            '["a","b","c"]',
            "[1,2]",
            '["\\u0000","\\ud800"]',
            '["0001-01-01T00:00:00+14:00","0197a000-0000-7000-8000-00000000dead"]',
            '["9999-12-31T23:59:59-14:00","0197a000-0000-7000-8000-00000000dead"]',
            '["on_hand","1e999999","0197a000-0000-7000-8000-00000000dead"]',
            '["on_hand","NaN","0197a000-0000-7000-8000-00000000dead"]',
            "null",
            "[" * 100,
        )
    ),
)
_QUERY = (
    "a\x00b",
    "\u202e%_\\",
    "👩‍👧" * 30,
    "-1",
    "0",
    "1000000000",
    "9" * 50,
    "NaN",
    "1e400",
    "",
    "x" * 3000,
    *(str(value) for value in DATES),
    *IDS,
)


def bodies(request: Asked, *, everything: bool) -> Iterator[Asked]:
    """The request, once for each hostile value in each place of its body."""
    for number, place in enumerate(_places(request.body)):
        for value in _chosen(_at(request.body, place), number, everything=everything):
            changed = copy.deepcopy(request.body)
            if not place:
                changed = value
            else:
                _at(changed, place[:-1])[place[-1]] = value
            yield replace(request, body=changed)
    if isinstance(request.body, dict):
        yield replace(request, body={**request.body, "sobra": 1, "__proto__": {}, "organisation_id": IDS[2]})
        for name in request.body:
            yield replace(request, body={key: v for key, v in request.body.items() if key != name})


def queries(request: Asked, *, everything: bool) -> Iterator[Asked]:
    """The request, once for each hostile value of each query parameter."""
    yield replace(request, query={**request.query, "sobra": "1", "organisation_id": str(IDS[2])})
    for number, name in enumerate(request.query):
        values = _CURSORS if name == "cursor" else _QUERY
        step = 1 if everything or name == "cursor" else 3
        for value in values[number % step :: step]:
            yield replace(request, query={**request.query, name: value})
    for limit in ("-1", "0", "1000000000", "1.5", "x"):
        yield replace(request, query={**request.query, "limit": limit})


def paths(request: Asked) -> Iterator[Asked]:
    """The request, once for each hostile value in each part of its path."""
    values = ("x", "%00", "%F0%9F%98%80", "..%2F..%2Fetc", "9" * 300, "-1", "'", "%FF%FE", str(IDS[1]))
    for name in request.path:
        for value in values:
            yield replace(request, path={**request.path, name: value})


def encoded(body: Any) -> bytes:
    """JSON as a hostile client writes it; lone surrogates stay escaped."""
    marks: list[str] = []

    def mark(value: Any) -> Any:
        if isinstance(value, Raw):
            marks.append(str(value))
            return f"@raw{len(marks) - 1}@"
        if isinstance(value, dict):
            return {key: mark(each) for key, each in value.items()}
        return [mark(each) for each in value] if isinstance(value, list) else value

    text = json.dumps(mark(body))
    for position, raw in enumerate(marks):
        text = text.replace(f'"@raw{position}@"', raw)
    return text.encode()


def _chosen(original: Any, number: int, *, everything: bool) -> Iterator[Any]:
    """Values near in kind to the one they replace, and others: all of them, or a few in turn."""
    near = _near(original)
    others = [
        value for group in (TEXTS, NUMBERS, DATES, IDS, TYPES, HUGE) if group != near for value in group
    ]
    yield from near if everything else near[number % 3 :: 3]
    yield from others if everything else others[number % 40 :: 40]
    if isinstance(original, list) and original:
        yield original * _MANY


def _near(original: Any) -> tuple[Any, ...]:
    if original is None or isinstance(original, bool | list | dict):
        return TYPES
    if isinstance(original, int | float) or _is(float, original):
        return NUMBERS
    if _is(UUID, original):
        return IDS
    return DATES if _is(date.fromisoformat, original) or _is(datetime.fromisoformat, original) else TEXTS


def _is(kind: Any, text: Any) -> bool:
    try:
        kind(text)
    except (ValueError, TypeError):
        return False
    return True


def _places(body: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    if isinstance(body, dict):
        for key, value in body.items():
            yield from _places(value, (*place, key))
    elif isinstance(body, list) and body:
        # The elements of a list are alike.
        yield from _places(body[0], (*place, 0))


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        value = value[step]
    return value
