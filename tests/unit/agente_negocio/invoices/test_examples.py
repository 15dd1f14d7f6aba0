"""The truth of a confirmed voucher: as its paper prints it, not as the books turned it."""

from decimal import Decimal
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest

from agente_negocio.invoices.examples import folder
from agente_negocio.invoices.examples.__main__ import main
from agente_negocio.invoices.examples.truth import Voucher, truth_of
from agente_negocio.invoices.reading.model import Discount, Field, Header, Kind, Line, ReadDocument, Source
from agente_negocio.invoices.reading.wire import to_json
from agente_negocio.invoices.rules.files import MediaType
from agente_negocio.invoices.service.drafting import Origin, draft_rows
from shared.config.settings import get_settings


def field(value: str) -> Field:
    return Field(value, 0.9, Source.TEXT, value)


def line(quantity: str, price: str, subtotal: str) -> Line:
    return Line(
        code="1",
        description="YERBA",
        quantity=Decimal(quantity),
        unit="un",
        unit_price=Decimal(price),
        subtotal=Decimal(subtotal),
        discounts=(Discount(rate=Decimal("12.5")), Discount(amount=Decimal(30))),
        iva_rate=Decimal("10.5"),
    )


def drafted(document: ReadDocument) -> Voucher:
    """As it stands when a person confirms it untouched."""
    rows = draft_rows(document, Origin(UUID(int=1), 1, 1, 1, None, "api"))
    return Voucher(rows.invoice, rows.lines, rows.taxes, ())


def paper(kind: Kind, total: str, *lines: Line) -> ReadDocument:
    header = Header(total=field(total), net=field(total), currency=field("ARS"), number=field("12"))
    return ReadDocument(kind=kind, accepted=True, pages=1, qr=None, header=header, lines=lines)


def test_an_untouched_paper_is_as_it_was_read() -> None:
    document = paper(Kind.FACTURA, "1234.50", line("2.5", "100.123", "220.27"), line("1", "5", "-5"))
    shown = to_json(document)

    truth = truth_of(drafted(document))

    assert truth["header"] == {
        name: found["value"] if found else None for name, found in shown["header"].items()
    }
    assert truth["taxes"] == [
        {name: value for name, value in tax.items() if name != "evidence"} for tax in shown["taxes"]
    ]
    for given, read in zip(truth["lines"], shown["lines"], strict=True):
        assert given == {name: read[name] for name in given}
        assert set(read) - set(given) == {"confidence", "box", "doubts", "evidence"}


def test_a_note_printed_with_minus_signs_keeps_them() -> None:
    for first, second in (("-2", "10"), ("2", "-10")):
        document = paper(Kind.NOTA_CREDITO, "-24.20", line(first, second, "-20"))
        voucher = drafted(document)
        assert (voucher.invoice.total, voucher.lines[0].subtotal) == (Decimal("24.2"), Decimal(20))

        truth = truth_of(voucher)

        assert truth["header"]["total"] == truth["header"]["net"] == "-24.20"
        (row,) = truth["lines"]
        assert (row["quantity"], row["unit_price"], row["subtotal"]) == (first, f"{second}.00", "-20.00")


def test_a_note_printed_without_them_has_none() -> None:
    truth = truth_of(drafted(paper(Kind.NOTA_CREDITO, "20", line("2", "10", "20"))))

    assert truth["header"]["total"] == "20.00"
    assert truth["lines"][0]["subtotal"] == "20.00"


def test_every_kind_of_paper_that_is_taken_in_has_an_ending() -> None:
    taken = get_args(MediaType)
    names = [folder.name_of("0" * 64, media_type) for media_type in taken]

    assert len(set(names)) == len(taken)


def test_without_settings_the_command_says_which_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("SECRET_KEY", "esto-no-se-muestra")
    monkeypatch.setenv("MAX_CONNECTIONS", "muchas")
    get_settings.cache_clear()

    left = main(["--out", str(tmp_path / "nada")])

    said = capsys.readouterr().err
    assert left == 2
    assert "estas variables de entorno:" in said
    assert "DATABASE_URL" in said
    assert "MAX_CONNECTIONS" in said
    assert "esto-no-se-muestra" not in said
    assert "Traceback" not in said
