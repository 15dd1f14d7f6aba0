"""Bytes to pages: what kind of file it is, its limits, and pictures decoded safely."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from agente_negocio.invoices.reading.errors import UnreadableFileError

MAX_FILE_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 66_000_000
"""A sensor of "64 megapixels" has a few more."""
COMFORTABLE_PIXELS = 16_000_000
"""Larger pictures are reduced on opening: beyond this no glyph of an invoice gains anything."""
_DRAFT_SHARE = 0.55

Gray = NDArray[np.uint8]
"""uint8, shape (height, width) in pixels, 0 black."""

Colour = NDArray[np.uint8]
"""uint8, shape (height, width, 3) in pixels, red green blue."""

FileKind = Literal["pdf", "image"]

_PDF_MARK = b"%PDF-"
_PDF_MARK_WITHIN = 1024
"""Readers accept a PDF with so much before it."""
_PICTURE_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_PICTURE_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")

pillow_heif.register_heif_opener()


def sniff(content: bytes) -> FileKind:
    """What the bytes are, by their content and never by a name. Raises UnreadableFileError."""
    if not content.strip(b"\0 \r\n\t"):
        raise UnreadableFileError("file_empty", "The file has no content.")
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFileError("file_too_large", f"{len(content)} bytes; at most {MAX_FILE_BYTES}.")
    return "pdf" if _PDF_MARK in content[:_PDF_MARK_WITHIN] and not _is_picture(content) else "image"


def _is_picture(content: bytes) -> bool:
    """By how it begins: a comment or the name of a camera may hold any mark."""
    return content.startswith(_PICTURE_MARKS) or content[4:8] == b"ftyp" or content[8:12] == b"WEBP"


def open_picture(content: bytes) -> Colour:
    """The picture upright by its own EXIF mark, reduced when very large. Raises UnreadableFileError."""
    return _opened(content, "RGB")


def open_gray_picture(content: bytes) -> Gray:
    """The same without colours, in a third of the memory. Raises UnreadableFileError."""
    return _opened(content, "L")


def _opened(content: bytes, mode: Literal["RGB", "L"]) -> NDArray[np.uint8]:
    with _decoding_errors(), warnings.catch_warnings(action="ignore"):
        flat = _unpacked(content, mode)
        flat.thumbnail(_comfortable(flat.width, flat.height), Image.Resampling.LANCZOS)
        ImageOps.exif_transpose(flat, in_place=True)
        return np.asarray(flat, dtype=np.uint8)


def _unpacked(content: bytes, mode: Literal["RGB", "L"]) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=_PICTURE_FORMATS) as picture:
        _check_size(picture.width, picture.height)
        # A JPEG can be unpacked at half its size and less: a little below comfortable is good enough.
        picture.draft(mode, _comfortable(picture.width, picture.height, _DRAFT_SHARE))
        picture.load()
        return _in_mode(_halved(_on_white(picture)), mode)


def _halved(picture: Image.Image) -> Image.Image:
    """A very large picture at half its size, before anything else makes a copy of it."""
    if picture.width * picture.height < 4 * _DRAFT_SHARE * COMFORTABLE_PIXELS:
        return picture
    return picture.convert("RGB").reduce(2) if picture.mode in {"P", "1"} else picture.reduce(2)


def _in_mode(picture: Image.Image, mode: str) -> Image.Image:
    """Converted only if needed: Pillow copies even what is so already."""
    return picture if picture.mode == mode else picture.convert(mode)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise UnreadableFileError("file_too_large", f"{width} x {height} pixels; at most {MAX_PIXELS}.")
    if min(width, height) < 1:
        raise UnreadableFileError("file_corrupt", "The picture has no area.")


def _comfortable(width: int, height: int, share: float = 1.0) -> tuple[int, int]:
    """The same shape within COMFORTABLE_PIXELS, or a share of them."""
    factor = min(1.0, (share * COMFORTABLE_PIXELS / (width * height)) ** 0.5)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _on_white(picture: Image.Image) -> Image.Image:
    """Transparent parts are paper."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("RGB")
    if picture.mode.startswith("I"):
        # 16-bit scans: Pillow would clip, the useful range is the upper byte.
        deep = np.asarray(picture, dtype=np.float64)
        top = max(float(deep.max()), 1.0)
        return Image.fromarray((deep * (255.0 / top)).astype(np.uint8))
    return picture


@contextmanager
def _decoding_errors() -> Iterator[None]:
    """Turn every way a decoder complains into one of ours."""
    try:
        yield
    except UnidentifiedImageError as error:
        raise UnreadableFileError("unsupported_format", "Neither PDF nor JPEG, PNG, WebP, HEIC.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableFileError("file_too_large", "The picture unpacks to too many pixels.") from error
    except MemoryError as error:
        raise UnreadableFileError("file_too_large", "The picture does not fit in memory.") from error
    except (OSError, ValueError, SyntaxError, TypeError, EOFError, RuntimeError, AssertionError) as error:
        raise UnreadableFileError("file_corrupt", "The picture is damaged.") from error
