"""What the text layer of a PDF says and the page does not show, and what only looks hidden."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from agente_negocio.invoices.reading import Source, read
from agente_negocio.invoices.reading.model import ReadingOptions
from agente_negocio.invoices.reading.pdf.file import load_page, open_pdf
from agente_negocio.invoices.reading.pdf.text_layer import TextLayer, text_layer
from agente_negocio.invoices.reading.pdf.trust import Trust, trust_in

A4 = (595, 842)
VOUCHER = (
    "FACTURA A 00003-00001234 Fecha: 20/11/2026",
    "C.U.I.T.: 30-50001091-2 Condición: Responsable Inscripto",
    "Cantidad Descripción Precio unitario Importe",
    "12 Gaseosa cola x 2,25 1.250,00 15.000,00",
    "Neto gravado 15.000,00 IVA 21% 3.150,00 Total 18.150,00",
)
WHITE = ImageReader(Image.new("RGB", (60, 20), "white"))
GLASS = ImageReader(Image.new("RGBA", (60, 20), (255, 220, 0, 60)))

Draw = Callable[[Canvas], None]


def pdf(draw: Draw) -> bytes:
    """The voucher, then whatever is drawn; places count from the lower left."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, pageCompression=0, invariant=1)
    for place, line in enumerate(VOUCHER):
        canvas.drawString(60, 760 - 20 * place, line)
    draw(canvas)
    canvas.save()
    return target.getvalue()


def layer_of(content: bytes) -> TextLayer:
    with open_pdf(content, None, 1) as document:
        return text_layer(load_page(document, 0))


def with_layer(content: bytes, state: str) -> bytes:
    """Optional content of the name /MC0, which is ON or OFF."""
    body = content[: content.index(b"xref")]
    body = body.replace(b"/Resources <<", b"/Resources << /Properties << /MC0 99 0 R >>")
    switch = f"/OCProperties << /OCGs [99 0 R] /D << /{state} [99 0 R] /Order [99 0 R] >> >>".encode()
    body = body.replace(b"/Type /Catalog", b"/Type /Catalog " + switch)
    body += b"99 0 obj\n<< /Type /OCG /Name (capa) >>\nendobj\n"
    trailer = content[content.index(b"trailer") : content.index(b"startxref")]
    return body + trailer + b"startxref\n0\n%%EOF"


def figure(canvas: Canvas, text: str = "987,65") -> None:
    canvas.drawString(60, 500, text)


def coloured(red: float, green: float, blue: float) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(red, green, blue)
        figure(canvas)

    return draw


def invisible(canvas: Canvas) -> None:
    hidden = canvas.beginText(60, 500)
    hidden.setTextRenderMode(3)
    hidden.textLine("987,65")
    canvas.drawText(hidden)


def transparent(canvas: Canvas) -> None:
    canvas.setFillAlpha(0.03)
    figure(canvas)


def clipped(canvas: Canvas) -> None:
    frame = canvas.beginPath()
    frame.rect(0, 0, 50, 50)
    canvas.clipPath(frame, stroke=0)
    figure(canvas)


def half_clipped(canvas: Canvas) -> None:
    frame = canvas.beginPath()
    frame.rect(60, 490, 18, 30)
    canvas.clipPath(frame, stroke=0)
    figure(canvas)


def tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 0.8)
    figure(canvas)


def black_on_black(canvas: Canvas) -> None:
    canvas.rect(50, 490, 100, 30, stroke=0, fill=1)
    figure(canvas)


def black_on_a_dark_picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (60, 20), "black")), 50, 490, 100, 30)
    figure(canvas)


def in_a_layer(canvas: Canvas) -> None:
    canvas._code.append("/OC /MC0 BDC")  # type: ignore[attr-defined]
    figure(canvas)
    canvas._code.append("EMC")  # type: ignore[attr-defined]


def off_the_page(canvas: Canvas) -> None:
    canvas.drawString(700, 500, "987,65")


@pytest.mark.parametrize(
    "draw",
    [
        coloured(1, 1, 1),
        coloured(0.97, 0.97, 0.97),
        coloured(1, 1, 0.9),
        invisible,
        transparent,
        clipped,
        half_clipped,
        tiny,
        black_on_black,
        black_on_a_dark_picture,
        off_the_page,
    ],
)
def test_what_nobody_sees_is_not_read_and_the_rest_is(draw: Draw) -> None:
    layer = layer_of(pdf(draw))

    assert [word.text for word in layer.words] == " ".join(VOUCHER).split()
    assert trust_in(layer) is Trust.SOUND


def test_a_layer_that_is_switched_off_is_not_read() -> None:
    content = pdf(in_a_layer)

    assert "987,65" not in [word.text for word in layer_of(with_layer(content, "OFF")).words]
    assert "987,65" in [word.text for word in layer_of(with_layer(content, "ON")).words]


def white_box(canvas: Canvas) -> None:
    figure(canvas)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(50, 490, 100, 30, stroke=0, fill=1)


def black_box(canvas: Canvas) -> None:
    figure(canvas)
    canvas.rect(50, 490, 100, 30, stroke=0, fill=1)


def picture(canvas: Canvas) -> None:
    figure(canvas)
    canvas.drawImage(WHITE, 50, 490, 100, 30)


def thick_line(canvas: Canvas) -> None:
    figure(canvas)
    canvas.setStrokeColorRGB(1, 1, 1)
    canvas.setLineWidth(16)
    canvas.line(50, 504, 150, 504)


def thick_frame(canvas: Canvas) -> None:
    figure(canvas)
    canvas.setStrokeColorRGB(1, 1, 1)
    canvas.setLineWidth(16)
    canvas.rect(50, 504, 300, 100)


