"""How numbers, money and time are written for Argentine readers, and read back; the only user of Babel."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from shared.kernel.clock import ARGENTINA, business_date

LOCALE = "es_AR"
NBSP = "\u00a0"
MINUS = "−"
NOTHING = "—"

_CENTS_BELOW = Decimal(1000)
_MILLION = Decimal(1_000_000)
_THOUSAND = Decimal(1000)
_LONGEST_COVER_DAYS = 90
_MINUTE, _HOUR, _WEEK_DAYS = 60, 3600, 7
_LONGEST_NUMBER = 24

_AMOUNT = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?", re.ASCII)
_POINT_AS_DECIMAL = re.compile(r"\d+\.\d+", re.ASCII)


class NotANumberError(ValueError):
    """Text that is no number; the message tells the person why, in Spanish."""


def number(value: Decimal | float, decimals: int = 0) -> str:
    """1.234,5 with exactly so many decimals and a true minus sign."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return _signed(exact, format_decimal(abs(exact), pattern, locale=LOCALE))


def quantity(value: Decimal | None) -> str:
    """A quantity without needless zeros: 12 or 1,25."""
    if value is None:
        return NOTHING
    return _signed(value, format_decimal(abs(value), "#,##0.###", locale=LOCALE))


def signed_quantity(value: Decimal) -> str:
    """A change of quantity, with its sign: +12 or −3."""
    return f"+{quantity(value)}" if value > 0 else quantity(value)


def ars(value: Decimal | None) -> str:
    """Pesos: $ 530.235; cents only below $ 1.000."""
    if value is None:
        return NOTHING
    needs_cents = abs(value) < _CENTS_BELOW and value != value.to_integral_value()
    return _pesos(value, number(abs(value), 2 if needs_cents else 0))


def ars_document(value: Decimal | None) -> str:
    """Pesos as a paper prints them: $ 1.234,50."""
    return NOTHING if value is None else _pesos(value, number(abs(value), 2))


def ars_short(value: Decimal | None) -> str:
    """Pesos for a headline: $ 9,4 M from a million on."""
    if value is None:
        return NOTHING
    if abs(value) < _MILLION:
        return ars(value)
    return _pesos(value, f"{number(abs(value) / _MILLION, 1)}{NBSP}M")


def ars_rough(value: Decimal) -> str:
    """Pesos in passing: $ 352 mil, $ 2,3 M."""
    if abs(value) < _THOUSAND or abs(value) >= _MILLION:
        return ars_short(value)
    return _pesos(value, f"{number(abs(value) / _THOUSAND)}{NBSP}mil")


def percent(share: Decimal | float | None) -> str:
    """A share of one as 28,3 %."""
    if share is None:
        return NOTHING
    return f"{number(Decimal(str(share)) * 100, 1)}{NBSP}%"


def points(difference: Decimal) -> str:
    """A difference of two shares, without sign, in points: 0,9 pts."""
    return f"{number(abs(difference) * 100, 1)}{NBSP}pts"


def cover(days: Decimal | None, on_hand: Decimal) -> str:
    """How long stock lasts, in words."""
    if on_hand <= 0:
        return f"sin{NBSP}stock"
    if days is None:
        return f"sin{NBSP}ventas"
    if days < 1:
        return "hoy"
    if days > _LONGEST_COVER_DAYS:
        return f"+{_LONGEST_COVER_DAYS}{NBSP}días"
    rounded = int(days.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return f"{rounded}{NBSP}{'día' if rounded == 1 else 'días'}"


def long_date(day: date) -> str:
    """sábado 21 de noviembre."""
    return format_date(day, "EEEE d 'de' MMMM", locale=LOCALE)


def short_date(day: date | None) -> str:
    """21/11/2026, as papers write it."""
    return NOTHING if day is None else format_date(day, "dd/MM/yyyy", locale=LOCALE)


def day_month(day: date) -> str:
    """21 nov."""
    return format_date(day, "d MMM", locale=LOCALE)


def weekday(day: date) -> str:
    """sábado."""
    return format_date(day, "EEEE", locale=LOCALE)


def moment(instant: datetime) -> str:
    """21/11/2026 15:05, Argentine time."""
    local = instant.astimezone(ARGENTINA)
    return f"{short_date(local.date())} {local:%H:%M}"


def ago(instant: datetime | None, now: datetime) -> str:
    """How long ago: hace 12 min, hace 3 h, ayer, el jueves, 9 nov."""
    if instant is None:
        return ""
    days = (business_date(now) - business_date(instant)).days
    if days == 0:
        return _ago_today((now - instant).total_seconds())
    if days == 1:
        return "ayer"
    day = business_date(instant)
    return f"el {weekday(day)}" if days < _WEEK_DAYS else day_month(day)


def _ago_today(seconds: float) -> str:
    if seconds < _MINUTE:
        return "recién"
    if seconds < _HOUR:
        return f"hace {int(seconds // _MINUTE)} min"
    return f"hace {int(seconds // _HOUR)} h"


def invoice_number(letter: str | None, point_of_sale: object, serial: object) -> str:
    """A 0003-00018452; what was not read stays out."""
    figures = "-".join(
        str(part).zfill(width) for part, width in ((point_of_sale, 4), (serial, 8)) if part not in (None, "")
    )
    return " ".join(part for part in (letter, figures) if part) or "sin número"


def input_number(value: Decimal | None, decimals: int | None = None) -> str:
    """A number as it stands in an input: 1.234,50; without decimals given, only those it has."""
    if value is None:
        return ""
    return quantity(value) if decimals is None else number(value, decimals)


def parse_number(text: str) -> Decimal:
    """The number somebody typed: 1.234,56, with points only between thousands.

    Raises NotANumberError with the reason in Spanish.
    """
    cleaned = text.strip().removeprefix("$").replace(NBSP, "").replace(" ", "").replace(MINUS, "-")
    digits = cleaned.removeprefix("-")
    found = _AMOUNT.fullmatch(digits)
    if found is None or len(digits) > _LONGEST_NUMBER:
        raise NotANumberError(_why(digits))
    exact = Decimal(f"{found[1].replace('.', '')}.{found[2] or '0'}")
    return -exact if cleaned.startswith("-") else exact


def _why(digits: str) -> str:
    if not digits:
        return "Falta el número."
    if _POINT_AS_DECIMAL.fullmatch(digits):
        return f"Los decimales van con coma: {digits.replace('.', ',')}."
    return "No es un número. Escribilo así: 1.234,56."


def _signed(value: Decimal, digits: str) -> str:
    return f"{MINUS}{digits}" if value < 0 else digits


def _pesos(value: Decimal, digits: str) -> str:
    return _signed(value, f"${NBSP}{digits}")
