"""Which code a result was measured on, and where."""

import os
import platform
import subprocess


def commit() -> str:
    """The short hash of HEAD, "-dirty" after it where files differ from it; "unknown" outside a checkout."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],  # noqa: S607  whatever git there is
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip() or "unknown"


def machine() -> str:
    """Processor, cores and Python."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
