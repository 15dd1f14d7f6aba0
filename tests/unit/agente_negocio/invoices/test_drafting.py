"""From what was read to a draft: notas de crédito printed with minus signs."""

from decimal import Decimal
from uuid import UUID

from agente_negocio.invoices.examples.truth import Voucher, truth_of
from agente_negocio.invoices.reading.model import (
    Field,
    Header,
    Kind,
    Line,
    ReadDocument,
    Source,
    Tax,
    TaxKind,
)
from agente_negocio.invoices.service.drafting import Origin, Rows, draft_rows

ORIGIN = Origin(UUID(int=1), generation=1, part=1, first_page=1, branch_id=None, source="web")


def drafted(kind: Kind, sign: int) -> Rows:
    """A voucher of one line: net 100, IVA 21, internal tax 5, total 126, all with this sign."""

    def field(value: int) -> Field:
        return Field(str(sign * value), 0.99, Source.TEXT, "")

    line = Line(
        None,
        "Yerba",
        Decimal(sign * 2),
        None,
        Decimal(50),
        Decimal(sign * 100),
        internal_tax=Decimal(sign * 5),
    )
    iva = Tax(TaxKind.IVA, Decimal(21), Decimal(sign * 100), Decimal(sign * 21), "IVA")
    header = Header(net=field(100), total=field(126))
    return draft_rows(ReadDocument(kind, False, 1, None, header, (iva,), (line,)), ORIGIN)


def test_a_credit_note_is_positive_whatever_its_print() -> None:
    plain, minus = (drafted(Kind.NOTA_CREDITO, sign) for sign in (1, -1))

    for rows in (plain, minus):
        (line,), (tax,) = rows.lines, rows.taxes
        assert [rows.invoice.net, rows.invoice.total] == [100, 126]
        assert [line.quantity, line.unit_price, line.subtotal, line.internal_tax] == [2, 50, 100, 5]
        assert [tax.base, tax.amount] == [100, 21]


def test_as_an_example_it_has_the_signs_of_its_print() -> None:
    rows = drafted(Kind.NOTA_CREDITO, -1)

    truth = truth_of(Voucher(rows.invoice, rows.lines, rows.taxes, ()))

    assert (truth["taxes"][0]["base"], truth["taxes"][0]["amount"]) == ("-100.00", "-21.00")
    assert truth["lines"][0]["internal_tax"] == "-5"


def test_a_factura_below_zero_keeps_its_signs() -> None:
    rows = drafted(Kind.FACTURA, -1)

    assert rows.invoice.total == -126
    assert [tax.amount for tax in rows.taxes] == [-21]
