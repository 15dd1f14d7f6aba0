"""A year of goods in and sales out, in the order it happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from scripts.demo.loading.api import Api
from scripts.demo.shop.tickets import HOUR_SHARES, HOURS
from scripts.demo.shop.values import DailySale, OpeningStock, Receipt, Shop, Ticket, to_decimal
from shared.kernel.clock import ARGENTINA, business_date
from shared.kernel.money import plain

_OPENING_TIME = time(7, 0)
_DELIVERY_TIME = time(8, 30)
_CLOSING_TIME = time(21, 0)
_LINES_PER_POSTING = 200
_SALES_PER_BATCH = 100
_HOURLY_DAYS = 35


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are in the services: ids of skus and of branch keys."""

    products: dict[str, str]
    locations: dict[str, UUID]
    branches: dict[str, str]


async def load_opening(api: Api, shop: Shop, places: Places, *, first_day: date) -> None:
    """What each branch held on the morning of the first day, with its cost."""
    by_branch: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for stock in _stock_on(shop, first_day):
        by_branch[stock.branch].append(
            {
                "product_id": places.products[stock.sku],
                "location_id": str(places.locations[stock.branch]),
                "quantity": plain(stock.quantity),
                "unit_cost": plain(stock.unit_cost_ars),
                "kind": "opening",
            }
        )
    occurred_at = _instant(first_day, _OPENING_TIME)
    for branch, lines in by_branch.items():
        for number, chunk in enumerate(_chunks(lines, _LINES_PER_POSTING)):
            body = {"lines": chunk, "occurred_at": occurred_at, "note": "Stock inicial"}
            await api.write(
                api.deposito, "/api/v1/inventory/movements", body, key=f"demo:opening:{branch}:{number}"
            )


async def load_delivery(api: Api, receipt: Receipt, places: Places) -> None:
    """Goods that came without a paper we keep."""
    body = {
        "lines": [
            {
                "product_id": places.products[line.sku],
                "location_id": str(places.locations[receipt.branch]),
                "quantity": plain(line.quantity),
                "unit_cost": plain(line.unit_cost_ars),
                "kind": "receipt",
            }
            for line in receipt.lines
        ],
        "occurred_at": delivered_at(receipt.day),
        "note": f"Entrega {receipt.key}",
    }
    await api.write(api.deposito, "/api/v1/inventory/movements", body, key=f"demo:delivery:{receipt.key}")


def delivered_at(day: date) -> str:
    """When the deliveries of a day came in."""
    return _instant(day, _DELIVERY_TIME)


def newest_day(now: datetime) -> date:
    """The last day whose deliveries have come by now: before they do, the day before."""
    today = business_date(now)
    return today if now >= datetime.combine(today, _DELIVERY_TIME, ARGENTINA) else today - timedelta(days=1)


def _stock_on(shop: Shop, day: date) -> Iterable[OpeningStock]:
    """The shop's own opening, or what its history had left the evening before a later day."""
    if day == shop.history.first_day:
        return shop.opening
    evening = shop.history.balance[:, :, (day - shop.history.first_day).days - 1]
    return (
        OpeningStock(product.sku, branch.key, to_decimal(int(evening[row, column])), product.net_cost_ars)
        for row, product in enumerate(shop.products)
        for column, branch in enumerate(shop.branches)
        if evening[row, column]
    )


def daily_sales(shop: Shop, places: Places) -> dict[date, list[dict[str, Any]]]:
    """Sales for the months that have no tickets: one per branch and day, in the last weeks one per hour."""
    hourly_from = shop.history.last_day - timedelta(days=_HOURLY_DAYS)
    lines: dict[tuple[date, str, time], list[dict[str, Any]]] = defaultdict(list)
    for sale in shop.daily_sales(until=shop.detailed_from):
        at = _hour_of(sale) if sale.day >= hourly_from else _CLOSING_TIME
        lines[sale.day, sale.branch, at].append(
            {
                "product_id": places.products[sale.sku],
                "quantity": plain(sale.quantity),
                "unit_price": plain(sale.unit_price_ars),
            }
        )
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for (day, branch, at), sold in lines.items():
        for number, chunk in enumerate(_chunks(sold, _LINES_PER_POSTING)):
            by_day[day].append(
                {
                    "id": str(uuid5(NAMESPACE_URL, f"gondola:demo:{branch}:{day}:{at}:{number}")),
                    "branch_id": places.branches[branch],
                    "occurred_at": _instant(day, at),
                    "lines": chunk,
                }
            )
    return by_day


def _hour_of(sale: DailySale) -> time:
    """The same hour for the same sale in every run, with the shape of the shop's day."""
    random = Random(f"{sale.branch}:{sale.day}:{sale.sku}")
    return time(random.choices(HOURS, HOUR_SHARES)[0], 30)


def ticket_sales(shop: Shop, places: Places, *, now: datetime) -> dict[date, list[dict[str, Any]]]:
    """The tickets of the last days, up to this moment."""
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for ticket in shop.tickets:
        if ticket.occurred_at <= now:
            by_day[ticket.occurred_at.date()].append(_sale(ticket, places))
    return by_day


async def load_sales(api: Api, sales: Sequence[dict[str, Any]]) -> None:
    """A day's sales; each has its own id, so a repeat adds nothing."""
    for batch in _chunks(sales, _SALES_PER_BATCH):
        first = batch[0]["id"]
        answer = await api.write(
            api.deposito, "/api/v1/sales/batch", {"sales": batch}, key=f"demo:sales:{first}"
        )
        refused = [item for item in answer["items"] if item["status"] == "rejected"]
        if refused:
            raise SystemExit(f"The warehouse refused {len(refused)} demo sales: {refused[:3]}")


def _sale(ticket: Ticket, places: Places) -> dict[str, Any]:
    return {
        "id": str(ticket.id),
        "branch_id": places.branches[ticket.branch],
        "occurred_at": ticket.occurred_at.isoformat(),
        "lines": [
            {
                "product_id": places.products[line.sku],
                "quantity": plain(line.quantity),
                "unit_price": plain(line.unit_price_ars),
            }
            for line in ticket.lines
        ],
        "payments": [{"method": ticket.payment, "amount": plain(ticket.total_ars)}],
    }


def days_from(shop: Shop, first_day: date) -> Iterable[date]:
    """Every day of the history from one on, oldest first."""
    days = (shop.history.last_day - first_day).days + 1
    return (first_day + timedelta(days=offset) for offset in range(days))


def _instant(day: date, at: time) -> str:
    return datetime.combine(day, at, ARGENTINA).isoformat()


def _chunks(items: Sequence[dict[str, Any]], size: int) -> list[Sequence[dict[str, Any]]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
