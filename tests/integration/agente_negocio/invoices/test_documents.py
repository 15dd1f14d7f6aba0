"""Papers as they come: uploaded, read by the worker, read again; killed and repeated without harm."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, ClassVar, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.reading.errors import RecogniserMissingError
from agente_negocio.invoices.reading.model import ReadDocument
from shared.database.session import Database
from shared.security.permissions import Role
from tests.integration.agente_negocio.invoices.conftest import Desk, Shelf, make_running, run_again
from tests.integration.agente_negocio.invoices.papers import read_paper

JPEG = b"\xff\xd8\xff"


class KilledError(BaseException):
    """Stands for a process that died at this point."""


def killed() -> None:
    raise KilledError


def without_recogniser() -> None:
    raise RecogniserMissingError("tesseract is not installed")


class EndlessShelf(Shelf):
    """A reader that never comes to an end."""

    async def read(self, *_: Any) -> tuple[ReadDocument, ...]:
        self.readings += 1
        await asyncio.Event().wait()
        return ()


class LostNowAndThen:
    """A database that refuses connections while it is lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_lost = False
        self.refusals = 0

    def transaction(self, organisation_id: UUID | None) -> AbstractAsyncContextManager[AsyncSession]:
        if self.is_lost:
            self.refusals += 1
            raise ConnectionRefusedError
        return self._database.transaction(organisation_id)


class ForgottenShelf(Shelf):
    """A reader that is at work while a progress note is lost."""

    def __init__(self, database: LostNowAndThen) -> None:
        super().__init__()
        self._database = database

    async def read(self, *call: Any) -> tuple[ReadDocument, ...]:
        self._database.is_lost = True
        call[3](0.5)
        async with asyncio.timeout(30):
            while not self._database.refusals:
                await asyncio.sleep(0.05)
        self._database.is_lost = False
        return (read_paper(),)


