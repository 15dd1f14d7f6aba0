"""Refusals of sign-in and of changes to an organisation's people."""

from shared.kernel.errors import DomainError, ErrorKind


class WrongCredentialsError(DomainError):
    """Unknown person or wrong password: one answer for both."""

    code = "auth.wrong_credentials"
    kind = ErrorKind.UNAUTHENTICATED


class NoOrganisationError(DomainError):
    """The person belongs to no organisation (any more)."""

    code = "auth.no_organisation"
    kind = ErrorKind.FORBIDDEN


class RefreshRefusedError(DomainError):
    """The refresh token is unknown, was used before, or its session is over."""

    code = "auth.refresh_refused"
    kind = ErrorKind.UNAUTHENTICATED


class LastOwnerError(DomainError):
    """An organisation keeps at least one owner."""

    code = "auth.last_owner"
    kind = ErrorKind.CONFLICT


class AlreadyMemberError(DomainError):
    """That e-mail already belongs to the organisation."""

    code = "auth.already_member"
    kind = ErrorKind.CONFLICT


class UsernameTakenError(DomainError):
    """Somebody else signs in with that name."""

    code = "auth.username_taken"
    kind = ErrorKind.CONFLICT


class PersonNotFoundError(DomainError):
    """Nobody with that id in this organisation."""

    code = "auth.person_not_found"
    kind = ErrorKind.NOT_FOUND


class BranchNotFoundError(DomainError):
    """No such branch in this organisation."""

    code = "auth.branch_not_found"
    kind = ErrorKind.NOT_FOUND


class BranchNameTakenError(DomainError):
    """Another open branch has that name."""

    code = "auth.branch_name_taken"
    kind = ErrorKind.CONFLICT


class InvalidCuitError(DomainError):
    """The check digit does not match."""

    code = "auth.invalid_cuit"
    kind = ErrorKind.INVALID
