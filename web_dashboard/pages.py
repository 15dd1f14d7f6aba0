"""Every page of the dashboard, in the order their addresses are tried."""

from web_dashboard import files
from web_dashboard.home.routes import router as home
from web_dashboard.invoices.routes import router as invoices
from web_dashboard.signin.routes import router as signin
from web_dashboard.status.page_routes import router as state
from web_dashboard.stock.adjust_routes import router as adjustments
from web_dashboard.stock.routes import router as stock
from web_dashboard.stock.value_routes import router as value
from web_dashboard.transfers.routes import router as transfers

ROUTERS = (files.router, signin, home, stock, adjustments, value, transfers, invoices, state)
