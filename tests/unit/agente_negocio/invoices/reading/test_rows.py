"""Words to rows."""

from agente_negocio.invoices.reading.layout.rows import lay_out
from agente_negocio.invoices.reading.model import Word


def test_a_dash_stands_in_the_line_of_the_letters_beside_it() -> None:
    words = [
        Word("0012", 10, 100, 70, 124),
        Word("-", 75, 115, 85, 119),
        Word("00042803", 90, 100, 200, 124),
        Word("FACTURA", 10, 130, 120, 154),
    ]

    sheet = lay_out(words, page=1, width=600, height=800)

    assert [row.text for row in sheet.rows] == ["0012 - 00042803", "FACTURA"]


def test_a_dash_of_another_line_stays_there() -> None:
    words = [Word("0012", 10, 100, 70, 124), Word("-", 75, 126, 85, 129), Word("00042803", 90, 100, 200, 124)]

    sheet = lay_out(words, page=1, width=600, height=800)

    assert [row.text for row in sheet.rows] == ["0012 00042803", "-"]
