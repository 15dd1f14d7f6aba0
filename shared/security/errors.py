"""Refusals at the door."""

from shared.kernel.errors import DomainError, ErrorKind


class NotSignedInError(DomainError):
    """No token, or one that is not valid, has expired or was revoked."""

    code = "auth.not_signed_in"
    kind = ErrorKind.UNAUTHENTICATED


class ForbiddenError(DomainError):
    """Signed in, but the role does not carry the permission."""

    code = "auth.forbidden"
    kind = ErrorKind.FORBIDDEN

    def __init__(self, permission: str) -> None:
        super().__init__(f"Needs {permission}.", permission=permission)


class TooManyRequestsError(DomainError):
    """A rate limit was passed; retry_after_seconds tells when to come back."""

    code = "request.too_many"
    kind = ErrorKind.TOO_MANY

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("Too many requests.", retry_after_seconds=str(retry_after_seconds))
        self.retry_after_seconds = retry_after_seconds
