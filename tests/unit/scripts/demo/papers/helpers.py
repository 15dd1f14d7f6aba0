"""One factory and two ways of looking at what was drawn."""

import base64
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pypdfium2
import zxingcpp

from scripts.demo.papers import Line, Paper, Party
from scripts.demo.papers.paper import IvaCondition
from scripts.demo.papers.vocabulary import invented_cuit


def make_paper(*lines: Line, type_code: int = 1, layout: str = "distributor", **values: object) -> Paper:
    """A valid paper; anything else about it by name."""
    party = Party(cuit=invented_cuit(1), name="PROVEEDOR", iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO)
    paper = Paper(
        layout=layout,
        type_code=type_code,
        issuer=party,
        receiver=replace(party, cuit=invented_cuit(2), name="COMPRADOR"),
        point_of_sale=3,
        number=812,
        issued_on=date(2026, 11, 2),
        lines=lines or (Line("1", "Yerba", Decimal(2), Decimal("10.00")),),
        authorization_code="86451234567890",
        authorization_due=date(2026, 11, 12),
    )
    return replace(paper, **values)  # type: ignore[arg-type]  # one factory for any field


def text_of(pdf: bytes) -> str:
    """The text layer of every page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def qr_in(picture: np.ndarray) -> dict[str, object] | None:
    """What the first QR of a picture says."""
    found = [code for code in zxingcpp.read_barcodes(picture) if "QR" in str(code.format)]
    if not found:
        return None
    payload = parse_qs(urlsplit(found[0].text).query)["p"][0]
    decoded: dict[str, object] = json.loads(base64.b64decode(payload))
    return decoded


def decoded(picture: bytes) -> np.ndarray:
    """A JPEG or PNG as pixels, blue first."""
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(pixels)
