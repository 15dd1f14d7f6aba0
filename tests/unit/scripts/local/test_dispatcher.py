"""Several services behind one port: who gets which request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import JSONResponse

from scripts.local.dispatcher import one_port


def service(name: str, *paths: str, ready: bool = True) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.is_open = True
        yield
        app.state.is_open = False

    app = FastAPI(title=name, lifespan=lifespan)

    @app.get("/health/ready")
    async def answer_ready() -> JSONResponse:
        return JSONResponse({"service": name}, 200 if ready else 503)

    @app.get("/api/v1/jobs/{job_id}")
    async def job(job_id: str) -> str:
        return f"{name} {job_id}"

    for path in paths:
        app.add_api_route(path, lambda: name, methods=["GET"])
    return app


def client(**services: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(one_port(services)), base_url="http://shop")


@pytest.mark.parametrize(
    ("path", "status", "answer"),
    [
        ("/api/v1/invoices", 200, "negocio"),
        ("/api/v1/inventory/stats", 200, "deposito"),
        ("/", 200, "dashboard"),
        ("/api/v1/jobs/dep_7", 200, "deposito dep_7"),
        ("/api/v1/jobs/neg_7", 200, "negocio neg_7"),
        ("/services/deposito/api/v1/inventory/stats", 200, "deposito"),
    ],
)
async def test_the_owner_of_the_path_answers(path: str, status: int, answer: str) -> None:
    async with client(
        negocio=service("negocio", "/api/v1/invoices"),
        deposito=service("deposito", "/api/v1/inventory/stats"),
        dashboard=service("dashboard", "/", "/{page:path}"),
    ) as http:
        response = await http.get(path)

    assert (response.status_code, response.json()) == (status, answer)


async def test_a_known_path_with_another_method_is_405_and_an_unknown_one_404() -> None:
    async with client(
        negocio=service("negocio", "/api/v1/invoices"), dashboard=service("dashboard", "/")
    ) as http:
        wrong_method = await http.delete("/api/v1/invoices")
        unknown = await http.get("/nowhere")

    assert wrong_method.status_code == 405
    assert unknown.status_code == 404


async def test_ready_only_when_all_are() -> None:
    async with client(a=service("a"), b=service("b", ready=False), c=service("c")) as http:
        not_ready = await http.get("/health/ready")
    async with client(a=service("a"), c=service("c")) as http:
        ready = await http.get("/health/ready")

    assert (not_ready.status_code, not_ready.json()) == (503, {"service": "b"})
    assert ready.status_code == 200


async def test_each_keeps_its_own_documentation() -> None:
    async with client(negocio=service("negocio", "/a"), deposito=service("deposito", "/b")) as http:
        document = (await http.get("/services/deposito/openapi.json")).json()

    assert document["info"]["title"] == "deposito"
    assert document["servers"] == [{"url": "/services/deposito"}]
    assert "/b" in document["paths"]


async def test_all_open_and_close_together() -> None:
    first, second = service("a"), service("b")
    whole = one_port({"a": first, "b": second})

    async with whole.router.lifespan_context(whole):
        assert first.state.is_open
        assert second.state.is_open

    assert not first.state.is_open
    assert not second.state.is_open
