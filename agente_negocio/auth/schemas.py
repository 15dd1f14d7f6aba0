"""Wire format of sign-in, organisations, branches and people."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from agente_negocio.auth.organisations import AddPerson
from agente_negocio.auth.rules import CostBasis, IvaCondition
from shared.kernel.cuit import parse_cuit
from shared.security.permissions import Permission, Role
from shared.web.schemas import Answer, Body, Clean, Name

# The web app keeps the token in one cookie of 4 kB; who works in more branches works in all of them.
_MOST_BRANCHES = 30


def _digits(text: str) -> str:
    cuit = parse_cuit(text)
    if cuit is None:
        raise ValueError("El CUIT no es válido: revisá sus 11 números.")
    return cuit


CuitIn = Annotated[str, StringConstraints(max_length=20), AfterValidator(_digits)]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$"),
    Clean,
]
Username = Annotated[str, StringConstraints(min_length=3, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]


def _speakable(secret: SecretStr) -> SecretStr:
    """What cannot be written as UTF-8 cannot be hashed."""
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError as error:
        raise ValueError("Tiene caracteres que no sirven.") from error
    return secret


Password = Annotated[SecretStr, Field(max_length=200), AfterValidator(_speakable)]
NewPassword = Annotated[SecretStr, Field(min_length=10, max_length=200), AfterValidator(_speakable)]


class LoginRequest(Body):
    """Either name works; extra fields of OAuth2 password forms are let through."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    username: Annotated[str, StringConstraints(min_length=1, max_length=254), Clean] | None = None
    email: Annotated[str, StringConstraints(min_length=1, max_length=254), Clean] | None = None
    password: Password

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if not (self.username or self.email):
            raise ValueError("Falta el usuario o el correo.")
        return self

    @property
    def identifier(self) -> str:
        """What the person signs in with."""
        return self.username or self.email or ""


class RefreshRequest(Body):
    """A refresh token to exchange."""

    refresh_token: Annotated[str, StringConstraints(min_length=20, max_length=200), Clean]


class SwitchRequest(Body):
    """The organisation to work in from now on."""

    organisation_id: UUID


class PasswordChange(Body):
    """A new password, with the current one as proof."""

    current: Password
    new: NewPassword


class TokenUser(Answer):
    """Whom a token names."""

    id: UUID
    name: str
    role: Role
    organisation_id: UUID


class TokenPair(Answer):
    """expires_in: seconds the access token lives."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  RFC 6749 names it so
    expires_in: int
    refresh_token: str
    user: TokenUser


class OrganisationRead(Answer):
    """An organisation."""

    id: UUID
    name: str
    cuit: str
    iva_condition: IvaCondition
    cost_basis: CostBasis
    is_demo: bool


class OrganisationChange(Body):
    """Any of these; what is absent stays."""

    name: Name | None = None
    cuit: CuitIn | None = None
    iva_condition: IvaCondition | None = None
    cost_basis: CostBasis | None = None


class BranchRead(Answer):
    """A branch."""

    id: UUID
    name: str
    address: str | None
    archived: bool
    version: int


class BranchCreate(Body):
    """A new branch."""

    name: Name
    address: Name | None = None


class BranchChange(Body):
    """Any of these; what is absent stays."""

    name: Name | None = None
    address: Name | None = None
    archived: bool | None = None


class PersonRead(Answer):
    """Somebody in the organisation. branch_ids null means every branch."""

    id: UUID
    name: str
    email: str
    username: str | None
    role: Role
    branch_ids: list[UUID] | None
    archived: bool
    version: int


class PersonCreate(Body):
    """Somebody new; an e-mail already known keeps its own name and password."""

    email: Email
    username: Username | None = None
    name: Name
    password: NewPassword
    role: Role
    branch_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=_MOST_BRANCHES)] | None = None

    def to_command(self) -> AddPerson:
        """The service's command."""
        return AddPerson(
            email=self.email,
            username=self.username,
            name=self.name,
            password=self.password.get_secret_value(),
            role=self.role,
            branch_ids=self.branch_ids,
        )


class MembershipChange(Body):
    """Any of these; what is absent stays."""

    role: Role | None = None
    branch_ids: Annotated[list[UUID], Field(min_length=1, max_length=_MOST_BRANCHES)] | None = None
    archived: bool | None = None

    def changes(self) -> dict[str, Any]:
        """What was given. A null branch_ids is a value: every branch."""
        given = self.model_dump(exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None or name == "branch_ids"}


class MembershipRead(Answer):
    """Another organisation of the same person."""

    organisation_id: UUID
    organisation_name: str
    role: Role


class MeUser(Answer):
    """The signed-in person."""

    id: UUID
    name: str
    email: str
    role: Role


class MeBranch(Answer):
    """A branch the caller may see."""

    id: UUID
    name: str


class Me(Answer):
    """Who I am, where I work and what I may do."""

    user: MeUser
    organisation: OrganisationRead
    branches: list[MeBranch]
    memberships: list[MembershipRead]
    permissions: list[Permission]
