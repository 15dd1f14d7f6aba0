"""How supplier lists and shelf prices rose during the year, in steps."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import numpy as np
from numpy.typing import NDArray

from scripts.demo.shop.catalogue import shelf_price
from scripts.demo.shop.values import PriceChange, Product, Supplier
from shared.kernel.money import to_cents

_REPRICING_LAG_DAYS = 1
_STEP = Decimal("0.0001")

Index = dict[str, list[Decimal]]
"""Supplier's list next to today's, per day of the history; the last day is 1."""


def list_index(suppliers: Sequence[Supplier], first_day: date, days: int, seed: int) -> Index:
    """Level of each supplier's list on each day. Lists rise once a month by 1 to 3 %."""
    index: Index = {}
    for supplier in suppliers:
        random = Random(f"list:{seed}:{supplier.key}")
        day_of_rise = random.randint(2, 12)
        level, levels = Decimal(1), []
        for offset in reversed(range(days)):
            levels.append(level.quantize(_STEP))
            if (first_day + timedelta(days=offset)).day == day_of_rise:
                level /= 1 + Decimal(random.randint(100, 300)) / 10000
        index[supplier.key] = levels[::-1]
    return index


def cost_on(product: Product, index: Index, day: int) -> Decimal:
    """Net cost without internal tax, per base unit, on a day of the history (today: the last one)."""
    levels = index[product.supplier]
    return to_cents(product.bare_cost_ars * levels[min(day, len(levels) - 1)])


def price_history(
    products: Sequence[Product], index: Index, first_day: date, days: int
) -> tuple[NDArray[np.int64], tuple[PriceChange, ...]]:
    """Shelf prices in cents, shape (products, days), and the changes that made them."""
    cents = np.zeros((len(products), days), np.int64)
    changes: list[PriceChange] = []
    for row, product in enumerate(products):
        levels = index[product.supplier]
        starts = [0, *(day for day in range(1, days) if levels[day] != levels[day - 1])]
        for start, end in zip(starts, [*starts[1:], days], strict=True):
            since = start + _REPRICING_LAG_DAYS if start else 0
            cost = to_cents(product.net_cost_ars * levels[start])
            price = shelf_price(cost, product.iva_rate, product.margin_rate)
            cents[row, since : end + _REPRICING_LAG_DAYS] = int(price * 100)
            if since < days:
                changes.append(PriceChange(product.sku, first_day + timedelta(days=since), price, cost))
    return cents, tuple(changes)