def thin_strips(canvas: Canvas) -> None:
    figure(canvas)
    canvas.setFillColorRGB(1, 1, 1)
    for place in range(50):
        canvas.rect(50, 490 + 0.6 * place, 100, 0.8, stroke=0, fill=1)


def over_the_first_digit(canvas: Canvas) -> None:
    figure(canvas)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(50, 490, 16.5, 30, stroke=0, fill=1)


def over_the_lower_half(canvas: Canvas) -> None:
    figure(canvas)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(50, 495, 100, 10, stroke=0, fill=1)


def another_figure(canvas: Canvas) -> None:
    white_box(canvas)
    canvas.setFillColorRGB(0, 0, 0)
    figure(canvas, "123,45")


def another_figure_and_glass_over_both(canvas: Canvas) -> None:
    another_figure(canvas)
    canvas.drawImage(GLASS, 50, 490, 100, 30, mask="auto")


def within_a_nested_drawing(canvas: Canvas) -> None:
    canvas.beginForm("hoja")
    another_figure(canvas)
    canvas.endForm()
    canvas.doForm("hoja")


def a_label(canvas: Canvas) -> None:
    canvas.drawString(60, 500, "Total:")
    canvas.drawImage(WHITE, 50, 490, 100, 30)


def visible_and_hidden_digits_in_one(canvas: Canvas) -> None:
    figure(canvas)
    hidden = canvas.beginText(60 + canvas.stringWidth("987,65"), 500)
    hidden.setTextRenderMode(3)
    hidden.textLine("00")
    canvas.drawText(hidden)


@pytest.mark.parametrize(
    "draw",
    [
        white_box,
        black_box,
        picture,
        thick_line,
        thick_frame,
        thin_strips,
        over_the_first_digit,
        over_the_lower_half,
        another_figure,
        another_figure_and_glass_over_both,
        within_a_nested_drawing,
        a_label,
        visible_and_hidden_digits_in_one,
    ],
)
def test_a_figure_or_label_with_something_over_it_sends_the_page_to_its_picture(draw: Draw) -> None:
    assert trust_in(layer_of(pdf(draw))) is Trust.BROKEN


def test_a_note_laid_over_a_figure_is_part_of_the_page() -> None:
    note = (
        b"<< /Type /Annot /Subtype /Square /Rect [50 490 150 520] /IC [1 1 1] /C [1 1 1] /F 4 "
        b"/AP << /N 98 0 R >> >>"
    )
    look = b"1 1 1 rg 0 0 100 30 re f"
    kind = b"/Type /XObject /Subtype /Form /BBox [0 0 100 30]"
    shape = b"98 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (kind, len(look), look)
    content = pdf(figure)
    body = content[: content.index(b"xref")].replace(b"/MediaBox", b"/Annots [ " + note + b" ] /MediaBox")
    trailer = content[content.index(b"trailer") : content.index(b"startxref")]
    content = body + shape + trailer + b"startxref\n0\n%%EOF"

    assert trust_in(layer_of(content)) is Trust.BROKEN


def plain(canvas: Canvas) -> None:
    figure(canvas)


def grey(canvas: Canvas) -> None:
    coloured(0.55, 0.55, 0.55)(canvas)


def on_a_band(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.85, 0.85, 0.85)
    canvas.rect(50, 490, 300, 30, stroke=0, fill=1)
    coloured(0, 0, 0)(canvas)


def white_on_dark(canvas: Canvas) -> None:
    canvas.rect(50, 490, 300, 30, stroke=0, fill=1)
    coloured(1, 1, 1)(canvas)


def on_a_picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (60, 84), (240, 240, 255))), 50, 490, 300, 30)
    figure(canvas)


def under_glass(canvas: Canvas) -> None:
    figure(canvas)
    canvas.drawImage(GLASS, 0, 0, *A4, mask="auto")


def framed(canvas: Canvas) -> None:
    figure(canvas)
    canvas.rect(50, 490, 100, 30)
    canvas.line(50, 498, 150, 498)


def within_its_cell(canvas: Canvas) -> None:
    frame = canvas.beginPath()
    frame.rect(55, 495, 60, 16)
    canvas.clipPath(frame, stroke=0)
    figure(canvas)


def nested(canvas: Canvas) -> None:
    canvas.beginForm("hoja")
    figure(canvas)
    canvas.endForm()
    canvas.doForm("hoja")


def in_pieces(canvas: Canvas) -> None:
    x = 60.0
    for letter in "987,65":
        canvas.drawString(x, 500, letter)
        x += canvas.stringWidth(letter)


@pytest.mark.parametrize(
    "draw",
    [
        plain,
        grey,
        on_a_band,
        white_on_dark,
        on_a_picture,
        under_glass,
        framed,
        within_its_cell,
        nested,
        in_pieces,
    ],
)
@pytest.mark.parametrize("font", ["Helvetica", "Courier", "Times-Roman"])
@pytest.mark.parametrize("size", [5, 8, 14])
def test_what_is_seen_is_read_from_the_text(draw: Draw, font: str, size: int) -> None:
    def sized(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        draw(canvas)

    layer = layer_of(pdf(sized))

    assert "987,65" in [word.text for word in layer.words]
    assert trust_in(layer) is Trust.SOUND


def test_a_page_with_a_pasted_total_is_read_as_it_is_seen() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(1, 1, 1)
        x = 60 + canvas.stringWidth("Neto gravado 15.000,00 IVA 21% 3.150,00 Total ")
        canvas.rect(x, 675, 80, 14, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(x, 680, "98.150,00")

    (document,) = read([pdf(draw)], ReadingOptions(pictures=False))

    total = document.header.total
    assert not document.accepted
    assert total is None or (total.source is Source.OCR and total.value != "18150.00")
