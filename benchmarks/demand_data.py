"""Public demand data sets, read from a folder outside the repository; they are never shipped with it."""

import csv
import gzip
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.history.rules import DemandHistory, Frequency

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_DEFAULT_FOLDER = Path("../shared/data")


@dataclass(frozen=True, slots=True)
class DemandData:
    """A data set to score on.

    units: float64, shape (n_series, n_periods), NaN before a series' first sale. levels: groupings that
    WRMSSE weighs equally, from the total to the single series. groups: what the forecaster is told.
    horizon and windows: how far and from how many origins, their horizons side by side.
    """

    name: str
    units: Floats
    in_stock: NDArray[np.bool_]
    frequency: Frequency
    first_day: date
    horizon: int
    windows: int
    levels: tuple[Integers, ...]
    groups: tuple[Integers, ...]

    def history(self, periods: int) -> DemandHistory:
        """What was known after so many periods."""
        return DemandHistory(
            tuple(str(row) for row in range(len(self.units))),
            self.units[:, :periods],
            self.in_stock[:, :periods],
            self.frequency,
            self.groups,
            self.first_day,
        )

    def origins(self, windows: int) -> list[int]:
        """The last origins, oldest first."""
        last = self.units.shape[1] - self.horizon
        return [last - self.horizon * back for back in reversed(range(min(windows, self.windows)))]


def data_folder() -> Path | None:
    """Where the data lie (GONDOLA_SHARED_DATA), None when it is not there."""
    folder = Path(os.environ.get("GONDOLA_SHARED_DATA") or _DEFAULT_FOLDER) / "demand"
    return folder if (folder / "vn2" / "sales.csv").exists() else None


def load_vn2(folder: Path) -> DemandData:
    """VN2 Inventory Planning Challenge: 599 products in stores, 157 weeks, with in-stock flags."""
    header, *sales = _rows(folder / "vn2" / "sales.csv")
    _, *flags = _rows(folder / "vn2" / "in_stock.csv")
    names, *facts = _rows(folder / "vn2" / "master.csv")
    in_stock_of = {tuple(row[:2]): [value in {"1", "True", "1.0"} for value in row[2:]] for row in flags}
    master = {(row[names.index("Store")], row[names.index("Product")]): row for row in facts}
    keys = [(row[0], row[1]) for row in sales]
    units = _from_first_sale(np.array([[float(value) for value in row[2:]] for row in sales]))
    columns = {
        name: _numbered(master[key][names.index(name)] for key in keys)
        for name in ("DepartmentGroup", "Department", "Division", "ProductGroup", "Store", "Product")
    }
    return DemandData(
        "vn2",
        units,
        np.array([in_stock_of[key] for key in keys], dtype=np.bool_),
        Frequency.WEEK,
        date.fromisoformat(header[2]),
        horizon=4,
        windows=12,
        levels=(np.zeros(len(keys), dtype=np.int64), *columns.values(), np.arange(len(keys))),
        groups=(columns["Store"],),
    )


def load_monthly(folder: Path, name: str, *, first_day: date, windows: int) -> DemandData:
    """Data set raf (spare parts, 84 months) or auto (car parts, 24 months): intermittent, no attributes."""
    _, *rows = _rows(folder / f"{name}.csv.gz")
    units = _from_first_sale(np.array([[float(value or "nan") for value in row[1:]] for row in rows]))
    count = len(units)
    return DemandData(
        name,
        units,
        np.ones(units.shape, dtype=np.bool_),
        Frequency.MONTH,
        first_day,
        horizon=6,
        windows=windows,
        levels=(np.zeros(count, dtype=np.int64), np.arange(count)),
        groups=(),
    )


def _rows(path: Path) -> list[list[str]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt") as lines:
            return list(csv.reader(lines))
    with path.open(newline="") as lines:
        return list(csv.reader(lines))


def _numbered(labels: Iterable[str]) -> Integers:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)


def _from_first_sale(units: Floats) -> Floats:
    """Leading zeros unknown, as in the M5 competition; a series without sales keeps its last eight."""
    trimmed = units.copy()
    for row in trimmed:
        sales: Sequence[int] = np.flatnonzero(np.nan_to_num(row) > 0).tolist()
        row[: sales[0] if sales else len(row) - 8] = np.nan
    return trimmed
