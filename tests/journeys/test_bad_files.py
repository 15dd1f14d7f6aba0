"""Hostile files: refused at once, or a document that says in Spanish why it failed; the worker lives on."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest

from scripts.demo.papers import render
from tests.journeys.asking import Asked, Life, negocio
from tests.journeys.hostile_files import FAILED, REFUSED, SURVIVED, pdf, picture
from tests.journeys.life import follow
from tests.journeys.rows import digest
from tests.journeys.town import Town

CODES = {
    "file_corrupt",
    "file_empty",
    "file_encrypted",
    "file_too_large",
    "too_many_pages",
    "unsupported_format",
    "reading_timeout",
    "reading_out_of_memory",
    "reading_killed",
    "nothing_found",
}
NAMES = (
    "foto.jpg",
    "../../../etc/passwd.jpg",
    "a\x00b.jpg",
    "x" * 3000 + ".jpg",
    "👩‍👧.jpg",
    "",
    "con\r\n: y",
)


async def upload(
    life: Life, files: tuple[bytes, ...], *, names: tuple[str, ...] = ("foto.jpg",), kind: str = "image/jpeg"
) -> httpx.Response:
    parts = [("files", (names[n % len(names)], content, kind)) for n, content in enumerate(files)]
    return await life.town.send(
        "negocio",
        "POST",
        "/api/v1/ocr/documents",
        files=parts,
        data={"branch_id": life.ids["centro"], "source": "web"},
        headers=life.headers,
    )


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_paper_is_refused_at_once(rough_shop: Life, database_url: str, name: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as owner:
        before = digest(owner, rough_shop.organisation_id)

        answer = await upload(rough_shop, REFUSED[name])

        assert answer.status_code in {413, 415, 422}, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
        assert digest(owner, rough_shop.organisation_id) == before


async def test_no_file_and_no_multipart(rough_shop: Life) -> None:
    shapes: tuple[dict[str, Any], ...] = (
        {"data": {"source": "web"}},
        {"content": b"x"},
        {"json": {"files": []}},
    )
    for options in shapes:
        answer = await rough_shop.town.send(
            "negocio",
            "POST",
            "/api/v1/ocr/documents",
            headers=rough_shop.headers,
            **options,
        )
        assert answer.status_code == 422, answer.text
        assert answer.json()["fields"], answer.text


async def test_bad_files_fail_with_a_reason_and_the_worker_reads_on(town: Town, rough_shop: Life) -> None:
    """All at once, then good papers under odd names: whatever a file does, the next one is read."""
    async with town.working():
        answers = {name: await upload(rough_shop, files) for name, files in FAILED.items()}
        mixed = await upload(rough_shop, (picture("JPEG"), pdf()), names=("a.jpg", "b.pdf"))
        assert all(answer.status_code == 202 for answer in (*answers.values(), mixed))
        jobs = dict(
            zip(
                answers, await asyncio.gather(*(_ended(rough_shop, a) for a in answers.values())), strict=True
            )
        )
        for name, job in jobs.items():
            if name in SURVIVED:
                continue
            assert job["status"] == "failed", (name, job)
            assert job["error"]["code"] in CODES, (name, job)
            assert job["error"]["detail"].endswith("."), (name, job)
            await _document_says_why(rough_shop, answers[name], job["error"]["code"])
        assert (await _ended(rough_shop, mixed))["status"] in {"done", "failed"}
        for number, name in enumerate(NAMES):
            good = render(rough_shop.paper(5000 + number))
            answer = await upload(rough_shop, (good,), names=(name,), kind="image/jpeg")
            if answer.status_code == 422:
                # Without a name it is no file at all, but a field.
                assert not name, answer.text
                continue
            job = await _ended(rough_shop, answer)
            assert job["status"] == "done", (name, job)
            assert len(job["result"]["invoice_ids"]) == 1


async def _ended(life: Life, answer: httpx.Response) -> dict[str, Any]:
    return await follow(life, "negocio", answer.json()["job_id"])


async def _document_says_why(life: Life, answer: httpx.Response, code: str) -> None:
    where = {"document_id": answer.json()["documents"][0]["id"]}
    request: Asked = negocio("GET", "/ocr/documents/{document_id}", path=where)
    document = (await life.send(request)).json()
    assert (document["status"], document["error"]["code"]) == ("failed", code)
    assert document["invoice_ids"] == []
