"""Printed dates: day before month, in figures or by the month's name, two or four digits of year; and ISO."""

import re
from collections.abc import Iterator
from datetime import date

_EARLIEST_YEAR, _LATEST_YEAR = 2000, 2099
_CENTURY = 2000
# Nothing starts inside a longer chain of numbers.
_NOT_WITHIN = r"(?<!\d)(?<!\d[/.-])"
# Recognisers split numbers: the halves of "1 2/05/2026", "20 26-05-12" and "12/05/20 26" start or end none.
_DAY = r"(?!(?<=\b20 )\d\d-)(\d{2}|(?<!\d )\d)"
_MONTH = r"(\d{1,2})"
_YEAR = r"(\d{4}(?!\d)|\d{2}(?!\d)(?! ?[/.-] ?\d)(?! \d\d(?![\d:])))"
_PRINTED = re.compile(_NOT_WITHIN + f"{_DAY} ?[/.-] ?{_MONTH} ?[/.-] ?{_YEAR}")
# The three cells of a preprinted form.
_CELLS = re.compile(_NOT_WITHIN + rf"{_DAY} ?\| ?{_MONTH} ?\| ?(\d{{4}})(?!\d)")
# The three boxes of one, without a line between them, only behind their label.
_BOXES = re.compile(
    r"\bfecha(?: de)?(?: emision)?[ :.\t]+(\d{2})[ \t]+(\d{2})[ \t]+((?:20)?\d{2})(?![ \t]?[/.,:%-]?\d)"
)
_ISO = re.compile(_NOT_WITHIN + r"(20\d{2})-(\d{2})-(\d{2})(?!\d)(?!-\d)")
_MONTHS = {
    "enero": 1,
    "febrero": 2,
    "marzo": 3,
    "abril": 4,
    "mayo": 5,
    "junio": 6,
    "julio": 7,
    "agosto": 8,
    "septiembre": 9,
    "setiembre": 9,
    "octubre": 10,
    "noviembre": 11,
    "diciembre": 12,
    "sept": 9,
} | {
    name: place
    for place, names in enumerate(
        ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep set", "oct", "nov", "dic"), 1
    )
    for name in names.split()
}
_BETWEEN = r"(?: ?[/.-] ?| ?del? ?(?:a[nñ]o )?| )"
_NAMED = re.compile(
    _NOT_WITHIN
    + r"(\d{2}|(?<!\d )\d)"
    + _BETWEEN
    + f"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
    + r"\.?"
    + _BETWEEN
    + r"(\d{4}(?!\d)|\d{2}(?![\d:%]| ?[/.,-] ?\d| \d\d(?!\d)))",
    re.IGNORECASE,
)
_SHORT_YEAR = 2


def dates_in(text: str) -> Iterator[tuple[int, int, date]]:
    """Start, end and day of every date of the text, from left to right.

    Day and month are never swapped to make an impossible date possible: 05/13/2026 is none.
    """
    for start, end, day in date_places(text):
        if day is not None:
            yield start, end, day


def date_places(text: str) -> Iterator[tuple[int, int, date | None]]:
    """The same with what is printed like a date but names no day, such as 31/02/2026: that has None."""
    found = [(each.span(), each[1], each[2], each[3]) for each in _ISO.finditer(text)]
    for pattern in (_PRINTED, _CELLS):
        found += [(each.span(), _year(each[3]), each[2], each[1]) for each in pattern.finditer(text)]
    found += [
        (each.span(), _year(each[3]), str(_MONTHS[each[2].lower()]), each[1])
        for each in _NAMED.finditer(text)
    ]
    found += [
        ((each.start(1), each.end(3)), _year(each[3]), each[2], each[1]) for each in _BOXES.finditer(text)
    ]
    for (start, end), year, month, day in sorted(found):
        yield start, end, _calendar(int(year), int(month), int(day))


def _year(printed: str) -> str:
    return str(_CENTURY + int(printed)) if len(printed) == _SHORT_YEAR else printed


def _calendar(year: int, month: int, day: int) -> date | None:
    """The day, when there is one, in this century."""
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
