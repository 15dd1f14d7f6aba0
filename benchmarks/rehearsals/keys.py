"""A throw-away pair of gpg keys for rehearsals, in a key ring of its own."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def backup_keys() -> Iterator[tuple[str, str, Path]]:
    """Public key, private key, both armoured, and the key ring's folder, while the block runs."""
    # Short: the agent's socket lies inside, and its path may have 100 characters.
    with tempfile.TemporaryDirectory(prefix="gr-", ignore_cleanup_errors=True) as name:
        gpg = ["gpg", "--homedir", name, "--batch", "--quiet"]
        make = [
            "--passphrase",
            "",
            "--quick-gen-key",
            "backup@example.com",
            "future-default",
            "default",
            "never",
        ]
        try:
            subprocess.run([*gpg, *make], check=True, capture_output=True)
            yield (
                _told([*gpg, "--armor", "--export"]),
                _told([*gpg, "--armor", "--export-secret-keys"]),
                Path(name),
            )
        finally:
            subprocess.run(["gpgconf", "--homedir", name, "--kill", "all"], check=False, capture_output=True)  # noqa: S607


def _told(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
