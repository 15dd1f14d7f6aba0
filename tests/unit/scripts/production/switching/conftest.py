"""A place to switch in."""

from pathlib import Path

import pytest

from scripts.production.switching import turning
from tests.unit.scripts.production.switching.noting import NotingHost


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NotingHost:
    """Blue is in use; whatever active.conf says answers at once."""
    for colour in ("blue", "green"):
        (tmp_path / f"{colour}.conf").write_text(f"upstream {colour} {{}}\n")
    (tmp_path / "active.conf").write_text("upstream blue {}\n")
    (tmp_path / "nginx.conf").write_text("http {\n    include active.conf;\n}\n")
    nginx = tmp_path / "nginx"
    nginx.write_text('#!/bin/sh\necho "test $(cat "${0%/*}/candidate.conf")" >> "${0%/*}/notes"\n')
    nginx.chmod(0o755)
    host = NotingHost(tmp_path)
    monkeypatch.setattr(turning, "_colour_of", lambda _url: host.proxy.active)
    return host
