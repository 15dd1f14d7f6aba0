"""The services as the demo's owner calls them: signed in, repeatable, patient with restarts."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

_SECONDS_TO_WAIT = 120
_PAUSE_SECONDS = 0.5
_AGAIN = {429, 502, 503, 504}
UNAUTHENTICATED = 401


class LoadingError(Exception):
    """A service refused what the demo wanted to load."""


@dataclass(slots=True)
class Api:
    """Signs in again when its token ends. Writes carry a key, so that a second run changes nothing."""

    http: httpx.AsyncClient
    negocio: str
    deposito: str
    ml: str
    username: str
    password: str
    _token: str = field(default="", repr=False)

    async def get(self, base: str, path: str, **params: str) -> Any:
        """The decoded answer."""
        return await self._call("GET", base + path, params=params)

    async def write(self, base: str, path: str, body: Any, *, key: str, method: str = "POST") -> Any:
        """The decoded answer of a write, new or repeated."""
        return await self._call(method, base + path, json=body, headers=_once(key))

    async def upload(
        self, path: str, files: list[tuple[str, bytes, str]], data: dict[str, str], *, key: str
    ) -> Any:
        """Send the pages of one document. files: name, content, media type."""
        parts = [("files", file) for file in files]
        return await self._call("POST", self.negocio + path, files=parts, data=data, headers=_once(key))

    async def _call(
        self, method: str, url: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> Any:
        deadline = asyncio.get_running_loop().time() + _SECONDS_TO_WAIT
        while True:
            answer = await self._try(method, url, headers or {}, options)
            if answer is not None and answer.status_code == UNAUTHENTICATED:
                self._token = ""
            elif answer is not None and answer.status_code not in _AGAIN:
                break
            if asyncio.get_running_loop().time() > deadline:
                raise LoadingError(f"{method} {url} gives no answer.")
            await asyncio.sleep(_PAUSE_SECONDS)
        if answer.is_error:
            raise LoadingError(f"{method} {url}: {answer.status_code} {answer.text[:2000]}")
        return answer.json() if answer.content else None

    async def _try(
        self, method: str, url: str, headers: dict[str, str], options: dict[str, Any]
    ) -> httpx.Response | None:
        try:
            if not self._token:
                await self._sign_in()
            bearer = {"Authorization": f"Bearer {self._token}"}
            return await self.http.request(method, url, headers={**headers, **bearer}, **options)
        except httpx.TransportError:
            return None

    async def _sign_in(self) -> None:
        answer = await self.http.post(
            f"{self.negocio}/api/v1/auth/login",
            json={"username": self.username, "password": self.password},
        )
        if answer.status_code not in _AGAIN:
            if answer.is_error:
                raise LoadingError(f"The demo cannot sign in: {answer.text[:500]}")
            self._token = answer.json()["access_token"]


def _once(key: str) -> dict[str, str]:
    """Keys travel as plain ASCII; ours may hold any name."""
    return {"Idempotency-Key": str(uuid5(NAMESPACE_URL, key))}
