"""PDF files whose text layer lies although the page looks right."""

import re
import string

from numpy.random import Generator

_FONT = re.compile(rb"(\d+) 0 obj\n<<\n(/BaseFont [^>]*)>>\nendobj")
_OLD_MAP = re.compile(rb"/ToUnicode \d+ 0 R ")
_TRAILER = re.compile(rb"/Info (\d+) 0 R\n/Root (\d+) 0 R\n/Size (\d+)\n>>\nstartxref\n(\d+)")
_PRIVATE_USE = 0xE000
_CODES = range(256)
_BLOCK = 100
"""Most lines of one block of a character map."""


def with_broken_text(pdf: bytes, random: Generator) -> bytes:
    """The same pages with a wrong map from glyphs to characters in every font.

    Either letters and digits are exchanged among themselves, so that what is extracted looks like
    text, or every glyph becomes a character of the private use area, as when the map is missing.
    The change is appended as an incremental update (ISO 32000-1, 7.5.6).
    """
    characters = _exchanged(random) if random.integers(2) else _unknown(random)
    info, root, size, previous = (int(part) for part in _last_trailer(pdf))
    objects = {size: _character_map(characters)}
    for number, body in _FONT.findall(pdf):
        objects[int(number)] = b"<<\n/ToUnicode %d 0 R %b>>" % (size, _OLD_MAP.sub(b"", body))
    out = bytearray(pdf)
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer\n<<\n/Info %d 0 R\n/Root %d 0 R\n/Size %d\n/Prev %d\n>>\n" % (
        info,
        root,
        size + 1,
        previous,
    )
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _last_trailer(pdf: bytes) -> tuple[bytes, ...]:
    found = _TRAILER.findall(pdf)
    assert found, "reportlab writes its trailer otherwise now"
    last: tuple[bytes, ...] = found[-1]
    return last


def _exchanged(random: Generator) -> list[str]:
    """Latin-1 with digits, capitals and small letters each moved along by some places."""
    table: dict[int, str] = {}
    for group in (string.digits, string.ascii_uppercase, string.ascii_lowercase):
        step = int(random.integers(1, len(group)))
        table |= {ord(one): other for one, other in zip(group, group[step:] + group[:step], strict=True)}
    return [table.get(code, chr(code) if code >= ord(" ") else " ") for code in _CODES]


def _unknown(random: Generator) -> list[str]:
    """Characters that stand for nothing."""
    first = _PRIVATE_USE + int(random.integers(1, 16)) * len(_CODES)
    return [chr(first + code) for code in _CODES]


def _character_map(characters: list[str]) -> bytes:
    """A ToUnicode map of single bytes, as a stream object."""
    lines = [f"<{code:02x}> <{ord(character):04x}>" for code, character in enumerate(characters)]
    blocks = [lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    text = (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Broken def\n"
        f"/CMapType 2 def\n1 begincodespacerange\n<00> <ff>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
    return b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text)
