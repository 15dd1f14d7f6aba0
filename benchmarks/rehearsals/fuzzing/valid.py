"""Small valid files of every kind that the reader takes in, made here so that none has to be kept."""

import io
from collections.abc import Callable

import pillow_heif
from PIL import Image, ImageDraw
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

PASSWORD = "secreto"  # noqa: S105  of the locked sample, given to every reading
_SIZE = (360, 240)
_ORIENTATION_TAG = 0x0112
_LINES = (
    "FACTURA A  Cod. 01   Nro. 0003-00012345",
    "Fecha: 18/11/2026   C.U.I.T. 30-50000173-5",
    "10  YERBA MATE SUAVE   100,00  1.000,00",
    "IVA 21%  210,00   Total: 1.210,00",
    "CAE 76461234567890  Vto. CAE 28/11/2026",
)


def valid_files() -> dict[str, bytes]:
    """By name. Everything is small, so that a reading takes moments."""
    paper = _paper()
    return {
        "text.pdf": text_pdf(),
        "packed.pdf": text_pdf(packed=True),
        "three-pages.pdf": text_pdf(pages=3),
        "turned.pdf": text_pdf(turned=90),
        "locked.pdf": text_pdf(password=PASSWORD),
        "scan.pdf": _scanned_pdf(paper),
        "paper.jpg": _saved(paper, "JPEG", quality=60),
        "progressive.jpg": _saved(paper, "JPEG", quality=60, progressive=True),
        "cmyk.jpg": _saved(paper.convert("CMYK"), "JPEG"),
        "exif.jpg": _saved(paper, "JPEG", exif=_exif()),
        "paper.png": _saved(paper, "PNG"),
        "palette.png": _saved(paper.convert("P"), "PNG", transparency=0),
        "deep.png": _saved(paper.convert("I;16"), "PNG"),
        "black-and-white.png": _saved(paper.convert("1"), "PNG"),
        "paper.webp": _saved(paper, "WEBP", quality=50),
        "lossless.webp": _saved(paper.convert("RGBA"), "WEBP", lossless=True),
        "moving.webp": _saved(paper, "WEBP", save_all=True, append_images=[paper.rotate(90)]),
        "paper.heic": _heic(paper),
    }


def text_pdf(*, pages: int = 1, packed: bool = False, turned: int = 0, password: str | None = None) -> bytes:
    """A PDF with a voucher's words on each page. packed: compressed, which damage seldom survives."""

    def draw(canvas: Canvas) -> None:
        for page in range(pages):
            canvas.setPageRotation(turned)
            for place, line in enumerate((*_LINES, f"Hoja {page + 1}/{pages}")):
                # Low enough to be on the sheet when it lies.
                canvas.drawString(60, 560 - 24 * place, line)
            canvas.showPage()

    return _pdf(draw, packed=packed, password=password)


def _pdf(draw: Callable[[Canvas], None], *, packed: bool = False, password: str | None = None) -> bytes:
    written = io.BytesIO()
    encryption = StandardEncryption(password) if password else None
    canvas = Canvas(written, pageCompression=int(packed), encrypt=encryption, invariant=1)
    draw(canvas)
    canvas.save()
    return written.getvalue()


def _scanned_pdf(paper: Image.Image) -> bytes:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(paper), 40, 400, 500, 333)
        canvas.showPage()

    return _pdf(draw)


def _paper() -> Image.Image:
    paper = Image.new("RGB", _SIZE, "white")
    pen = ImageDraw.Draw(paper)
    for place, line in enumerate(_LINES):
        pen.text((20, 20 + 36 * place), line, fill="black")
    return paper


def _exif() -> bytes:
    marks = Image.Exif()
    marks[_ORIENTATION_TAG] = 6
    return marks.tobytes()


def _saved(paper: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    paper.save(written, kind, **options)
    return written.getvalue()


def _heic(paper: Image.Image) -> bytes:
    written = io.BytesIO()
    pillow_heif.from_pillow(paper).save(written, quality=50)
    return written.getvalue()
