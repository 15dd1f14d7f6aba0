"""From PDF to pixels, and from pixels to files. Pictures are RGB uint8, shape (rows, columns, 3)."""

from io import BytesIO

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

Picture = NDArray[np.uint8]

_POINTS_PER_INCH = 72


def rasterise(pdf: bytes, dpi: float, page: int = 0) -> Picture:
    """One page of a PDF as a picture on white."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[page].render(scale=dpi / _POINTS_PER_INCH, rev_byteorder=True)
        return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    finally:
        document.close()


def page_width(pdf: bytes) -> float:
    """Width of the first page in points."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return float(document[0].get_width())
    finally:
        document.close()


def jpeg(picture: Picture, quality: int) -> bytes:
    """JPEG bytes."""
    _, encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return encoded.tobytes()


def png(picture: Picture) -> bytes:
    """PNG bytes."""
    _, encoded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return encoded.tobytes()


def scanned_pdf(pictures: list[Picture], dpi: float, quality: int, hidden_text: str = "") -> bytes:
    """A PDF that only holds pictures; hidden_text is put under the first as an invisible layer."""
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for picture in pictures:
        height, width = (side * _POINTS_PER_INCH / dpi for side in picture.shape[:2])
        canvas.setPageSize((width, height))
        image = Image.open(BytesIO(jpeg(picture, quality)))
        canvas.drawImage(ImageReader(image), 0, 0, width, height)
        _write_hidden(canvas, hidden_text, height)
        canvas.showPage()
        hidden_text = ""
    canvas.save()
    return buffer.getvalue()


def _write_hidden(canvas: Canvas, text: str, height: float) -> None:
    layer = canvas.beginText(30, height - 40)
    layer.setTextRenderMode(3)
    layer.setFont("Helvetica", 9)
    for line in text.splitlines():
        layer.textLine(line)
    canvas.drawText(layer)
