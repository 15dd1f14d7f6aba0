"""Static files, the web app manifest and the service worker."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from web_dashboard.assets import Assets

router = APIRouter(include_in_schema=False)


@router.get("/s/{name}")
async def static(request: Request, name: str) -> Response:
    """A file by its hashed name."""
    return _assets(request).serve(request, name)


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """For browsers that ask without being told."""
    return Response(_assets(request).read("icon.svg"), media_type="image/svg+xml")


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> JSONResponse:
    """What a phone needs to put the page on its home screen."""
    icon = {"src": _assets(request).url("icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    body = {
        "name": "Góndola",
        "short_name": "Góndola",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f6f5f1",
        "theme_color": "#f6f5f1",
        "lang": "es-AR",
        "icons": [icon, {**icon, "purpose": "maskable"}],
    }
    return JSONResponse(body, media_type="application/manifest+json")


@router.get("/sw.js")
async def service_worker(request: Request) -> Response:
    """Keeps static files, and nothing a person sees: it stands at the root to reach every page."""
    headers = {"Cache-Control": "no-cache"}
    content = _assets(request).read("worker.js")
    return Response(content, media_type="text/javascript; charset=utf-8", headers=headers)


def _assets(request: Request) -> Assets:
    assets: Assets = request.app.state.assets
    return assets
