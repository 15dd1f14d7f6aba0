"""Invented suppliers for sample papers. No name or CUIT belongs to a real company."""

from datetime import date
from random import Random

from stdnum.ar.cuit import calc_check_digit

from scripts.demo.papers.paper import IvaCondition, Party


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
