"""Files made to hurt: bombs, endless structures, sizes that lie, marks that mean nothing."""

import struct
import zlib
from functools import cache
from random import Random

_MAGIC = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
    "png": b"\x89PNG\r\n\x1a\n",
    "webp": b"RIFF\x00\x10\x00\x00WEBPVP8 ",
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
}
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Resources<<>>/Contents 4 0 R>>"
_TREE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_PICTURE = b"/Type/XObject/Subtype/Image/ColorSpace/DeviceRGB/BitsPerComponent 8"
_BOMB_BYTES = 300 * 2**20
_DEEP = 20_000


def hostile_files(random: Random) -> dict[str, bytes]:
    """By name, without the bombs; what is random in them comes from the generator given."""
    return {
        **{f"random-after-magic.{kind}": magic + random.randbytes(3000) for kind, magic in _MAGIC.items()},
        **{f"magic-alone.{kind}": magic for kind, magic in _MAGIC.items()},
        **_lying_pictures(),
        **_lying_exif(random),
        **_hostile_pdfs(),
    }


@cache
def bombs() -> dict[str, bytes]:
    """Small files that unpack to hundreds of megabytes, by name."""
    bomb = _packed(bytes(_BOMB_BYTES))
    text = png_chunk(b"zTXt", b"Comment\0\0" + _packed(bytes(64 * 2**20)))
    wide = b"<<%s/Width 10000/Height 10000/Filter/FlateDecode/Length %d>>" % (_PICTURE, len(bomb))
    twice = _packed(bomb)
    return {
        "nearly-too-big.png": _png(8_000, 7_999, bytes((8_000 * 3 + 1) * 7_999)),
        "endless-text.png": _png(30, 30, bytes(91 * 30), text),
        "unpacking.pdf": _contents(b"<</Filter/FlateDecode/Length %d>>" % len(bomb), bomb),
        "unpacking-twice.pdf": _contents(
            b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>" % len(twice), twice
        ),
        "picture-bomb.pdf": _drawing(wide, bomb),
    }


