"""One header out of three witnesses: the QR, the bars, the print. Where they contradict, say so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from agente_negocio.invoices.reading.header.currencies import CURRENCY_CODES
from agente_negocio.invoices.reading.header.symbol_values import bars_values, qr_values
from agente_negocio.invoices.reading.header.traits import Trait, fields_with
from agente_negocio.invoices.reading.header.voucher_type import contradictions
from agente_negocio.invoices.reading.header.vouchers import prints_letter
from agente_negocio.invoices.reading.layout.evidence import FAIR, GUESS, Amount, Amounts, Evidence, Printed
from agente_negocio.invoices.reading.model import HEADER_NAMES, Box, Conflict, Field, Header, Source
from agente_negocio.invoices.reading.symbols.barcode import BarcodePayload
from agente_negocio.invoices.reading.symbols.qr import QrPayload

QR_CONFIDENCE = 0.999
REPAIRED_CONFIDENCE = 0.9
CONFIRMED = 0.97
"""Print read twice by the recogniser with the same result."""
SEEN_ONCE = 0.94
"""The most a single look of the recogniser is worth: below what the gate asks."""
_NOISE = 2
"""Characters that a recogniser may get wrong in a field before it counts as a contradiction."""
_WIDTHS = {"point_of_sale": 5, "number": 8}
"""Digits of numbers printed with leading zeros, any of which may be misread."""
_ALIKE = frozenset(
    map(frozenset, ("06", "08", "09", "14", "17", "27", "35", "38", "49", "56", "58", "68", "89"))
)
"""Figures that look like each other in small or blurred print."""
_IDENTIFYING = fields_with(Trait.IDENTIFYING)
_FINAL_CONSUMER = 99


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What each source says of one document.

    confirmed: names of printed fields that a second look read the same. box: where the QR or the bars stand.
    """

    printed: Printed
    amounts: Amounts
    source: Source
    confirmed: frozenset[str] = frozenset()
    payload: QrPayload | None = None
    payload_box: Box | None = None
    bars: BarcodePayload | None = None
    bars_box: Box | None = None


def merge(seen: Witnesses) -> tuple[Header, tuple[Conflict, ...]]:
    """The header and the contradictions between its witnesses."""
    found: dict[str, Field] = {}
    for name, evidence in seen.printed.items():
        if name in HEADER_NAMES:
            found[name] = _printed(seen, name, evidence)
    for name in ("net", "untaxed", "exempt", "discount", "total"):
        amount = seen.amounts.get(name)
        if amount is not None:
            found[name] = _amount(seen, name, amount)
    conflicts: list[Conflict] = []
    if seen.bars is not None:
        conflicts += _overlay(found, seen, _Symbol(bars_values(seen.bars), seen.bars_box, QR_CONFIDENCE))
    if seen.payload is not None:
        confidence = REPAIRED_CONFIDENCE if seen.payload.repaired else QR_CONFIDENCE
        conflicts += _overlay(found, seen, _Symbol(qr_values(seen.payload), seen.payload_box, confidence))
        conflicts += _settle_receiver(found, seen, seen.payload)
        _settle_total(found, seen)
    settled = seen.payload is not None and seen.payload.receiver_document_type is not None
    if "receiver_unread" in seen.printed and "receiver_cuit" not in found and not settled:
        conflicts.append(Conflict("receiver_cuit", "somebody is named who could not be read", is_unread=True))
    conflicts += _doubtful_type(found, seen)
    conflicts += _doubtful_currency(found, seen)
    found.setdefault("currency", Field("ARS", 0.9, seen.source, ""))
    if found["currency"].value == "ARS":
        found["exchange_rate"] = found.get("exchange_rate") or Field("1", 0.9, seen.source, "")
    return Header(**found), tuple(conflicts)


def _doubtful_type(found: dict[str, Field], seen: Witnesses) -> Sequence[Conflict]:
    """Title, letter and legend of the paper against the code, whoever tells it; a person sees which field."""
    code = found.get("type_code")
    denied = contradictions(int(code.value), seen.printed) if code else ()
    if code and denied:
        found["type_code"] = replace(code, confidence=min(code.confidence, GUESS))
    return denied


def _doubtful_currency(found: dict[str, Field], seen: Witnesses) -> list[Conflict]:
    """Amounts of a foreign currency are not to pass for pesos, nor the other way round."""
    printed = seen.printed.get("currency")
    if seen.payload is not None:
        told = CURRENCY_CODES.get(seen.payload.currency)
        if told is None:
            return [Conflict("currency", f"QR {seen.payload.currency}, a code of none")]
        if printed is None or printed.strength < FAIR or printed.value == told:
            return []
        return [_against("currency", f"QR {told}", "print", printed.value)]
    perhaps = seen.printed.get("currency_unread")
    if perhaps is None and printed is not None and printed.value != "ARS":
        perhaps = None if printed.strength >= FAIR and "exchange_rate" in found else printed
    return [Conflict("currency", f"perhaps {perhaps.value}")] if perhaps is not None else []


def _printed(seen: Witnesses, name: str, evidence: Evidence) -> Field:
    confidence = evidence.strength
    if seen.source is Source.OCR:
        sure = evidence.strength >= FAIR and name in seen.confirmed
        confidence = min(confidence, CONFIRMED if sure else SEEN_ONCE) * (1.0 if sure else _clarity(evidence))
    return Field(
        evidence.value, round(confidence, 4), seen.source, evidence.raw, evidence.sheet.box(evidence.words)
    )


