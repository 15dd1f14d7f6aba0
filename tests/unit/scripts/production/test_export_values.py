"""How values are written: exact in JSON, harmless in a spreadsheet."""

import json
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from scripts.production.export.values import cell, line, plain


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1234567890123.4500"), "1234567890123.4500"),
        (Decimal("0E-4"), "0.0000"),
        (datetime(2026, 11, 20, 9, tzinfo=timezone(-timedelta(hours=3))), "2026-11-20T12:00:00+00:00"),
        (date(2026, 11, 20), "2026-11-20"),
        (time(17, 30), "17:30:00"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (b"\x00\xff", "00ff"),
        ([Decimal("1.50"), None], ["1.50", None]),
        ({"a": [date(2026, 1, 1)]}, {"a": ["2026-01-01"]}),
        (True, True),
        (None, None),
    ],
)
def test_json_says_exactly_what_the_database_held(value: object, written: object) -> None:
    assert plain(value) == written
    assert json.loads(line(["x"], [value])) == {"x": written}


def test_what_cannot_be_written_is_not_guessed() -> None:
    with pytest.raises(TypeError):
        plain(timedelta(1))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+54 9 11", "'+54 9 11"),
        ("@x", "'@x"),
        ("-12.50", "-12.50"),
        ("-x", "'-x"),
        ("'x", "''x"),
        ("Ñandú", "Ñandú"),
        (None, ""),
        (False, "false"),
        (["=1"], '["=1"]'),
        (3, "3"),
    ],
)
def test_no_text_becomes_a_formula(value: object, written: str) -> None:
    assert cell(value) == written


def test_lines_end_only_where_rows_do() -> None:
    assert "\n" not in line(["x"], ["a\nb\u2028c"])
