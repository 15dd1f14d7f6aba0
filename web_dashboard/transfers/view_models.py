"""Transfers as people read them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData

from shared.clients.deposito_goods import Transfer
from shared.kernel.money import plain
from web_dashboard import formats
from web_dashboard.forms import FieldReader, Mistakes, text_of
from web_dashboard.stock.reasons import REASON_WORDS

STATUSES = {
    "draft": ("Sin enviar", "quiet"),
    "shipped": ("En camino", "info"),
    "received": ("Recibido", "good"),
    "cancelled": ("Cancelado", "quiet"),
}
CHOICES = (("", "Todos"), ("draft", "Sin enviar"), ("shipped", "En camino"), ("received", "Recibidos"))
# Why less arrived than was sent, the usual first.
MISSING = ("shrinkage", "broken", "theft", "expired", "entry_error")
_STEPS = {
    "ship": "Salió",
    "receive": "Llegó",
    "undo_ship": "Se deshizo el envío",
    "undo_receive": "Se deshizo la recepción",
    "cancel": "Se canceló",
}


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A product and what was counted of it; typed: as it stands in the form, error: why that is none."""

    product_id: UUID
    name: str
    asked: str
    shipped: str | None
    received: str | None
    difference: str | None
    typed: str
    error: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer. next_step: what the visitor may do now, None when nothing; undoable likewise."""

    transfer: Transfer
    word: str
    tone: str
    lines: list[CountedLine]
    steps: list[tuple[str, str, str | None]]
    next_step: str | None
    undoes: str | None
    may_cancel: bool
    notice: tuple[str, str] | None


def transfer_view(
    transfer: Transfer,
    *,
    branch_ids: set[UUID],
    may_write: bool,
    mistakes: Mistakes | None = None,
    notice: tuple[str, str] | None = None,
) -> TransferView:
    """branch_ids: those the visitor works in; each end is for who works there."""
    at_origin = may_write and transfer.origin.branch_id in branch_ids
    at_destination = may_write and transfer.destination.branch_id in branch_ids
    steps = {"draft": "ship" if at_origin else None, "shipped": "receive" if at_destination else None}
    undoing = {
        "shipped": "Deshacer el envío" if at_origin else None,
        "received": "Deshacer la recepción" if at_destination else None,
    }
    word, tone = STATUSES.get(transfer.status, (transfer.status, "quiet"))
    return TransferView(
        transfer=transfer,
        word=word,
        tone=tone,
        lines=_lines(transfer, mistakes or Mistakes()),
        steps=[
            (_STEPS.get(done.step, done.step), formats.moment(done.done_at), done.note)
            for done in transfer.steps
        ],
        next_step=steps.get(transfer.status),
        undoes=undoing.get(transfer.status),
        may_cancel=transfer.status == "draft" and may_write,
        notice=notice,
    )


def counted(form: FormData, transfer: Transfer) -> tuple[list[dict[str, Any]], Mistakes]:
    """What was counted of each product, as the warehouse takes it; and what was not understood."""
    fields = FieldReader(form)
    lines = []
    for line in transfer.lines:
        name = f"cantidad-{line.product_id}"
        quantity = fields.number(name, minimum=Decimal(0))
        if quantity is None and name not in fields.mistakes.reasons:
            fields.mistakes.add(name, "Poné cuánto, aunque sea 0.", fields.text(name))
        if quantity is not None:
            entry = {"product_id": str(line.product_id), "quantity": plain(quantity)}
            if reason := text_of(form, f"motivo-{line.product_id}"):
                entry["reason"] = reason
            lines.append(entry)
    return lines, fields.mistakes


def summary_of(transfer: Transfer, now: datetime) -> str:
    """How much, and when: 3 productos · hace 2 h."""
    count = len(transfer.lines)
    return f"{count} {'producto' if count == 1 else 'productos'} · {formats.ago(transfer.created_at, now)}"


def _lines(transfer: Transfer, mistakes: Mistakes) -> list[CountedLine]:
    made = []
    for line in transfer.lines:
        name = f"cantidad-{line.product_id}"
        expected = line.quantity if line.shipped is None else line.shipped
        made.append(
            CountedLine(
                product_id=line.product_id,
                name=line.name,
                asked=formats.quantity(line.quantity),
                shipped=None if line.shipped is None else formats.quantity(line.shipped),
                received=None if line.received is None else formats.quantity(line.received),
                difference=_difference(line.shipped, line.received),
                typed=mistakes.typed.get(name, formats.input_number(expected)),
                error=mistakes.reasons.get(name),
                reason=REASON_WORDS.get(line.reason or ""),
            )
        )
    return made


def _difference(shipped: Decimal | None, received: Decimal | None) -> str | None:
    if shipped is None or received is None or shipped == received:
        return None
    return formats.signed_quantity(received - shipped)