class TestUpload:
    async def test_a_photo_becomes_a_draft(self, desk: Desk) -> None:
        received = await desk.upload(read_paper())

        assert received["documents"][0]["status"] == "received"
        assert received["job_id"].startswith("neg_")
        job = await desk.ask("GET", f"/jobs/{received['job_id']}")
        assert (job["status"], job["progress"]) == ("queued", 0)

        await desk.office.work()

        job = await desk.ask("GET", f"/jobs/{received['job_id']}")
        assert (job["status"], job["progress"]) == ("done", 1)
        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert document["status"] == "needs_review"
        assert document["invoice_ids"] == job["result"]["invoice_ids"]
        assert document["header"]["total"]["value"] == "1210.00"
        invoice = await desk.invoice(document["invoice_ids"][0])
        assert invoice["supplier"]["cuit"] == "30500001735"
        assert invoice["supplier"]["is_new"]
        assert [blocker["code"] for blocker in invoice["blockers"]] == ["line.unmatched"]
        assert invoice["totals"]["closes"]

    async def test_its_pages_are_kept_upright(self, desk: Desk) -> None:
        invoice = await desk.draft()

        (page,) = invoice["pages"]
        picture = await desk.client.get(page["url"], headers=desk.owner.headers)
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content == b"\xff\xd8\xff page"
        beyond = await desk.send("GET", page["url"].removeprefix("/api/v1").replace("/1", "/2"))
        assert beyond.status_code == 404

    async def test_one_file_may_hold_several_papers(self, desk: Desk) -> None:
        received = await desk.upload(read_paper(), read_paper())
        await desk.office.work()

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert len(document["invoice_ids"]) == 2
        assert len(document["parts"]) == 1
        second = await desk.invoice(document["invoice_ids"][1])
        assert [page["n"] for page in second["pages"]] == [2]

    async def test_the_same_bytes_again_point_at_the_first(self, desk: Desk) -> None:
        content = JPEG + uuid4().bytes
        first = await desk.upload(content=content)
        await desk.office.work()

        again = await desk.hand_over(content)

        original = first["documents"][0]["id"]
        assert again["documents"][0]["status"] == "duplicate"
        assert again["documents"][0]["duplicate_of"] == original
        job = await desk.ask("GET", f"/jobs/{again['job_id']}")
        assert job["status"] == "done"
        assert job["result"]["document_id"] == original
        await desk.office.work()
        assert desk.office.shelf.readings == 1

    async def test_two_uploads_of_the_same_bytes_at_once_make_one_draft(self, desk: Desk) -> None:
        content = JPEG + uuid4().bytes
        desk.office.shelf.papers[content] = (read_paper(),)

        answers = await asyncio.gather(*(desk.hand_over(content) for _ in range(4)))

        assert sorted(each["documents"][0]["status"] for each in answers) == ["duplicate"] * 3 + ["received"]

    async def test_a_retried_upload_gets_the_stored_answer(self, desk: Desk) -> None:
        content = JPEG + uuid4().bytes
        headers = {"Idempotency-Key": str(uuid4())}

        first = await desk.hand_over(content, headers=headers)
        again = await desk.hand_over(content, headers=headers)

        assert again == first

    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b"<html>", 415, "document.unsupported"),
            (b"GIF89a", 415, "document.unsupported"),
            (b"", 415, "document.unsupported"),
        ],
    )
    async def test_what_is_no_paper_is_refused(
        self, desk: Desk, content: bytes, status: int, code: str
    ) -> None:
        answer = await desk.send("POST", "/ocr/documents", files={"files": ("a.jpg", content)})

        assert (answer.status_code, answer.json()["code"]) == (status, code)

    async def test_uploads_without_files_or_with_too_many_are_refused(self, desk: Desk) -> None:
        none = await desk.send("POST", "/ocr/documents", data={"source": "web"})
        many = await desk.send(
            "POST", "/ocr/documents", files=[("files[]", (f"{n}.jpg", JPEG)) for n in range(11)]
        )

        assert (none.status_code, none.json()["code"]) == (422, "document.no_files")
        assert (many.status_code, many.json()["code"]) == (422, "document.too_many_files")

    async def test_too_many_bytes_are_refused(self, desk: Desk) -> None:
        files = [("files", (f"{n}.jpg", JPEG + bytes(13 * 2**20))) for n in range(2)]

        answer = await desk.send("POST", "/ocr/documents", files=files)

        assert answer.status_code == 413

    async def test_a_foreign_branch_is_refused(self, desk: Desk, other_desk: Desk) -> None:
        answer = await desk.send(
            "POST",
            "/ocr/documents",
            files={"files": ("a.jpg", JPEG)},
            data={"branch_id": str(other_desk.organisation.branch_id)},
        )

        assert (answer.status_code, answer.json()["code"]) == (422, "branch.unknown")

    async def test_readers_may_not_upload(self, desk: Desk) -> None:
        accountant = desk.organisation.add_person(Role.ACCOUNTANT)

        answer = await desk.send("POST", "/ocr/documents", by=accountant, files={"files": ("a.jpg", JPEG)})

        assert answer.status_code == 403