def png_chunk(name: bytes, body: bytes) -> bytes:
    """A chunk with its right checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png(width: int, height: int, pixels: bytes, *more: bytes) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = png_chunk(b"IDAT", _packed(pixels))
    return _MAGIC["png"] + header + b"".join(more) + data + png_chunk(b"IEND", b"")


def _lying_pictures() -> dict[str, bytes]:
    """Sizes that are huge, one pixel thin, or not those of the data."""
    frame = struct.pack(">HBHHB", 11, 8, 0xFFFF, 0xFFFF, 1) + b"\x01\x11\x00"
    jpeg = (
        b"\xff\xd8\xff\xc0" + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + bytes(500) + b"\xff\xd9"
    )
    largest = struct.pack("<BHH", 0x9D, 0x012A, 0xFFFF)
    webp = b"RIFF\x20\x02\x00\x00WEBPVP8 \x14\x02\x00\x00\x10\x00\x00" + largest + b"\xff\xff" + bytes(520)
    return {
        "huge.png": _png(60_000, 60_000, bytes(4096)),
        "thin.png": _png(60_000, 1, bytes(180_001)),
        "tall.png": _png(1, 60_000, bytes(4 * 60_000)),
        "one-pixel.png": _png(1, 1, bytes(4)),
        "no-pixel.png": _png(0, 10, b""),
        "too-few-pixels.png": _png(300, 300, bytes(1000)),
        "too-many-pixels.png": _png(30, 30, bytes(2**20)),
        "huge.jpg": jpeg,
        "huge.webp": webp,
    }


def _lying_exif(random: Random) -> dict[str, bytes]:
    """Orientations there are not, directories that point at themselves, more entries than bytes."""

    def tiff(entries: int, *marks: bytes, following: int = 0) -> bytes:
        return (
            b"II*\0\x08\0\0\0" + struct.pack("<H", entries) + b"".join(marks) + struct.pack("<I", following)
        )

    def orientation(value: int) -> bytes:
        return struct.pack("<HHIHH", 0x0112, 3, 1, value, 0)

    own_directory = struct.pack("<HHII", 0x8769, 4, 1, 8)
    bodies = {
        "turned-nowhere": tiff(1, orientation(0)),
        "turned-everywhere": tiff(1, orientation(0xFFFF)),
        "in-a-circle": tiff(2, orientation(6), own_directory, following=8),
        "many-entries": tiff(0xFFFF, orientation(3)),
        "far-away": tiff(1, struct.pack("<HHII", 0x0112, 2, 0xFFFFFFFF, 0xFFFFFFF0)),
        "noise": b"II*\0" + random.randbytes(600),
    }
    pixels = bytes(91 * 30)
    return {
        f"exif-{name}.png": _png(30, 30, pixels, png_chunk(b"eXIf", body)) for name, body in bodies.items()
    }


def _hostile_pdfs() -> dict[str, bytes]:
    form = _drawing(
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>/Length 4>>",
        b"/X Do",
    )
    return {
        "many-filters.pdf": _contents(b"<</Filter[" + b"/FlateDecode" * 2000 + b"]/Length 4>>", b"1234"),
        "endless-words.pdf": _words(b"BT /F 4 Tf 1 0 0 1 9 9 Tm " + b"(0123456789) Tj " * 30_000 + b"ET"),
        "nested-arrays.pdf": _pdf(_TREE, _PAGE, extra=b"/Deep " + b"[" * _DEEP + b"]" * _DEEP),
        "nested-names.pdf": _pdf(_TREE, _PAGE, extra=b"/Deep " + b"<</A " * _DEEP + b"0" + b">>" * _DEEP),
        "nested-states.pdf": _words(b"q " * 200_000),
        "tree-in-a-circle.pdf": _pdf(b"<</Type/Pages/Kids[2 0 R]/Count 1>>", _PAGE),
        "page-is-the-tree.pdf": _pdf(b"<</Type/Pages/Kids[1 0 R]/Count 1>>", _PAGE),
        "a-million-pages.pdf": _pdf(b"<</Type/Pages/Kids[3 0 R]/Count 1000000>>", _PAGE),
        "fewer-than-no-page.pdf": _pdf(b"<</Type/Pages/Kids[3 0 R]/Count -7>>", _PAGE),
        "two-of-three-pages.pdf": _pdf(b"<</Type/Pages/Kids[3 0 R 9 0 R null]/Count 3>>", _PAGE),
        "page-without-size.pdf": _pdf(_TREE, b"<</Type/Page/Parent 2 0 R>>"),
        "page-of-no-area.pdf": _pdf(_TREE, _PAGE.replace(b"300 400", b"0 0")),
        "page-of-astronomic-area.pdf": _pdf(_TREE, _PAGE.replace(b"300 400", b"100000000 100000000")),
        "page-thin-as-a-hair.pdf": _pdf(_TREE, _PAGE.replace(b"300 400", b"0.01 100000000")),
        "page-below-zero.pdf": _pdf(_TREE, _PAGE.replace(b"0 0 300 400", b"-900000 -900000 -5 900000")),
        "page-of-no-numbers.pdf": _pdf(_TREE, _PAGE.replace(b"0 0 300 400", b"/A null (x)")),
        "odd-turn.pdf": _pdf(_TREE, _PAGE.replace(b"/Resources", b"/Rotate 2147483647/Resources")),
        "huge-unit.pdf": _pdf(_TREE, _PAGE.replace(b"/Resources", b"/UserUnit 99999999/Resources")),
        "tables-in-a-circle.pdf": b"%PDF-1.4\nxref\n0 0\ntrailer<</Size 1/Prev 9/Root 1 0 R>>\n"
        b"startxref\n9\n%%EOF",
        "tables-nowhere.pdf": _pdf(_TREE, _PAGE) + b"startxref\n99999999999999999999\n%%EOF",
        "form-in-itself.pdf": form,
        # Loading it takes all the memory there is: PDFium reads on past the end that is missing.
        "form-in-itself-without-end.pdf": form.replace(b"/X Do\nendstream endobj", b"/X Do\nendstreamj")
        + form[form.index(b"/BBox") :],
        "picture-too-wide.pdf": _drawing(
            b"<<%s/Width 60000/Height 60000/Length 9>>" % _PICTURE, b"123456789"
        ),
        "picture-of-no-area.pdf": _drawing(b"<<%s/Width 0/Height -3/Length 9>>" % _PICTURE, b"123456789"),
        "stream-longer-than-file.pdf": _contents(b"<</Length 2147483647>>", b"BT ET"),
        "length-of-itself.pdf": _contents(b"<</Length 4 0 R>>", b"BT ET"),
    }


def _packed(content: bytes) -> bytes:
    return zlib.compress(content)


def _pdf(tree: bytes, page: bytes, *objects: bytes, extra: bytes = b"") -> bytes:
    """A PDF without a table of its objects, which readers then look for."""
    every = (b"<</Type/Catalog/Pages 2 0 R%s>>" % extra, tree, page, *objects)
    bodies = b"".join(b"%d 0 obj%s endobj\n" % (number, body) for number, body in enumerate(every, 1))
    return _MAGIC["pdf"] + bodies + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def _stream(names: bytes, content: bytes) -> bytes:
    return names + b"stream\n" + content + b"\nendstream"


def _contents(names: bytes, content: bytes) -> bytes:
    return _pdf(_TREE, _PAGE, _stream(names, content))


def _words(content: bytes) -> bytes:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    page = _PAGE.replace(b"/Resources<<>>", b"/Resources<</Font<</F 5 0 R>>>>")
    return _pdf(_TREE, page, _stream(b"<</Length %d>>" % len(content), content), font)


def _drawing(names: bytes, content: bytes) -> bytes:
    """A page that draws one thing, the fifth object."""
    page = _PAGE.replace(b"/Resources<<>>", b"/Resources<</XObject<</X 5 0 R>>>>")
    draw = b"q 300 0 0 400 0 0 cm /X Do Q"
    return _pdf(_TREE, page, _stream(b"<</Length %d>>" % len(draw), draw), _stream(names, content))
