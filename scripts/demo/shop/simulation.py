"""A year of the shop, day by day: deliveries in the morning, sales, orders at night."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from scripts.demo.shop import demand
from scripts.demo.shop.values import THOUSANDTHS, Branch, Product, Supplier

_MISSED_LINE_SHARE = 0.07
_SAFETY = 1.1
_STRIKES = 3
_STRIKE_DAYS = 12
_OPENING_DAYS = 12
_HOARDED_SHARE = 0.03
_HOARDED_TIMES = 15
_DAYS_PER_WEEK = 7

Quantities = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """Goods of one product: row in the catalogue, packs charged, packs free, thousandths in all."""

    product: int
    packs: int
    free_packs: int
    thousandths: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one supplier brings to one branch. day: index in the history; past its end when pending."""

    supplier: int
    branch: int
    day: int
    rows: tuple[DeliveryRow, ...]


@dataclass
class Simulation:
    """State of the run. Arrays as in History; on_order and stock have shape (products, branches)."""

    products: Sequence[Product]
    branches: Sequence[Branch]
    suppliers: Sequence[Supplier]
    first_day: date
    days: int
    random: Generator
    is_open: NDArray[np.bool_] = field(init=False)
    expected: NDArray[np.float64] = field(init=False)
    wanted: Quantities = field(init=False)
    believed: NDArray[np.float64] = field(init=False)
    opening: Quantities = field(init=False)
    stock: Quantities = field(init=False)
    on_order: Quantities = field(init=False)
    received: Quantities = field(init=False)
    sold: Quantities = field(init=False)
    balance: Quantities = field(init=False)
    pack: Quantities = field(init=False)
    delivered: list[Delivery] = field(default_factory=list)
    due: defaultdict[int, list[Delivery]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.is_open = demand.open_days(self.branches, self.first_day, self.days)
        shares = np.array([branch.sales_share for branch in self.branches])
        self.expected = demand.expected_units(
            self.products, self.is_open, shares, self.first_day, self.random
        )
        is_loose = np.array([product.base_unit == "kg" for product in self.products])
        self.wanted = demand.draw(self.expected, is_loose, self.random)
        self.pack = np.array([product.pack_size for product in self.products], np.int64)
        size = self.expected.shape[:2]
        # The owner's idea of each product is a little wrong, which is what makes shelves run out.
        self.believed = self.random.lognormal(-0.15, 0.35, size)
        self.opening = self._opening()
        self.stock = self.opening.copy()
        self.on_order = np.zeros(size, np.int64)
        self.received = np.zeros(self.expected.shape, np.int64)
        self.sold = np.zeros(self.expected.shape, np.int64)
        self.balance = np.zeros(self.expected.shape, np.int64)

    def run(self) -> None:
        """Every day of the history."""
        strikes = self._strikes()
        for day in range(self.days):
            for delivery in self.due.pop(day, []):
                self._receive(delivery)
            self.sold[:, :, day] = np.minimum(self.wanted[:, :, day], self.stock)
            self.stock -= self.sold[:, :, day]
            self.balance[:, :, day] = self.stock
            weekday = (self.first_day + timedelta(days=day)).weekday()
            for number, supplier in enumerate(self.suppliers):
                if weekday in supplier.visit_weekdays and (number, day // _STRIKE_DAYS) not in strikes:
                    self._visit(number, day)

    def shortfall(self, number: int, branch: int, day: int) -> list[DeliveryRow]:
        """Rows that bring the supplier's products up to their target in the branch."""
        supplier = self.suppliers[number]
        rows = np.array([row for row, item in enumerate(self.products) if item.supplier == supplier.key])
        cover = _longest_gap(supplier.visit_weekdays) + supplier.lead_time_days
        window = self.expected[rows, branch, day : day + cover + 1]
        if window.shape[1] == 0:
            window = self.expected[rows, branch, -_DAYS_PER_WEEK:]
        rate = window.mean(axis=1) * self.believed[rows, branch]
        target = rate * (cover + 1) + _SAFETY * np.sqrt(rate * cover)
        position = (self.stock[rows, branch] + self.on_order[rows, branch]) / THOUSANDTHS
        packs = np.ceil(np.maximum(target - position, 0) / self.pack[rows]).astype(np.int64)
        return [self.row(int(row), int(count)) for row, count in zip(rows, packs, strict=True) if count > 0]

    def row(self, product: int, packs: int) -> DeliveryRow:
        """A delivery row; loose goods weigh more or less than ordered, in steps of 10 g."""
        item = self.products[product]
        supplier = next(one for one in self.suppliers if one.key == item.supplier)
        free = packs // supplier.free_pack_every if supplier.free_pack_every else 0
        thousandths = (packs + free) * item.pack_size * THOUSANDTHS
        if item.base_unit == "kg":
            thousandths = round(thousandths * float(self.random.uniform(0.94, 1.06)) / 10) * 10
        return DeliveryRow(product, packs, free, thousandths)

    def _visit(self, number: int, day: int) -> None:
        supplier = self.suppliers[number]
        for branch in range(len(self.branches)):
            rows = self.shortfall(number, branch, day + 1)
            worth = sum(
                row.packs * self.products[row.product].pack_size * self.products[row.product].net_cost_ars
                for row in rows
            )
            if not rows or worth < supplier.minimum_order_ars:
                continue
            kept = tuple(row for row in rows if self.random.random() >= _MISSED_LINE_SHARE)
            if kept:
                self._expect(Delivery(number, branch, self._arrival(branch, day, supplier), kept))

    def _arrival(self, branch: int, day: int, supplier: Supplier) -> int:
        """The first day from the promised one on which the branch opens."""
        arrival = day + supplier.lead_time_days
        while arrival < self.days and not self.is_open[branch, arrival]:
            arrival += 1
        return arrival

    def _expect(self, delivery: Delivery) -> None:
        self.due[delivery.day].append(delivery)
        for row in delivery.rows:
            self.on_order[row.product, delivery.branch] += row.thousandths

    def _receive(self, delivery: Delivery) -> None:
        for row in delivery.rows:
            self.stock[row.product, delivery.branch] += row.thousandths
            self.on_order[row.product, delivery.branch] -= row.thousandths
            self.received[row.product, delivery.branch, delivery.day] += row.thousandths
        self.delivered.append(delivery)

    def _opening(self) -> Quantities:
        """Whole packs for about two weeks; of a few products far too many, which will sit for long."""
        units = self.expected[:, :, :_OPENING_DAYS].sum(axis=2)
        is_hoarded = self.random.random(units.shape) < _HOARDED_SHARE
        packs = np.ceil(units / self.pack[:, None]) * np.where(is_hoarded, _HOARDED_TIMES, 1)
        return np.asarray(packs * self.pack[:, None] * THOUSANDTHS, dtype=np.int64)

    def _strikes(self) -> set[tuple[int, int]]:
        """Suppliers that took no orders for a stretch of days: (supplier, stretch)."""
        stretches = self.days // _STRIKE_DAYS
        return {
            (
                int(self.random.integers(len(self.suppliers))),
                int(self.random.integers(1, max(2, stretches - 1))),
            )
            for _ in range(_STRIKES)
        }


def _longest_gap(weekdays: Sequence[int]) -> int:
    """Most days between two visits in a row."""
    later = [*weekdays[1:], weekdays[0] + _DAYS_PER_WEEK]
    return max(second - first for first, second in zip(weekdays, later, strict=True))
