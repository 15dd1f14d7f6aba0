"""Files are told by their content."""

import pytest

from agente_negocio.invoices.rules.files import media_type


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00", None),
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\n\n junk %PDF-1.7", "application/pdf"),
        (b"<html>", None),
        (b"", None),
        (b"GIF89a", None),
    ],
)
def test_content_decides(content: bytes, expected: str | None) -> None:
    assert media_type(content) == expected
