"""Which code a result was measured on."""

import subprocess


def commit() -> str:
    """The short hash of HEAD; "unknown" outside a checkout."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607  whatever git there is
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip() or "unknown"
