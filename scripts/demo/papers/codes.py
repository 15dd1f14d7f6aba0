"""The symbols ARCA asks for: the QR of RG 4892 and the older interleaved 2 of 5."""

import base64
import json
from decimal import Decimal

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from scripts.demo.papers.adding import add_up
from scripts.demo.papers.paper import Paper

QR_ADDRESS = "https://www.arca.gob.ar/fe/qr/?p="
CUIT_DOCUMENT = 80
FINAL_CONSUMER_DOCUMENT = 99
_CURRENCIES = {"ARS": "PES", "USD": "DOL"}


def qr_values(paper: Paper) -> dict[str, object] | None:
    """What the QR of the paper says, or None without QR. The total is the authorised one."""
    if not paper.traits.has_qr or paper.authorization_code is None or paper.is_remito:
        return None
    receiver = None if paper.traits.habits.hides_receiver else paper.receiver.cuit
    return {
        "ver": 1,
        "fecha": paper.issued_on.isoformat(),
        "cuit": int(paper.issuer.cuit or 0),
        "ptoVta": paper.point_of_sale,
        "tipoCmp": paper.type_code,
        "nroCmp": paper.number,
        "importe": _number(add_up(paper).total),
        "moneda": _CURRENCIES[paper.currency],
        "ctz": _number(paper.exchange_rate),
        "tipoDocRec": CUIT_DOCUMENT if receiver else FINAL_CONSUMER_DOCUMENT,
        "nroDocRec": int(receiver or 0),
        "tipoCodAut": "E",
        "codAut": int(paper.authorization_code),
    }


def qr_text(paper: Paper) -> str | None:
    """Text inside the QR symbol, or None when the paper has none."""
    values = qr_values(paper)
    if values is None:
        return None
    body = json.dumps(values, separators=(",", ":")).encode()
    return QR_ADDRESS + base64.b64encode(body).decode()


def itf_digits(paper: Paper) -> str | None:
    """The 42 digits of the barcode: CUIT, type, point of sale, CAE or CAI, its due date, check digit."""
    if paper.authorization_code is None or paper.authorization_due is None or paper.issuer.cuit is None:
        return None
    due = paper.authorization_due.strftime("%Y%m%d")
    body = f"{paper.issuer.cuit}{paper.type_code:03d}{paper.point_of_sale:05d}{paper.authorization_code}{due}"
    return body + _itf_check_digit(body)


def qr_modules(text: str) -> NDArray[np.bool_]:
    """Dark modules of the QR, bool, shape (rows, columns), without quiet zone."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    dark: NDArray[np.bool_] = np.asarray(symbol.to_image(scale=1, add_quiet_zones=False)) == 0
    return dark


def itf_modules(digits: str) -> NDArray[np.bool_]:
    """Dark modules of the barcode, bool, shape (columns,)."""
    symbol = zxingcpp.create_barcode(digits, zxingcpp.BarcodeFormat.ITF)
    dark: NDArray[np.bool_] = np.asarray(symbol.to_image(scale=1, add_quiet_zones=False))[0] == 0
    return dark


def cae_for(day_ordinal: int, year: int, serial: int) -> str:
    """A CAE that looks like one: century digit, year digit, week of the year, serial.

    day_ordinal: day of the year, 1 to 366. serial: at most 10 digits.
    """
    era = "8" if year >= 2026 else "7"  # noqa: PLR2004  first digit observed since 2026
    return f"{era}{year % 10}{(day_ordinal + 6) // 7:02d}{serial % 10**10:010d}"


def _number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _itf_check_digit(digits: str) -> str:
    odd = sum(int(digit) for digit in digits[0::2])
    even = sum(int(digit) for digit in digits[1::2])
    return str(-(odd * 3 + even) % 10)
