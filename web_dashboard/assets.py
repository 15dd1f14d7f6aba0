"""The files pages link to, under hashed names: our CSS and JavaScript joined, third-party files as built."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import structlog
from starlette.requests import Request
from starlette.responses import Response

log = structlog.get_logger()

STATIC = Path(__file__).parent / "static"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_COMPRESSED = {".css", ".js", ".svg"}
_LINKED = re.compile(rb'url\("asset:([\w.-]+)"\)')


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent."""

    content: bytes
    compressed: bytes | None
    media_type: str


class Assets:
    """Every static file in memory (under 1 MB in all), found by its hashed name.

    Without a build of the third-party files pages still work: they are then plain pages without JavaScript
    libraries, and `has` tells the templates which to link.
    """

    def __init__(self, static: Path = STATIC) -> None:
        self._files: dict[str, Asset] = {}
        self._names = self._load_vendor(static / "vendor")
        for single in sorted((static / "single").glob("*.*")):
            self._publish(single.name, single.read_bytes())
        self._publish("app.js", _joined(static / "js", "*.js", before=b'"use strict";\n'))
        self._publish("app.css", self._resolve(_joined(static / "css", "*.css")))

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._names

    def url(self, name: str) -> str:
        """Where pages find a file by its plain name."""
        return f"/s/{self._names[name]}"

    def read(self, name: str) -> bytes:
        """The content of a file by its plain name."""
        return self._files[self._names[name]].content

    def serve(self, request: Request, hashed_name: str) -> Response:
        """The file, to be kept for ever: another content has another name."""
        asset = self._files.get(hashed_name)
        if asset is None:
            return Response(status_code=404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        content = asset.content
        if asset.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            content, headers["Content-Encoding"] = asset.compressed, "gzip"
        return Response(content, media_type=asset.media_type, headers=headers)

    def _load_vendor(self, vendor: Path) -> dict[str, str]:
        try:
            names: dict[str, str] = json.loads((vendor / "manifest.json").read_text())
        except FileNotFoundError:
            log.warning("assets.not_built", hint="python -m scripts.build_assets")
            return {}
        # Earlier builds are served too, for pages that were opened before this process started.
        for file in vendor.glob("*.*"):
            if file.suffix in _MEDIA_TYPES:
                self._files[file.name] = _asset(file.suffix, file.read_bytes())
        return names

    def _publish(self, name: str, content: bytes) -> None:
        stem, suffix = Path(name).stem, Path(name).suffix
        hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{suffix}"
        self._files[hashed] = _asset(suffix, content)
        self._names[name] = hashed

    def _resolve(self, css: bytes) -> bytes:
        """url("asset:NAME") by the hashed address of NAME."""

        def address(found: re.Match[bytes]) -> bytes:
            name = found[1].decode()
            return f'url("{self.url(name)}")'.encode() if self.has(name) else b'url("data:,")'

        return _LINKED.sub(address, css)


def _joined(folder: Path, pattern: str, *, before: bytes = b"") -> bytes:
    """The files of a folder in the order of their names."""
    return before + b"\n".join(path.read_bytes() for path in _sorted(folder.glob(pattern)))


def _sorted(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: path.name)


def _asset(suffix: str, content: bytes) -> Asset:
    compressed = gzip.compress(content, 9, mtime=0) if suffix in _COMPRESSED else None
    return Asset(content, compressed, _MEDIA_TYPES[suffix])
