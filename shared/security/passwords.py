"""Passwords: argon2id, checked off the event loop because a check costs tens of milliseconds."""

import asyncio

from pwdlib import PasswordHash

_hasher = PasswordHash.recommended()
# Checked when the account does not exist, so that both answers take the same time.
_DECOY = _hasher.hash("a password nobody has")


async def hash_password(password: str) -> str:
    """An argon2id hash with its own salt."""
    return await asyncio.to_thread(_hasher.hash, password)


async def is_right_password(password: str, password_hash: str | None) -> bool:
    """Whether the password matches; takes as long without an account as with one."""
    matches = await asyncio.to_thread(_hasher.verify, password, password_hash or _DECOY)
    return matches and password_hash is not None
