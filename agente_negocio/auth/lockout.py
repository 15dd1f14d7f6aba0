"""How many wrong passwords one account and one address have in a while, however many are tried at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from limits import parse

from agente_negocio.auth.errors import WrongCredentialsError
from shared.security.rate_limit import RateLimiter

# Of one account from one address, of one account from anywhere, from one address.
_LOCKOUT = parse("5 per 15 minutes")
_ACCOUNT_LOCKOUT = parse("50 per 15 minutes")
_ADDRESS_LOCKOUT = parse("100 per 15 minutes")

# One guess at a time of each account and address: many right ones at once must not look like many wrong ones.
_turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()


@asynccontextmanager
async def one_guess(limiter: RateLimiter, *, account: str, address: str) -> AsyncIterator[None]:
    """Counts a guess before the password is looked at, and gives it back unless it was a wrong one.

    Raises TooManyRequestsError, without a look at the password, when the guesses are used up.
    """
    counted = (
        (_LOCKOUT, ("login", account, address)),
        (_ACCOUNT_LOCKOUT, ("login", account)),
        (_ADDRESS_LOCKOUT, ("login-address", address)),
    )
    async with _turns.setdefault((account, address), asyncio.Lock()):
        for limit, key in counted:
            await limiter.hit(limit, *key)
        is_wrong = False
        try:
            yield
        except WrongCredentialsError:
            is_wrong = True
            raise
        finally:
            if not is_wrong:
                for limit, key in counted:
                    await limiter.give_back(limit, *key)
        await limiter.clear(_LOCKOUT, "login", account, address)
