"""Invented suppliers and goods for sample papers. No name or CUIT belongs to a real company."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from stdnum.ar.cuit import calc_check_digit

from scripts.demo.papers.paper import IvaCondition, Party

REDUCED = Decimal("10.5")
GENERAL = Decimal(21)


def invented_cuit(serial: int, prefix: str = "30") -> str:
    """A well-formed CUIT from a range that was never handed out (eight digits starting with 00).

    serial: up to 6 digits; the next serials are tried while the check digit would be 10.
    """
    for candidate in range(serial, serial + 20):
        body = f"{prefix}00{candidate % 10**6:06d}"
        digit = str(calc_check_digit(body))
        # stdnum gives 9 where the sum asks for 10; ARCA never hands those out.
        if digit != "9":
            return body + digit
    raise AssertionError("twenty serials in a row end in 9")


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


FAMILIES = (
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

_SUPPLIERS = (
    ("DISTRIBUIDORA EL CHAÑAR S.R.L.", "El Chañar", "Av. Pellegrini 3120 - Rosario, Santa Fe"),
    ("LOGÍSTICA DEL LITORAL S.A.", "Litoral Distribuciones", "Ruta 11 Km 458 - Santo Tomé, Santa Fe"),
    ("MAYORISTA LA ÑATA S.A.", "La Ñata Mayorista", "Av. San Martín 4480 - Caseros, Buenos Aires"),
    ("BEBIDAS DEL SUR S.A.", "Bebidas del Sur", "Parque Industrial Lote 14 - Pilar, Buenos Aires"),
    ("GOLOSINAS PUNILLA S.R.L.", "Punilla Golosinas", "Bv. Los Granaderos 812 - Córdoba, Córdoba"),
    ("ALIMENTOS CUYANOS S.A.S.", "Cuyanos", "Carril Rodríguez Peña 2055 - Maipú, Mendoza"),
    ("LÁCTEOS VILLA GÜEMES S.A.", "Villa Güemes", "Ruta 19 Km 23 - Freyre, Córdoba"),
    ("HIGIENE TOTAL S.R.L.", "Higiene Total", "Zuviría 3377 - CABA"),
    ("ALMACENES REUNIDOS S.A.", "", "Av. Colón 1511 - Mar del Plata, Buenos Aires"),
    ("FRIGORÍFICO LOS TALAS S.A.", "Los Talas", "Camino de Cintura 5200 - La Matanza, Buenos Aires"),
)
_ONE_PERSON = (
    ("IBÁÑEZ MARÍA EUGENIA", "Dulces Marugenia", "Güemes 245 - Tandil, Buenos Aires"),
    ("PEÑA RAMÓN OSCAR", "Huevos Don Ramón", "Paraje La Colorada s/n - Luján, Buenos Aires"),
    ("ACUÑA SOLEDAD BELÉN", "Panificados Sole", "Mitre 1190 - Morón, Buenos Aires"),
)


def supplier(random: Random) -> Party:
    """A registered company."""
    name, fantasy, address = random.choice(_SUPPLIERS)
    cuit = invented_cuit(random.randrange(10**6))
    return Party(
        cuit=cuit,
        name=name,
        iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO,
        address=address,
        fantasy_name=fantasy,
        gross_income=random.choice((f"901-{cuit[2:8]}-{cuit[-1]}", f"{cuit[:2]}-{cuit[2:10]}-{cuit[10]}")),
        started_on=date(random.randint(1994, 2021), random.randint(1, 12), 1),
    )


def small_supplier(random: Random) -> Party:
    """A monotributo supplier, who issues C papers."""
    name, fantasy, address = random.choice(_ONE_PERSON)
    cuit = invented_cuit(random.randrange(10**6), random.choice(("20", "27")))
    return Party(
        cuit=cuit,
        name=name,
        iva_condition=IvaCondition.MONOTRIBUTO,
        address=address,
        fantasy_name=fantasy,
        gross_income=f"{cuit[:2]}-{cuit[2:10]}-{cuit[10]}",
        started_on=date(random.randint(2012, 2024), random.randint(1, 12), 1),
    )