class TestReading:
    async def test_a_file_that_cannot_be_read_says_why_in_spanish(self, desk: Desk) -> None:
        content = JPEG + uuid4().bytes
        desk.office.shelf.papers[content] = "file_encrypted"
        received = await desk.hand_over(content)

        await desk.office.work()

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert document["status"] == "failed"
        assert document["error"] == {
            "code": "file_encrypted",
            "detail": "El PDF tiene contraseña: guardalo sin ella y mandalo de nuevo.",
        }
        job = await desk.ask("GET", f"/jobs/{received['job_id']}")
        assert (job["status"], job["error"]["code"]) == ("failed", "file_encrypted")

    async def test_nothing_found_is_a_failure_too(self, desk: Desk) -> None:
        content = JPEG + uuid4().bytes
        desk.office.shelf.papers[content] = ()
        received = await desk.hand_over(content)

        await desk.office.work()

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert document["error"]["code"] == "nothing_found"

    async def test_a_failed_file_may_be_sent_again(self, desk: Desk) -> None:
        content = JPEG + uuid4().bytes
        desk.office.shelf.papers[content] = "file_corrupt"
        await desk.hand_over(content)
        await desk.office.work()

        again = await desk.hand_over(content)

        assert again["documents"][0]["status"] == "received"

    async def test_a_job_that_runs_twice_makes_one_draft(self, desk: Desk) -> None:
        received = await desk.upload(read_paper())
        (args,) = desk.jobs("negocio.read_document")
        await desk.office.work()

        await run_again(desk, args)

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert len(document["invoice_ids"]) == 1
        assert (
            len(desk.rows("SELECT id FROM negocio.invoice WHERE organisation_id = %s", desk.organisation.id))
            == 1
        )

    async def test_a_worker_killed_while_reading_loses_nothing(self, desk: Desk) -> None:
        received = await desk.upload(read_paper())
        (args,) = desk.jobs("negocio.read_document")
        desk.office.shelf.on_read = killed
        with pytest.raises(KilledError):
            await run_again(desk, args)
        desk.office.shelf.on_read = lambda: None
        halfway = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert (halfway["status"], halfway["invoice_ids"]) == ("reading", [])

        await run_again(desk, args)
        await run_again(desk, args)

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert (document["status"], len(document["invoice_ids"])) == ("needs_review", 1)
        assert (await desk.ask("GET", f"/jobs/{received['job_id']}"))["status"] == "done"

    async def test_a_missing_recogniser_is_not_blamed_on_the_paper(self, desk: Desk) -> None:
        received = await desk.upload(read_paper())
        (args,) = desk.jobs("negocio.read_document")
        desk.office.shelf.on_read = without_recogniser

        with pytest.raises(RecogniserMissingError):
            await run_again(desk, args)
        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert (document["status"], document["error"]) == ("reading", None)

        desk.office.shelf.on_read = lambda: None
        await run_again(desk, args)

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert document["status"] == "needs_review"

    async def test_a_worker_told_to_stop_leaves_the_paper_to_the_next(self, desk: Desk) -> None:
        received = await desk.upload(read_paper())
        (args,) = desk.jobs("negocio.read_document")
        shelf, desk.office.shelf = desk.office.shelf, EndlessShelf()
        first = asyncio.create_task(run_again(desk, args))
        async with asyncio.timeout(30):
            while not desk.office.shelf.readings:
                await asyncio.sleep(0.05)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first

        desk.office.shelf = shelf
        await run_again(desk, args)

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert (document["status"], len(document["invoice_ids"])) == ("needs_review", 1)

    async def test_a_lost_progress_note_does_not_lose_the_reading(self, desk: Desk) -> None:
        received = await desk.upload(read_paper())
        (args,) = desk.jobs("negocio.read_document")
        database = LostNowAndThen(desk.office.resources.database)
        desk.office.resources = replace(desk.office.resources, database=cast("Database", database))
        desk.office.shelf = ForgottenShelf(database)

        await run_again(desk, args)

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert (document["status"], len(document["invoice_ids"])) == ("needs_review", 1)

    async def test_a_job_that_is_given_up_marks_the_document(self, desk: Desk) -> None:
        received = await desk.upload(read_paper())
        (args,) = desk.jobs("negocio.read_document")
        worker = desk.office.worker()
        running, rest = make_running(desk, args)

        give_up = worker._tasks["negocio.read_document"].on_give_up
        assert give_up
        await give_up(running, rest)

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert (document["status"], document["error"]["code"]) == ("failed", "given_up")

    async def test_lines_are_proposed_without_the_warehouse(self, desk: Desk) -> None:
        unreachable = desk.office.settings.model_copy(update={"deposito_url": "http://127.0.0.1:1"})
        desk.office.resources = replace(desk.office.resources, settings=unreachable)

        invoice = await desk.draft(read_paper())

        assert [line["candidates"] for line in invoice["lines"]] == [[]]


