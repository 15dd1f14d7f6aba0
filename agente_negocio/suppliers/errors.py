"""Refusals about suppliers."""

from shared.kernel.errors import DomainError, ErrorKind


class SupplierNotFoundError(DomainError):
    """No such supplier in this organisation."""

    code = "supplier.not_found"
    kind = ErrorKind.NOT_FOUND


class SupplierExistsError(DomainError):
    """Another supplier has that CUIT; `supplier_id` tells which."""

    code = "supplier.exists"
    kind = ErrorKind.CONFLICT

    def __init__(self, supplier_id: str) -> None:
        super().__init__("CUIT taken.", fields=("cuit",), supplier_id=supplier_id)


class SupplierCuitError(DomainError):
    """The CUIT's check digit does not match."""

    code = "supplier.bad_cuit"
    kind = ErrorKind.INVALID


class AliasNotFoundError(DomainError):
    """That supplier has no such alias."""

    code = "supplier.alias_not_found"
    kind = ErrorKind.NOT_FOUND
