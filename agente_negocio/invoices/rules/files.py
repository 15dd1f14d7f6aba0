"""Which uploaded files may be papers: by their content, never by a name."""

from typing import Literal

MAX_FILES = 10
MAX_BYTES = 25 * 2**20

MediaType = Literal["image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"]

_PDF_WITHIN = 1024
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})


def media_type(content: bytes) -> MediaType | None:
    """What the bytes are, None for anything that is no paper."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "image/heic"
    return "application/pdf" if b"%PDF-" in content[:_PDF_WITHIN] else None
