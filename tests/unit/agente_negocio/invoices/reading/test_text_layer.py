"""Text layers of PDFs, honest and not: what a person sees is read, each word once, where it stands."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.pdf.file import load_page, open_pdf, render_gray, render_part
from agente_negocio.invoices.reading.pdf.text_layer import TextLayer, text_layer
from agente_negocio.invoices.reading.pdf.text_page import text_view
from agente_negocio.invoices.reading.pdf.trust import Trust, trust_in

A4 = (595, 842)
VOUCHER = (
    "FACTURA A 00003-00001234 Fecha: 20/11/2026",
    "C.U.I.T.: 30-50001091-2 Condición: Responsable Inscripto",
    "Cantidad Descripción Precio unitario Importe",
    "12 Gaseosa cola x 2,25 1.250,00 15.000,00",
    "Neto gravado 15.000,00 IVA 21% 3.150,00 Total 18.150,00",
)

Draw = Callable[[Canvas], None]


def pdf(draw: Draw, size: tuple[float, float] = A4) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size, pageCompression=0, invariant=1)
    draw(canvas)
    canvas.save()
    return target.getvalue()


def layer_of(content: bytes) -> TextLayer:
    with open_pdf(content, None, 1) as document:
        return text_layer(load_page(document, 0))


def texts(content: bytes) -> list[str]:
    return [word.text for word in layer_of(content).words]


def voucher(canvas: Canvas, y: float = 760) -> None:
    for place, line in enumerate(VOUCHER):
        canvas.drawString(60, y - 20 * place, line)


class TestOnce:
    @pytest.mark.parametrize("apart", [(0.0, 0.0), (0.3, 0.0), (0.25, 0.25), (0.9, 0.0)])
    def test_a_bold_made_by_printing_twice(self, apart: tuple[float, float]) -> None:
        def draw(canvas: Canvas) -> None:
            for x, y in ((0.0, 0.0), apart):
                canvas.drawString(60 + x, 700 + y, "FACTURA llegada 1.100,00")

        assert texts(pdf(draw)) == ["FACTURA", "llegada", "1.100,00"]

    def test_the_second_print_at_the_end_of_the_page(self) -> None:
        def draw(canvas: Canvas) -> None:
            voucher(canvas)
            for line in range(30):
                canvas.drawString(60, 600 - 12 * line, f"renglón {line}")
            canvas.saveState()
            canvas.translate(0.4, 0.1)
            voucher(canvas)
            canvas.restoreState()

        assert texts(pdf(draw))[: len(" ".join(VOUCHER).split())] == " ".join(VOUCHER).split()
        assert len(texts(pdf(draw))) == len(" ".join(VOUCHER).split()) + 60

    def test_letters_printed_twice_one_by_one(self) -> None:
        def draw(canvas: Canvas) -> None:
            x = 60.0
            for letter in "FACTURA":
                canvas.drawString(x, 700, letter)
                canvas.drawString(x + 0.7, 700.1, letter)
                x += canvas.stringWidth(letter)

        assert texts(pdf(draw)) == ["FACTURA"]

    def test_equal_figures_beside_and_below_each_other_stay(self) -> None:
        def draw(canvas: Canvas) -> None:
            canvas.setFont("Helvetica", 6)
            for row in range(4):
                canvas.drawString(60, 700 - 6 * row, "111,11 lll 0,00")

        assert texts(pdf(draw)) == ["111,11", "lll", "0,00"] * 4


class TestWhatIsSeen:
    def test_the_invisible_layer_of_a_scanner(self) -> None:
        def draw(canvas: Canvas) -> None:
            hidden = canvas.beginText(60, 700)
            hidden.setTextRenderMode(3)
            for line in VOUCHER:
                hidden.textLine(line)
            canvas.drawText(hidden)

        layer = layer_of(pdf(draw))

        assert not layer.words
        assert trust_in(layer) is Trust.BROKEN

    def test_text_under_the_scan_of_the_page(self) -> None:
        scan = ImageReader(Image.new("RGB", (100, 140), "white"))

        def under(canvas: Canvas) -> None:
            voucher(canvas)
            canvas.drawImage(scan, 0, 0, *A4)

        def over(canvas: Canvas) -> None:
            canvas.drawImage(scan, 0, 0, *A4)
            voucher(canvas)

        assert trust_in(layer_of(pdf(under))) is Trust.BROKEN
        assert trust_in(layer_of(pdf(over))) is Trust.SOUND

    def test_a_see_through_stamp_over_the_page_hides_nothing(self) -> None:
        stamp = ImageReader(Image.new("RGBA", (100, 140), (200, 0, 0, 60)))

        def draw(canvas: Canvas) -> None:
            voucher(canvas)
            canvas.drawImage(stamp, 0, 0, *A4, mask="auto")

        assert trust_in(layer_of(pdf(draw))) is Trust.SOUND

    def test_white_counts_only_on_dark(self) -> None:
        def draw(canvas: Canvas) -> None:
            voucher(canvas)
            canvas.rect(50, 490, 300, 20, fill=1)
            canvas.setFillColorRGB(1, 1, 1)
            canvas.drawString(60, 495, "Bonificación")
            canvas.drawString(60, 400, "secreto")

        found = texts(pdf(draw))

        assert "Bonificación" in found
        assert "secreto" not in found

    def test_what_lies_outside_the_page_or_across_it(self) -> None:
        def draw(canvas: Canvas) -> None:
            voucher(canvas)
            canvas.drawString(-200, 500, "izquierda")
            canvas.drawString(60, 900, "arriba")
            canvas.translate(200, 300)
            canvas.rotate(45)
            canvas.drawString(0, 0, "COPIA")

        found = texts(pdf(draw))

        assert not {"izquierda", "arriba", "COPIA"} & set(found)
        assert found == " ".join(VOUCHER).split()


class TestSigns:
    def text(self, line: str) -> list[str]:
        name = "Vera"
        pdfmetrics.registerFont(TTFont(name, "Vera.ttf"))

        def draw(canvas: Canvas) -> None:
            canvas.setFont(name, 10)
            canvas.drawString(60, 700, line)

        return texts(pdf(draw))

    def test_ligatures_hard_spaces_and_marks_of_direction(self) -> None:
        assert self.text("o\ufb01cina \ufb02ete 1\xa0234 \u200eTotal\u200f") == [
            "oficina",
            "flete",
            "1",
            "234",
            "Total",
        ]

    def test_every_hyphen_is_one(self) -> None:
        assert self.text("00001\xad00000012 \u22125,00") == ["00001-00000012", "-5,00"]

    def test_a_hyphen_at_the_end_of_a_line_stays(self) -> None:
        def draw(canvas: Canvas) -> None:
            canvas.drawString(60, 700, "cuenta de-")
            canvas.drawString(60, 688, "positos")

        assert texts(pdf(draw)) == ["cuenta", "de-", "positos"]


class TestPlaces:
    def at(self, word: Word) -> tuple[int, int]:
        return round(word.x0), round((word.y0 + word.y1) / 2)

    @pytest.mark.parametrize("turned", [90, 180, 270])
    def test_a_page_turned_upright_by_its_mark(self, turned: int) -> None:
        width, height = A4

        def draw(canvas: Canvas) -> None:
            # Written so that the page's own turn brings it upright.
            move = {90: (width, 0), 180: (width, height), 270: (0, height)}[turned]
            canvas.translate(*move)
            canvas.rotate(turned)
            voucher(canvas, 500)

        content = pdf(draw).replace(b"/Rotate 0", b"/Rotate %d" % turned)
        layer = layer_of(content)

        assert [word.text for word in layer.words] == " ".join(VOUCHER).split()
        assert trust_in(layer) is Trust.SOUND
        assert layer.words[0].x0 < layer.words[1].x0
        assert abs(layer.words[0].y1 - layer.words[1].y1) < 1
        assert layer.words[0].y0 < layer.words[-1].y0

    def test_a_page_shown_lying_is_read_and_drawn_upright(self) -> None:
        def draw(canvas: Canvas) -> None:
            canvas.translate(595, 0)
            canvas.rotate(90)
            voucher(canvas, 500)

        with open_pdf(pdf(draw), None, 1) as document:
            page = load_page(document, 0)
            layer = text_layer(page)
            picture = render_gray(page, 72)

        assert [word.text for word in layer.words] == " ".join(VOUCHER).split()
        assert (layer.width, layer.height) == (842, 595)
        assert picture.shape == (595, 842)
        first = layer.words[0]
        assert picture[round(first.y0) : round(first.y1), round(first.x0) : round(first.x1)].min() < 128

    def test_a_cropped_page_counts_from_the_corner_of_what_is_shown(self) -> None:
        content = pdf(voucher).replace(b"/MediaBox", b"/CropBox [ 50 600 500 800 ] /MediaBox")

        first = layer_of(content).words[0]

        assert self.at(first) == (10, 36)
        assert trust_in(layer_of(content)) is Trust.SOUND

    def test_a_page_in_large_units_is_drawn_large_enough_to_read(self) -> None:
        content = pdf(lambda canvas: canvas.drawString(6, 70, "x"), size=(59.5, 84.2)).replace(
            b"/MediaBox", b"/UserUnit 10 /MediaBox"
        )

        with open_pdf(content, None, 1) as document:
            height, width = render_gray(load_page(document, 0), 300).shape

        assert width > 2000
        assert height > 3000


def test_values_of_filled_fields_are_part_of_the_page() -> None:
    def draw(canvas: Canvas) -> None:
        voucher(canvas)
        canvas.acroForm.textfield(value="98765,43", x=60, y=500, width=120, height=20, name="importe")

    with open_pdf(pdf(draw), None, 1) as document:
        page = load_page(document, 0)
        words = [word.text for word in text_layer(page).words]
        picture = render_gray(page, 72)

    assert "98765,43" in words
    assert picture[842 - 520 : 842 - 500, 62:120].min() < 128


class TestDetail:
    """Where codes may be on a page: only there is one looked for."""

    @staticmethod
    def squares(canvas: Canvas) -> None:
        for place in range(500):
            canvas.rect(100 + 3 * (place % 25), 400 + 3 * (place // 25), 1, 1, stroke=0, fill=1)

    def test_rules_and_frames_are_none(self) -> None:
        def draw(canvas: Canvas) -> None:
            voucher(canvas)
            canvas.rect(40, 40, 500, 750)
            for row in range(30):
                canvas.line(40, 60 + 20 * row, 540, 60 + 20 * row)

        assert layer_of(pdf(draw)).detail is None

    def test_many_small_squares_are_one_and_frames_and_stripes_are_not(self) -> None:
        def draw(canvas: Canvas) -> None:
            for row in range(40):
                canvas.rect(300, 100 + 10 * row, 8, 8)
                canvas.rect(40, 100 + 10 * row, 500, 4, stroke=0, fill=1)
            self.squares(canvas)
            voucher(canvas)

        detail = layer_of(pdf(draw)).detail

        assert detail is not None
        left, top, right, bottom = detail
        assert 84 < left < 92
        assert 181 < right < 189
        assert 842 - 473 < top < 842 - 465
        assert 842 - 392 < bottom < 842 - 384

    def test_one_path_of_many_corners_is_one(self) -> None:
        def draw(canvas: Canvas) -> None:
            path = canvas.beginPath()
            for place in range(100):
                path.rect(300 + 3 * (place % 10), 200 + 3 * (place // 10), 1, 1)
            canvas.drawPath(path)
            voucher(canvas)

        detail = layer_of(pdf(draw)).detail

        assert detail is not None
        assert 280 < detail[0] < 300
        assert 328 < detail[2] < 345

    def test_a_page_shown_lying_has_it_where_it_is_shown(self) -> None:
        def draw(canvas: Canvas) -> None:
            canvas.translate(595, 0)
            canvas.rotate(90)
            self.squares(canvas)
            voucher(canvas, 500)

        with open_pdf(pdf(draw), None, 1) as document:
            page = load_page(document, 0)
            layer = text_layer(page)
            assert layer.detail is not None
            part = render_part(page, 150, layer.detail)
            whole = render_gray(page, 150)

        height, width = part.pixels.shape
        assert part.shape == whole.shape
        assert (whole[part.top : part.top + height, part.left : part.left + width] == part.pixels).all()
        assert part.pixels.min() < 64
        assert part.pixels.size < 0.1 * whole.size

    def test_what_is_drawn_beside_the_page_is_none(self) -> None:
        def draw(canvas: Canvas) -> None:
            canvas.translate(700, 0)
            self.squares(canvas)

        assert layer_of(pdf(draw)).detail is None


@pytest.mark.parametrize("angle", [35, 90, -60])
def test_what_is_stamped_across_the_page_is_kept_apart(angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        voucher(canvas)
        for place, stamp in enumerate(("SIN VALOR FISCAL", "ANULADA")):
            canvas.saveState()
            canvas.translate(250 + 150 * place, 350)
            canvas.rotate(angle)
            canvas.setFont("Helvetica-Bold", 40)
            canvas.drawCentredString(0, 0, stamp)
            canvas.restoreState()

    layer = layer_of(pdf(draw))

    assert set(layer.stamps) in ({"SIN VALOR FISCAL", "ANULADA"}, {"SIN VALOR FISCAL ANULADA"})
    assert [word.text for word in layer.words] == texts(pdf(voucher))
    assert layer_of(pdf(voucher)).stamps == ()
    with open_pdf(pdf(draw), None, 1) as document:
        page = load_page(document, 0)
        assert text_view(page, layer, number=1, pictures=False).stamps == layer.stamps


class TestTrust:
    def test_a_voucher_is_sound(self) -> None:
        assert trust_in(layer_of(pdf(voucher))) is Trust.SOUND

    def test_an_empty_page_needs_no_recogniser(self) -> None:
        assert trust_in(layer_of(pdf(lambda canvas: canvas.showPage()))) is Trust.DOUBTFUL

    def test_a_page_without_words_but_with_drawings_does(self) -> None:
        assert trust_in(layer_of(pdf(lambda canvas: canvas.rect(10, 10, 90, 90)))) is Trust.BROKEN

    def test_further_rows_without_labels_are_left_to_the_gate(self) -> None:
        def draw(canvas: Canvas) -> None:
            for row in range(20):
                canvas.drawString(60, 760 - 20 * row, f"{row} Galletitas de agua x {row} 1.250,00")

        assert trust_in(layer_of(pdf(draw))) is Trust.DOUBTFUL

    def test_digits_that_stand_for_others_fail_the_check_digit(self) -> None:
        moved = str.maketrans("0123456789", "3456789012")

        def draw(canvas: Canvas) -> None:
            for place, line in enumerate(VOUCHER):
                canvas.drawString(60, 760 - 20 * place, line.translate(moved))

        assert trust_in(layer_of(pdf(draw))) is Trust.BROKEN

    def test_letters_that_stand_for_others_make_no_words(self) -> None:
        def draw(canvas: Canvas) -> None:
            for row in range(12):
                canvas.drawString(60, 760 - 20 * row, "Kfhyzwf htsinhnts rjwhfijwnf fwlysynst")

        assert trust_in(layer_of(pdf(draw))) is Trust.BROKEN

    def test_glyphs_without_meaning(self) -> None:
        pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))

        def draw(canvas: Canvas) -> None:
            voucher(canvas)
            canvas.setFont("Vera", 10)
            canvas.drawString(60, 500, "12 0,45 6.789,00" * 3)

        # The font's own table of meanings: every digit becomes a character for private use.
        content = pdf(draw)
        start = content.index(b"beginbfchar")
        end = content.index(b"endbfchar", start)
        entries = b"\n".join(line.split()[0] + b" <E000>" for line in content[start:end].splitlines()[1:])
        lies = content[: start + len(b"beginbfchar\n")] + entries.ljust(end - start - 12) + content[end:]

        layer = layer_of(lies)

        assert not layer.visible
        assert trust_in(layer) is Trust.BROKEN