class TestReadingAgain:
    async def test_drafts_are_set_aside_and_made_anew(self, desk: Desk) -> None:
        invoice = await desk.draft()
        document_id = invoice["document_id"]

        again = await desk.ask("POST", f"/ocr/documents/{document_id}/reprocess")
        await desk.office.work()

        assert (await desk.invoice(invoice["id"]))["status"] == "discarded"
        document = await desk.ask("GET", f"/ocr/documents/{document_id}")
        assert document["invoice_ids"] != [invoice["id"]]
        assert (await desk.ask("GET", f"/jobs/{again['job_id']}"))["status"] == "done"

    async def test_a_job_of_an_older_reading_does_nothing(self, desk: Desk) -> None:
        received = await desk.upload(read_paper())
        (old,) = desk.jobs("negocio.read_document")
        await desk.office.work()
        await desk.ask("POST", f"/ocr/documents/{received['documents'][0]['id']}/reprocess")

        await run_again(desk, old)

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert (document["status"], document["invoice_ids"]) == ("received", [])

    async def test_after_a_confirmation_it_is_refused(self, desk: Desk) -> None:
        invoice = await desk.confirmed(read_paper())

        answer = await desk.send("POST", f"/ocr/documents/{invoice['document_id']}/reprocess")

        assert (answer.status_code, answer.json()["code"]) == (409, "document.settled")


class TestSettingAside:
    REASON: ClassVar = {"reason": "Salió movida"}

    async def test_a_failed_paper_is_set_aside_and_may_come_again(self, desk: Desk) -> None:
        content = JPEG + uuid4().bytes
        desk.office.shelf.papers[content] = "file_corrupt"
        document_id = (await desk.hand_over(content))["documents"][0]["id"]
        await desk.office.work()

        gone = [
            await desk.send("DELETE", f"/ocr/documents/{document_id}", json=self.REASON) for _ in range(2)
        ]

        assert [answer.status_code for answer in gone] == [204, 204]
        assert (await desk.ask("GET", f"/ocr/documents/{document_id}"))["status"] == "discarded"
        statement = (
            "SELECT close_reason, closed_by, closed_at IS NOT NULL FROM negocio.document WHERE id = %s"
        )
        assert desk.rows(statement, document_id) == [("Salió movida", desk.owner.id, True)]
        assert (await desk.hand_over(content))["documents"][0]["status"] == "received"

    async def test_its_drafts_go_with_it(self, desk: Desk) -> None:
        invoice = await desk.draft()

        await desk.send("DELETE", f"/ocr/documents/{invoice['document_id']}", json=self.REASON)

        assert (await desk.invoice(invoice["id"]))["status"] == "discarded"

    async def test_a_reading_that_runs_makes_nothing_of_it(self, desk: Desk) -> None:
        received = await desk.upload(read_paper())
        (args,) = desk.jobs("negocio.read_document")
        document_id = received["documents"][0]["id"]
        shelf, desk.office.shelf = desk.office.shelf, EndlessShelf()
        reading = asyncio.create_task(run_again(desk, args))
        async with asyncio.timeout(30):
            while not desk.office.shelf.readings:
                await asyncio.sleep(0.05)

        await desk.send("DELETE", f"/ocr/documents/{document_id}", json=self.REASON)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        desk.office.shelf = shelf
        await run_again(desk, args)

        document = await desk.ask("GET", f"/ocr/documents/{document_id}")
        assert (document["status"], document["invoice_ids"]) == ("discarded", [])
        job = await desk.ask("GET", f"/jobs/{received['job_id']}")
        assert (job["status"], job["error"]["code"]) == ("failed", "discarded")

    async def test_a_paper_with_a_confirmed_voucher_is_kept(self, desk: Desk) -> None:
        invoice = await desk.confirmed()
        path = f"/ocr/documents/{invoice['document_id']}"

        confirmed = await desk.send("DELETE", path, json=self.REASON)
        await desk.ask("POST", f"/invoices/{invoice['id']}/reverse", json=self.REASON)
        reversed_ = await desk.send("DELETE", path, json=self.REASON)

        for answer in (confirmed, reversed_):
            assert (answer.status_code, answer.json()["code"]) == (409, "document.kept")
        assert (await desk.ask("GET", path))["status"] == "reversed"

    async def test_a_duplicate_that_was_set_aside_is_not_read(self, desk: Desk) -> None:
        content = JPEG + uuid4().bytes
        await desk.upload(content=content)
        path = f"/ocr/documents/{(await desk.hand_over(content))['documents'][0]['id']}"
        await desk.send("DELETE", path, json=self.REASON)

        answer = await desk.send("POST", f"{path}/reprocess")

        assert (answer.status_code, answer.json()["code"]) == (409, "document.settled")

    async def test_who_may_not_and_who_is_elsewhere_is_refused(self, desk: Desk, other_desk: Desk) -> None:
        path = f"/ocr/documents/{(await desk.upload(read_paper()))['documents'][0]['id']}"
        accountant = desk.organisation.add_person(Role.ACCOUNTANT)

        assert (await desk.send("DELETE", path, by=accountant, json=self.REASON)).status_code == 403
        assert (await other_desk.send("DELETE", path, json=self.REASON)).status_code == 404


