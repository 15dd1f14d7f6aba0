"""What the small stand-ins for the other services know: a made-up shop with stock, sales and invoices."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.kernel.clock import ARGENTINA

NOW = datetime(2026, 11, 21, 21, 40, tzinfo=UTC)
TODAY = NOW.astimezone(ARGENTINA).date()
ROSARIO, FUNES = str(UUID(int=101)), str(UUID(int=102))
SHOP, DEPOSIT = str(UUID(int=201)), str(UUID(int=202))
_DAYS = 200
_WEEKDAY_WEIGHT = (0.86, 0.82, 0.88, 0.95, 1.18, 1.42, 1.02)
_OPEN_HOURS = range(8, 22)

_PRODUCTS = [
    ("Fernet Branca", "Branca", "750", "ml", "Bebidas", 9, 28, 14400, 9850, "critical"),
    ("Coca-Cola", "Coca-Cola", "2.25", "l", "Bebidas", 0, 36, 3490, 2410, "out"),
    ("Alfajor Jorgito negro", "Jorgito", None, None, "Golosinas", 12, 44, 850, 512, "critical"),
    ("Yerba mate Playadito", "Playadito", "1", "kg", "Almacén", 54, 30, 5690, 3980, "ok"),
    ("Aceite de girasol Cocinero", "Cocinero", "1.5", "l", "Almacén", 8, 9, 5980, 4120, "low"),
    ("Galletitas Oreo", "Oreo", "117", "g", "Galletitas", 41, 19, 1790, 1190, "ok"),
    ("Lavandina Ayudín", "Ayudín", "1", "l", "Limpieza", 60, 7, 1480, 980, "ok"),
    ("Café La Virginia", "La Virginia", "500", "g", "Almacén", 10, 14, 11900, 8300, "low"),
    ("Harina Blancaflor", "Blancaflor", "1", "kg", "Almacén", 5, 16, 1990, 1350, "critical"),
    ("Detergente Magistral", "Magistral", "750", "ml", "Limpieza", 11, 12, 3900, 2600, "low"),
    ("Pan lactal Bimbo", "Bimbo", None, None, "Panificados", 0, 22, 3950, 2880, "out"),
    ("Atún La Campagnola", "La Campagnola", "170", "g", "Almacén", 75, 1, 4100, 2900, "idle"),
    ("Queso cremoso", "Sin marca", None, None, "Lácteos", 14, 21, 8900, 6150, "low"),
    ("Dulce de leche La Serenísima", "La Serenísima", "400", "g", "Lácteos", 33, 11, 3200, 2250, "ok"),
    ("Té Green Hills", "Green Hills", None, None, "Almacén", -2, 3, 1500, 1020, "negative"),
    ("Arroz Gallo Oro", "Gallo", "1", "kg", "Almacén", 48, 17, 2790, 1900, "ok"),
]


@dataclass
class World:
    """The shop's state, changed by what tests do.

    away: names of services that answer 503. forbidden: permissions the visitor lacks.
    """

    away: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    is_empty: bool = False
    invoices: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    products: list[dict[str, Any]] = field(default_factory=list)
    jobs_given_up: int = 0
    refreshes: int = 0
    token_seconds: int = 900

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Products with their stock."""
        return [] if self.is_empty else self.products


def make_products() -> list[dict[str, Any]]:
    """Sixty products with stock, eight weeks of history and every state."""
    chance = random.Random(7)
    made = [_product(index, entry, chance=chance) for index, entry in enumerate(_PRODUCTS)]
    for index in range(len(_PRODUCTS), 60):
        base = _PRODUCTS[index % len(_PRODUCTS)]
        name = f"{base[0]} {('familiar', 'mini', 'clásico', 'light')[index % 4]}"
        on_hand, weekly = chance.randint(20, 90), chance.randint(2, 18)
        entry = (name, *base[1:5], on_hand, weekly, base[7], base[8], "ok")
        made.append(_product(index, entry, chance=chance))
    return made


def _product(index: int, facts: tuple[Any, ...], *, chance: random.Random) -> dict[str, Any]:
    name, brand, content, unit, category, on_hand, weekly, price, cost, state = facts
    history = [max(0, round(weekly * chance.uniform(0.6, 1.35))) for _ in range(7)]
    return {
        "product_id": str(UUID(int=1000 + index)),
        "name": name,
        "brand": brand,
        "content": {"quantity": content, "unit": unit} if content else None,
        "barcode": f"779{1000000000 + index * 7919}",
        "category_name": category,
        "base_unit": "kg" if name == "Queso cremoso" else "unit",
        "on_hand": str(on_hand),
        "weekly_sales": str(weekly),
        "cover_days": str(round(max(0, on_hand) / (weekly / 7), 1)),
        "history": [str(value) for value in [*history, weekly]],
        "last_sale_price": str(price),
        "unit_cost": str(cost),
        "margin": str(round(1 - cost * 1.0 / price, 3)),
        "value": str(on_hand * cost),
        "state": state,
    }


def sales_days(first: date, last: date) -> list[dict[str, Any]]:
    """Sales per day; a day's figures are always the same."""
    span = (last - first).days + 1
    return [_sales_day(first + timedelta(days=index)) for index in range(span)]


def _sales_day(day: date) -> dict[str, Any]:
    amount = _amount(day)
    return {
        "day": day.isoformat(),
        "amount": f"{amount:.2f}",
        "cost": f"{amount * 0.712:.2f}",
        "tickets": round(amount / 6200),
        "units": str(round(amount / 2900)),
    }


def _amount(day: date) -> float:
    age = (TODAY - day).days
    if age > _DAYS:
        return 0.0
    trend = 1 - age * 0.0012
    noise = 1 + random.Random(day.toordinal()).gauss(0, 0.07)
    share_of_day = 0.86 if day == TODAY else 1.0
    return max(0.0, 352_000 * _WEEKDAY_WEIGHT[day.weekday()] * trend * noise * share_of_day)


def sales_hours(first: date, last: date) -> list[dict[str, Any]]:
    """The same sales by weekday and hour."""
    sums: dict[tuple[int, int], float] = {}
    for index in range((last - first).days + 1):
        day = first + timedelta(days=index)
        weights = {hour: _hour_weight(hour) for hour in _OPEN_HOURS}
        total = sum(weights.values())
        for hour, weight in weights.items():
            key = (day.weekday(), hour)
            sums[key] = sums.get(key, 0) + _amount(day) * weight / total
    return [
        {"weekday": weekday, "hour": hour, "amount": f"{amount:.2f}"}
        for (weekday, hour), amount in sorted(sums.items())
    ]


def _hour_weight(hour: int) -> float:
    return 1.0 if hour in (11, 12, 18, 19, 20) else 0.45 if hour in range(9, 21) else 0.15
