"""Rows of goods drawn by seed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

from scripts.demo.papers.goods import EXEMPT_GOODS, MISLEADING, TRADES, UNTAXED_GOODS, Family
from scripts.demo.papers.kinds import KINDS, REMITO_TYPES, SINGLE_TAX_TYPES
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.paper import HUNDRED, ZERO, Line
from shared.kernel.money import to_cents

_DISCOUNTS = ("5", "10", "12.5", "15", "20", "33.33", "8", "3", "2.5")
_ITEM_COUNTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 18, 20, 24)
_QUANTITIES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 30, 48)
_LONG_SHARE = 0.06
_BONUS_SHARE = 0.12
_MISLEADING_SHARE = 0.03
_MISLEADING_FREE_SHARE = 0.2
_BELOW_SHARE = 0.08
"""Of rolls; on such a one every fourth row has a discount below it."""
_FREE_WORDS = (
    *("{} - SIN CARGO", "{} (BONIFICADO)", "{} S/C", "{} DE REGALO", "{} (S/C)"),
    *("BONIF. {}", "BONIFICADO {}"),
)
_ASIDES = (" - promo exhibidor de punta", " NUEVO ENVASE oferta del mes", " s/sello retornable")
_PACK_TEXTS: tuple[Callable[[str, int], str], ...] = (
    lambda size, pack: f"{size} x {pack}",
    lambda size, pack: f"{size} ({pack}x{size})",
    lambda size, pack: f"{pack}X{size.replace(' ', '')}",
    lambda size, pack: f"{pack}X{size.split()[0]}",
    lambda size, pack: f"{size} CJA {pack}",
    lambda size, pack: f"x {size} PACK x{pack}u",
    lambda size, pack: f"{size} {pack // 6}x6" if pack % 6 == 0 and pack > 6 else f"{size} x{pack}",  # noqa: PLR2004
)


@dataclass(frozen=True, slots=True)
class Trade:
    """What the rows of one paper have in common. decimals: of prices. exchange_rate: pesos for one unit."""

    layout: Layout
    type_code: int
    decimals: int
    exchange_rate: Decimal

    @property
    def is_net(self) -> bool:
        """Prices without IVA."""
        return KINDS[self.type_code].letter == "A"

    @property
    def has_iva(self) -> bool:
        """Whether IVA is charged or contained."""
        return self.type_code not in SINGLE_TAX_TYPES

    def price(self, net: Decimal, tax_rate: Decimal) -> Decimal:
        """The printed price of goods whose taxes are a percentage of their net price in pesos."""
        asked = net if self.is_net else net * (1 + tax_rate / HUNDRED)
        # Nothing may round to a price of zero: that is what free goods print.
        return max(asked / self.exchange_rate, Decimal("0.01")).quantize(Decimal(1).scaleb(-self.decimals))


def sample_rows(random: Random, trade: Trade) -> tuple[Line, ...]:
    """The rows of one paper; at least one of them costs something."""
    layout = trade.layout
    count = random.choice(_ITEM_COUNTS)
    if layout.has_pages and random.random() < _LONG_SHARE:
        count = random.randint(32, 48)
    lines = [_line(random, trade, _family(random, layout)) for _ in range(count)]
    if trade.type_code not in REMITO_TYPES:
        lines[1:] = [_odd(random, trade, line) for line in lines[1:]]
    if layout.has_discounts_below and _happens(random, _BELOW_SHARE):
        lines = [_with_discount_below(random, line) for line in lines]
    return tuple(lines)


def _family(random: Random, layout: Layout) -> Family:
    is_misleading = _happens(random, _MISLEADING_SHARE)
    return random.choice((MISLEADING if is_misleading else TRADES)[layout.goods])


def _with_discount_below(random: Random, line: Line) -> Line:
    """Now and then a line below takes something off; never where it would change the base of internal tax."""
    if line.internal_tax or not line.subtotal or not _happens(random, 0.25):
        return line
    return replace(line, below=to_cents(line.subtotal * random.choice((5, 10, 15, 50)) / HUNDRED))


def _line(random: Random, trade: Trade, family: Family) -> Line:
    layout = trade.layout
    size, pack, factor = random.choice(family.sizes)
    net = Decimal(family.price_ars) * Decimal(factor) * Decimal(random.randint(850, 1150)) / 1000
    is_loose = size == "x kg"
    by_pack = layout.sells_by_pack and not is_loose
    if by_pack:
        net *= pack
    tax_rate = family.iva_rate + family.internal_rate
    quantity = _weight(random, layout.quantity_decimals) if is_loose else Decimal(random.choice(_QUANTITIES))
    priced = Line("", "", quantity, trade.price(net, tax_rate if trade.has_iva else ZERO))
    discounts = _discounts(random, layout)
    amount = to_cents(priced.gross * random.randint(2, 30) / HUNDRED) if _happens(random, 0.4) else ZERO
    line = Line(
        code=_code(random),
        description=_description(random, family, size, pack, is_pack=by_pack),
        quantity=quantity,
        unit_price=priced.unit_price,
        iva_rate=family.iva_rate if trade.has_iva else ZERO,
        unit="kilogramos" if is_loose else random.choice(("unidades", "unidades", "packs")),
        discounts=discounts,
        discount_amount=amount if "discount_amount" in layout.prints else ZERO,
        bonus_quantity=_bonus(random, layout),
        pack_size=pack,
    )
    return _with_internal_tax(line, trade, family) if trade.has_iva else line


def _with_internal_tax(line: Line, trade: Trade, family: Family) -> Line:
    tax_rate = family.iva_rate + family.internal_rate
    base = line.subtotal if trade.is_net else line.subtotal / (1 + tax_rate / HUNDRED)
    internal = to_cents(base * family.internal_rate / HUNDRED)
    return replace(line, internal_rate=family.internal_rate, internal_tax=internal)


def _odd(random: Random, trade: Trade, line: Line) -> Line:
    """Now and then the row is free, exempt or outside the tax."""
    draw = random.random()
    if draw < 0.02:  # noqa: PLR2004
        return _free(random, trade, line)
    if draw < 0.035 and trade.layout.max_discounts and not line.bonus_quantity:  # noqa: PLR2004
        return replace(line, **_PLAIN | {"discounts": (HUNDRED,)})
    if draw < 0.05 and trade.has_iva:  # noqa: PLR2004
        is_untaxed = _happens(random, 0.6)
        text = random.choice(UNTAXED_GOODS if is_untaxed else EXEMPT_GOODS)
        return replace(line, description=text, iva_rate=None, is_untaxed=is_untaxed, **_PLAIN)
    return line


def _free(random: Random, trade: Trade, line: Line) -> Line:
    """A row that costs nothing: at times without a code, or, but on a roll, without any figure of money.

    Little but its name tells such a row from a line of the foot, so its name misleads more often than others.
    """
    name = line.description
    if _happens(random, _MISLEADING_FREE_SHARE):
        family = random.choice(MISLEADING[trade.layout.goods])
        name = _description(random, family, *family.sizes[0][:2], is_pack=False)
    return replace(
        line,
        code=line.code if _happens(random, 0.6) else "",
        description=random.choice((*_FREE_WORDS, "{}")).format(name),
        unit_price=ZERO,
        is_unpriced=trade.layout.has_pages and _happens(random, 0.35),
        **_PLAIN,
    )


_PLAIN: dict[str, Any] = {
    "discounts": (),
    "discount_amount": ZERO,
    "bonus_quantity": ZERO,
    "internal_tax": ZERO,
    "internal_rate": ZERO,
}
"""What neither free nor untaxed rows have."""


def _weight(random: Random, places: int) -> Decimal:
    return Decimal(random.randint(8 * 10**places // 10, 95 * 10**places // 10)).scaleb(-places)


def _description(random: Random, family: Family, size: str, pack: int, *, is_pack: bool) -> str:
    text = f"{family.name} {random.choice(family.brands)}"
    shown = "" if size == "u" else size
    if pack > 1 and (is_pack or _happens(random, 0.35)):
        shown = random.choice(_PACK_TEXTS)(size, pack) if shown else f"CJA {pack}"
    text = f"{text} {shown}".strip()
    if _happens(random, 0.15):
        text += random.choice(_ASIDES)
    return text.upper() if _happens(random, 0.5) else text


def _code(random: Random) -> str:
    return random.choice(
        (f"{random.randint(1, 99999):05d}", f"{random.randint(100, 9999)}", f"AB{random.randint(100, 999)}")
    )


def _discounts(random: Random, layout: Layout) -> tuple[Decimal, ...]:
    if not layout.max_discounts or _happens(random, 0.5):
        return ()
    steps = random.randint(1, layout.max_discounts)
    return tuple(Decimal(random.choice(_DISCOUNTS)) for _ in range(steps))


def _bonus(random: Random, layout: Layout) -> Decimal:
    if "bonus_quantity" in layout.prints and _happens(random, _BONUS_SHARE):
        return Decimal(random.randint(1, 3))
    return ZERO


def _happens(random: Random, share: float) -> bool:
    """True in that share of the draws."""
    return random.random() < share
