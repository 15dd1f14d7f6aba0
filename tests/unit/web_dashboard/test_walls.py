"""Rules of the whole dashboard: no database, forms that are checked, pages that run nothing foreign."""

import json
import subprocess
import sys
from pathlib import Path

import httpx

from scripts.build_assets import FILES, publish
from shared.web.problem_texts import PROBLEM_TEXTS
from tests.services import endpoints
from tests.unit.web_dashboard.support import client_of, make_app
from web_dashboard.assets import Assets
from web_dashboard.sessions.csrf import checked_form

ROOT = Path(__file__).parents[3]


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there", request=request)


def test_the_database_is_not_even_imported() -> None:
    program = (
        "import sys, web_dashboard.application, web_dashboard.pages;"
        "print([name for name in sys.modules if name.startswith(('sqlalchemy', 'shared.database'))])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == "[]"


def test_every_unsafe_route_checks_its_form() -> None:
    app = make_app(unreachable)
    unsafe = [endpoint for endpoint in endpoints(app) if endpoint.method not in ("GET", "HEAD")]

    unchecked = [endpoint.path for endpoint in unsafe if checked_form not in endpoint.calls()]

    assert len(unsafe) > 10
    assert unchecked == []


async def test_what_nobody_foresaw_is_told_as_a_page() -> None:
    app = make_app(unreachable)

    async def broken() -> None:
        raise RuntimeError("nobody foresaw this")

    app.add_api_route("/rota", broken)
    async with client_of(app) as client:
        answer = await client.get("/rota")

    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert PROBLEM_TEXTS["internal"].title in answer.text
    assert "foresaw" not in answer.text


def test_formats_alone_uses_babel() -> None:
    users = [path.name for path in (ROOT / "web_dashboard").rglob("*.py") if "from babel" in path.read_text()]

    assert users == ["formats.py"]


def test_templates_hold_no_inline_script_or_style() -> None:
    for template in (ROOT / "web_dashboard" / "templates").rglob("*.html"):
        text = template.read_text()
        assert ' style="' not in text, template
        assert "<script>" not in text, template
        assert " onclick=" not in text, template


def test_the_lock_names_no_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


async def test_pages_carry_the_strict_policy_and_work_without_built_files(tmp_path: Path) -> None:
    app = make_app(unreachable)
    async with client_of(app) as client:
        page = await client.get("/entrar")

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert not Assets(tmp_path).has("htmx.js")


async def test_static_files_are_kept_for_ever_and_compressed() -> None:
    app = make_app(unreachable)
    async with client_of(app) as client:
        css = await client.get(app.state.assets.url("app.css"), headers={"Accept-Encoding": "gzip"})
        gone = await client.get("/s/app.000000000000.css")

    assert css.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert css.headers["content-encoding"] == "gzip"
    assert gone.status_code == 404


def test_publishing_writes_hashed_names_and_keeps_older_ones(tmp_path: Path) -> None:
    for source in FILES.values():
        (tmp_path / "packages" / source).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "packages" / source).write_bytes(b"one")
    first = publish(tmp_path / "packages", tmp_path / "vendor")
    (tmp_path / "packages" / FILES["htmx.js"]).write_bytes(b"two")
    second = publish(tmp_path / "packages", tmp_path / "vendor")

    assert first["htmx.js"] != second["htmx.js"]
    assert (tmp_path / "vendor" / first["htmx.js"]).exists()
    assert (tmp_path / "vendor" / f"{second['htmx.js']}.gz").exists()
    assert json.loads((tmp_path / "vendor" / "manifest.json").read_text()) == second


async def test_a_service_away_is_a_calm_page_with_the_request_id() -> None:
    app = make_app(unreachable)
    async with client_of(app) as client:
        missing = await client.get("/nada", headers={"X-Request-Id": "pedido-12345"})
        programs = await client.get("/api/dashboard/summary")

    assert missing.status_code == 404
    assert "Esta página no existe" in missing.text
    assert "pedido-12345" in missing.text
    assert programs.json()["code"] == "auth.not_signed_in"
