"""The demo shop: one consistent year, whatever the seed."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scripts.demo.papers import CONDITIONS, add_up, printed_total, render, truth
from scripts.demo.shop import DETAILED_DAYS, generate_shop
from scripts.demo.shop.demand import WEEKDAY_SHAPE
from scripts.demo.shop.values import THOUSANDTHS, Invoice, Shop
from shared.kernel.barcode import is_gtin
from shared.kernel.cuit import parse_cuit

TODAY = date(2026, 11, 20)
SEEDS = st.integers(0, 10**6)
# A seed has no simpler one, and every shop takes a second.
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


@cache
def shop_of(seed: int) -> Shop:
    return generate_shop(seed, TODAY)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return shop_of(7)


def waiting(shop: Shop, surprise: str) -> Invoice:
    (found,) = (invoice for invoice in shop.invoices if invoice.surprise == surprise)
    return found


class TestAnySeed:
    @settings(max_examples=5, deadline=None, phases=NO_SHRINKING)
    @given(seed=SEEDS)
    def test_balances_follow_from_movements_and_are_never_negative(self, seed: int) -> None:
        history = generate_shop(seed, TODAY).history

        moved = np.cumsum(history.received - history.sold, axis=2)

        assert np.array_equal(history.balance, history.opening[:, :, None] + moved)
        assert history.balance.min() >= 0
        assert history.sold.min() >= 0
        assert (history.sold <= history.demand).all()

    @settings(max_examples=3, deadline=None, phases=NO_SHRINKING)
    @given(seed=SEEDS)
    def test_papers_of_the_shop_can_be_printed_and_close(self, seed: int) -> None:
        for invoice in generate_shop(seed, TODAY).invoices:
            totals = add_up(invoice.paper)
            taxes = totals.iva_total + totals.internal + totals.perception_total

            if invoice.status == "to_confirm":
                assert render(invoice.paper).startswith(b"%PDF")
            assert len(invoice.skus) == len(invoice.paper.lines)
            assert totals.total == totals.net + totals.exempt + taxes
            assert (printed_total(invoice.paper) != totals.total) == (invoice.surprise == "altered_total")


class TestCatalogue:
    def test_about_three_hundred_products_with_valid_codes(self, shop: Shop) -> None:
        packaged = [product for product in shop.products if product.base_unit == "un"]

        assert 280 <= len(shop.products) <= 320
        assert all(product.ean and is_gtin(product.ean) and product.ean[:3] == "779" for product in packaged)
        assert all(is_gtin(product.pack_ean) for product in packaged if product.pack_ean)
        assert {product.iva_rate for product in shop.products} == {Decimal(21), Decimal("10.5")}
        assert any(product.internal_rate for product in shop.products)
        loose = [product for product in shop.products if product.base_unit == "kg"]
        assert loose
        assert all(product.plu and product.ean is None for product in loose)

    def test_codes_are_unique(self, shop: Shop) -> None:
        for name in ("sku", "ean", "pack_ean", "name"):
            codes = [getattr(product, name) for product in shop.products if getattr(product, name)]
            assert len(codes) == len(set(codes)), name
        assert len({(item.supplier, item.supplier_code) for item in shop.products}) == len(shop.products)
        assert len({(item.supplier, item.supplier_text) for item in shop.products}) == len(shop.products)

    def test_prices_leave_the_margin(self, shop: Shop) -> None:
        for product in shop.products:
            net_price = product.price_ars / (1 + product.iva_rate / 100)
            assert abs(net_price / product.net_cost_ars - 1 - product.margin_rate) < Decimal("0.02"), (
                product.name
            )

    def test_cuits_are_valid_and_belong_to_nobody(self, shop: Shop) -> None:
        cuits = [shop.organisation.cuit, *(supplier.cuit for supplier in shop.suppliers)]

        assert all(parse_cuit(cuit) == cuit and cuit[2:4] == "00" for cuit in cuits)
        assert len(set(cuits)) == len(cuits) == 9
        assert "demo" in shop.organisation.name


class TestHistory:
    def test_same_seed_same_shop(self, shop: Shop) -> None:
        again = generate_shop(7, TODAY)
        other = shop_of(8)

        assert again.tickets == shop.tickets
        assert again.invoices == shop.invoices
        assert again.receipts == shop.receipts
        assert np.array_equal(again.history.sold, shop.history.sold)
        assert not np.array_equal(other.history.sold, shop.history.sold)

    def test_a_year_that_ends_yesterday(self, shop: Shop) -> None:
        assert shop.history.days == 365
        assert shop.history.last_day == TODAY - timedelta(days=1)

    def test_weekdays_have_their_shape(self, shop: Shop) -> None:
        history = shop.history
        weekdays = np.array([(history.first_day.weekday() + day) % 7 for day in range(history.days)])
        wanted = history.demand[:, 0, :].sum(axis=0)
        is_open = history.is_open[0]

        means = np.array([wanted[is_open & (weekdays == weekday)].mean() for weekday in range(7)])

        assert np.allclose(means / means.mean(), WEEKDAY_SHAPE, atol=0.08)

    def test_drinks_sell_more_in_summer_and_yerba_in_winter(self, shop: Shop) -> None:
        month = [(shop.history.first_day + timedelta(days=day)).month for day in range(shop.history.days)]
        summer, winter = np.isin(month, (12, 1, 2)), np.isin(month, (6, 7, 8))

        def ratio(category: str) -> float:
            rows = [row for row, product in enumerate(shop.products) if product.category == category]
            wanted = shop.history.demand[rows, 0].sum(axis=0)
            return float(wanted[summer].mean() / wanted[winter].mean())

        assert ratio("Gaseosas") > 1.4
        assert ratio("Infusiones") < 0.9

    def test_nothing_moves_on_closed_days(self, shop: Shop) -> None:
        history = shop.history
        closed = ~history.is_open

        assert closed[1].sum() > closed[0].sum() == 3
        assert history.sold.transpose(1, 2, 0)[closed].sum() == 0
        assert history.received.transpose(1, 2, 0)[closed].sum() == 0

    def test_shelves_run_out_honestly(self, shop: Shop) -> None:
        history = shop.history
        share = history.was_short.sum() / (history.demand > 0).sum()
        empty_all_day = (history.balance[:, :, :-1] == 0) & (history.received[:, :, 1:] == 0)

        assert 0.01 < share < 0.10
        assert (history.balance[history.was_short] == 0).all()
        assert empty_all_day.sum() > 1000
        assert history.sold[:, :, 1:][empty_all_day].sum() == 0

    def test_receipts_are_the_received_goods(self, shop: Shop) -> None:
        received: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for receipt in shop.receipts:
            for line in receipt.lines:
                received[line.sku, receipt.branch] += line.quantity

        total = shop.history.received.sum(axis=2)

        for row, product in enumerate(shop.products):
            for column, branch in enumerate(shop.branches):
                assert received[product.sku, branch.key] * THOUSANDTHS == int(total[row, column])

    def test_loading_everything_leads_to_the_closing_stock(self, shop: Shop) -> None:
        stock: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for opening in shop.opening:
            stock[opening.sku, opening.branch] += opening.quantity
        for receipt in shop.receipts:
            for received in receipt.lines:
                stock[received.sku, receipt.branch] += received.quantity
        for sale in shop.daily_sales(until=shop.detailed_from):
            stock[sale.sku, sale.branch] -= sale.quantity
        for ticket in shop.tickets:
            for line in ticket.lines:
                stock[line.sku, ticket.branch] -= line.quantity

        assert {key: value for key, value in stock.items() if value} == {
            key: value for key, value in shop.on_hand().items() if value
        }

    def test_prices_only_rise_and_today_are_those_of_the_catalogue(self, shop: Shop) -> None:
        prices = shop.history.price_cents

        assert (np.diff(prices, axis=1) >= 0).all()
        assert [int(product.price_ars * 100) for product in shop.products] == prices[:, -1].tolist()


class TestTickets:
    def test_they_add_up_to_the_daily_sales(self, shop: Shop) -> None:
        by_ticket: defaultdict[tuple[str, str, date], Decimal] = defaultdict(Decimal)
        for ticket in shop.tickets:
            for line in ticket.lines:
                by_ticket[line.sku, ticket.branch, ticket.occurred_at.date()] += line.quantity

        daily = {
            (sale.sku, sale.branch, sale.day): sale.quantity
            for sale in shop.daily_sales()
            if sale.day >= shop.detailed_from
        }

        assert by_ticket == daily
        assert len({day for _, _, day in daily}) == DETAILED_DAYS

    def test_they_are_ordinary_sales(self, shop: Shop) -> None:
        assert len({ticket.id for ticket in shop.tickets}) == len(shop.tickets) > 1000
        assert all(8 <= ticket.occurred_at.hour <= 20 for ticket in shop.tickets)
        assert all(ticket.occurred_at.utcoffset() == timedelta(hours=-3) for ticket in shop.tickets)
        assert {ticket.payment for ticket in shop.tickets} == {"cash", "debit", "wallet", "credit"}
        assert all(ticket.total_ars > 0 for ticket in shop.tickets)


class TestInvoices:
    def test_most_are_confirmed_and_six_wait(self, shop: Shop) -> None:
        statuses = [invoice.status for invoice in shop.invoices]

        assert all(truth(item.paper)["pages"] == 1 for item in shop.invoices if item.status == "to_confirm")
        assert (statuses.count("confirmed"), statuses.count("to_confirm")) == (34, 6)
        receipts = {receipt.key for receipt in shop.receipts}
        for invoice in shop.invoices:
            assert (invoice.receipt.key in receipts) == (invoice.status == "confirmed")
            assert invoice.condition in CONDITIONS

    def test_no_two_share_a_fiscal_number(self, shop: Shop) -> None:
        keys = {
            (item.paper.issuer.cuit, item.paper.type_code, item.paper.point_of_sale, item.paper.number)
            for item in shop.invoices
        }

        assert len(keys) == len(shop.invoices)

    def test_surprises(self, shop: Shop) -> None:
        unknown, altered = waiting(shop, "unknown_product"), waiting(shop, "altered_total")

        assert unknown.skus.count(None) == 1
        assert all(None not in item.skus for item in shop.invoices if item is not unknown)
        answer = truth(altered.paper)
        assert answer["accepted"] is False
        assert Decimal(answer["header"]["total"]) != Decimal(str(answer["qr"]["importe"]))
        assert waiting(shop, "photo").condition == "photo"
        assert waiting(shop, "faded_ticket").paper.layout == "ticket"

    def test_unit_costs_are_what_the_paper_charges(self, shop: Shop) -> None:
        for invoice in shop.invoices:
            known = zip(invoice.paper.lines, invoice.receipt.lines, strict=False)
            for printed, received in known:
                charged = printed.subtotal + printed.internal_tax
                assert abs(received.unit_cost_ars * received.quantity - charged) < Decimal("0.05")

    def test_free_packs_enter_stock_and_lower_the_cost(self, shop: Shop) -> None:
        products = {product.sku: product for product in shop.products}
        lines = [line for receipt in shop.receipts for line in receipt.lines if line.free_packs]

        assert lines
        assert all(
            line.quantity == (line.packs + line.free_packs) * products[line.sku].pack_size for line in lines
        )


def test_no_paper_is_dated_after_the_last_day_and_tickets_come_in_order(shop: Shop) -> None:
    assert max(invoice.paper.issued_on for invoice in shop.invoices) == shop.history.last_day
    instants = [ticket.occurred_at for ticket in shop.tickets]
    assert instants == sorted(instants)
