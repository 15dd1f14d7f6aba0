"""Tokens between services while their common secret is being replaced."""

from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.kernel.clock import utc_now
from shared.security.errors import NotSignedInError
from shared.security.tokens import TokenReader, issue_service_token

OLD, NEW = "the old secret of all services here", "the new secret of all services here"


async def nobody(_key_id: str) -> Ed25519PublicKey | None:
    return None


def token(secret: str) -> str:
    return issue_service_token(
        secret, issuer="ml", audience="deposito", organisation_id=uuid4(), now=utc_now()
    )


@pytest.mark.parametrize(("key", "previous"), [(OLD, NEW), (NEW, OLD)])
async def test_both_secrets_are_believed_side_by_side(key: str, previous: str) -> None:
    reader = TokenReader("deposito", secret_key=key, previous_secret_key=previous, people_keys=nobody)

    assert (await reader.read(token(OLD))).name == "ml"
    assert (await reader.read(token(NEW))).name == "ml"


async def test_a_retired_secret_is_not_believed() -> None:
    reader = TokenReader("deposito", secret_key=NEW, people_keys=nobody)

    with pytest.raises(NotSignedInError):
        await reader.read(token(OLD))
