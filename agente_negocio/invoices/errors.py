"""Refusals about documents and invoices."""

from collections.abc import Sequence

from shared.kernel.errors import DomainError, ErrorKind, FieldReason


class DocumentNotFoundError(DomainError):
    """No such document that the caller may see."""

    code = "document.not_found"
    kind = ErrorKind.NOT_FOUND


class PageNotFoundError(DomainError):
    """The document has no such page, or is not read yet."""

    code = "document.page_not_found"
    kind = ErrorKind.NOT_FOUND


class NoFilesError(DomainError):
    """An upload without any file."""

    code = "document.no_files"
    kind = ErrorKind.INVALID


class TooManyFilesError(DomainError):
    """More files than pages a document may have."""

    code = "document.too_many_files"
    kind = ErrorKind.INVALID

    def __init__(self, maximum: int) -> None:
        super().__init__("Too many files.", fields=("files",), maximum=str(maximum))


class UploadTooLargeError(DomainError):
    """The files together pass the limit."""

    code = "document.too_large"
    kind = ErrorKind.TOO_LARGE

    def __init__(self, maximum_mb: int) -> None:
        super().__init__("Too large.", fields=("files",), maximum_mb=str(maximum_mb))


class UnsupportedFileError(DomainError):
    """Neither a picture nor a PDF, by its content."""

    code = "document.unsupported"
    kind = ErrorKind.UNSUPPORTED

    def __init__(self, position: int) -> None:
        super().__init__("Unsupported file.", fields=(f"files[{position}]",), file=str(position + 1))


class DocumentSettledError(DomainError):
    """It cannot be read again: a voucher of it was confirmed, or it is being read."""

    code = "document.settled"
    kind = ErrorKind.CONFLICT


class DocumentKeptError(DomainError):
    """It is not set aside: a voucher of it was confirmed."""

    code = "document.kept"
    kind = ErrorKind.CONFLICT


class BranchUnknownError(DomainError):
    """No such branch that the caller works in."""

    code = "branch.unknown"
    kind = ErrorKind.INVALID


class NotAFiscalQrError(DomainError):
    """The payload is not that of an Argentine voucher."""

    code = "qr.not_fiscal"
    kind = ErrorKind.INVALID


class InvoiceNotFoundError(DomainError):
    """No such invoice that the caller may see."""

    code = "invoice.not_found"
    kind = ErrorKind.NOT_FOUND


class LineNotFoundError(DomainError):
    """The invoice has no such line."""

    code = "invoice.line_not_found"
    kind = ErrorKind.NOT_FOUND


class InvoiceClosedError(DomainError):
    """It is no draft any more (or, to be reversed, not confirmed); `status` tells what it is."""

    code = "invoice.closed"
    kind = ErrorKind.CONFLICT

    def __init__(self, status: str) -> None:
        super().__init__(f"The invoice is {status}.", status=status)


class DuplicateInvoiceError(DomainError):
    """The same voucher is confirmed already."""

    code = "invoice.duplicate"
    kind = ErrorKind.CONFLICT

    def __init__(self, duplicate_of: str) -> None:
        super().__init__("Duplicate.", fields=("header.number",), duplicate_of=duplicate_of)


class InvoiceBlockedError(DomainError):
    """Something must be resolved before confirming; each reason names its place."""

    code = "invoice.blocked"
    kind = ErrorKind.INVALID

    def __init__(self, reasons: Sequence[FieldReason]) -> None:
        codes = ", ".join(dict.fromkeys(reason.code for reason in reasons))
        super().__init__("Blocked.", reasons=tuple(reasons), codes=codes, count=str(len(reasons)))


class DifferenceTooLargeError(DomainError):
    """Larger than what a person may accept."""

    code = "invoice.difference_too_large"
    kind = ErrorKind.INVALID

    def __init__(self, *, difference: str, acceptable: str) -> None:
        super().__init__(
            "Too large.", fields=("accept_difference",), difference=difference, acceptable=acceptable
        )


class TooManyLinesError(DomainError):
    """More lines than a voucher may have."""

    code = "invoice.too_many_lines"
    kind = ErrorKind.INVALID

    def __init__(self, maximum: int) -> None:
        super().__init__("Too many lines.", fields=("lines",), maximum=str(maximum))


class ProductUnknownError(DomainError):
    """The warehouse knows no such product."""

    code = "invoice.product_unknown"
    kind = ErrorKind.INVALID


class LocationUnknownError(DomainError):
    """The paper's branch has no such place for goods."""

    code = "invoice.location_unknown"
    kind = ErrorKind.INVALID


class ReceivedAtError(DomainError):
    """Goods came in between the year 2000 and now."""

    code = "invoice.bad_received_at"
    kind = ErrorKind.INVALID


class WarehouseRefusedError(DomainError):
    """The warehouse refused what was asked of it; its own code and words are passed on."""

    code = "invoice.warehouse_refused"
    kind = ErrorKind.CONFLICT

    def __init__(self, *, reason: str, detail: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__("Refused.", fields=fields, reason=reason, detail=detail)


class ReaderBusyError(DomainError):
    """The reader is at work for others, or did not answer in time."""

    code = "ocr.unavailable"
    kind = ErrorKind.UNAVAILABLE
