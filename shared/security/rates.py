"""Which limits apply to an address, a person, an organisation and an open probe."""

from starlette.requests import Request

from shared.config.settings import Settings
from shared.security.rate_limit import RateLimiter, per_minute
from shared.security.tokens import Caller


class Rates:
    """The limits of one service, from its settings."""

    def __init__(self, limiter: RateLimiter, settings: Settings, *, service: str) -> None:
        self.limiter = limiter
        self._service = service
        self._address = per_minute(settings.rate_per_address)
        self._user = per_minute(settings.rate_per_user)
        self._organisation = per_minute(settings.rate_per_organisation)
        self._probe = per_minute(settings.rate_per_probe)

    async def of_address(self, request: Request) -> None:
        """Requests that need no token, and tokens that are no good. Raises TooManyRequestsError."""
        await self.limiter.hit(self._address, self._service, "address", address_of(request))

    async def of_probe(self, request: Request) -> None:
        """Requests to probes, which need no token and cost work."""
        await self.limiter.hit(self._probe, self._service, "probe", address_of(request))

    async def of_caller(self, caller: Caller) -> None:
        """Requests with a token; services speak for many people and are not counted."""
        if caller.user_id is None:
            return
        await self.limiter.hit(self._user, self._service, "user", str(caller.user_id))
        await self.limiter.hit(self._organisation, self._service, "org", str(caller.organisation_id))


def address_of(request: Request) -> str:
    """The client's address; `install_edges` has put here what a trusted proxy named."""
    return request.client.host if request.client else "unknown"
