"""Access tokens of people and of services: made, and read back into a caller."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.kernel.clock import Clock, utc_now
from shared.security.errors import NotSignedInError
from shared.security.keys import SigningKey, derive_key
from shared.security.permissions import PERMISSIONS, Permission, Role

ACCESS_LIFETIME = timedelta(minutes=15)
SERVICE_LIFETIME = timedelta(seconds=60)
_PEOPLE = "gondola"
_REMEMBERED_TOKENS = 4096

SERVICES = ("negocio", "deposito", "ml", "dashboard")
# What a service may do at another in its own name; a person's token is passed on everywhere else.
SERVICE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    "negocio": frozenset({Permission.READ_CATALOG, Permission.READ_STOCK}),
    "deposito": frozenset({Permission.READ_ORGANISATION}),
    "ml": frozenset({Permission.READ_CATALOG, Permission.READ_STOCK, Permission.READ_SALES}),
    "dashboard": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. user_id and session_id are None for a service; branch_ids None means every branch."""

    organisation_id: UUID
    user_id: UUID | None
    session_id: UUID | None
    role: Role | None
    permissions: frozenset[Permission]
    branch_ids: frozenset[UUID] | None
    expires_at: datetime
    name: str

    @property
    def actor_id(self) -> UUID:
        """The person behind a recorded act; a service acts as the nil id."""
        return self.user_id or UUID(int=0)


def issue_access_token(key: SigningKey, *, caller_claims: Mapping[str, Any], now: datetime) -> str:
    """A person's token for 15 minutes. caller_claims: sub, org, role, sid, name, branches (list or null)."""
    claims = {**caller_claims, "iss": "negocio", "aud": _PEOPLE, "iat": now, "exp": now + ACCESS_LIFETIME}
    return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.key_id})


def issue_service_token(
    secret_key: str, *, issuer: str, audience: str, organisation_id: UUID, now: datetime
) -> str:
    """A service's token for one minute, for one other service and one organisation."""
    key = derive_key(secret_key, purpose=f"service:{issuer}")
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": f"service:{issuer}",
        "org": str(organisation_id),
        "iat": now,
        "exp": now + SERVICE_LIFETIME,
    }
    return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.key_id})


PublicKeys = Callable[[str], Awaitable[Ed25519PublicKey | None]]
"""Finds the public key of people's tokens by its name; None when there is no such key."""


class TokenReader:
    """Verifies tokens for one service. A signature is checked once per token, expiry every time.

    previous_secret_key: what other services may still, or already, sign with.
    """

    def __init__(
        self,
        service: str,
        *,
        secret_key: str,
        previous_secret_key: str | None = None,
        people_keys: PublicKeys,
        clock: Clock = utc_now,
    ) -> None:
        self._service = service
        self._people_keys = people_keys
        self._clock = clock
        self._service_keys = {
            key.key_id: (name, key.public)
            for name in SERVICES
            for secret in filter(None, (secret_key, previous_secret_key))
            for key in [derive_key(secret, purpose=f"service:{name}")]
        }
        self._known: dict[str, Caller] = {}

    async def read(self, token: str) -> Caller:
        """The caller a token names. Raises NotSignedInError, PeerUnavailableError for want of a key."""
        caller = self._known.get(token)
        if caller is None:
            caller = await self._verify(token)
            if len(self._known) >= _REMEMBERED_TOKENS:
                self._known.clear()
            self._known[token] = caller
        if caller.expires_at <= self._clock():
            self._known.pop(token, None)
            raise NotSignedInError("The token has expired.")
        return caller

    async def _verify(self, token: str) -> Caller:
        try:
            key_id = jwt.get_unverified_header(token).get("kid", "")
            if key_id in self._service_keys:
                return self._service_caller(token, *self._service_keys[key_id])
            public = await self._people_keys(str(key_id))
            if public is None:
                raise NotSignedInError("The token names an unknown key.")
            return _person(jwt.decode(token, public, algorithms=["EdDSA"], audience=_PEOPLE))
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError) as error:
            raise NotSignedInError("The token is not valid.") from error

    def _service_caller(self, token: str, name: str, public: Ed25519PublicKey) -> Caller:
        claims = jwt.decode(token, public, algorithms=["EdDSA"], audience=self._service, issuer=name)
        return Caller(
            organisation_id=UUID(claims["org"]),
            user_id=None,
            session_id=None,
            role=None,
            permissions=SERVICE_PERMISSIONS[name],
            branch_ids=None,
            expires_at=_instant(claims["exp"]),
            name=name,
        )


def _person(claims: Mapping[str, Any]) -> Caller:
    role = Role(claims["role"])
    branches = claims["branches"]
    return Caller(
        organisation_id=UUID(claims["org"]),
        user_id=UUID(claims["sub"]),
        session_id=UUID(claims["sid"]),
        role=role,
        permissions=PERMISSIONS[role],
        branch_ids=None if branches is None else frozenset(UUID(branch) for branch in branches),
        expires_at=_instant(claims["exp"]),
        name=claims["name"],
    )


def _instant(epoch_seconds: float) -> datetime:
    return datetime.fromtimestamp(epoch_seconds, UTC)
