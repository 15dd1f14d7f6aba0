"""What the warehouse does when it hears of an invoice."""

from agente_deposito.receipts.service import receive_goods, take_back_goods
from shared.events.contracts import InvoiceConfirmed, InvoiceReversed
from shared.jobs.worker import Worker


def register(worker: Worker) -> None:
    """Subscribe to the facts of invoices."""
    worker.subscribe("deposito.receive_goods", InvoiceConfirmed, receive_goods)
    worker.subscribe("deposito.take_back_goods", InvoiceReversed, take_back_goods)
