"""Whether the running service already believes a staged key."""

import httpx

from scripts.production.console import RefusedError
from shared.security.keys import derive_key

_SECONDS = 10


def check_published(negocio_url: str, new: str) -> None:
    """Raises RefusedError unless negocio publishes the key that signs people's tokens with this secret."""
    url = f"{negocio_url.rstrip('/')}/.well-known/jwks.json"
    try:
        answer = httpx.get(url, timeout=_SECONDS).raise_for_status().json()
        published = {jwk["kid"] for jwk in answer["keys"]}
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{url} does not tell its keys ({error}); nothing was promoted.") from error
    if derive_key(new, purpose="people").key_id not in published:
        raise RefusedError(f"{url} does not know the staged key yet: deploy it, then promote.")
