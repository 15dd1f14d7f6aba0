"""Reading what a shop sold from the warehouse service."""

from datetime import date

from ml.history.rules import ShopHistory, SoldSeries, shop_history
from shared.clients.deposito import DailySeries, DepositoClient


async def read_shop_history(deposito: DepositoClient, *, first_day: date, last_day: date) -> ShopHistory:
    """Every product and branch with sales or goods between two days, both included.

    Raises PeerUnavailableError, PeerRefusedError.
    """
    series: list[SoldSeries] = []
    async for page in deposito.daily_series(first_day, last_day):
        series.extend(_sold(one) for one in page)
    return shop_history(series, first_day=first_day, last_day=last_day)


def _sold(one: DailySeries) -> SoldSeries:
    return SoldSeries(
        one.branch_id,
        one.product_id,
        one.first_day,
        tuple(float(quantity) for quantity in one.quantities),
        tuple(one.in_stock),
    )
