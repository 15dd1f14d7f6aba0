"""Printed amounts to decimals, in every style met: 1.234,56 / 1234,56 / 1,234.56 / 1 234.56."""

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

_LONGEST = 24
_REMEMBERED = 4096
"""Texts: the figures of a page are asked for again and again while its columns are made out."""
_CENTS = re.compile(r"([.,])\d{2}$")
_CURRENCY = r"(?:(?:U\$S|US\$|USD|ARS|\$|€) *){0,2}"
# The currency stands at either end: a mark between digits is a digit that was misread, as in "1$0,00".
_DRESSED = re.compile(
    rf" *(-?) *{_CURRENCY}(-?) *(?P<body>[0-9][0-9.,' ]*?) *(-?) *{_CURRENCY}(-?) *", re.IGNORECASE
)
_ONE_SIGN = str.maketrans({"\xa0": " ", "\u2009": " ", "\u202f": " ", "\u2212": "-"})
"""The spaces and the minus that typesetters use."""
_COMMA = re.compile(r"(?:[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?: \d{3})+|\d+)(?:,\d+)?")
_DOT = re.compile(
    r"(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+|[1-9]\d{0,2}(?:'\d{3})+|\d+)(?:\.\d+)?"
)


class Style(StrEnum):
    """The decimal mark of a document."""

    COMMA = ","
    DOT = "."


def parse_amount(text: str, style: Style) -> Decimal | None:
    """The amount under the document's style; another style only where the text allows no other reading."""
    found = readings(text, style)
    return found[0] if found else None


@lru_cache(maxsize=_REMEMBERED)
def readings(text: str, style: Style) -> tuple[Decimal, ...]:
    """Every well-formed reading of a printed number, the document's own style first.

    "1.250" has two (one thousand two hundred fifty, one and a quarter), "1.250,00" has one. Thousands
    need groups of exactly three digits, so "41,269,391.77" never shrinks to 41.
    """
    sign, body = _split_sign(text)
    if body is None:
        return ()
    order = (style, Style.DOT if style is Style.COMMA else Style.COMMA)
    values = [_read(body, each) for each in order]
    return tuple(dict.fromkeys(sign * value for value in values if value is not None))


@lru_cache(maxsize=_REMEMBERED)
def has_cents(text: str) -> bool:
    """Whether the text ends in a decimal mark and exactly two digits, as money is printed."""
    _, body = _split_sign(text)
    return body is not None and _CENTS.search(body) is not None


def decimal_style(texts: Iterable[str]) -> Style:
    """The decimal mark most numbers of a document use; the comma when nothing tells."""
    votes: Counter[Style] = Counter()
    for text in texts:
        _, body = _split_sign(text)
        if body is None:
            continue
        mark = _CENTS.search(body)
        if mark:
            votes[Style(mark[1])] += 1
    return Style.DOT if votes[Style.DOT] > votes[Style.COMMA] else Style.COMMA


@lru_cache(maxsize=_REMEMBERED)
def _split_sign(text: str) -> tuple[int, str | None]:
    """Sign and bare digits with separators; None when other characters remain, or signs on both sides."""
    found = _DRESSED.fullmatch(text.translate(_ONE_SIGN)) if len(text) <= 2 * _LONGEST else None
    if found is None or len(found["body"]) > _LONGEST:
        return 1, None
    minus = "".join(found.group(1, 2, 4, 5))
    if len(minus) > 1:
        return 1, None
    return (-1 if minus else 1), found["body"]


def _read(body: str, style: Style) -> Decimal | None:
    if style is Style.COMMA:
        if not _COMMA.fullmatch(body):
            return None
        return Decimal(body.replace(".", "").replace(" ", "").replace(",", "."))
    if not _DOT.fullmatch(body):
        return None
    return Decimal(body.replace(",", "").replace(" ", "").replace("'", ""))
