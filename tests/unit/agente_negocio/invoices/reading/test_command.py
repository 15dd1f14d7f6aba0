"""The command: one JSON line per document, errors as lines, exit code."""

import json
from pathlib import Path

import pytest

from agente_negocio.invoices.reading.__main__ import main
from tests.unit.agente_negocio.invoices.reading.conftest import SAMPLES


def test_prints_one_line_per_document(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(SAMPLES / "rcel_factura_A.pdf"), str(SAMPLES / "rcel_factura_C.pdf")]

    code = main([*files, "--own-cuit", "30-50001091-2"])

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert [line["file"] for line in lines] == files
    assert [line["part"] for line in lines] == [1, 1]
    assert all(line["accepted"] and line["cpu_seconds"] > 0 for line in lines)
    assert "id" not in lines[0]
    assert lines[0]["header"]["receiver_cuit"]["value"] == "30500010912"
    assert lines[0]["lines"][0]["discounts"] == [{"rate": "20"}]
    assert lines[0]["lines"][0]["unit_price"] == "9029.97"


def test_an_unreadable_file_is_a_line_and_exit_code_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "roto.pdf"
    broken.write_bytes(b"%PDF-1.4 roto")

    code = main([str(broken), str(tmp_path / "no-existe.png")])

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 1
    assert lines[0]["file"] == str(broken)
    assert lines[0]["error"]["code"] == "file_corrupt"
    assert lines[1]["error"]["code"] == "file_unreadable"


def test_a_wrong_own_cuit_is_refused() -> None:
    with pytest.raises(SystemExit):
        main(["x.pdf", "--own-cuit", "30-12345678-9"])
