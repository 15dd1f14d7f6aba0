"""Fonts whose text says one digit where another is drawn, on pages whose other fonts are honest."""

import io
import re

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from agente_negocio.invoices.reading.pdf.file import load_page, open_pdf
from agente_negocio.invoices.reading.pdf.text_layer import text_layer
from agente_negocio.invoices.reading.pdf.trust import Trust, trust_in

STANDARD = ("Helvetica", "Helvetica-BoldOblique", "Times-Roman", "Courier", "Courier-Bold")
ROWS = (
    "DISTRIBUIDORA DEL SUR S.R.L. CUIT 30-71234567-1 FACTURA A",
    "Fecha de emisión 12/05/2026 Cliente ALMACEN EL FARO S.A. CUIT 30-70998877-4",
    "Cantidad Descripción Precio Importe Total",
)


def trust_of(number: str, font: str = "Vera", *, said: dict[str, str] | None = None) -> Trust:
    """In a voucher whose number is in a font of its own. said: other digits in the place of these."""
    if font not in STANDARD:
        pdfmetrics.registerFont(TTFont(font, f"{font}.ttf"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=0)
    for place, row in enumerate(ROWS):
        canvas.drawString(40, 760 - 20 * place, row)
    canvas.setFont(font, 14)
    canvas.drawString(40, 600, number)
    canvas.save()
    content = buffer.getvalue()
    for start, end in [
        found.span() for found in re.finditer(rb"beginbfchar.*?endbfchar", content, re.DOTALL)
    ]:
        changed = re.sub(
            rb"(?<=> <)00(3\d)(?=>)",
            lambda found: b"00%02X" % ord((said or {}).get(chr(int(found[1], 16)), chr(int(found[1], 16)))),
            content[start:end],
        )
        content = content[:start] + changed + content[end:]
    with open_pdf(content, None, 1) as document:
        return trust_in(text_layer(load_page(document, 0)))


@pytest.mark.parametrize("font", [*STANDARD, "Vera", "VeraBd", "VeraIt"])
def test_digits_drawn_as_they_are_said_are_believed(font: str) -> None:
    assert trust_of("Nº 0123-00456789", font) is Trust.SOUND


@pytest.mark.parametrize("pair", ["38", "58", "56", "08", "29", "16", "76"])
def test_digits_drawn_otherwise_leave_the_page_to_its_picture(pair: str) -> None:
    one, other = pair[0], pair[1]

    assert trust_of("Nº 0123-00456789", said={one: other, other: one}) is Trust.BROKEN
