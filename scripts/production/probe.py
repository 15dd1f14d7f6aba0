"""Whether the process of this container works, by exit code: `python -m scripts.production.probe`.

Web processes are asked whether they are ready, workers for their figures. It is run every few seconds, so it
imports little.
"""

import http.client
import os
import sys
from collections.abc import Mapping

from scripts.production.console import RefusedError
from scripts.production.processes import Process, chosen, environment_of

_SECONDS = 5
_OK = 200


def main() -> int:
    """Ask, and say in one line why not; jobs have nothing to ask and end by themselves."""
    try:
        process = chosen(None, os.environ)
    except RefusedError as error:
        print(error)
        return 1
    if process.is_job:
        return 0
    environment = environment_of(process, os.environ)
    port, path = where(process, environment)
    try:
        status = _ask(port, path, host_for(environment.get("ALLOWED_HOSTS")))
    except (OSError, http.client.HTTPException) as error:
        print(f"{process.name} does not answer on {port}: {error}")
        return 1
    print(f"{process.name} answers {status} to {path}")
    return 0 if status == _OK else 1


def where(process: Process, environment: Mapping[str, str]) -> tuple[int, str]:
    """Port and path that tell how the process is."""
    if process.is_web:
        return int(environment["PORT"]), "/health/ready"
    return int(environment["METRICS_PORT"]), "/metrics"


def host_for(allowed_hosts: str | None) -> str:
    """A host name the service takes; it refuses all but ALLOWED_HOSTS."""
    first = (allowed_hosts or "*").split(",")[0].strip()
    return "localhost" if first == "*" else first.replace("*", "probe")


def _ask(port: int, path: str, host: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
