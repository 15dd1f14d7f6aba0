"""The products: families of families.csv by brand and size, with codes, costs and prices."""

import csv
import re
import zlib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from random import Random

from scripts.demo.shop.values import Product
from shared.kernel.barcode import check_digit
from shared.kernel.money import to_cents

LOOSE = "x kg"
HOUSE_BRAND = "Buen Vecino"
TEN_PESOS = Decimal(10)
MARGINS = {
    "Cigarrillos": "0.09",
    "Lácteos": "0.24",
    "Gaseosas": "0.28",
    "Cervezas": "0.28",
    "Golosinas": "0.45",
}
DEFAULT_MARGIN = "0.35"

_SHORT = {
    "galletitas": "GALL.",
    "gaseosa": "GASEOSA",
    "detergente": "DETERG.",
    "papel": "PAP.",
    "higiénico": "HIG.",
    "desodorante": "DESOD.",
    "acondicionador": "ACOND.",
    "limpiador": "LIMP.",
    "chocolate": "CHOC.",
    "cigarrillos": "CIG.",
    "mermelada": "MERM.",
    "alimento": "ALIM.",
    "descremada": "DESC.",
    "instantáneo": "INST.",
    "instantánea": "INST.",
    "insecticida": "INSECT.",
    "servilletas": "SERVIL.",
    "toallitas": "TOALL.",
    "extra": "EX.",
    "virgen": "VIRG.",
    "clásica": "CLAS.",
    "clásicas": "CLAS.",
    "clásico": "CLAS.",
    "larga": "L.",
    "vida": "VIDA",
    "entera": "ENT.",
    "surtidas": "SURT.",
    "rellenas": "RELL.",
    "concentrada": "CONC.",
    "naranja": "NJA",
    "manzana": "MANZ.",
    "durazno": "DZNO",
    "con": "C/",
    "sin": "S/",
    "de": "",
    "en": "",
    "el": "",
    "para": "P/",
}
_UNITS = {"ml": "ML", "g": "GR", "L": "L", "kg": "KG", "un": "U"}


@dataclass(frozen=True, slots=True)
class Size:
    """One presentation: "2,25 L" in packs of 8."""

    text: str
    pack_size: int
    price_factor: Decimal
    content: Decimal
    unit: str


@cache
def load_products(seed: int) -> tuple[Product, ...]:
    """Every product, in a fixed order; the seed moves costs, codes and demand a little."""
    random = Random(f"catalogue:{seed}")
    products: list[Product] = []
    with (Path(__file__).parent / "families.csv").open(encoding="utf-8", newline="") as file:
        for family in csv.DictReader(file, delimiter=";"):
            for brand in family["brands"].split("|"):
                for size in family["sizes"].split("|"):
                    products.append(_product(random, len(products) + 1, family, brand, _size(size)))
    return tuple(products)


def _size(text: str) -> Size:
    name, pack, factor = text.split("*")
    if name == LOOSE:
        return Size(name, int(pack), Decimal(factor), Decimal(1), "kg")
    amount, unit = name.split(" ")
    return Size(name, int(pack), Decimal(factor), Decimal(amount.replace(",", ".")), unit)


def _product(random: Random, serial: int, family: dict[str, str], brand: str, size: Size) -> Product:
    iva_rate, internal_rate = Decimal(family["iva_rate"]), Decimal(family["internal_rate"])
    brand_factor = Decimal("0.84") if brand == HOUSE_BRAND else Decimal(random.randint(94, 108)) / 100
    bare_cost = to_cents(Decimal(family["cost_ars"]) * size.price_factor * brand_factor)
    net_cost = to_cents(bare_cost * (1 + internal_rate / 100))
    margin = Decimal(MARGINS.get(family["category"], DEFAULT_MARGIN))
    is_loose = size.text == LOOSE
    ean = None if is_loose else _ean(brand, serial)
    spread = random.lognormvariate(0, 0.45) / float(size.price_factor) ** 0.6
    return Product(
        sku=f"DM{serial:04d}",
        name=f"{family['name']} {brand}" + ("" if is_loose else f" {size.text}"),
        brand=brand,
        category=family["category"],
        base_unit="kg" if is_loose else "un",
        content=size.content,
        content_unit=size.unit,
        ean=ean,
        plu=f"{serial:05d}" if is_loose else None,
        pack_ean=_pack_ean(ean) if ean and size.pack_size > 1 else None,
        pack_size=size.pack_size,
        iva_rate=iva_rate,
        internal_rate=internal_rate,
        bare_cost_ars=bare_cost,
        net_cost_ars=net_cost,
        price_ars=shelf_price(net_cost, iva_rate, margin),
        margin_rate=margin,
        supplier=family["supplier"],
        supplier_code=_supplier_code(random, family["supplier"], serial),
        supplier_text=abbreviate(family["name"], brand, size),
        daily_units=float(family["popularity"]) * 0.55 * spread,
    )


def shelf_price(net_cost: Decimal, iva_rate: Decimal, margin_rate: Decimal) -> Decimal:
    """Price with IVA for a margin on cost, rounded to ten pesos."""
    exact = net_cost * (1 + margin_rate) * (1 + iva_rate / 100)
    return (exact / TEN_PESOS).quantize(Decimal(1), rounding=ROUND_HALF_UP) * TEN_PESOS


def abbreviate(name: str, brand: str, size: Size) -> str:
    """The text of a supplier that saves letters: "GASEOSA COLA PAMP. 2.25 X8"."""
    words = [_SHORT.get(word.lower(), word.upper()) for word in name.split()]
    mark = brand.upper()
    first, _, rest = mark.partition(" ")
    short_brand = f"{first[:4]}." if len(first) > 5 and not rest else mark  # noqa: PLR2004  letters kept
    amount = size.text.split(" ")[0].replace(",", ".")
    measure = "X KG" if size.text == LOOSE else f"{amount}{_UNITS[size.unit]}"
    pack = f" X{size.pack_size}" if size.pack_size > 1 else ""
    text = " ".join([*words, short_brand, measure]) + pack
    return re.sub(r" +", " ", text).replace("/ ", "/")


def _ean(brand: str, serial: int) -> str:
    """An EAN-13 of Argentina: 7799, three digits of the brand, five of the product."""
    body = f"7799{zlib.crc32(brand.encode()) % 1000:03d}{serial:05d}"
    return body + check_digit(body)


def _pack_ean(ean: str) -> str:
    body = f"1{ean[:12]}"
    return body + check_digit(body)


def _supplier_code(random: Random, supplier: str, serial: int) -> str:
    if supplier in ("bebidas", "litoral"):
        return f"{10000 + serial * 7 + random.randrange(7)}"
    if supplier == "punilla":
        return f"GP{serial:04d}"
    return f"{serial * 3 + random.randrange(3):04d}"