def _amount(seen: Witnesses, name: str, amount: Amount) -> Field:
    confidence = 0.99
    if seen.source is Source.OCR:
        sure = name in seen.confirmed
        confidence = CONFIRMED if sure else SEEN_ONCE * min(word.confidence for word in amount.words)
    return Field(
        f"{amount.value:.2f}", round(confidence, 4), seen.source, amount.raw, amount.sheet.box(amount.words)
    )


def _clarity(evidence: Evidence) -> float:
    return min((word.confidence for word in evidence.words), default=0.5)


@dataclass(frozen=True, slots=True)
class _Symbol:
    """What a QR or bars say, where they stand, how far they are believed."""

    values: dict[str, str]
    box: Box | None
    confidence: float


def _overlay(found: dict[str, Field], seen: Witnesses, symbol: _Symbol) -> list[Conflict]:
    """Let a symbol speak for its fields, keeping the place of print that agrees; the contradictions."""
    conflicts = []
    for name, value in symbol.values.items():
        before = found.get(name)
        printed = seen.printed.get(name)
        if before is not None and (before.value == value or _is_legend(name, before, seen.payload)):
            certainty = max(symbol.confidence, before.confidence)
            found[name] = Field(before.value, certainty, Source.QR, before.raw, before.box)
            continue
        if printed is not None and _contradicts(seen, name, printed, symbol):
            conflicts.append(_against(name, f"symbol {value}", "print", printed.value))
        if before is not None and before.source is Source.QR:
            conflicts.append(_against(name, f"QR {value}", "bars", before.value))
        found[name] = Field(value, symbol.confidence, Source.QR, value, symbol.box)
    return conflicts


def _against(name: str, told: str, by: str, printed: str) -> Conflict:
    return Conflict(name, f"{told}, {by} {printed}", printed)


def _is_legend(name: str, before: Field, payload: QrPayload | None) -> bool:
    """Whether a printed A is what the code of an M stands for since RG 5762."""
    return name == "letter" and payload is not None and prints_letter(payload.type_code, before.value)


def _contradicts(seen: Witnesses, name: str, printed: Evidence, symbol: _Symbol) -> bool:
    """Whether the print is clear enough, and different enough, to doubt the symbol.

    Of a picture a small difference is noise, unless a second look confirmed the print: then only like-looking
    figures forgive it, on a paper whose other figures are the symbol's.
    """
    if name in {"currency", "exchange_rate", "authorization_kind", "letter"} or printed.strength < FAIR:
        return False
    if seen.source is Source.TEXT:
        return True
    width = _WIDTHS.get(name, 0)
    read, told = printed.value.zfill(width), symbol.values[name].zfill(width)
    if _distance(read, told) > _NOISE:
        return True
    return name in seen.confirmed and not (_look_alike(read, told) and _rest_agrees(seen, name, symbol))


def _look_alike(read: str, told: str) -> bool:
    """Whether a recogniser may read one for the other again and again."""
    pairs = zip(read, told, strict=False)
    return len(read) == len(told) and all(a == b or frozenset((a, b)) in _ALIKE for a, b in pairs)


def _rest_agrees(seen: Witnesses, name: str, symbol: _Symbol) -> bool:
    """Whether what else identifies a paper, and its total under a QR, is printed as the symbol says."""
    others = [each for each in _IDENTIFYING if each != name and each in symbol.values]
    is_same = all(each in seen.printed and seen.printed[each].value == symbol.values[each] for each in others)
    total = seen.amounts.get("total")
    return is_same and (seen.payload is None or (total is not None and total.value == seen.payload.total))


def _distance(first: str, second: str) -> int:
    """Characters to change, add or drop to turn one text into the other."""
    last = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        row = [i]
        for j, b in enumerate(second, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b)))
        last = row
    return last[-1]


def _settle_receiver(found: dict[str, Field], seen: Witnesses, payload: QrPayload) -> list[Conflict]:
    """No receiver in the QR of a final consumer means none, unless the print surely names one."""
    receiver, printed = found.get("receiver_cuit"), seen.printed.get("receiver_cuit")
    if receiver is None:
        return []
    if payload.receiver_document_type == _FINAL_CONSUMER:
        sure = seen.source is Source.TEXT or "receiver_cuit" in seen.confirmed
        if printed is not None and printed.strength >= FAIR and sure:
            return [_against("receiver_cuit", "QR none", "print", printed.value)]
        found.pop("receiver_cuit")
    elif receiver.value == payload.issuer_cuit:
        found.pop("receiver_cuit")
    return []


def _settle_total(found: dict[str, Field], seen: Witnesses) -> None:
    """The total is what the paper prints; the QR speaks only where print is silent or agrees."""
    assert seen.payload is not None
    amount = seen.payload.total
    before = found.get("total")
    if before is None:
        found["total"] = Field(f"{amount:.2f}", 0.9, Source.QR, str(amount), seen.payload_box)
    elif Decimal(before.value) == amount:
        found["total"] = Field(before.value, QR_CONFIDENCE, Source.QR, before.raw, before.box)
