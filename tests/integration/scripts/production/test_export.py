"""The critical data of each organisation on disk: whole, its own, without secrets, and read back."""

import csv
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from agente_deposito.main import build
from scripts.production.export import command
from scripts.production.export.datasets import CRITICAL
from shared.config.settings import Settings
from tests.factories import people_keys
from tests.integration.agente_deposito.conftest import Shop, make_shop
from tests.integration.conftest import Serve

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
async def warehouse(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(build(settings, people_keys=people_keys)) as client:
        yield client


@pytest.fixture
async def shop(warehouse: httpx.AsyncClient, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop that received and sold, with a product that tries to be a formula."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("DATABASE_URL_DIRECT", raising=False)
    made = make_shop(warehouse, database_url)
    product_id = await made.add_product("=cmd|' /C calc'!A0", brand="Ñandú, «raro»")
    await made.receive(product_id, "12.5", "100.25")
    ticket = made.sale({"product_id": str(product_id), "quantity": "2", "unit_price": "180"})
    await made.ask("POST", "/sales", json=ticket)
    return made


def export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, dict[str, Any], Path | None]:
    code = command.main(["--output", str(tmp_path), *more])
    told: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return code, told, Path(told["folder"]) if "folder" in told else None


def read(folder: Path, shop: Shop, dataset: str) -> list[dict[str, Any]]:
    (inside,) = folder.glob(f"*-{str(shop.organisation.id)[:8]}")
    with (inside / f"{dataset}.jsonl").open(encoding="utf-8") as stream:
        return [json.loads(text) for text in stream]


def test_everything_of_a_shop_is_there_and_whole(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told, folder = export(tmp_path, capsys, "--organisation", str(shop.organisation.id))

    assert code == 0, told
    assert folder
    (facts,) = told["organisations"]
    assert set(facts["rows"]) == {dataset.name for dataset in CRITICAL}
    (balance,) = read(folder, shop, "balances")
    (ledger,) = read(folder, shop, "ledger_sums")
    (product,) = read(folder, shop, "products")
    assert Decimal(balance["quantity"]) == Decimal(ledger["quantity"]) == Decimal("10.5")
    assert Decimal(balance["value"]) == Decimal(ledger["value"])
    assert product["name"].startswith("=cmd")
    assert [one["id"] for one in read(folder, shop, "users")] == [str(shop.owner.id)]
    assert told["ledger_differences"] == {}


def test_no_secret_and_nobody_elses_row_leaves(
    shop: Shop,
    warehouse: httpx.AsyncClient,
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = make_shop(warehouse, database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE auth.person SET password_hash = 'argon-of-this-person' WHERE id = %s", [shop.owner.id]
        )

    _, _, folder = export(tmp_path, capsys)

    assert folder
    written = "".join(path.read_text() for path in folder.rglob("*.jsonl"))
    assert "argon-of-this-person" not in written
    (mine,) = folder.glob(f"*-{str(shop.organisation.id)[:8]}")
    assert str(other.owner.id) not in "".join(path.read_text() for path in mine.iterdir())
    assert [one["id"] for one in read(folder, other, "users")] == [str(other.owner.id)]
    assert read(folder, other, "products") == []
    modes = {path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")]}
    assert modes == {0}


def test_the_spreadsheet_says_the_same_without_formulas(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, folder = export(tmp_path, capsys, "--organisation", str(shop.organisation.id))

    assert folder
    (file,) = folder.glob("*/products.csv")
    with file.open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["name"] == "'=cmd|' /C calc'!A0"
    assert row["brand"] == "Ñandú, «raro»"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text.replace("=cmd", "=CMD"), "is not what was written"),
        (lambda text: text + text, "is not what was written"),
        (lambda _text: "", "is not what was written"),
    ],
)
def test_damage_is_found_when_it_is_read_back(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Any, said: str
) -> None:
    _, _, folder = export(tmp_path, capsys, "--organisation", str(shop.organisation.id))
    assert folder
    (file,) = folder.glob("*/products.jsonl")
    file.write_text(spoil(file.read_text()))

    assert command.main(["--verify", str(folder)]) == 1

    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("rows", 2, "the database counted 2"),
        ("sums", {"quantity": "11.5"}, "adds up to 10.500, in the database to 11.5"),
    ],
)
def test_rows_that_were_lost_before_writing_are_found_too(  # noqa: PLR0917
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str, value: Any, said: str
) -> None:
    _, _, folder = export(tmp_path, capsys, "--organisation", str(shop.organisation.id))
    assert folder
    told = json.loads((folder / "manifest.json").read_text())
    balances = next(one for one in told["organisations"][0]["datasets"] if one["name"] == "balances")
    balances[field] = value
    (folder / "manifest.json").write_text(json.dumps(told))

    assert command.main(["--verify", str(folder)]) == 1

    assert said in capsys.readouterr().err


def test_balances_that_left_their_ledger_are_told(
    shop: Shop, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = "UPDATE deposito.stock_balance SET quantity = quantity + %s WHERE organisation_id = %s"
    with psycopg.connect(database_url) as connection:
        connection.execute(change, [1, shop.organisation.id])

    code, told, _ = export(tmp_path, capsys, "--organisation", str(shop.organisation.id))

    assert (code, list(told["ledger_differences"].values())) == (1, [1])


def test_the_ledger_comes_along_when_asked_for_and_unknown_shops_are_refused(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = ("--organisation", str(shop.organisation.id))
    code, told, folder = export(tmp_path, capsys, *mine, "--with-ledger")
    counted = export(tmp_path, capsys, *mine, "--with-ledger", "--dry-run")
    unknown = export(tmp_path, capsys, "--organisation", "20-30555666-2")

    assert code == 0, told
    assert folder
    assert {one["kind"] for one in read(folder, shop, "stock_movements")} == {"receipt", "sale"}
    assert counted[1]["organisations"][str(shop.organisation.id)] == told["organisations"][0]["rows"]
    assert unknown[0] == 2
    assert command.main(["--verify", str(tmp_path / "none")]) == 2


def test_a_run_that_fails_leaves_nothing_that_looks_like_an_export(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = CRITICAL[-1].__class__("broken", "app_ml", "SELECT * FROM auth.person")
    monkeypatch.setattr(command, "CRITICAL", (*CRITICAL, broken))

    code, told, _ = export(tmp_path, capsys, "--organisation", str(shop.organisation.id))

    assert code == 1
    assert "permission denied" in told["error"]
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_rows(shop: Shop, database_url: str, tmp_path: Path) -> None:
    def peak_mb() -> int:
        script = ["scripts/export_critical_data.py", "--organisation", str(shop.organisation.id)]
        done = subprocess.run(
            [sys.executable, *script, "--output", str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return int(json.loads(done.stdout.splitlines()[-1])["peak_mb"])

    few = peak_mb()
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO negocio.supplier (organisation_id, name, notes) "
            "SELECT %s, 'Proveedor ' || n, repeat('nota ', 100) FROM generate_series(1, 100000) AS n",
            [shop.organisation.id],
        )
    many = peak_mb()
    with psycopg.connect(database_url) as connection:
        # Nothing refers to them; asking every table for each of them would take minutes.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DELETE FROM negocio.supplier WHERE organisation_id = %s", [shop.organisation.id])

    written = sum(path.stat().st_size for path in tmp_path.rglob("suppliers.*"))
    assert written > 100 * 2**20
    assert many - few < 25
