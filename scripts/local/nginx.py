"""NGINX for tests and rehearsals."""

from pathlib import Path

from scripts.local import debian


def ensure() -> Path:
    """The program. Raises SetupError with the command that installs it."""
    return debian.ensure("nginx", "nginx")
