"""Invented goods, by the trade that sells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

REDUCED = Decimal("10.5")
GENERAL = Decimal(21)


@dataclass(frozen=True, slots=True)
class Family:
    """Goods that share a shape. sizes: (text, units per pack, factor on the price).

    price_ars: net price of the smallest size, pesos of November 2026.
    internal_rate: internal tax as percentage of the net price.
    """

    name: str
    brands: tuple[str, ...]
    sizes: tuple[tuple[str, int, str], ...]
    price_ars: int
    iva_rate: Decimal = GENERAL
    internal_rate: Decimal = Decimal(0)


GROCERIES = (
    Family(
        "Gaseosa cola",
        ("Pampita", "Tronador"),
        (("500 ml", 12, "1"), ("2,25 L", 8, "2.4")),
        1180,
        internal_rate=Decimal("8.70"),
    ),
    Family(
        "Gaseosa lima limón",
        ("Pampita", "Refrezz"),
        (("500 ml", 12, "1"), ("1,5 L", 6, "1.8")),
        1120,
        internal_rate=Decimal("4.17"),
    ),
    Family(
        "Agua mineral sin gas", ("Vertiente Sur", "Glaciana"), (("500 ml", 12, "1"), ("2 L", 6, "1.9")), 690
    ),
    Family(
        "Cerveza rubia",
        ("Cóndor", "La Posta"),
        (("473 ml lata", 24, "1"), ("1 L ret.", 12, "1.7")),
        1490,
        internal_rate=Decimal("8.70"),
    ),
    Family(
        "Vino tinto Malbec", ("Cuesta Brava", "Don Anselmo"), (("750 ml", 6, "1"), ("1 L", 12, "0.9")), 3900
    ),
    Family(
        "Fernet",
        ("Nonno Pietro",),
        (("450 ml", 12, "1"), ("750 ml", 6, "1.5")),
        8900,
        internal_rate=Decimal("25.30"),
    ),
    Family("Yerba mate c/palo", ("Ñandubay", "Taragüisa"), (("500 g", 20, "1"), ("1 kg", 10, "1.9")), 2150),
    Family("Azúcar común tipo A", ("Cañaveral",), (("1 kg", 10, "1"),), 1090),
    Family("Harina 000", ("Molino Añelo", "La Espiga"), (("1 kg", 10, "1"),), 780, REDUCED),
    Family("Fideos tirabuzón", ("Nonna Lía", "Don Vito"), (("500 g", 15, "1"),), 990),
    Family(
        "Arroz largo fino 00000", ("Entrerriano", "Dos Ríos"), (("500 g", 20, "1"), ("1 kg", 10, "1.85")), 940
    ),
    Family("Aceite de girasol", ("Solara", "Campo Fiel"), (("900 ml", 12, "1"), ("1,5 L", 8, "1.6")), 2290),
    Family("Puré de tomate", ("Huerta Vieja",), (("520 g", 12, "1"),), 860),
    Family("Leche entera larga vida", ("Las Tres Vacas",), (("1 L", 12, "1"),), 1380, REDUCED),
    Family(
        "Galletitas surtidas", ("Abuela Pocha", "Merendita"), (("300 g", 14, "1"), ("500 g", 10, "1.5")), 1640
    ),
    Family("Alfajor triple chocolate", ("Gauchito", "Sierra Alta"), (("70 g", 24, "1"),), 790),
    Family("Mermelada de durazno", ("Valle Andino",), (("454 g", 12, "1"),), 1980),
    Family("Café molido torrado", ("Puerto Viejo",), (("250 g", 12, "1"), ("500 g", 10, "1.9")), 4950),
    Family("Papel higiénico doble hoja", ("Nubecita",), (("4x30 m", 10, "1"), ("6x50 m", 8, "1.9")), 2380),
    Family("Lavandina concentrada", ("Blancón", "Limpita"), (("1 L", 12, "1"), ("4 L", 4, "3.2")), 890),
    Family("Detergente limón", ("Espumol",), (("500 ml", 15, "1"), ("750 ml", 12, "1.35")), 1290),
    Family("Jabón en polvo", ("Matiz", "Blancón"), (("800 g", 12, "1"), ("3 kg", 6, "3.1")), 2780),
    Family("Champú nutrición", ("Rizzo",), (("400 ml", 12, "1"),), 3190),
    Family("Atún al natural", ("Mar del Sud",), (("170 g", 24, "1"),), 2490),
    Family("Mayonesa clásica", ("La Tía",), (("237 g", 24, "1"), ("475 g", 12, "1.8")), 1190),
    Family("Sal fina", ("Salina Grande",), (("500 g", 20, "1"),), 690),
    Family("Queso cremoso", ("Tambo Nuevo",), (("x kg", 1, "1"),), 7350, GENERAL),
    Family("Papas fritas clásicas", ("Crocantes",), (("145 g", 12, "1"), ("250 g", 8, "1.6")), 1990),
)

DRINKS = tuple(family for family in GROCERIES if family.internal_rate)

WINES = (
    Family(
        "Malbec Reserva", ("Cuesta Brava", "Don Anselmo"), (("750 ml", 6, "1"), ("750 ml", 12, "0.97")), 5200
    ),
    Family("Cabernet Sauvignon", ("Cuesta Brava",), (("750 ml", 12, "1"), ("187 ml", 24, "0.35")), 4700),
    Family("Vino tinto de mesa", ("Viejo Parral",), (("1 L", 6, "1"), ("700 ml", 12, "0.8")), 1900),
    Family(
        "Espumante Extra Brut", ("Nevado Azul",), (("750 ml", 6, "1"),), 7400, internal_rate=Decimal("8.73")
    ),
    Family(
        "Aperitivo amargo",
        ("Nonno Pietro",),
        (("750 ml", 6, "1"), ("450 ml", 12, "0.7")),
        6300,
        internal_rate=Decimal("25.30"),
    ),
    Family("Whisky añejo", ("Old Ombú",), (("1 L", 6, "1"),), 18900, internal_rate=Decimal("35.13")),
    Family("Gin seco", ("Quebracho",), (("700 ml", 6, "1"),), 11200, internal_rate=Decimal("35.13")),
)

HARDWARE = (
    Family('Tornillo autoperforante T2 14x1"', ("Fixer",), (("u", 500, "1"), ("u", 1000, "1.8")), 9800),
    Family("Cable unipolar 2,5 mm²", ("Trefil",), (("100 m", 1, "1"),), 61500),
    Family("Disco de corte 115x1,0", ("Abrax", "Cortex"), (("u", 25, "1"),), 890),
    Family("Pintura látex interior", ("Cromia",), (("4 L", 1, "1"), ("20 L", 1, "4.4")), 21400),
    Family('Canilla esférica 1/2"', ("Hidral",), (("u", 1, "1"),), 7350),
    Family("Caño polipropileno 20 mm", ("Fusar",), (("4 m", 10, "1"),), 4420),
    Family("Lámpara LED 9W E27", ("Lumix", "Brillar"), (("u", 10, "1"),), 1280, REDUCED),
    Family("Amoladora angular 820W", ("Tesla Sur",), (("u", 1, "1"),), 98700),
    Family("Cinta aisladora 10 m", ("Trefil",), (("u", 10, "1"),), 640),
    Family("Silicona neutra", ("Sellax",), (("280 ml", 12, "1"),), 5130),
    Family("Bulón galvanizado 3/8 x 2", ("Fixer",), (("u", 100, "1"),), 210),
    Family("Adhesivo epoxi", ("Sellax",), (("2x25 g", 12, "1"),), 3890),
)

TRADES: Mapping[str, tuple[Family, ...]] = {
    "groceries": GROCERIES,
    "drinks": DRINKS,
    "wines": WINES,
    "hardware": HARDWARE,
}

_MISLEADING_GROCERIES = (
    Family("Crema dental Total 12", ("Dentabel",), (("90 g", 12, "1"),), 1890),
    Family("Bolsa transporte reforzada", ("Embolsa",), (("50x60", 10, "1"),), 2210),
    Family("Yogur continuación", ("Tambo Nuevo",), (("190 g", 12, "1"),), 980),
    Family("Café descafeinado", ("Puerto Viejo",), (("170 g", 12, "1"),), 6120),
    Family("Descafeinado", ("Puerto Viejo",), (("100 g", 12, "1"),), 4380),
    Family("Descartables vaso 180 cc", ("Embolsa",), (("100 u", 10, "1"),), 3350),
    Family("Desodorante de ambiente", ("Blancón",), (("360 ml", 12, "1"),), 2440),
    Family("Recargo encendedor", ("Chispa",), (("70 ml", 12, "1"),), 1560),
    Family("Ajuste rápido pañal", ("Nubecita",), (("XG 40", 4, "1"),), 11300),
    Family("Total limpieza multiuso", ("Limpita",), (("500 ml", 12, "1"),), 1740),
    Family("Atún peso neto", ("Mar del Sud",), (("120 g", 24, "1"),), 1980),
    Family("Talonario factura C duplicado", ("Papelia",), (("x50", 10, "1"),), 2600),
    Family("Vienesa en bolsa", ("Los Talas",), (("6 u", 12, "1"),), 1870),
)
_MISLEADING_DRINKS = (
    Family("Jugo Total naranja", ("Refrezz",), (("1 L", 8, "1"),), 1320),
    Family("Agua Transporte Activo", ("Glaciana",), (("2 L", 6, "1"),), 1180),
    Family("Envase descartable cola", ("Pampita",), (("2,25 L", 8, "1"),), 2650),
    Family("Descafeinado frío en lata", ("Puerto Viejo",), (("250 ml", 24, "1"),), 1490),
)
_MISLEADING_HARDWARE = (
    Family("Descartables guante nitrilo", ("Cortex",), (("u", 100, "1"),), 8700),
    Family("Soga de transporte 8 mm", ("Trefil",), (("20 m", 1, "1"),), 6900),
    Family("Sellador Total Plus", ("Sellax",), (("280 ml", 12, "1"),), 5600),
    Family("Ajuste fino recargo", ("Fixer",), (("u", 10, "1"),), 1450),
    Family("Caño continuación 20 mm", ("Fusar",), (("4 m", 1, "1"),), 9900),
)

MISLEADING: Mapping[str, tuple[Family, ...]] = {
    "groceries": _MISLEADING_GROCERIES,
    "drinks": _MISLEADING_DRINKS,
    "wines": _MISLEADING_DRINKS,
    "hardware": _MISLEADING_HARDWARE,
}
"""Goods whose names hold words of the foot, or begin as a discount does."""

UNTAXED_GOODS = ("Cajón plástico retornable", "Flete por cuenta de terceros", "Depósito de envases")
EXEMPT_GOODS = ("Libro de recetas regionales", "Revista del almacén")
