"""Realistic papers drawn by seed over every layout, to measure reading with."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from scripts.demo.papers.codes import cae_for
from scripts.demo.papers.layouts import LAYOUTS
from scripts.demo.papers.paper import (
    ZERO,
    FiscalNumberStyle,
    FontFamily,
    IvaCondition,
    Line,
    NumberStyle,
    Paper,
    Party,
    Perception,
    Traits,
)
from scripts.demo.papers.vocabulary import FAMILIES, Family, invented_cuit, small_supplier, supplier
from shared.kernel.money import to_cents

REGISTERED_BUYER = Party(
    cuit=invented_cuit(482910),
    name="ALMACÉN DOÑA MARTA S.R.L.",
    iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO,
    address="Av. Rivadavia 4821 - CABA",
)
SMALL_BUYER = Party(
    cuit=invented_cuit(120377, "27"),
    name="GÓMEZ NOEMÍ BEATRIZ",
    iva_condition=IvaCondition.MONOTRIBUTO,
    address="Belgrano 1450 - Quilmes, Buenos Aires",
)
ANONYMOUS = Party(cuit=None, name="A CONSUMIDOR FINAL", iva_condition=IvaCondition.CONSUMIDOR_FINAL)
OWN_CUITS = tuple(party.cuit for party in (REGISTERED_BUYER, SMALL_BUYER) if party.cuit)

_LAST_DAY = date(2026, 11, 20)
_CONDITIONS_OF_SALE = ("Cuenta Corriente", "Contado", "Contado", "30 días")
_DISCOUNTS = ("5", "10", "12.5", "15", "20", "33.33", "8", "3", "2.5")
_JURISDICTIONS = ("CABA", "Bs.As.", "Santa Fe", "Córdoba", "Entre Ríos")
_BONUS_SHARE = 0.12
_ITEM_COUNTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 18, 20, 24)


def sample_papers(seed: int, count: int, layouts: tuple[str, ...] = tuple(LAYOUTS)) -> tuple[Paper, ...]:
    """`count` papers, taking the layouts in turn. The same seed and index give the same paper."""
    return tuple(sample_paper(f"{seed}:{index}", layouts[index % len(layouts)]) for index in range(count))


def sample_paper(seed: str, layout: str) -> Paper:
    """One paper of a layout. Receivers are always one of `OWN_CUITS` or anonymous."""
    random = Random(f"{layout}:{seed}")
    type_code = _type_code(random, layout)
    issued_on = _LAST_DAY - timedelta(days=random.randrange(300))
    has_cae = type_code not in (81, 82)
    traits = _traits(random, layout)
    return Paper(
        layout=layout,
        type_code=type_code,
        issuer=small_supplier(random) if type_code in (11, 13) else supplier(random),
        receiver=_receiver(random, type_code, layout),
        point_of_sale=random.choice((1, 2, 3, 5, 12, 55, 2345)),
        number=random.randint(1, 99_999) if _happens(random, 0.8) else random.randint(10**5, 10**8 - 1),
        issued_on=issued_on,
        lines=_lines(random, layout, type_code, traits),
        authorization_code=_cae(random, issued_on) if has_cae else None,
        authorization_due=issued_on + timedelta(days=10) if has_cae else None,
        controller_registration=None if has_cae else _registration(random),
        perceptions=_perceptions(random, layout, type_code),
        discount_rate=_general_discount(random, layout),
        sale_condition=random.choice(_CONDITIONS_OF_SALE),
        issued_at=f"{random.randint(8, 19):02d}:{random.randrange(60):02d}:{random.randrange(60):02d}",
        traits=traits,
    )


def _type_code(random: Random, layout: str) -> int:
    if layout == "ticket":
        return random.choices((81, 82, 1, 6), (5, 3, 1, 1))[0]
    if layout == "rcel":
        return random.choices((1, 6, 11, 3, 13), (8, 4, 5, 1, 1))[0]
    return random.choices((1, 6, 3), (8, 2, 1))[0]


def _receiver(random: Random, type_code: int, layout: str) -> Party:
    if type_code in (1, 3, 81):
        return REGISTERED_BUYER
    if layout == "ticket" and _happens(random, 0.5):
        return ANONYMOUS
    return SMALL_BUYER


def _traits(random: Random, layout: str) -> Traits:
    styles = {
        "rcel": (NumberStyle.PLAIN,),
        "ticket": (NumberStyle.PLAIN,),
        "monospaced": (NumberStyle.PLAIN, NumberStyle.PLAIN, NumberStyle.DOTTED),
        "wholesaler": (NumberStyle.DOTTED, NumberStyle.DOTTED, NumberStyle.ENGLISH),
    }
    fonts = tuple(font for font in FontFamily if font is not FontFamily.COURIER)
    return Traits(
        numbers=random.choice(styles.get(layout, tuple(NumberStyle))),
        fiscal_number=random.choice(tuple(FiscalNumberStyle)),
        font=random.choice(fonts),
        has_qr=_happens(random, 0.9),
        has_itf=_happens(random, 0.25),
        has_transparency_box=_happens(random, 0.85),
        has_two_line_headings=_happens(random, 0.7),
        has_dashed_cuit=_happens(random, 0.75),
        price_decimals=random.choice((2, 2, 2, 3, 4)) if layout not in ("rcel", "beverage") else 2,
        copies=random.choice((1, 3)),
    )


def _lines(random: Random, layout: str, type_code: int, traits: Traits) -> tuple[Line, ...]:
    count = random.choice(_ITEM_COUNTS)
    if layout not in ("ticket", "rcel") and _happens(random, 0.06):
        count = random.randint(32, 48)
    families = [family for family in FAMILIES if layout != "beverage" or family.internal_rate]
    decimals = 4 if layout == "ticket" and _happens(random, 0.3) else traits.price_decimals
    return tuple(_line(random, layout, type_code, random.choice(families), decimals) for _ in range(count))


def _line(random: Random, layout: str, type_code: int, family: Family, decimals: int) -> Line:
    size, pack, factor = random.choice(family.sizes)
    net = Decimal(family.price_ars) * Decimal(factor) * Decimal(random.randint(850, 1150)) / 1000
    is_loose = size == "x kg"
    by_pack = layout in ("wholesaler", "beverage") and not is_loose
    if by_pack:
        net *= pack
    is_net = type_code in (1, 3, 81)
    gross = net * (1 + (family.iva_rate + family.internal_rate) / 100)
    price = (net if is_net else gross).quantize(Decimal(1).scaleb(-decimals))
    places = LAYOUTS[layout].quantity_decimals
    quantity = (
        Decimal(random.randint(8 * 10**places // 10, 95 * 10**places // 10)).scaleb(-places)
        if is_loose
        else Decimal(random.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 30, 48)))
    )
    discounts = _discounts(random, layout)
    bare = Line("", "", quantity, price, discounts=discounts)
    shares_internal = family.internal_rate and type_code not in (11, 13)
    base = bare.subtotal if is_net else bare.subtotal / (1 + (family.iva_rate + family.internal_rate) / 100)
    return Line(
        code=_code(random),
        description=_description(random, family, size, pack, by_pack=by_pack),
        quantity=quantity,
        unit_price=price,
        iva_rate=family.iva_rate if type_code not in (11, 13) else Decimal(0),
        unit="kilogramos" if is_loose else random.choice(("unidades", "unidades", "packs")),
        discounts=discounts,
        bonus_quantity=_bonus(random, layout),
        internal_tax=to_cents(base * family.internal_rate / 100) if shares_internal else ZERO,
        pack_size=pack,
    )


def _description(random: Random, family: Family, size: str, pack: int, *, by_pack: bool) -> str:
    brand = random.choice(family.brands)
    text = f"{family.name} {brand} {size}"
    if by_pack or _happens(random, 0.25):
        text += f" x {pack}" if _happens(random, 0.7) else f" ({pack}x{size})"
    if _happens(random, 0.15):
        text += random.choice(
            (" - promo exhibidor de punta", " NUEVO ENVASE oferta del mes", " s/sello retornable")
        )
    return text.upper() if _happens(random, 0.5) else text


def _code(random: Random) -> str:
    return random.choice(
        (f"{random.randint(1, 99999):05d}", f"{random.randint(100, 9999)}", f"AB{random.randint(100, 999)}")
    )


def _discounts(random: Random, layout: str) -> tuple[Decimal, ...]:
    most = LAYOUTS[layout].max_discounts
    if not most or _happens(random, 0.5):
        return ()
    if layout != "beverage" and _happens(random, 0.05):
        return (Decimal(100),)
    return tuple(Decimal(random.choice(_DISCOUNTS)) for _ in range(random.randint(1, most)))


def _bonus(random: Random, layout: str) -> Decimal:
    if layout == "beverage" and _happens(random, _BONUS_SHARE):
        return Decimal(random.randint(1, 3))
    return ZERO


def _perceptions(random: Random, layout: str, type_code: int) -> tuple[Perception, ...]:
    if type_code not in (1, 81) or _happens(random, 0.4):
        return ()
    found = []
    if _happens(random, 0.5):
        found.append(Perception("perception_iva", "Perc. IVA RG 2408", Decimal(3)))
    kinds = 1 if layout == "rcel" else random.randint(0, 2)
    for place in random.sample(_JURISDICTIONS, kinds):
        rate = Decimal(random.choice(("1.5", "2", "2.5", "3", "3.31", "4")))
        found.append(Perception("perception_iibb", f"Perc. IIBB {place}", rate))
    return tuple(found)


def _general_discount(random: Random, layout: str) -> Decimal:
    if not LAYOUTS[layout].has_general_discount or _happens(random, 0.85):
        return ZERO
    return Decimal(random.choice(("2", "3", "5")))


def _cae(random: Random, issued_on: date) -> str:
    return cae_for(issued_on.timetuple().tm_yday, issued_on.year, random.randrange(10**10))


def _registration(random: Random) -> str:
    return random.choice(("EPEPAA", "HSHSAB")) + f"{random.randrange(10**10):010d}"


def _happens(random: Random, share: float) -> bool:
    """True in that share of the draws."""
    return random.random() < share
