"""A feature never uses the repository or models of another; import-linter cannot say this."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("agente_negocio", "agente_deposito", "ml")
PRIVATE = {"repository", "models"}


def imported_modules(source: str) -> Iterator[str]:
    """Every dotted name a file imports: modules, and names that may be modules."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def foreign_private_modules(module: str, source: str) -> list[str]:
    """The repositories and models of other features of the same service that a module imports."""
    service, feature, *_ = module.split(".")
    found = []
    for name in imported_modules(source):
        parts = name.split(".")
        if parts[0] == service and len(parts) > 2 and parts[1] != feature and parts[2] in PRIVATE:
            found.append(name)
    return found


@pytest.mark.parametrize(
    "source",
    [
        "from agente_deposito.stock.repository import StockRepository",
        "from agente_deposito.stock import models",
        "import agente_deposito.stock.models as stock_models",
        "def late():\n    from agente_deposito.stock.models import StockBalance",
    ],
)
def test_a_planted_import_is_found(source: str) -> None:
    assert foreign_private_modules("agente_deposito.sales.service", source)


@pytest.mark.parametrize(
    "source",
    [
        "from agente_deposito.sales.repository import SaleRepository",
        "from agente_deposito.stock.service import issue_stock",
        "from agente_deposito.stock.rules import models",
    ],
)
def test_what_is_allowed_is_let_through(source: str) -> None:
    assert not foreign_private_modules("agente_deposito.sales.service", source)


def test_no_feature_uses_the_tables_of_another() -> None:
    broken = {
        str(file.relative_to(ROOT)): found
        for service in SERVICES
        for file in (ROOT / service).glob("*/**/*.py")
        if (found := foreign_private_modules(_module(file), file.read_text()))
    }

    assert broken == {}


def test_relative_imports_are_not_used() -> None:
    """The walls are drawn with absolute names; a relative import would pass under them."""
    broken = [
        str(file.relative_to(ROOT))
        for top in (*SERVICES, "shared", "scripts", "web_dashboard")
        for file in (ROOT / top).rglob("*.py")
        if any(
            isinstance(node, ast.ImportFrom) and node.level > 0
            for node in ast.walk(ast.parse(file.read_text()))
        )
    ]

    assert broken == []


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)
