"""Deliveries as papers: their rows, their costs, and the six that wait at the door."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from scripts.demo.papers.adding import add_up
from scripts.demo.papers.codes import cae_for
from scripts.demo.papers.kinds import FISCAL_CONTROLLER_TYPES
from scripts.demo.papers.paper import ZERO, IvaCondition, Line, Paper, Party, Perception
from scripts.demo.papers.sampling import REGISTERED_BUYER
from scripts.demo.papers.traits import FiscalNumberStyle, FontFamily, NumberStyle, Traits
from scripts.demo.shop.costs import Index, cost_on
from scripts.demo.shop.simulation import Delivery, DeliveryRow
from scripts.demo.shop.tickets import ARGENTINA
from scripts.demo.shop.values import Branch, Invoice, Product, Receipt, ReceiptLine, Supplier, to_decimal
from shared.kernel.money import to_cents, to_money

_STYLES = {
    "bebidas": Traits(numbers=NumberStyle.DOTTED, font=FontFamily.HELVETICA, has_itf=True),
    "chanar": Traits(
        numbers=NumberStyle.DOTTED, font=FontFamily.VERA, fiscal_number=FiscalNumberStyle.DASHED
    ),
    "litoral": Traits(
        numbers=NumberStyle.DOTTED, font=FontFamily.TIMES, fiscal_number=FiscalNumberStyle.LETTER
    ),
    "lacteos": Traits(numbers=NumberStyle.PLAIN, fiscal_number=FiscalNumberStyle.SPACED),
    "punilla": Traits(copies=3),
    "nata": Traits(),
    "higiene": Traits(numbers=NumberStyle.ENGLISH, font=FontFamily.HELVETICA),
    "ramon": Traits(copies=1),
}
_POSTED = ("pdf", "pdf", "pdf", "pdf", "pdf", "photo", "whatsapp", "scan200", "pdf_scan", "shadow")
_TILL_PAPERS = ("photo", "whatsapp", "thermal")
_UNKNOWN = Line("99871", "PAPAS FRITAS ONDUL. CROCAN. 400GR X10 NUEVO", Decimal(10), Decimal("3185.00"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """One paper that nobody has confirmed yet."""

    supplier: str
    branch: int
    condition: str
    surprise: str


WAITING = (
    Waiting("lacteos", 0, "pdf", "none"),
    Waiting("chanar", 0, "pdf", "unknown_product"),
    Waiting("bebidas", 0, "photo", "photo"),
    Waiting("litoral", 0, "pdf", "altered_total"),
    Waiting("nata", 1, "thermal", "faded_ticket"),
    Waiting("ramon", 1, "whatsapp", "none"),
)


@dataclass(frozen=True, slots=True)
class Office:
    """What making papers needs to know."""

    products: Sequence[Product]
    branches: Sequence[Branch]
    suppliers: Sequence[Supplier]
    index: Index
    first_day: date
    seed: int

    def day(self, offset: int) -> date:
        """A day of the history, or after it."""
        return self.first_day + timedelta(days=offset)


def receipt(office: Office, delivery: Delivery, number: int) -> Receipt:
    """The goods of a delivery with their real unit costs: after discounts, free packs and internal tax."""
    lines = []
    for row in delivery.rows:
        product = office.products[row.product]
        printed = printed_line(office, delivery, row)
        quantity = to_decimal(row.thousandths)
        cost = to_money((printed.subtotal + printed.internal_tax) / quantity)
        lines.append(ReceiptLine(product.sku, row.packs, row.free_packs, quantity, cost))
    supplier, branch = office.suppliers[delivery.supplier], office.branches[delivery.branch]
    return Receipt(f"R{number:05d}", supplier.key, branch.key, office.day(delivery.day), tuple(lines))


def printed_line(office: Office, delivery: Delivery, row: DeliveryRow) -> Line:
    """One row as the supplier prints it. The price is such that its discounts lead to the cost."""
    product, supplier = office.products[row.product], office.suppliers[delivery.supplier]
    per_price = product.pack_size if supplier.sells_by_pack else 1
    listed = cost_on(product, office.index, delivery.day) * per_price
    for discount in supplier.discounts:
        listed /= 1 - discount / 100
    units = to_decimal(row.thousandths) - row.free_packs * product.pack_size
    quantity = Decimal(row.packs) if supplier.sells_by_pack else units
    line = Line(
        code=product.supplier_code,
        description=product.supplier_text,
        quantity=quantity,
        unit_price=to_cents(listed),
        iva_rate=product.iva_rate if supplier.type_code not in (11, 13) else ZERO,
        unit="kilogramos" if product.base_unit == "kg" else "unidades",
        discounts=supplier.discounts,
        bonus_quantity=Decimal(row.free_packs),
        pack_size=product.pack_size,
    )
    return replace(line, internal_tax=to_cents(line.subtotal * product.internal_rate / 100))


def confirmed_invoice(office: Office, delivery: Delivery, goods: Receipt, number: int) -> Invoice:
    """A paper whose goods are in the history."""
    random = Random(f"invoice:{office.seed}:{goods.key}")
    supplier = office.suppliers[delivery.supplier]
    conditions = _TILL_PAPERS if supplier.layout == "ticket" else _POSTED
    return _invoice(office, delivery, goods, _paper(office, delivery, number), random.choice(conditions))


def waiting_invoice(
    office: Office, delivery: Delivery, goods: Receipt, number: int, waiting: Waiting
) -> Invoice:
    """A paper of the last day, with its surprise."""
    paper = _paper(office, delivery, number)
    invoice = replace(
        _invoice(office, delivery, goods, paper, waiting.condition),
        status="to_confirm",
        surprise=waiting.surprise,
    )
    if waiting.surprise == "unknown_product":
        return replace(invoice, paper=_with_unknown(paper), skus=(*invoice.skus, None))
    if waiting.surprise == "altered_total":
        altered = add_up(paper).total + Decimal("90000.00")
        return replace(invoice, paper=replace(paper, traits=replace(paper.traits, altered_total=altered)))
    return invoice


def _invoice(office: Office, delivery: Delivery, goods: Receipt, paper: Paper, condition: str) -> Invoice:
    arrival = datetime.combine(goods.day, time(9, 15 + delivery.supplier * 5), ARGENTINA)
    return Invoice(
        paper=paper,
        receipt=goods,
        skus=tuple(office.products[row.product].sku for row in delivery.rows),
        received_at=arrival,
        status="confirmed",
        condition=condition,
        condition_seed=office.seed,
        surprise="none",
    )


def _with_unknown(paper: Paper) -> Paper:
    discounts = paper.lines[0].discounts
    return replace(paper, lines=(*paper.lines, replace(_UNKNOWN, discounts=discounts)))


def _paper(office: Office, delivery: Delivery, number: int) -> Paper:
    supplier = office.suppliers[delivery.supplier]
    issued_on = office.day(delivery.day)
    has_cae = supplier.type_code not in FISCAL_CONTROLLER_TYPES
    random = Random(f"paper:{office.seed}:{supplier.key}:{number}")
    cae = cae_for(issued_on.timetuple().tm_yday, issued_on.year, random.randrange(10**10))
    return Paper(
        layout=supplier.layout,
        type_code=supplier.type_code,
        issuer=issuer(supplier),
        receiver=REGISTERED_BUYER,
        point_of_sale=supplier.point_of_sale,
        number=number,
        issued_on=issued_on,
        lines=tuple(printed_line(office, delivery, row) for row in delivery.rows),
        authorization_code=cae if has_cae else None,
        authorization_due=issued_on + timedelta(days=10) if has_cae else None,
        controller_registration=None if has_cae else "EPEPAA0000048213",
        perceptions=_perceptions(supplier),
        sale_condition="Contado" if supplier.layout == "ticket" else "Cuenta Corriente",
        issued_at=f"{random.randint(8, 18):02d}:{random.randrange(60):02d}:{random.randrange(60):02d}",
        traits=_STYLES[supplier.key],
    )


def issuer(supplier: Supplier) -> Party:
    """The supplier as its papers present it."""
    cuit = supplier.cuit
    return Party(
        cuit=cuit,
        name=supplier.name,
        iva_condition=IvaCondition(supplier.iva_condition),
        address=supplier.address,
        fantasy_name=supplier.fantasy_name,
        gross_income=f"901-{cuit[2:8]}-{cuit[-1]}",
        started_on=date(2004, 5, 1),
    )


def _perceptions(supplier: Supplier) -> tuple[Perception, ...]:
    if not supplier.has_perceptions:
        return ()
    return (
        Perception("perception_iva", "Perc. IVA RG 2408", Decimal(3)),
        Perception("perception_iibb", "Perc. IIBB CABA", Decimal("2.5")),
    )
