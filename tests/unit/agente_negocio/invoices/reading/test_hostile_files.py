"""Files that are broken, locked, huge or not pictures: a typed error each, never a crash."""

import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from agente_negocio.invoices.reading import ReadingOptions, UnreadableFileError, read
from agente_negocio.invoices.reading.files import MAX_FILE_BYTES, open_picture, sniff
from agente_negocio.invoices.reading.pdf.file import load_page, open_pdf, render
from tests.unit.agente_negocio.invoices.reading.conftest import SAMPLES


def code_of(content: bytes, options: ReadingOptions | None = None) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read([content], options or ReadingOptions())
    return caught.value.code


def pdf(pages: int = 1, password: str | None = None, text: str = "hola") -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, encrypt=StandardEncryption(password, canPrint=1) if password else None)
    for _ in range(pages):
        canvas.drawString(100, 700, text)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def picture(size: tuple[int, int], kind: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "white").save(target, kind)
    return target.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to unpack into many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 4096))
        + chunk(b"IEND", b"")
    )


def test_empty() -> None:
    assert code_of(b"") == "file_empty"
    assert code_of(b"\0\0\0\n") == "file_empty"


def test_no_file_at_all() -> None:
    with pytest.raises(UnreadableFileError, match="file_empty"):
        read([], ReadingOptions())


@pytest.mark.parametrize(
    "content", [b"hola, soy un texto", b"PK\x03\x04" + b"x" * 200, b"<html></html>", b"GIF89a" + b"\0" * 60]
)
def test_other_formats_are_refused_by_content(content: bytes) -> None:
    assert code_of(content) == "unsupported_format"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_picture_that_speaks_of_pdf_is_a_picture(kind: str) -> None:
    target = io.BytesIO()
    note = Image.Exif()
    note[0x010E] = "%PDF-1.7"
    Image.new("RGB", (60, 40), "white").save(target, kind, exif=note)
    content = target.getvalue()
    assert b"%PDF-" in content
    # Wherever the writer put it, it stands near the beginning.
    if kind == "JPEG":
        content = content[:2] + b"\xff\xfe\x00\x0a%PDF-1.7" + content[2:]

    assert sniff(content) == "image"
    assert open_picture(content).shape == (40, 60, 3)


def test_a_pdf_may_begin_with_something_else() -> None:
    assert sniff(b"HTTP/1.1 200 OK\r\n\r\n" + pdf()) == "pdf"
    assert len(read([b"\n" * 900 + pdf()], ReadingOptions())) == 1


def test_too_many_bytes() -> None:
    assert code_of(b"\xff\xd8\xff" + b"x" * MAX_FILE_BYTES) == "file_too_large"


def test_a_picture_bomb_is_refused_before_it_unpacks() -> None:
    assert code_of(huge_png(60_000, 60_000)) == "file_too_large"
    assert code_of(huge_png(12_000, 9_000)) == "file_too_large"


def test_a_torn_picture() -> None:
    whole = (SAMPLES / "rcel_factura_A.png").read_bytes()

    assert code_of(whole[: len(whole) // 2]) == "file_corrupt"


def test_a_torn_pdf() -> None:
    assert code_of(b"%PDF-1.7\n" + b"garbage " * 50) == "file_corrupt"


def test_a_locked_pdf_needs_its_password() -> None:
    content = pdf(password="secreto")

    assert code_of(content) == "file_encrypted"
    assert code_of(content, ReadingOptions(password="otro")) == "file_encrypted"
    assert len(read([content], ReadingOptions(password="secreto"))) == 1


def test_too_many_pages() -> None:
    assert code_of(pdf(pages=4), ReadingOptions(max_pages=3)) == "too_many_pages"
    with pytest.raises(UnreadableFileError, match="too_many_pages"):
        read([picture((60, 60), "PNG")] * 3, ReadingOptions(max_pages=2))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_allowed_picture_opens_and_a_blank_one_holds_nothing(kind: str) -> None:
    content = picture((400, 500), kind)

    assert open_picture(content).shape == (500, 400, 3)
    document = read([content], ReadingOptions())[0]

    assert not document.accepted
    assert document.lines == ()


def test_a_page_of_poster_size_is_rendered_within_limits() -> None:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(14_000, 14_000))
    canvas.drawString(100, 100, "x")
    canvas.save()

    assert not read([target.getvalue()], ReadingOptions())[0].accepted


def test_a_page_as_thin_as_a_hair_is_rendered_within_limits() -> None:
    """By its area alone it would be drawn a hundred million pixels long."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(0.5, 2_000_000))
    canvas.drawString(0, 100, "x")
    canvas.save()

    with open_pdf(target.getvalue(), None, 1) as document:
        picture = render(load_page(document, 0), 300)

    assert max(picture.shape) <= 40_000


def test_what_a_decoder_only_warns_of_is_no_reason_to_fail() -> None:
    """Here warnings are errors; the EXIF of this picture ends before its first entry."""
    target = io.BytesIO()
    Image.new("RGB", (30, 40), "white").save(target, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0")

    assert open_picture(target.getvalue()).shape == (40, 30, 3)


def test_transparent_paper_is_white() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(target, "PNG")

    assert open_picture(target.getvalue()).min() == 255


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_damage_to_a_pdf_breaks_the_reader(data: st.DataObject) -> None:
    content = bytearray((SAMPLES / "rcel_factura_C.pdf").read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))

    # A typed refusal is a good answer; anything else that is raised fails the test.
    with suppress(UnreadableFileError):
        assert isinstance(read([bytes(content)], ReadingOptions(max_pages=3)), tuple)


def test_the_samples_are_where_the_tests_think() -> None:
    assert Path(SAMPLES, "ground_truth.json").exists()
