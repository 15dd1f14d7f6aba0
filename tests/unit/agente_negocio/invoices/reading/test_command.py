"""The command: one JSON line per document, errors as lines, exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agente_negocio.invoices.reading.__main__ import main
from tests.unit.agente_negocio.invoices.reading.conftest import SAMPLES, FakeRecogniser


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


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--own-cuit", "30-12345678-9", "no es un CUIT válido"),
        ("--jobs", "0", "--jobs: tiene que ser un número entero de 1 o más, no «0»"),
        ("--jobs", "-2", "--jobs: tiene que ser un número entero de 1 o más, no «-2»"),
        ("--jobs", "dos", "--jobs: tiene que ser un número entero"),
        ("--max-pages", "0", "--max-pages: tiene que ser un número entero"),
        ("--page-timeout", "0", "--page-timeout: tienen que ser segundos"),
        ("--page-timeout", "inf", "--page-timeout: tienen que ser segundos"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_in_spanish(
    option: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["x.pdf", option, value])

    assert left.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("exec sleep 600", "reading_timeout"),
        # The reader itself goes, as when memory runs out.
        ("kill -9 $PPID; sleep 1", "reading_killed"),
        ("kill -SEGV $PPID; sleep 1", "reading_crashed"),
    ],
)
def test_a_file_that_hangs_or_dies_stops_no_other(
    script: str, code: str, jobs: str, recogniser: FakeRecogniser, capsys: pytest.CaptureFixture[str]
) -> None:
    recogniser.install(script)
    picture, pdf = str(SAMPLES / "rcel_factura_A.png"), str(SAMPLES / "rcel_factura_A.pdf")

    left = main([picture, pdf, "--jobs", jobs, "--page-timeout", "4"])

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert left == 1
    assert [line["file"] for line in lines] == [picture, pdf]
    assert lines[0]["error"]["code"] == code
    assert lines[1]["accepted"]


def test_nothing_but_json_is_printed(recogniser: FakeRecogniser) -> None:
    recogniser.install("kill -9 $PPID; sleep 1")

    done = subprocess.run(
        [sys.executable, "-m", "agente_negocio.invoices.reading", str(SAMPLES / "rcel_factura_A.png")],
        capture_output=True,
        text=True,
        check=False,
    )

    (line,) = done.stdout.splitlines()
    assert json.loads(line)["error"]["code"] == "reading_killed"
    assert "reading.child_failed" in done.stderr
    assert done.returncode == 1
