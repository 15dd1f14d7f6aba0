"""Every page of the dashboard, in the order their addresses are tried."""

from web_dashboard import files
from web_dashboard.home.routes import router as home
from web_dashboard.invoices.routes import router as invoices
from web_dashboard.signin.routes import router as signin
from web_dashboard.status.page_routes import router as state
from web_dashboard.stock.routes import router as stock

ROUTERS = (files.router, signin, home, stock, invoices, state)
