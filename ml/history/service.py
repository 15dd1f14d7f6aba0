"""Reading what a shop sold from the warehouse service."""

from datetime import date

from ml.history.rules import HistoryBuilder, SaleDay, ShopHistory
from shared.clients.deposito import DailySales, DepositoClient


async def read_shop_history(deposito: DepositoClient, *, first_day: date, last_day: date) -> ShopHistory:
    """Every product and branch with sales between two days, both included.

    Raises PeerUnavailableError, PeerRefusedError.
    """
    builder = HistoryBuilder(first_day, last_day)
    async for page in deposito.daily_sales(first_day, last_day):
        builder.add(_sale_day(entry) for entry in page)
    return builder.build()


def _sale_day(entry: DailySales) -> SaleDay:
    return SaleDay(
        entry.branch_id, entry.product_id, entry.day, float(entry.quantity), is_in_stock=entry.in_stock
    )
