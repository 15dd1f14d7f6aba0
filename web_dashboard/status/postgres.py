"""Whether Postgres answers at all, without signing in to it: the dashboard has no business inside."""

import asyncio
from urllib.parse import urlsplit

# The SSLRequest message: every Postgres answers it with one byte, S or N, before anyone signs in.
# https://www.postgresql.org/docs/18/protocol-message-formats.html
_SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
_SECONDS = 2
_PORT = 5432


async def answers(database_url: str) -> bool:
    """Whether a Postgres server speaks at this address."""
    parts = urlsplit(database_url)
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(parts.hostname or "localhost", parts.port or _PORT)
            try:
                writer.write(_SSL_REQUEST)
                await writer.drain()
                return await reader.readexactly(1) in (b"S", b"N")
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
        return False
