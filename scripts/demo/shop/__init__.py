"""A year in the life of a made-up shop, as plain values.

    from scripts.demo.shop import generate_shop

    shop = generate_shop(seed=7, today=date(2026, 11, 20))

Nothing here reads or writes a database. Loading order: organisation, branches, suppliers, products,
opening, then by day receipts and sales (`shop.daily_sales(until=shop.detailed_from)`, afterwards
`shop.tickets`). `shop.receipts` holds the goods of the confirmed invoices too, and none of those
to confirm. The files of an invoice come from
`photograph(invoice.paper, invoice.condition, invoice.condition_seed)`.
"""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from scripts.demo.shop.catalogue import load_products
from scripts.demo.shop.costs import cost_on, list_index, price_history
from scripts.demo.shop.invoices import WAITING, Office, Waiting, confirmed_invoice, receipt, waiting_invoice
from scripts.demo.shop.people import BRANCHES, ORGANISATION, SUPPLIERS
from scripts.demo.shop.simulation import Delivery, Simulation
from scripts.demo.shop.tickets import detailed_tickets
from scripts.demo.shop.values import History, Invoice, OpeningStock, Receipt, Shop, to_decimal
from shared.kernel.money import to_money

__all__ = ["generate_shop"]

DAYS = 365
DETAILED_DAYS = 14
CONFIRMED_INVOICES = 34
_FIRST_NUMBERS = 4100
_FEWEST_ROWS = 5
_MOST_ROWS = 16


def generate_shop(seed: int, today: date) -> Shop:
    """The whole demo shop; its history ends the day before `today`. Same arguments, same shop."""
    first_day = today - timedelta(days=DAYS)
    products = load_products(seed)
    index = list_index(SUPPLIERS, first_day, DAYS, seed)
    run = Simulation(products, BRANCHES, SUPPLIERS, first_day, DAYS, np.random.default_rng([seed, 1]))
    run.run()
    price_cents, price_changes = price_history(products, index, first_day, DAYS)
    history = History(
        first_day, run.opening, run.received, run.sold, run.wanted, run.balance, run.is_open, price_cents
    )
    office = Office(products, BRANCHES, SUPPLIERS, index, first_day, seed)
    receipts = tuple(receipt(office, delivery, number) for number, delivery in enumerate(run.delivered, 1))
    detailed_from = today - timedelta(days=DETAILED_DAYS)
    return Shop(
        seed=seed,
        today=today,
        organisation=ORGANISATION,
        branches=BRANCHES,
        suppliers=SUPPLIERS,
        products=products,
        opening=_opening(office, history),
        receipts=receipts,
        price_changes=price_changes,
        tickets=detailed_tickets(
            products, BRANCHES, history, detailed_from, np.random.default_rng([seed, 2])
        ),
        invoices=_invoices(office, run, receipts),
        history=history,
        detailed_from=detailed_from,
    )


def _opening(office: Office, history: History) -> tuple[OpeningStock, ...]:
    """Opening stock at the costs of the first day; nothing for products launched later."""
    stocks = []
    for row, product in enumerate(office.products):
        cost = to_money(cost_on(product, office.index, 0) * (1 + product.internal_rate / 100))
        for shop, branch in enumerate(office.branches):
            quantity = to_decimal(int(history.opening[row, shop]))
            if quantity > Decimal(0):
                stocks.append(OpeningStock(product.sku, branch.key, quantity, cost))
    return tuple(stocks)


def _invoices(office: Office, run: Simulation, receipts: tuple[Receipt, ...]) -> tuple[Invoice, ...]:
    """Papers of the last deliveries, oldest first, then those that wait."""
    numbers: Counter[int] = Counter()
    invoices = []
    for delivery, goods in list(zip(run.delivered, receipts, strict=True))[-CONFIRMED_INVOICES:]:
        number = _next_number(numbers, delivery.supplier)
        invoices.append(confirmed_invoice(office, delivery, goods, number))
    for serial, waiting in enumerate(WAITING, len(receipts) + 1):
        delivery = _waiting_delivery(run, waiting)
        number = _next_number(numbers, delivery.supplier)
        invoices.append(waiting_invoice(office, delivery, receipt(office, delivery, serial), number, waiting))
    return tuple(invoices)


def _next_number(numbers: Counter[int], supplier: int) -> int:
    numbers[supplier] += 1
    return _FIRST_NUMBERS * (supplier + 3) + numbers[supplier]


def _waiting_delivery(run: Simulation, waiting: Waiting) -> Delivery:
    """The order on its way, or else what the branch lacks most; it came on the last day."""
    keys = [supplier.key for supplier in run.suppliers]
    number = keys.index(waiting.supplier)
    pending = [order for orders in run.due.values() for order in orders]
    for order in pending:
        if (order.supplier, order.branch) == (number, waiting.branch) and len(order.rows) >= _FEWEST_ROWS:
            return Delivery(number, waiting.branch, run.days - 1, order.rows[:_MOST_ROWS])
    rows = run.shortfall(number, waiting.branch, run.days - 7)[:_MOST_ROWS]
    taken = {row.product for row in rows}
    spare = [
        row for row, item in enumerate(run.products) if item.supplier == keys[number] and row not in taken
    ]
    rows += [run.row(row, 1) for row in spare[: max(0, _FEWEST_ROWS - len(rows))]]
    return Delivery(number, waiting.branch, run.days - 1, tuple(rows))
