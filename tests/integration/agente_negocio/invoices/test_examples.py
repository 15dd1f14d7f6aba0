"""Papers that people corrected, given out as a test set: whose, which, what is true of them, and twice."""

import asyncio
import hashlib
import json
import os
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agente_negocio.invoices.examples.__main__ import (
    Outcome,
    UnknownOrganisationError,
    Wanted,
    export,
)
from agente_negocio.invoices.examples.folder import Kept
from agente_negocio.invoices.reading.model import Box, Discount, Evidence, Source, Tax, TaxKind
from shared.kernel.clock import business_date, utc_now
from tests.integration.agente_negocio.invoices.conftest import Desk
from tests.integration.agente_negocio.invoices.papers import OWN_CUIT, read_line, read_paper

_JPEG = b"\xff\xd8\xff"


async def give_out(desk: Desk, out: Path, **wanted: Any) -> Outcome:
    return await export(
        desk.office.settings, Wanted(out, **{"organisation_id": desk.organisation.id, **wanted})
    )


def manifest(out: Path) -> list[dict[str, Any]]:
    path = out / "manifest.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def last_written(out: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}


async def mend(desk: Desk, invoice: dict[str, Any], **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = await desk.ask("PATCH", f"/invoices/{invoice['id']}", json=values)
    return found


async def mend_line(desk: Desk, invoice: dict[str, Any], place: int, **values: Any) -> dict[str, Any]:
    line_id = invoice["lines"][place]["id"]
    found: dict[str, Any] = await desk.ask("PATCH", f"/invoices/{invoice['id']}/lines/{line_id}", json=values)
    return found


async def confirm(desk: Desk, invoice: dict[str, Any]) -> dict[str, Any]:
    invoice = await desk.resolve(invoice)
    found: dict[str, Any] = await desk.ask("POST", f"/invoices/{invoice['id']}/confirm")
    return found


async def corrected(desk: Desk, *, content: bytes | None = None, number: int = 777) -> dict[str, Any]:
    """A confirmed paper whose number a person corrected."""
    received = await desk.upload(content=content)
    await desk.office.work()
    document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
    invoice = await desk.invoice(document["invoice_ids"][0])
    return await confirm(desk, await mend(desk, invoice, number=number))


class TestWhatIsGivenOut:
    async def test_a_corrected_paper_with_its_file_and_what_was_missed(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        content = _JPEG + uuid4().bytes
        await corrected(desk, content=content)

        outcome = await give_out(desk, tmp_path / "set")

        assert outcome == Outcome(Kept(added=1, replaced=0, total=1), ())
        name = f"files/{hashlib.sha256(content).hexdigest()}.jpg"
        (example,) = manifest(tmp_path / "set")
        assert set(example) == {"files", "own_cuits", "truth", "corrected", "read"}
        assert example["files"] == [name]
        assert example["own_cuits"] == [OWN_CUIT]
        assert example["corrected"] == ["header.number"]
        assert (tmp_path / "set" / name).read_bytes() == content
        (truth,) = example["truth"]
        assert truth["kind"] == "factura"
        assert truth["header"]["number"] == "777"
        assert truth["header"]["total"] == "1210.00"
        assert truth["header"]["issue_date"] == "2026-11-18"
        assert truth["header"]["authorization_due"] is None
        assert truth["taxes"] == [
            {"kind": "iva", "rate": "21", "base": "1000.00", "amount": "210.00", "description": "iva"}
        ]
        assert truth["lines"] == [
            {
                "code": "0451",
                "description": "YERBA MATE SUAVE 1 KG",
                "quantity": "10",
                "bonus_quantity": "0",
                "unit": "unidades",
                "unit_price": "100.00",
                "discounts": [],
                "iva_rate": "21",
                "internal_tax": "0",
                "subtotal": "1000.00",
            }
        ]

    async def test_what_was_read_stands_beside_the_truth(self, desk: Desk, tmp_path: Path) -> None:
        seen = Evidence("7", Source.OCR, Box(1, 0.5, 0.25, 0.05, 0.01))
        invoice = await desk.draft(read_paper(read_line(quantity=Decimal(7), evidence={"quantity": seen})))
        await confirm(desk, await mend_line(desk, invoice, 0, quantity="10"))

        await give_out(desk, tmp_path)

        (example,) = manifest(tmp_path)
        assert example["truth"][0]["lines"][0]["quantity"] == "10"
        ((line,), (tax,)) = (example["read"][0][rows] for rows in ("lines", "taxes"))
        assert (line["quantity"], line["evidence"]["quantity"]["raw"]) == ("7", "7")
        assert line["evidence"]["quantity"]["box"] == {"page": 1, "x": 0.5, "y": 0.25, "w": 0.05, "h": 0.01}
        assert tax["evidence"] is None
        assert example["read"][0]["header"]["total"]["source"] == "qr"

    async def test_lines_mended_added_and_removed(self, desk: Desk, tmp_path: Path) -> None:
        paper = read_paper(
            read_line("YERBA", quantity=Decimal(1), discounts=(Discount(rate=Decimal(20)),)),
            read_line("no es un renglón", quantity=Decimal(3), unit_price=Decimal(1), subtotal=Decimal(3)),
        )
        invoice = await desk.draft(paper)
        invoice = await mend_line(desk, invoice, 0, quantity="9", discounts=[], subtotal="900.00")
        invoice = await desk.ask("DELETE", f"/invoices/{invoice['id']}/lines/{invoice['lines'][1]['id']}")
        added = {"description": "AZUCAR", "quantity": "2", "unit_price": "50", "subtotal": "100"}
        invoice = await desk.ask("POST", f"/invoices/{invoice['id']}/lines", json=added)
        await confirm(desk, invoice)

        await give_out(desk, tmp_path)

        (example,) = manifest(tmp_path)
        assert example["corrected"] == [
            "lines.0.quantity",
            "lines.0.discounts",
            "lines.0.subtotal",
            "lines.1 (added)",
            "lines (removed)",
        ]
        lines = example["truth"][0]["lines"]
        assert [(line["description"], line["quantity"], line["subtotal"]) for line in lines] == [
            ("YERBA", "9", "900.00"),
            ("AZUCAR", "2", "100.00"),
        ]

    async def test_tax_rows_typed_again(self, desk: Desk, tmp_path: Path) -> None:
        wrong = Tax(TaxKind.OTHER, None, None, Decimal(210), "iva")
        invoice = await desk.draft(read_paper(taxes=(wrong,)))
        row = {"kind": "iva", "rate": "21", "base": "1000", "amount": "210", "description": "IVA 21%"}
        await confirm(desk, await mend(desk, invoice, taxes=[row]))

        await give_out(desk, tmp_path)

        (example,) = manifest(tmp_path)
        assert example["corrected"] == ["taxes"]
        assert example["truth"][0]["taxes"] == [{**row, "base": "1000.00", "amount": "210.00"}]

    async def test_a_file_of_two_vouchers_is_one_line(self, desk: Desk, tmp_path: Path) -> None:
        received = await desk.upload(read_paper(), read_paper())
        await desk.office.work()
        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        first, second = [await desk.invoice(each) for each in document["invoice_ids"]]
        await confirm(desk, await mend(desk, first, issue_date="2026-11-17"))

        await give_out(desk, tmp_path)
        assert manifest(tmp_path) == []

        await confirm(desk, await mend(desk, second, issue_date="2026-11-16"))
        await give_out(desk, tmp_path)

        (example,) = manifest(tmp_path)
        assert [truth["header"]["issue_date"] for truth in example["truth"]] == ["2026-11-17", "2026-11-16"]
        assert example["corrected"] == ["header.issue_date", "2/header.issue_date"]


class TestWhatIsNot:
    async def test_a_product_is_no_reading(self, desk: Desk, tmp_path: Path) -> None:
        invoice = await desk.draft()
        await mend_line(desk, invoice, 0, not_stock=False)
        await confirm(desk, invoice)

        assert (await give_out(desk, tmp_path)).kept.total == 0
        assert (await give_out(desk, tmp_path, everything=True)).kept.total == 1
        assert manifest(tmp_path)[0]["corrected"] == []

    async def test_a_change_taken_back_is_none(self, desk: Desk, tmp_path: Path) -> None:
        invoice = await desk.draft()
        number = int(invoice["header"]["number"]["value"])
        await mend(desk, invoice, number=number + 1)
        invoice = await mend(desk, invoice, number=number)
        added = await desk.ask(
            "POST", f"/invoices/{invoice['id']}/lines", json={"description": "de más", "subtotal": "5"}
        )
        invoice = await desk.ask("DELETE", f"/invoices/{invoice['id']}/lines/{added['lines'][1]['id']}")
        await confirm(desk, invoice)

        assert (await give_out(desk, tmp_path)).kept.total == 0

    async def test_a_rate_of_exchange_that_somebody_looked_up(self, desk: Desk, tmp_path: Path) -> None:
        invoice = await desk.draft(read_paper(header={"currency": "USD"}))
        await confirm(desk, await mend(desk, invoice, exchange_rate="1400.50", number=900_009))

        await give_out(desk, tmp_path)

        (example,) = manifest(tmp_path)
        assert example["corrected"] == ["header.number"]
        assert example["truth"][0]["header"]["currency"] == "USD"
        assert example["truth"][0]["header"]["exchange_rate"] is None

    async def test_what_nobody_confirmed_or_somebody_undid(self, desk: Desk, tmp_path: Path) -> None:
        await mend(desk, await desk.draft(), number=1)
        undone = await corrected(desk)
        await desk.ask("POST", f"/invoices/{undone['id']}/reverse", json={"reason": "No era."})

        assert (await give_out(desk, tmp_path, everything=True)).kept.total == 0

    async def test_a_paper_typed_by_hand_has_no_picture(self, desk: Desk, tmp_path: Path) -> None:
        await desk.confirmed()
        before = (await give_out(desk, tmp_path, everything=True)).kept.total
        assert before == 1

        desk.rows(
            "UPDATE negocio.invoice SET document_id = NULL WHERE organisation_id = %s RETURNING id",
            desk.organisation.id,
        )

        assert (await give_out(desk, tmp_path / "anew", everything=True)).kept.total == 0

    async def test_what_was_confirmed_before(self, desk: Desk, tmp_path: Path) -> None:
        await corrected(desk)
        today = business_date(utc_now())

        assert (await give_out(desk, tmp_path, since=today + timedelta(days=1))).kept.total == 0
        assert (await give_out(desk, tmp_path, since=today - timedelta(days=1))).kept.total == 1


class TestWhose:
    async def test_another_organisations_papers_never_appear(
        self, desk: Desk, other_desk: Desk, tmp_path: Path
    ) -> None:
        mine, theirs = _JPEG + uuid4().bytes, _JPEG + uuid4().bytes
        await corrected(desk, content=mine)
        await corrected(other_desk, content=theirs)

        await give_out(desk, tmp_path)

        assert len(manifest(tmp_path)) == 1
        assert [path.read_bytes() for path in (tmp_path / "files").iterdir()] == [mine]

    async def test_without_a_name_everybodys(self, desk: Desk, other_desk: Desk, tmp_path: Path) -> None:
        mine, theirs = _JPEG + uuid4().bytes, _JPEG + uuid4().bytes
        await corrected(desk, content=mine)
        await corrected(other_desk, content=theirs)

        await give_out(desk, tmp_path, organisation_id=None)

        assert {mine, theirs} <= {path.read_bytes() for path in (tmp_path / "files").iterdir()}

    async def test_of_an_organisation_there_is_not(self, desk: Desk, tmp_path: Path) -> None:
        with pytest.raises(UnknownOrganisationError):
            await give_out(desk, tmp_path, organisation_id=uuid4())


class TestTwice:
    async def test_a_second_run_adds_nothing_and_touches_nothing(self, desk: Desk, tmp_path: Path) -> None:
        await corrected(desk)
        await give_out(desk, tmp_path)
        before = last_written(tmp_path)

        outcome = await give_out(desk, tmp_path)

        assert outcome.kept == Kept(added=0, replaced=0, total=1)
        assert last_written(tmp_path) == before

    async def test_a_paper_confirmed_anew_has_its_latest_truth(self, desk: Desk, tmp_path: Path) -> None:
        invoice = await corrected(desk)
        await give_out(desk, tmp_path)
        await desk.ask("POST", f"/invoices/{invoice['id']}/reverse", json={"reason": "Otro número."})
        await desk.ask("POST", f"/ocr/documents/{invoice['document_id']}/reprocess")
        await desk.office.work()
        document = await desk.ask("GET", f"/ocr/documents/{invoice['document_id']}")
        anew = await desk.invoice(document["invoice_ids"][0])
        await confirm(desk, await mend(desk, anew, number=778))

        outcome = await give_out(desk, tmp_path)

        assert outcome.kept == Kept(added=0, replaced=1, total=1)
        assert manifest(tmp_path)[0]["truth"][0]["header"]["number"] == "778"

    async def test_a_file_the_store_has_lost_leaves_its_paper_out(self, desk: Desk, tmp_path: Path) -> None:
        kept, lost = _JPEG + uuid4().bytes, _JPEG + uuid4().bytes
        await corrected(desk, content=kept)
        invoice = await corrected(desk, content=lost, number=778)
        digest = hashlib.sha256(lost).hexdigest()
        store = desk.office.settings.storage_path / f"documents/{desk.organisation.id}/{digest[:2]}/{digest}"
        store.unlink()

        outcome = await give_out(desk, tmp_path)

        assert [str(each) for each in outcome.lost] == [invoice["document_id"]]
        assert outcome.kept.total == len(manifest(tmp_path)) == 1


async def test_the_command_says_what_it_wrote(desk: Desk, tmp_path: Path) -> None:
    await corrected(desk)
    settings = desk.office.settings
    environment = os.environ | {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "STORAGE_PATH": str(settings.storage_path),
    }
    command = [sys.executable, "-m", "agente_negocio.invoices.examples", "--out", str(tmp_path / "set")]

    def run(*more: str) -> Any:
        return asyncio.create_subprocess_exec(
            *command, *more, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )

    process = await run("--organisation", str(desk.organisation.id))
    said, _ = await process.communicate()
    assert (process.returncode, said.decode()) == (
        0,
        f"1 examples added, 0 replaced, 1 in {tmp_path / 'set'}.\n",
    )
    assert len(manifest(tmp_path / "set")) == 1

    process = await run("--organisation", str(uuid4()))
    _, complaint = await process.communicate()
    assert process.returncode == 2
    assert b"There is no organisation" in complaint
