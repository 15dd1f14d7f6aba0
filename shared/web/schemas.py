"""Wire types every service shares: bounded text, decimal strings, pages."""

import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from shared.kernel.money import plain


class Body(BaseModel):
    """What a client sends: unknown fields are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What we send back; built from values or rows by attribute."""

    model_config = ConfigDict(from_attributes=True)


_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
# Zero-width space, word joiner, byte order mark. Not the joiners, which some scripts and emoji need.
_WITHOUT_WIDTH = "\u200b\u2060\ufeff"


def _is_control(sign: str) -> bool:
    """Also what turns the direction of the text around it: a name could then read as another."""
    is_unprintable = unicodedata.category(sign) == "Cc" and sign not in "\n\t"
    return is_unprintable or unicodedata.bidirectional(sign) in _TURNING


def _no_control_characters(text: str) -> str:
    if any(_is_control(sign) for sign in text):
        raise ValueError("Tiene caracteres que no se pueden mostrar.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("Tiene caracteres que no se pueden mostrar.") from error
    return text


def _on_one_line(given: object) -> object:
    """Any run of spaces, tabs or line ends as one blank; signs without a width, which hide in copies, go."""
    if not isinstance(given, str):
        return given
    return " ".join("".join(sign for sign in given if sign not in _WITHOUT_WIDTH).split())


Clean = AfterValidator(_no_control_characters)
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), Clean]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Clean,
    # Written last, it comes first: lengths are those of what is kept.
    BeforeValidator(_on_one_line),
]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), Clean]
SearchText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Clean]

_as_text = PlainSerializer(plain, return_type=str)
DecimalOut = Annotated[Decimal, _as_text]

_LARGEST_QUANTITY = Decimal(9999999999)
_LARGEST_MONEY = Decimal(99999999999999)
QuantityIn = Annotated[
    Decimal,
    Field(max_digits=13, decimal_places=3, gt=-_LARGEST_QUANTITY, lt=_LARGEST_QUANTITY, allow_inf_nan=False),
    _as_text,
]
PositiveQuantity = Annotated[
    Decimal, Field(max_digits=13, decimal_places=3, gt=0, lt=_LARGEST_QUANTITY, allow_inf_nan=False), _as_text
]
MoneyIn = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=4, ge=0, lt=_LARGEST_MONEY, allow_inf_nan=False),
    _as_text,
]
SignedMoney = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=4, gt=-_LARGEST_MONEY, lt=_LARGEST_MONEY, allow_inf_nan=False),
    _as_text,
]
Percent = Annotated[
    Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4, allow_inf_nan=False), _as_text
]


def _within_the_calendar(instant: datetime) -> datetime:
    """At the ends of the calendar a zone leads out of it."""
    try:
        instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("La fecha no sirve.") from error
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_within_the_calendar)]


T = TypeVar("T")


class Page(Answer, Generic[T]):
    """One page of a list; next_cursor is null on the last, total only when asked for with ?count=1."""

    items: list[T]
    next_cursor: str | None = None
    total: int | None = None
