"""Pages of one voucher to a read document: fields, rows, foot, proof."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from agente_negocio.invoices.reading import confidence
from agente_negocio.invoices.reading.goods.again import confirm_cells, look_at_items
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.evidence import evidence_of
from agente_negocio.invoices.reading.goods.items import Item, discounts_of
from agente_negocio.invoices.reading.goods.ticket import looks_like_ticket, read_ticket
from agente_negocio.invoices.reading.goods.two_quantities import settle_quantities
from agente_negocio.invoices.reading.goods.walk import ItemTable, read_items
from agente_negocio.invoices.reading.header.confirm import confirm
from agente_negocio.invoices.reading.header.fields import printed_bars, read_fields
from agente_negocio.invoices.reading.header.look import HeaderSeen, look_at_header
from agente_negocio.invoices.reading.header.merge import Witnesses, merge
from agente_negocio.invoices.reading.header.names import read_names
from agente_negocio.invoices.reading.header.voucher_type import is_disclaimer, read_disclaimers
from agente_negocio.invoices.reading.header.vouchers import TICKET_CODES, kind_of, letter_of
from agente_negocio.invoices.reading.layout.evidence import FAIR, GUESS, Printed
from agente_negocio.invoices.reading.layout.rows import Sheet
from agente_negocio.invoices.reading.layout.spaced import with_joined_amounts
from agente_negocio.invoices.reading.model import (
    Box,
    Conflict,
    Header,
    Kind,
    Line,
    PageImage,
    ReadDocument,
    Source,
    Tax,
    TaxKind,
)
from agente_negocio.invoices.reading.numbers import Style, decimal_style
from agente_negocio.invoices.reading.sums.adding import Sums, add_up, base_closes
from agente_negocio.invoices.reading.sums.closing import (
    Known,
    close_foot,
    explain_loose,
)
from agente_negocio.invoices.reading.sums.counts import Count, disagreeing, read_counts
from agente_negocio.invoices.reading.sums.foot import Foot
from agente_negocio.invoices.reading.sums.gate import SURE, Claim, prove
from agente_negocio.invoices.reading.sums.totals import read_foot
from agente_negocio.invoices.reading.sums.unproven import open_single_units, unsure_amounts
from agente_negocio.invoices.reading.symbols.barcode import BarcodePayload
from agente_negocio.invoices.reading.symbols.qr import QrPayload
from agente_negocio.invoices.reading.words.second_look import SecondLook
from shared.kernel.money import CENT


@dataclass(frozen=True, slots=True)
class PageView:
    """One page ready to be understood. stamps: what is printed across it."""

    sheet: Sheet
    source: Source
    image: PageImage | None
    payload: QrPayload | None = None
    payload_box: Box | None = None
    bars: BarcodePayload | None = None
    bars_box: Box | None = None
    stamps: tuple[str, ...] = ()


@dataclass(slots=True)
class _Parts:
    """What one pass over the rows found."""

    table: ItemTable
    foot: Foot
    counts: tuple[Count, ...] = ()


def understand(pages: Sequence[PageView], own_cuits: frozenset[str], look: SecondLook | None) -> ReadDocument:
    """The document these pages make up. look: the paper to look at again; None where text is exact."""
    sheets = with_joined_amounts([page.sheet for page in pages])
    source = Source.OCR if any(page.source is Source.OCR for page in pages) else Source.TEXT
    style = decimal_style(word.text for sheet in sheets for row in sheet.rows for word in row.words)
    parts = _read_parts(sheets, style, source)
    with_qr = next((page for page in pages if page.payload and not page.payload.repaired), None)
    with_qr = with_qr or next((page for page in pages if page.payload), None)
    with_bars = next((page for page in pages if page.bars), None)
    payload = with_qr.payload if with_qr else None
    seen = HeaderSeen(*read_fields(sheets, own_cuits), frozenset())
    if look is not None and (payload is None or payload.repaired):
        seen = look_at_header(sheets, own_cuits, seen, look)
    printed, title, confirmed = seen.printed, seen.kind, seen.twice
    read_names(sheets, printed)
    if look is not None:
        look_at_items(parts.table.items, style, look)
    known = _known(parts, printed, payload)
    parts.foot = close_foot(parts.foot, known, style, look)
    explain_loose(parts.table.items, parts.foot, style)
    if look is not None:
        confirm_cells(open_single_units(parts.table.items, parts.foot, known), style, look)
        parts.foot = replace(parts.foot, unsure=unsure_amounts(parts.foot, known, style, look))
        unconfirmed = {name: found for name, found in printed.items() if name not in confirmed}
        confirmed |= confirm(unconfirmed, parts.foot.single.get("total"), payload, look)
    header, conflicts = merge(
        Witnesses(
            printed=printed,
            amounts=parts.foot.single,
            source=source,
            confirmed=confirmed,
            payload=payload,
            payload_box=with_qr.payload_box if with_qr else None,
            bars=with_bars.bars if with_bars else printed_bars(sheets, printed),
            bars_box=with_bars.bars_box if with_bars else None,
        )
    )
    stamps = [stamp for page in pages for stamp in page.stamps]
    denied = (*read_disclaimers(sheets), *filter(is_disclaimer, stamps))
    strength = printed["type_code"].strength if "type_code" in printed else GUESS
    return _proven(pages, parts, _Heard(header, conflicts, title, payload, denied, strength), source)


def _known(parts: _Parts, printed: Printed, payload: QrPayload | None) -> Known:
    if payload is not None:
        return Known(parts.table.items, payload.total, letter_of(payload.type_code))
    return Known(parts.table.items, None, printed["letter"].value if "letter" in printed else None)


def _read_parts(sheets: Sequence[Sheet], style: Style, source: Source) -> _Parts:
    repair = source is Source.OCR
    table = read_items(sheets, style, repair=repair)
    settle_quantities(table.items)
    if looks_like_ticket(sheets):
        roll = read_ticket(sheets, style, repair=repair)
        if _balanced(roll) > _balanced(table):
            table = roll
    foot = read_foot(sheets, frozenset(table.rows), style)
    return _Parts(table, foot if repair else foot.with_sum_as_tax(), read_counts(sheets, table.rows, style))


def _balanced(table: ItemTable) -> int:
    return sum(item.solution is not None and not item.doubts for item in table.items)


@dataclass(frozen=True, slots=True)
class _Heard:
    """The header and who spoke for it.

    title: what the paper calls itself; disclaimers: what it denies; type_strength: of the rule that found its
    printed type.
    """

    header: Header
    conflicts: tuple[Conflict, ...]
    title: Kind | None
    payload: QrPayload | None
    disclaimers: tuple[str, ...]
    type_strength: float = FAIR


def _proven(pages: Sequence[PageView], parts: _Parts, heard: _Heard, source: Source) -> ReadDocument:
    header, payload = heard.header, heard.payload
    kind = _kind(header, heard.title)
    letter = header.letter.value if header.letter else None
    printed_total = parts.foot.value("total")
    total = printed_total if printed_total is not None else (payload.total if payload else None)
    items = parts.table.items
    sums = add_up(items, parts.foot, total, letter)
    taxes = _with_bases(parts.foot, items, sums, source)
    if heard.type_strength >= FAIR:
        header = _with_proven_letter(header, heard.title, sums, taxes)
    checks = prove(
        Claim(
            kind,
            header,
            items,
            taxes,
            parts.foot,
            sums,
            payload,
            heard.conflicts,
            heard.disclaimers,
            parts.table.unclaimed,
            disagreeing(parts.counts, items, {sums.rows, *_sums_printed(parts.foot)}),
        )
    )
    return ReadDocument(
        kind=kind,
        accepted=all(check.ok for check in checks),
        pages=len(pages),
        qr=payload.decoded if payload else None,
        header=header,
        taxes=taxes,
        lines=tuple(_line(item, source, sums) for item in items),
        checks=checks,
        images=tuple(page.image for page in pages if page.image is not None),
    )


def _sums_printed(foot: Foot) -> set[Decimal]:
    return {amount.value for amount in foot.single.values()}


def _kind(header: Header, title: Kind | None) -> Kind:
    code = int(header.type_code.value) if header.type_code else 0
    meant = kind_of(code)
    if meant is not None:
        return meant
    if code in TICKET_CODES:
        return Kind.TIQUE
    return title or Kind.OTHER


def _with_proven_letter(header: Header, title: Kind | None, sums: Sums, taxes: Sequence[Tax]) -> Header:
    """Only an A splits IVA from net prices: where the sums say so, a printed A needs no other witness."""
    code, letter = header.type_code, header.letter
    splits = sums.arrangement == "net" and any(tax.kind is TaxKind.IVA for tax in taxes)
    if code is None or letter is None or letter.value != "A" or not splits or code.confidence >= SURE:
        return header
    if letter_of(int(code.value)) != "A" or kind_of(int(code.value)) is not title:
        return header
    return replace(header, type_code=replace(code, confidence=FAIR))


def _with_bases(foot: Foot, items: Sequence[Item], sums: Sums, source: Source) -> tuple[Tax, ...]:
    """The base of each IVA row, from the rows of its rate; left open where rows do not tell."""
    taxes = foot.taxes_as_seen(source)
    iva = [tax for tax in taxes if tax.kind is TaxKind.IVA]
    if sums.arrangement != "net" or not iva or not sums.rows:
        return taxes
    net = foot.value("net")
    share = (sums.rows - (foot.value("discount") or Decimal(0))) / sums.rows
    bases: dict[Decimal | None, Decimal] = {}
    for item in items:
        bases[item.iva_rate] = bases.get(item.iva_rate, Decimal(0)) + (item.subtotal or Decimal(0))
    told = all(tax.rate in bases for tax in iva)

    def based(tax: Tax) -> Tax:
        if tax.kind is not TaxKind.IVA or tax.rate is None:
            return tax
        if not told:
            printed = foot.net_by_rate.get(tax.rate)
            return replace(tax, base=printed.value if printed else net if len(iva) == 1 else None)
        found = replace(tax, base=(bases[tax.rate] * share).quantize(CENT, rounding=ROUND_HALF_UP))
        # A discount need not fall on every rate alike: then the split is not printed, so it stays open.
        return found if share == 1 or base_closes(found, len(items)) else tax

    return tuple(based(tax) for tax in taxes)


def _line(item: Item, source: Source, sums: Sums) -> Line:
    solution = item.solution
    return Line(
        code=item.code,
        description=" ".join(text for text in item.description if text),
        quantity=solution.quantity if solution else item.plain(Role.QUANTITY),
        unit=item.unit,
        unit_price=solution.unit_price if solution else item.plain(Role.UNIT_PRICE),
        subtotal=item.subtotal,
        discounts=discounts_of(item),
        bonus_quantity=item.bonus_quantity,
        iva_rate=item.iva_rate,
        internal_tax=item.internal_tax,
        confidence=confidence.of_line(item, source, closes=bool(sums.arrangement)),
        box=item.sheet.box(item.words),
        doubts=tuple(sorted(item.doubts)),
        evidence=evidence_of(item, source),
    )
