"""How many base units one printed unit holds, proven by money: never guessed silently."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_LOWEST, _HIGHEST = Decimal("0.5"), Decimal(2)
"""Between buying a thing twice, its cost moves within these bounds; a wrong pack moves it further."""

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class PackChoice:
    """factor None: a person must say. proven: the last cost confirms it. options: what to offer."""

    factor: Decimal | None
    proven: bool
    options: tuple[Decimal, ...]


def is_plausible(cost_of_printed_unit: Decimal, factor: Decimal, last_cost: Decimal) -> bool:
    """Whether a pack of this size would cost per unit about what the unit cost last."""
    return _LOWEST <= cost_of_printed_unit / factor / last_cost <= _HIGHEST


def choose_pack(
    *,
    known: Decimal | None,
    described: Sequence[Decimal],
    cost_of_printed_unit: Decimal | None,
    last_cost: Decimal | None,
) -> PackChoice:
    """The pack factor of a line.

    known: from the barcode or from what was learned of this supplier. described: sizes the wording suggests.
    What is known stands unless money contradicts it; what is only described needs money to agree, and
    a single size to do so.
    """
    options = tuple(dict.fromkeys([*([known] if known else []), *described, ONE]))
    if not last_cost or last_cost <= 0 or not cost_of_printed_unit or cost_of_printed_unit <= 0:
        return _without_proof(known, described, options)
    plausible = [factor for factor in options if is_plausible(cost_of_printed_unit, factor, last_cost)]
    if known is not None:
        return PackChoice(known if known in plausible else None, known in plausible, options)
    if len(plausible) == 1:
        return PackChoice(plausible[0], proven=True, options=options)
    if not described and not plausible:
        # A single unit is all the paper suggests; its cost moved, which is told elsewhere.
        return PackChoice(ONE, proven=False, options=options)
    return PackChoice(None, proven=False, options=options)


def _without_proof(
    known: Decimal | None, described: Sequence[Decimal], options: tuple[Decimal, ...]
) -> PackChoice:
    if known is not None:
        return PackChoice(known, proven=False, options=options)
    return PackChoice(None if described else ONE, proven=False, options=options)
