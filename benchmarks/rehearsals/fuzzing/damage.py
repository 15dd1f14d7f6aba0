"""Damage to a file, one kind per function: bytes and a generator in, other bytes out."""

import re
import struct
import zlib
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.rehearsals.fuzzing.hostile import png_chunk

_TELLING_BYTES = (0x00, 0x01, 0x20, 0x7F, 0x80, 0xFE, 0xFF)
_TELLING_NUMBERS = (0, 1, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_TELLING_TEXTS = tuple(b"0 -1 1 65536 2147483647 2147483648 4294967295 99999999999 1e308 null".split())
_KEYWORDS = tuple(
    b"obj endobj stream endstream trailer xref startxref /Type /Page /Pages /Kids /Count /Length /Filter"
    b" /FlateDecode /MediaBox /Contents /Resources /Font /Width /Height /Root /Parent /Encrypt /ToUnicode"
    b" << >> [ ]".split()
)
_MOST_UNPACKED = 2**20
_PNG_MARK = b"\x89PNG\r\n\x1a\n"

Damage = Callable[[bytes, Random], bytes]


def damaged(content: bytes, others: Sequence[bytes], random: Random) -> tuple[bytes, str]:
    """The file after one to three accidents, and their names. others: what may be spliced into it."""
    names = []
    for _ in range(random.randint(1, 3)):
        damage = random.choice(ACCIDENTS)
        content = damage(content, random)
        names.append(damage.__name__)
    if random.random() < 0.1:
        content = splice(content, random.choice(others), random)
        names.append(splice.__name__)
    return content, "+".join(names)


def flip_bits(content: bytes, random: Random) -> bytes:
    """A few single bits."""
    changed = bytearray(content)
    for _ in range(random.randint(1, 16)):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def set_bytes(content: bytes, random: Random) -> bytes:
    """A few bytes that tend to mean something."""
    changed = bytearray(content)
    for _ in range(random.randint(1, 8)):
        if changed:
            changed[random.randrange(len(changed))] = random.choice(_TELLING_BYTES)
    return bytes(changed)


def set_number(content: bytes, random: Random) -> bytes:
    """A size or an offset, in either order of its bytes, at the beginning more than at the end."""
    kind = random.choice((">I", "<I", ">H", "<H"))
    most = (1 << 8 * struct.calcsize(kind)) - 1
    number = struct.pack(kind, random.choice(_TELLING_NUMBERS) & most)
    place = int(len(content) * random.random() ** 3)
    return content[:place] + number + content[place + len(number) :]


def set_text_number(content: bytes, random: Random) -> bytes:
    """A number written in digits, as PDFs do."""
    return _replace_one(rb"-?\d+\.?\d*", random.choice(_TELLING_TEXTS), content, random)


def swap_keyword(content: bytes, random: Random) -> bytes:
    """A word of the PDF's grammar for another."""
    old, new = random.choice(_KEYWORDS), random.choice(_KEYWORDS)
    return _replace_one(re.escape(old), new, content, random)


def truncate(content: bytes, random: Random) -> bytes:
    """As an upload that broke off."""
    return content[: random.randint(0, len(content))]


def cut_out(content: bytes, random: Random) -> bytes:
    """A piece is missing."""
    start, end = _piece(content, random)
    return content[:start] + content[end:]


def repeat(content: bytes, random: Random) -> bytes:
    """A piece is there many times."""
    start, end = _piece(content, random)
    return content[:end] + content[start:end] * random.randint(1, 20) + content[end:]


def blank(content: bytes, random: Random) -> bytes:
    """A piece holds one byte only, as a sector that was never written."""
    start, end = _piece(content, random)
    return content[:start] + bytes([random.choice(_TELLING_BYTES)]) * (end - start) + content[end:]


def insert_noise(content: bytes, random: Random) -> bytes:
    """Bytes that mean nothing in between."""
    place = random.randint(0, len(content))
    return content[:place] + random.randbytes(random.randint(1, 64)) + content[place:]


def swap_pieces(content: bytes, random: Random) -> bytes:
    """Two parts change places."""
    a, b, c = sorted(random.randint(0, len(content)) for _ in range(3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def damage_png_inside(content: bytes, random: Random) -> bytes:
    """One chunk of a PNG is damaged and its checksum made right again; other files stay as they are."""
    chunks = _png_chunks(content)
    if not chunks:
        return content
    place = random.randrange(len(chunks))
    name, body = chunks[place]
    behind_the_packing = name == b"IDAT" and random.random() < 0.5
    chunks[place] = (name, _repacked(body, random) if behind_the_packing else set_bytes(body, random))
    return _PNG_MARK + b"".join(png_chunk(name, body) for name, body in chunks)


def splice(content: bytes, other: bytes, random: Random) -> bytes:
    """The beginning of one file and the end of another."""
    return content[: random.randint(0, len(content))] + other[random.randint(0, len(other)) :]


ACCIDENTS: tuple[Damage, ...] = (
    flip_bits,
    set_bytes,
    set_number,
    set_text_number,
    swap_keyword,
    truncate,
    cut_out,
    repeat,
    blank,
    insert_noise,
    swap_pieces,
    damage_png_inside,
)


def _piece(content: bytes, random: Random) -> tuple[int, int]:
    start = random.randint(0, len(content))
    return start, min(len(content), start + random.randint(1, 256))


def _replace_one(pattern: bytes, new: bytes, content: bytes, random: Random) -> bytes:
    found = [each.span() for each in re.finditer(pattern, content)]
    if not found:
        return content
    start, end = random.choice(found)
    return content[:start] + new + content[end:]


def _png_chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    chunks, place = [], len(_PNG_MARK)
    while content.startswith(_PNG_MARK) and place + 8 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        chunks.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += length + 12
    return chunks


def _repacked(body: bytes, random: Random) -> bytes:
    try:
        unpacked = zlib.decompressobj().decompress(body, _MOST_UNPACKED)
    except zlib.error:
        return set_bytes(body, random)
    return zlib.compress(set_bytes(unpacked, random))
