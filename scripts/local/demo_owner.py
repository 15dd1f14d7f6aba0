"""Makes the demo organisation and the owner who signs in there: `python -m scripts.local.demo_owner`."""

import asyncio

from scripts.demo.loading.people import ensure_organisation
from shared.config.settings import get_settings
from shared.database.session import open_database


async def main() -> None:
    """Safe to repeat; the seed finds what this made."""
    database = open_database(get_settings(), role="app_negocio")
    try:
        await ensure_organisation(database)
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
