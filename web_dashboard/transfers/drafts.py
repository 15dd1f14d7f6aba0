"""A transfer while somebody puts it together: the form as it comes and goes."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from starlette.datastructures import FormData

from shared.clients.deposito_models import FoundProduct, Product
from shared.kernel.money import plain
from web_dashboard.formats import input_number
from web_dashboard.forms import FieldReader, text_of, uuid_of

MOST_LINES = 60
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A chosen product. typed: its quantity as it stands in the form; error: why that is none."""

    product_id: UUID
    name: str
    typed: str
    quantity: Decimal | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What was chosen so far. id: of the transfer to be, so that pressing twice makes one."""

    id: UUID
    origin: UUID | None
    destination: UUID | None
    note: str
    lines: tuple[DraftLine, ...]

    @classmethod
    def empty(cls, origin: UUID | None) -> "Draft":
        """Nothing chosen yet."""
        return cls(uuid4(), origin, None, "", ())

    @classmethod
    def of_form(cls, form: FormData) -> "Draft":
        """What the form holds; only as many lines as one may hold."""
        chosen = [value for value in form.getlist("producto") if isinstance(value, str)][:MOST_LINES]
        fields = FieldReader(form)
        lines = tuple(_line(fields, UUID(value)) for value in chosen if _is_id(value))
        return cls(
            id=uuid_of(form, "id") or uuid4(),
            origin=uuid_of(form, "desde"),
            destination=uuid_of(form, "hacia"),
            note=text_of(form, "nota"),
            lines=lines,
        )

    def having(self, product: Product, quantity: Decimal = _ONE) -> "Draft":
        """With so much more of a product; one that is there already gets more."""
        if any(line.product_id == product.id for line in self.lines):
            lines = tuple(
                _more(line, quantity) if line.product_id == product.id else line for line in self.lines
            )
            return replace(self, lines=lines)
        line = DraftLine(product.id, product.name, input_number(quantity), quantity)
        return replace(self, lines=(*self.lines, line)[:MOST_LINES])

    def having_found(self, found: FoundProduct) -> "Draft":
        """With what was scanned: a case counts as what is in it."""
        return self.having(found.product, found.quantity)

    def without(self, product_id: UUID | None) -> "Draft":
        """Without a product."""
        return replace(self, lines=tuple(line for line in self.lines if line.product_id != product_id))

    @property
    def is_ready(self) -> bool:
        """Whether everything that is needed was understood."""
        return (
            bool(self.lines)
            and all(line.quantity for line in self.lines)
            and None
            not in (
                self.origin,
                self.destination,
            )
        )

    def to_body(self) -> dict[str, Any]:
        """As the warehouse takes it."""
        return {
            "id": str(self.id),
            "from_location_id": str(self.origin),
            "to_location_id": str(self.destination),
            "lines": [
                {"product_id": str(line.product_id), "quantity": plain(line.quantity)}
                for line in self.lines
                if line.quantity is not None
            ],
            **({"note": self.note} if self.note else {}),
        }


def _line(fields: FieldReader, product_id: UUID) -> DraftLine:
    name = f"cantidad-{product_id}"
    quantity, typed = fields.number(name), fields.text(name)
    error = fields.mistakes.reasons.get(name)
    if error is None and (quantity is None or quantity <= 0):
        quantity, error = None, "Poné cuánto."
    return DraftLine(product_id, fields.text(f"nombre-{product_id}") or "Producto", typed, quantity, error)


def _more(line: DraftLine, quantity: Decimal) -> DraftLine:
    together = (line.quantity or Decimal(0)) + quantity
    return replace(line, typed=input_number(together), quantity=together, error=None)


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
