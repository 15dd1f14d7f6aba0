"""Has every web service of a colour answer often before anybody depends on it: connections, caches, plans.

Where they answer is in NEGOCIO_URL, DEPOSITO_URL, ML_URL and DASHBOARD_URL; arguments name some of these.
What is slow the first time in the work itself, as reading a paper, the verification does afterwards.
"""

import http.client
import os
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

_PATHS = {
    "NEGOCIO_URL": ("/health/ready", "/.well-known/jwks.json", "/api/v1/auth/me"),
    "DEPOSITO_URL": ("/health/ready", "/api/v1/inventory/stats", "/api/v1/products"),
    "ML_URL": ("/health/ready", "/api/v1/forecasts"),
    "DASHBOARD_URL": ("/health/ready", "/entrar", "/"),
}
_TIMES, _AT_ONCE, _SECONDS = 10, 8, 10


def main() -> int:
    """Ask; 1 when something gave no answer at all. What is answered does not matter here."""
    chosen = sys.argv[1:] or list(_PATHS)
    wanted = [
        os.environ[variable].rstrip("/") + path
        for variable in chosen
        for path in _PATHS[variable]
        for _ in range(_TIMES)
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        silent = sorted({url for url in pool.map(_ask, wanted) if url})
    for url in silent:
        print(f"{url} gives no answer", file=sys.stderr)
    return 1 if silent else 0


def _ask(url: str) -> str | None:
    """The address if nobody answered there."""
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310  our own services
            answer.read()
    except urllib.error.HTTPError:
        return None
    except (OSError, http.client.HTTPException):
        return url
    return None


if __name__ == "__main__":
    sys.exit(main())
