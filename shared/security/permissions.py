"""Who may do what: roles of people and the permissions they carry."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in an organisation."""

    OWNER = "owner"
    MANAGER = "manager"
    CASHIER = "cashier"
    STOCK = "stock"
    ACCOUNTANT = "accountant"


class Permission(StrEnum):
    """One thing an endpoint may ask for."""

    READ_CATALOG = "catalog:read"
    WRITE_CATALOG = "catalog:write"
    READ_STOCK = "stock:read"
    WRITE_STOCK = "stock:write"
    APPROVE_STOCK = "stock:approve"
    READ_SALES = "sales:read"
    SELL = "sales:write"
    READ_INVOICES = "invoices:read"
    WRITE_INVOICES = "invoices:write"
    CONFIRM_INVOICES = "invoices:confirm"
    READ_FORECASTS = "forecasts:read"
    RUN_FORECASTS = "forecasts:run"
    READ_ORGANISATION = "organisation:read"
    MANAGE_ORGANISATION = "organisation:manage"
    READ_OPERATIONS = "operations:read"


_READING = frozenset(
    {
        Permission.READ_CATALOG,
        Permission.READ_STOCK,
        Permission.READ_SALES,
        Permission.READ_INVOICES,
        Permission.READ_FORECASTS,
        Permission.READ_ORGANISATION,
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MANAGER: frozenset(Permission) - {Permission.MANAGE_ORGANISATION},
    Role.CASHIER: frozenset(
        {
            Permission.READ_CATALOG,
            Permission.READ_STOCK,
            Permission.READ_SALES,
            Permission.SELL,
            Permission.READ_ORGANISATION,
        }
    ),
    Role.STOCK: frozenset(
        {
            Permission.READ_CATALOG,
            Permission.READ_STOCK,
            Permission.WRITE_STOCK,
            Permission.READ_INVOICES,
            Permission.WRITE_INVOICES,
            Permission.READ_ORGANISATION,
        }
    ),
    Role.ACCOUNTANT: _READING,
}
