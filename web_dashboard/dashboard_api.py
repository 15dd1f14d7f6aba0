"""The dashboard: `python web_dashboard/dashboard_api.py`, or `uvicorn web_dashboard.dashboard_api:app`.

Also from inside this folder, as `uvicorn dashboard_api:app`.
"""

import sys
from pathlib import Path

# Started as a file or from inside this folder, the root of the project is not where Python looks.
_ROOT = str(Path(__file__).resolve().parents[1])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

import uvicorn  # noqa: E402  after the path is set

from shared.config.settings import get_settings  # noqa: E402
from web_dashboard.application import create_app  # noqa: E402
from web_dashboard.pages import ROUTERS  # noqa: E402

_PORT = 8000
_GRACEFUL_SECONDS = 10

app = create_app(get_settings(), ROUTERS)


def main() -> None:
    """Serve on PORT until SIGTERM; an empty host means every address, IPv4 and IPv6."""
    settings = get_settings()
    uvicorn.run(
        app,
        host="",
        port=settings.port or _PORT,
        access_log=False,
        server_header=False,
        # The app sees to trusted proxies itself, whatever server runs it.
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
    )


if __name__ == "__main__":
    main()