class TestWhoSees:
    async def test_another_organisation_sees_nothing(self, desk: Desk, other_desk: Desk) -> None:
        invoice = await desk.draft()

        for path in (
            f"/ocr/documents/{invoice['document_id']}",
            f"/ocr/documents/{invoice['document_id']}/pages/1",
            f"/invoices/{invoice['id']}",
            f"/invoices/{invoice['id']}/receipt",
            f"/suppliers/{invoice['supplier']['id']}",
        ):
            assert (await other_desk.send("GET", path)).status_code == 404
        assert (await other_desk.ask("GET", "/ocr/documents"))["items"] == []
        assert (await other_desk.ask("GET", "/invoices"))["items"] == []
        assert (await other_desk.ask("GET", "/suppliers"))["items"] == []

    async def test_people_of_another_branch_see_nothing(self, desk: Desk) -> None:
        elsewhere = desk.organisation.add_branch("Norte")
        invoice = await desk.upload(read_paper(), data={"branch_id": str(desk.organisation.branch_id)})
        await desk.office.work()
        document_id = invoice["documents"][0]["id"]
        stranger = desk.organisation.add_person(Role.MANAGER, branch_ids=[elsewhere])

        assert (await desk.send("GET", f"/ocr/documents/{document_id}", by=stranger)).status_code == 404
        assert (await desk.send("GET", "/ocr/documents", by=stranger)).json()["items"] == []
        assert (await desk.send("GET", "/invoices", by=stranger)).json()["items"] == []

    async def test_somebody_with_one_branch_uploads_to_it(self, desk: Desk) -> None:
        elsewhere = desk.organisation.add_branch("Norte")
        hand = desk.organisation.add_person(Role.STOCK, branch_ids=[elsewhere])

        received = await desk.upload(read_paper(), by=hand)

        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}", by=hand)
        assert document["branch_id"] == str(elsewhere)

    async def test_lists_turn_pages(self, desk: Desk) -> None:
        for _ in range(3):
            await desk.upload(read_paper())

        first = await desk.ask("GET", "/ocr/documents?limit=2")
        rest = await desk.ask("GET", f"/ocr/documents?limit=2&cursor={first['next_cursor']}")

        ids = [item["id"] for item in (*first["items"], *rest["items"])]
        assert len(set(ids)) == 3
        assert ids == sorted(ids, reverse=True)
        assert rest["next_cursor"] is None
        bad = await desk.send("GET", "/ocr/documents?cursor=WyJ4Il0")
        assert bad.status_code == 422
