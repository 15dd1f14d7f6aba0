"""Files that break careless readers, made here so that none has to be kept."""

import io
import struct
import zlib

from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

_BOMB_BYTES = 400 * 2**20


def picture(kind: str) -> bytes:
    """A small white picture."""
    written = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(written, kind)
    return written.getvalue()


def pixel_bomb() -> bytes:
    """A PNG that says it is 60,000 by 60,000."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(4096)))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def pdf(pages: int = 1, *, password: str | None = None) -> bytes:
    """A PDF with a word on each page."""
    written = io.BytesIO()
    encryption = StandardEncryption(password) if password else None
    canvas = Canvas(written, encrypt=encryption)
    for page in range(pages):
        canvas.drawString(100, 700, f"Hoja {page + 1}")
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def unpacking_bomb() -> bytes:
    """A PDF whose page is a few hundred kilobytes of zeros unpacked a thousandfold."""
    packer = zlib.compressobj(9)
    spaces = b" " * 2**20
    packed = b"".join(packer.compress(spaces) for _ in range(_BOMB_BYTES // len(spaces))) + packer.flush()
    head = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n"
    )
    stream = b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed
    return head + stream + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


REFUSED: dict[str, tuple[bytes, ...]] = {
    "empty": (b"",),
    "one byte": (b"x",),
    "executable": (b"MZ\x90\x00" + bytes(500),),
    "page": (b"<!doctype html><script>alert(1)</script>",),
    "drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',),
    "archive": (b"PK\x03\x04" + bytes(500),),
    "text": (b"Factura A 0001-00000001\nTotal 100\n",),
    "gif": (picture("GIF"),),
    "26 MB": (b"\xff\xd8\xff" + bytes(26 * 2**20),),
    "two files of 14 MB": (b"\xff\xd8\xff" + bytes(14 * 2**20),) * 2,
    "11 files": (picture("JPEG"),) * 11,
    "a good one and a text": (picture("JPEG"), b"hola"),
}
"""Not even taken in."""

FAILED: dict[str, tuple[bytes, ...]] = {
    "cut JPEG": (picture("JPEG")[:600],),
    "cut PNG": (picture("PNG")[:60],),
    "cut WebP": (picture("WEBP")[:40],),
    "cut HEIC": (b"\x00\x00\x00\x18ftypheic" + bytes(40),),
    "cut PDF": (pdf()[:300],),
    "JPEG of nothing": (b"\xff\xd8\xff" + bytes(1000),),
    "pixel bomb": (pixel_bomb(),),
    "unpacking bomb": (unpacking_bomb(),),
    "encrypted PDF": (pdf(password="secreto"),),
    "11 pages": (pdf(11),),
    "PDF that is a program": (b"MZ" + bytes(100) + b"%PDF-1.4\nno objects here",),
}
"""Taken in by their first bytes, and found out when they are read; in a child, within limits."""

SURVIVED = {"unpacking bomb"}
"""Such a page may, within the limits, turn out to be just an empty one."""
