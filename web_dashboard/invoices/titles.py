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
_PAPERS = {
    "factura": ("la", "factura"),
    "nota_credito": ("la", "nota de crédito"),
    "nota_debito": ("la", "nota de débito"),
    "tique": ("el", "tique"),
    "remito": ("el", "remito"),
}
_SOME_PAPER = ("el", "comprobante")


def paper_name(kind: str) -> str:
    """Nota de crédito, of a kind of paper."""
    return _PAPERS.get(kind, _SOME_PAPER)[1].capitalize()


def the_paper(kind: str) -> str:
    """The same within a sentence: la nota de crédito."""
    return " ".join(_PAPERS.get(kind, _SOME_PAPER))


def invoice_title(row: InvoiceRow) -> str:
    """Nota de crédito A 0003-00018452, of a list's row."""
    return f"{paper_name(row.kind)} {invoice_number(row.letter, row.point_of_sale, row.number)}"


def header_title(invoice: Invoice) -> str:
    """The same of a whole invoice."""
    values = {name: field.value for name, field in invoice.header.items()}
    letter = str(values.get("letter") or "") or None
    number = invoice_number(letter, values.get("point_of_sale"), values.get("number"))
    return f"{paper_name(invoice.kind)} {number}"


def title_case(text: str) -> str:
    """LAV AYUD 1L as Lav ayud 1l: papers shout, catalogues do not."""
    return text.strip().capitalize() if text.isupper() else text.strip()
