"""Refusals of the catalogue."""

from uuid import UUID

from shared.kernel.errors import DomainError, ErrorKind


class ProductNotFoundError(DomainError):
    """No such product in this organisation."""

    code = "catalog.product_not_found"
    kind = ErrorKind.NOT_FOUND


class CodeNotFoundError(DomainError):
    """No live product carries this code."""

    code = "catalog.code_not_found"
    kind = ErrorKind.NOT_FOUND

    def __init__(self, code: str) -> None:
        super().__init__(f"No product has the code {code}.", searched=code)


class WrongCheckDigitError(DomainError):
    """A barcode whose last digit does not fit the others: it was mistyped or misread."""

    code = "catalog.wrong_check_digit"
    kind = ErrorKind.INVALID

    def __init__(self, code: str, *, field: str) -> None:
        super().__init__(f"{code} has a wrong check digit.", fields=(field,), barcode=code)


class BarcodeRepeatedError(DomainError):
    """One code twice among those of a product, whatever its spelling."""

    code = "catalog.barcode_repeated"
    kind = ErrorKind.INVALID

    def __init__(self, code: str, *, field: str) -> None:
        super().__init__(f"{code} twice.", fields=(field,), barcode=code)


class BarcodeTakenError(DomainError):
    """Another live product carries this code."""

    code = "catalog.barcode_taken"
    kind = ErrorKind.CONFLICT

    def __init__(self, code: str, *, product_id: UUID, product_name: str) -> None:
        super().__init__(
            f"{code} belongs to {product_id}.",
            barcode=code,
            product_id=str(product_id),
            product_name=product_name,
        )


class SkuTakenError(DomainError):
    """Another live product has this SKU."""

    code = "catalog.sku_taken"
    kind = ErrorKind.CONFLICT

    def __init__(self, sku: str) -> None:
        super().__init__(f"SKU {sku} is taken.", fields=("sku",), sku=sku)


class CategoryNotFoundError(DomainError):
    """No such category in this organisation."""

    code = "catalog.category_not_found"
    kind = ErrorKind.NOT_FOUND


class CategoryTakenError(DomainError):
    """A live category with this name hangs from the same parent."""

    code = "catalog.category_taken"
    kind = ErrorKind.CONFLICT


class CategoryLoopError(DomainError):
    """A category cannot hang from itself or from one of its own."""

    code = "catalog.category_loop"
    kind = ErrorKind.CONFLICT


class LocationNotFoundError(DomainError):
    """No such location among those the caller may see."""

    code = "catalog.location_not_found"
    kind = ErrorKind.NOT_FOUND


class LocationTakenError(DomainError):
    """The branch already has a live location with this name, or already has its shop."""

    code = "catalog.location_taken"
    kind = ErrorKind.CONFLICT


class BranchUnknownError(DomainError):
    """The warehouse has not heard of this branch, or the caller may not see it."""

    code = "catalog.branch_unknown"
    kind = ErrorKind.INVALID
