"""Reads posted fields as the values they stand for, gathering what cannot be understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from starlette.datastructures import FormData

from web_dashboard.formats import NotANumberError, parse_number

_LONGEST_TEXT = 500


def text_of(form: FormData, name: str) -> str:
    """A text field without surrounding blanks; empty when absent."""
    value = form.get(name)
    return value.strip()[:_LONGEST_TEXT] if isinstance(value, str) else ""


def uuid_of(form: FormData, name: str) -> UUID | None:
    """An id, or None when it is none."""
    try:
        return UUID(text_of(form, name))
    except ValueError:
        return None


@dataclass(slots=True)
class Mistakes:
    """Why fields were not understood, in Spanish, and what was typed in them, both by field name."""

    reasons: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.reasons)

    def add(self, name: str, reason: str, typed: str) -> None:
        """One more field that was not understood."""
        self.reasons[name], self.typed[name] = reason, typed


class FieldReader:
    """Reads fields one by one; what cannot be understood is noted in `mistakes`."""

    def __init__(self, form: FormData) -> None:
        self._form = form
        self.mistakes = Mistakes()

    def has(self, name: str) -> bool:
        """Whether the field was sent at all."""
        return name in self._form

    def text(self, name: str) -> str:
        """A text field."""
        return text_of(self._form, name)

    def number(self, name: str, *, minimum: Decimal | None = None) -> Decimal | None:
        """A number as Argentines type it; None when empty or not understood."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            value = parse_number(typed)
        except NotANumberError as error:
            self.mistakes.add(name, str(error), typed)
            return None
        if minimum is not None and value < minimum:
            self.mistakes.add(name, f"Tiene que ser {minimum} o más.", typed)
            return None
        return value

    def day(self, name: str) -> date | None:
        """A date of a date input; None when empty or not understood."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self.mistakes.add(name, "No es una fecha.", typed)
            return None


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """What is in after and differs from before."""
    return {name: value for name, value in after.items() if before.get(name) != value}
