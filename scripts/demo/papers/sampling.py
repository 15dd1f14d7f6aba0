"""Realistic papers drawn by seed over the layouts, to measure reading with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from scripts.demo.papers.codes import cae_for
from scripts.demo.papers.habits import Habits, sample_habits
from scripts.demo.papers.kinds import (
    CREDIT_INVOICE_TYPES,
    FISCAL_CONTROLLER_TYPES,
    INTERNAL_REMITO,
    KINDS,
    REMITO_TYPES,
    SINGLE_TAX_TYPES,
)
from scripts.demo.papers.layouts import LAYOUTS, TUNED_LAYOUTS
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.paper import ZERO, IvaCondition, Paper, Party, Perception, Reference
from scripts.demo.papers.rows import Trade, sample_rows
from scripts.demo.papers.traits import (
    Carry,
    DateStyle,
    FiscalNumberStyle,
    FontFamily,
    NumberStyle,
    Traits,
)
from scripts.demo.papers.vocabulary import invented_cuit, small_supplier, supplier

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
_JURISDICTIONS = ("CABA", "Bs.As.", "Santa Fe", "Córdoba", "Entre Ríos")
_IIBB_WORDS = ("Perc. IIBB {}", "Perc. IIBB {}", "PERC.IN.BR. {}", "Percepción IIBB {}")
_ANONYMOUS_SHARE = 0.12
"""Of electronic B and C papers that go to no registered buyer."""
_MENDED = {"A": 1, "B": 6, "C": 11}
_DATES = (DateStyle.SLASHED,) * 7 + (DateStyle.DASHED, DateStyle.DOTTED_SHORT, DateStyle.SHORT)


def sample_papers(seed: int, count: int, layouts: Sequence[str] = TUNED_LAYOUTS) -> tuple[Paper, ...]:
    """`count` papers, taking the layouts in turn. The same seed and index give the same paper.

    Without `layouts` the held-out ones are not drawn.
    """
    return tuple(sample_paper(f"{seed}:{index}", layouts[index % len(layouts)]) for index in range(count))


def sample_paper(seed: str, layout: str) -> Paper:
    """One paper of a layout. Receivers are always one of `OWN_CUITS` or anonymous."""
    random = Random(f"{layout}:{seed}")
    chosen = LAYOUTS[layout]
    type_code = random.choices(tuple(chosen.kinds), tuple(chosen.kinds.values()))[0]
    issued_on = _LAST_DAY - timedelta(days=random.randrange(300))
    traits = _traits(random, chosen)
    receiver = _receiver(random, type_code)
    habits = _habits(Random(f"{layout}:{seed}:habits"), chosen, traits, receiver)
    is_foreign = type_code not in REMITO_TYPES and _happens(random, chosen.foreign_share)
    exchange_rate = Decimal(random.randrange(140000, 152000)) / 100 if is_foreign else Decimal(1)
    decimals = random.choice(chosen.price_decimals) if chosen.fixed_price_decimals else traits.price_decimals
    number = random.randint(1, 99_999) if _happens(random, 0.8) else random.randint(10**5, 10**8 - 1)
    permit = _permit(random, type_code, issued_on)
    return Paper(
        layout=layout,
        type_code=type_code,
        issuer=small_supplier(random) if type_code in SINGLE_TAX_TYPES else supplier(random),
        receiver=receiver,
        point_of_sale=random.choice((1, 2, 3, 5, 12, 55, 2345)),
        number=number,
        issued_on=issued_on,
        lines=sample_rows(random, Trade(chosen, type_code, decimals, exchange_rate)),
        authorization_code=permit.code,
        authorization_due=permit.due,
        controller_registration=permit.registration,
        perceptions=_perceptions(random, chosen, type_code),
        discount_rate=_general_discount(random, chosen, type_code),
        currency="USD" if is_foreign else "ARS",
        exchange_rate=exchange_rate,
        reference=_reference(random, type_code, issued_on),
        cbu=_cbu(random) if type_code in CREDIT_INVOICE_TYPES else None,
        payment_due=issued_on + timedelta(days=30) if type_code in CREDIT_INVOICE_TYPES else None,
        sale_condition=random.choice(_CONDITIONS_OF_SALE),
        issued_at=f"{random.randint(8, 19):02d}:{random.randrange(60):02d}:{random.randrange(60):02d}",
        traits=replace(traits, habits=habits),
    )


def _receiver(random: Random, type_code: int) -> Party:
    letter = KINDS[type_code].letter
    if letter in ("A", "R", "X") or (letter == "C" and _happens(random, 0.5)):
        return REGISTERED_BUYER
    is_at_the_till = type_code in FISCAL_CONTROLLER_TYPES
    if letter == "" or _happens(random, 0.5 if is_at_the_till else _ANONYMOUS_SHARE):
        return ANONYMOUS
    return SMALL_BUYER


def _habits(random: Random, layout: Layout, traits: Traits, receiver: Party) -> Habits:
    has_decimal_comma = traits.numbers not in (NumberStyle.ENGLISH, NumberStyle.SPACED_POINT)
    is_final = receiver.iva_condition is not IvaCondition.RESPONSABLE_INSCRIPTO
    habits = sample_habits(random, has_decimal_comma=has_decimal_comma, is_final=is_final)
    return habits.kept_to(layout.habits)


def _traits(random: Random, layout: Layout) -> Traits:
    fonts = tuple(font for font in FontFamily if font is not FontFamily.COURIER)
    dates = tuple(style for style in _DATES if style in layout.dates)
    return Traits(
        numbers=random.choice(layout.numbers),
        dates=random.choice(dates),
        fiscal_number=random.choice(tuple(FiscalNumberStyle)),
        font=random.choice(fonts),
        has_qr=_happens(random, 0.9),
        has_itf=_happens(random, 0.25),
        has_transparency_box=_happens(random, 0.85),
        has_provincial_line=_happens(random, 0.15),
        has_two_line_headings=_happens(random, 0.7),
        has_dashed_cuit=_happens(random, 0.75),
        has_prices=_happens(random, 0.25),
        is_printed_twice=_happens(random, 0.06),
        price_decimals=2 if layout.fixed_price_decimals else random.choice(layout.price_decimals),
        copies=_copies(random, layout),
        carry=random.choice(tuple(Carry)) if layout.carries else Carry.NOTHING,
    )


def _copies(random: Random, layout: Layout) -> int:
    if not layout.has_copies:
        return 1
    return random.choice((1, 3)) if layout.name == "rcel" else random.choices((1, 2, 3), (88, 6, 6))[0]


def _perceptions(random: Random, layout: Layout, type_code: int) -> tuple[Perception, ...]:
    letter = KINDS[type_code].letter
    share = {"A": 0.6, "B": 0.08}.get(letter, 0)
    if not _happens(random, share):
        return ()
    iibb = [_iibb(random, place) for place in random.sample(_JURISDICTIONS, random.randint(0, 2))]
    if letter == "B":
        return tuple(iibb[:1])
    found = []
    if _happens(random, 0.5):
        text = random.choice(("Perc. IVA RG 2408", "PERC.RG.3337", "Percepción IVA R.G. 3337"))
        found.append(Perception("perception_iva", text, Decimal(random.choice(("3", "3", "1.5")))))
    found += iibb[:1] if layout.one_perception_per_kind else iibb
    if _happens(random, 0.08):
        found.append(Perception("municipal", "Tasa Seg. e Higiene Municipal", Decimal("0.8")))
    if _happens(random, 0.05):
        found.append(Perception("other", "Perc. Ganancias RG 5329", Decimal(2)))
    return tuple(found[: layout.max_perceptions])


def _iibb(random: Random, place: str) -> Perception:
    rate = Decimal(random.choice(("1.5", "2", "2.5", "3", "3.31", "4")))
    text = (
        "IB.CAP.FED"
        if place == "CABA" and _happens(random, 0.4)
        else random.choice(_IIBB_WORDS).format(place)
    )
    return Perception("perception_iibb", text, rate)


def _general_discount(random: Random, layout: Layout, type_code: int) -> Decimal:
    if not layout.has_general_discount or type_code in REMITO_TYPES or _happens(random, 0.85):
        return ZERO
    return Decimal(random.choice(("2", "3", "5")))


def _reference(random: Random, type_code: int, issued_on: date) -> Reference | None:
    kind = KINDS[type_code]
    if kind.kind not in ("nota_credito", "nota_debito"):
        return None
    days = timedelta(days=random.randint(1, 40))
    base = {203: 201, 202: 201, 208: 206, 213: 211, 53: 51, 112: 81, 113: 82}
    mended = base.get(type_code, _MENDED[kind.letter])
    mended_on = issued_on - days
    code = cae_for(mended_on.timetuple().tm_yday, mended_on.year, random.randrange(10**10))
    return Reference(mended, random.choice((1, 3, 12)), random.randint(1, 99_999), mended_on, code)


def _cbu(random: Random) -> str:
    return f"{random.randrange(10**22):022d}"


@dataclass(frozen=True, slots=True)
class _Permit:
    """What makes a paper valid: a code and its due date, or the registration of a till, or nothing."""

    code: str | None = None
    due: date | None = None
    registration: str | None = None


def _permit(random: Random, type_code: int, issued_on: date) -> _Permit:
    if type_code == INTERNAL_REMITO:
        return _Permit()
    if type_code in FISCAL_CONTROLLER_TYPES:
        registration = random.choice(("EPEPAA", "HSHSAB")) + f"{random.randrange(10**10):010d}"
        return _Permit(registration=registration)
    code = cae_for(issued_on.timetuple().tm_yday, issued_on.year, random.randrange(10**10))
    # A CAE is valid for ten days; a CAI was given to a printer long before, for a whole pad.
    days = 200 if type_code in REMITO_TYPES else 10
    return _Permit(code=code, due=issued_on + timedelta(days=days))


def _happens(random: Random, share: float) -> bool:
    """True in that share of the draws."""
    return random.random() < share
