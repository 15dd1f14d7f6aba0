"""The public keys of people's tokens, fetched from negocio's JWKS and remembered."""

import asyncio
import time

import httpx
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt import PyJWKSet
from jwt.exceptions import PyJWKError, PyJWKSetError

from shared.clients.base import PeerUnavailableError

log = structlog.get_logger()

_SECONDS_BETWEEN_FETCHES = 5


class FetchedKeys:
    """Asks again when a token names a key it does not know, at most every few seconds, whatever came of it.

    Requests that come meanwhile wait for the one question. While negocio is away the keys already
    known go on working; whether others are good nobody can say then.
    """

    def __init__(self, http: httpx.AsyncClient, negocio_url: str) -> None:
        self._http = http
        self._url = f"{negocio_url}/.well-known/jwks.json"
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._asked_at = -float(_SECONDS_BETWEEN_FETCHES)
        self._is_away = False
        self._asking = asyncio.Lock()

    async def __call__(self, key_id: str) -> Ed25519PublicKey | None:
        """The key of that name, or None where there is none. Raises PeerUnavailableError."""
        if key_id not in self._keys:
            async with self._asking:
                if key_id not in self._keys and self._may_ask():
                    await self._fetch()
                    self._asked_at = time.monotonic()
        if key_id not in self._keys and self._is_away:
            raise PeerUnavailableError("negocio")
        return self._keys.get(key_id)

    def _may_ask(self) -> bool:
        return time.monotonic() - self._asked_at >= _SECONDS_BETWEEN_FETCHES

    async def _fetch(self) -> None:
        try:
            answer = await self._http.get(self._url, timeout=5)
            answer.raise_for_status()
            known = PyJWKSet.from_dict(answer.json())
        except (httpx.HTTPError, ValueError, PyJWKError, PyJWKSetError) as error:
            log.warning("jwks.unavailable", error=str(error))
            self._is_away = True
            return
        self._is_away = False
        self._keys = {str(jwk.key_id): jwk.key for jwk in known.keys}
