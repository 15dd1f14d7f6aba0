"""How an invoice is called in lists and headings."""

from shared.clients.negocio_models import Invoice, InvoiceRow
from web_dashboard.formats import invoice_number

STATUS_WORDS = {
    "needs_review": ("Falta revisar", "warn"),
    "ready": ("Lista para confirmar", "info"),
    "confirmed": ("Cargada", "good"),
    "reversed": ("Deshecha", "quiet"),
    "discarded": ("Descartada", "quiet"),
}


def invoice_title(row: InvoiceRow) -> str:
    """A 0003-00018452, of a list's row."""
    return invoice_number(row.letter, row.point_of_sale, row.number)


def header_title(invoice: Invoice) -> str:
    """The same of a whole invoice."""
    values = {name: field.value for name, field in invoice.header.items()}
    letter = values.get("letter")
    return invoice_number(str(letter) if letter else None, values.get("point_of_sale"), values.get("number"))


def title_case(text: str) -> str:
    """LAV AYUD 1L as Lav ayud 1l: papers shout, catalogues do not."""
    return text.strip().capitalize() if text.isupper() else text.strip()
