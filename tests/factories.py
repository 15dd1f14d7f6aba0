"""Makes what tests need to exist: organisations, branches, people with a session, and their tokens.

Written by SQL as the database's owner, so that any service's tests can use it without the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.kernel.clock import utc_now
from shared.security.keys import derive_key
from shared.security.permissions import Role
from shared.security.tokens import issue_access_token

_KEY = derive_key("a key that signs the tokens of tests only", purpose="tests")


async def people_keys(key_id: str) -> Ed25519PublicKey | None:
    """What a service under test verifies people's tokens with."""
    return _KEY.public if key_id == _KEY.key_id else None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in to an organisation."""

    id: UUID
    organisation_id: UUID
    session_id: UUID
    role: Role
    branch_ids: tuple[UUID, ...] | None

    @property
    def token(self) -> str:
        """A fresh access token."""
        claims = {
            "sub": str(self.id),
            "org": str(self.organisation_id),
            "sid": str(self.session_id),
            "role": self.role,
            "name": "Marta",
            "branches": None if self.branch_ids is None else [str(branch) for branch in self.branch_ids],
        }
        return issue_access_token(_KEY, caller_claims=claims, now=utc_now())

    @property
    def headers(self) -> dict[str, str]:
        """Headers of a request in this person's name."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True)
class Organisation:
    """A shop with one branch."""

    database_url: str
    id: UUID = field(default_factory=uuid4)
    branch_id: UUID = field(default_factory=uuid4)

    def add_branch(self, name: str) -> UUID:
        """Another branch."""
        branch_id = uuid4()
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "INSERT INTO auth.branch (organisation_id, id, name) VALUES (%s, %s, %s)",
                [self.id, branch_id, name],
            )
        return branch_id

    def add_person(self, role: Role = Role.OWNER, *, branch_ids: Iterable[UUID] | None = None) -> Person:
        """Somebody with this role and a live session; branch_ids None sees every branch."""
        branches = None if branch_ids is None else tuple(branch_ids)
        person = Person(uuid4(), self.id, uuid4(), role, branches)
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "INSERT INTO auth.person (id, email, name, password_hash) VALUES (%s, %s, 'Marta', 'none')",
                [person.id, f"{person.id}@example.com"],
            )
            connection.execute(
                "INSERT INTO auth.membership (organisation_id, user_id, role, branch_ids)"
                " VALUES (%s, %s, %s, %s)",
                [self.id, person.id, role, None if branches is None else list(branches)],
            )
            connection.execute(
                "INSERT INTO auth.session (organisation_id, id, user_id, expires_at)"
                " VALUES (%s, %s, %s, now() + interval '1 day')",
                [self.id, person.session_id, person.id],
            )
        return person


def make_organisation(database_url: str, *, iva_condition: str = "responsable_inscripto") -> Organisation:
    """An organisation with a branch and nobody in it."""
    organisation = Organisation(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO auth.organisation (organisation_id, name, cuit, iva_condition, cost_basis)"
            " VALUES (%s, 'Almacén de prueba', '30712345671', %s, 'by_condition')",
            [organisation.id, iva_condition],
        )
        connection.execute(
            "INSERT INTO auth.branch (organisation_id, id, name) VALUES (%s, %s, 'Centro')",
            [organisation.id, organisation.branch_id],
        )
    return organisation
