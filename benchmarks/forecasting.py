"""How good forecasts are: the served model beside what a shopkeeper would do, on public demand data.

`python -m benchmarks.forecasting [--quick] [--record]` needs the data folder named by GONDOLA_SHARED_DATA
(default ../shared/data) and skips without it. --record keeps the figures in benchmarks/results and as the
served model's reference. Nothing is drawn at random: the same commit gives the same figures.
"""

import argparse
import json
import resource
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from benchmarks.demand_data import DemandData, Floats, data_folder, load_monthly, load_vn2
from benchmarks.forecast_scores import (
    M5_LEVELS,
    bands_from_past_errors,
    scaled_pinball,
    step_scales,
    wrmsse,
)
from benchmarks.provenance import commit
from ml.forecasting.intermittent import INTERMITTENT_METHODS
from ml.forecasting.panel import make_panel
from ml.forecasting.rules import LIGHT_METHODS, forecast_demand
from ml.registry.reference import REFERENCE_PATH
from ml.registry.rules import MODEL_VERSION

RESULTS = Path(__file__).parent / "results" / "forecasting.json"
SERVED = "Góndola"
SERVED_LIGHT = "Góndola (web)"
_QUICK_WINDOWS = 3
_ALL_METHODS = {**LIGHT_METHODS, **INTERMITTENT_METHODS}


@dataclass(frozen=True, slots=True)
class Window:
    """What one method said at one origin. bands: M5's nine quantiles, None for a bare method."""

    origin: int
    mean: Floats
    bands: Floats | None


@dataclass(frozen=True, slots=True)
class Result:
    """Scores of one method on one data set; lower is better, bias and coverage apart.

    sku: WRMSSE of the single series; coverage: share of periods within the 95 % band.
    """

    data: str
    method: str
    wrmsse: float
    total: float
    sku: float
    rmsse: float
    wape: float
    bias: float
    pinball: float
    coverage: float
    cpu_seconds: float


def main() -> None:
    """Print a table, then one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="VN2 only, three windows")
    parser.add_argument("--record", action="store_true", help="keep the figures in the repository")
    arguments = parser.parse_args()
    folder = data_folder()
    if folder is None:
        print("Skipped: no demand data; set GONDOLA_SHARED_DATA to the folder that holds demand/.")
        return
    results = [
        result
        for data in _data_sets(folder, quick=arguments.quick)
        for result in score_all(data, arguments.quick)
    ]
    _print_table(results)
    report = {
        "benchmark": "forecasting",
        "commit": commit(),
        "seed": 0,
        "quick": arguments.quick,
        "model_version": MODEL_VERSION,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "results": [_rounded(result) for result in results],
    }
    print(json.dumps(report, ensure_ascii=False))
    if arguments.record and not arguments.quick:
        _record(report, results)


def _data_sets(folder: Path, *, quick: bool) -> list[DemandData]:
    vn2 = load_vn2(folder)
    if quick:
        return [vn2]
    return [
        vn2,
        load_monthly(folder, "auto", first_day=date(2010, 1, 1), windows=1),
        load_monthly(folder, "raf", first_day=date(1996, 1, 1), windows=2),
    ]


def score_all(data: DemandData, quick: bool) -> list[Result]:  # noqa: FBT001  one switch of the command
    """Every bare method and the served model, best WRMSSE first."""
    origins = data.origins(_QUICK_WINDOWS if quick else data.windows)
    results = [_score(data, name, origins, _bare(name)) for name in _ALL_METHODS]
    results.append(_score(data, SERVED_LIGHT, origins, _served(heavy=False)))
    results.append(_score(data, SERVED, origins, _served(heavy=True)))
    return sorted(results, key=lambda result: result.wrmsse)


Forecaster = Callable[[DemandData, int], tuple[Floats, Floats | None]]


def _bare(name: str) -> Forecaster:
    def forecast(data: DemandData, origin: int) -> tuple[Floats, Floats | None]:
        panel = make_panel(data.history(origin), data.horizon)
        return _ALL_METHODS[name](panel, data.horizon), None

    return forecast


def _served(*, heavy: bool) -> Forecaster:
    def forecast(data: DemandData, origin: int) -> tuple[Floats, Floats | None]:
        found = forecast_demand(
            data.history(origin),
            data.horizon,
            levels=M5_LEVELS,
            candidates=_ALL_METHODS if heavy else LIGHT_METHODS,
        )
        return found.mean, found.quantiles

    return forecast


def _score(data: DemandData, name: str, origins: Sequence[int], forecast: Forecaster) -> Result:
    forecast(data, origins[0])  # The first call compiles; it is not timed.
    started = _cpu_seconds()
    windows = [Window(origin, *forecast(data, origin)) for origin in origins]
    cpu = (_cpu_seconds() - started) / len(origins)
    scores, pinball, inside = [], [], []
    errors: list[tuple[float, float, float]] = []
    squares: list[Floats] = []
    for window in windows:
        past = data.units[:, : window.origin]
        actual = np.nan_to_num(data.units[:, window.origin : window.origin + data.horizon])
        squared, absolute, enough = step_scales(past)
        error = window.mean - actual
        bands = bands_from_past_errors(window.mean, squares, past) if window.bands is None else window.bands
        scores.append(
            [
                *_levels(wrmsse(past, actual, window.mean, data.levels)),
                float(np.mean(np.sqrt(np.mean(error[enough] ** 2, axis=1) / squared[enough]))),
            ]
        )
        pinball.append(float(scaled_pinball(bands, actual, absolute)[enough].mean()))
        inside.append(float(np.mean((actual >= bands[1])[enough] & (actual <= bands[-2])[enough])))
        errors.append((np.abs(error).sum(), error.sum(), actual.sum()))
        squares.append(np.mean(error**2, axis=1))
    missed, signed, sold = np.sum(errors, axis=0)
    overall, total, sku, rmsse = np.mean(scores, axis=0)
    return Result(
        data=data.name,
        method=name,
        wrmsse=float(overall),
        total=float(total),
        sku=float(sku),
        rmsse=float(rmsse),
        wape=float(missed / sold),
        bias=float(signed / sold),
        pinball=float(np.mean(pinball)),
        coverage=float(np.mean(inside)),
        cpu_seconds=cpu,
    )


def _levels(by_level: Floats) -> tuple[float, float, float]:
    return float(by_level.mean()), float(by_level[0]), float(by_level[-1])


def _print_table(results: Sequence[Result]) -> None:
    names = [name for name in Result.__dataclass_fields__ if name not in {"data", "method"}]
    print(f"{'data':6} {'method':15} " + " ".join(f"{name:>11}" for name in names))
    for result in results:
        values = asdict(result)
        print(f"{result.data:6} {result.method:15} " + " ".join(f"{values[name]:11.3f}" for name in names))


def _rounded(result: Result) -> dict[str, object]:
    return {
        name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(result).items()
    }


def _record(report: dict[str, object], results: Sequence[Result]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    served = next(result for result in results if result.method == SERVED and result.data == "vn2")
    reference = {
        "data": "VN2: 599 products in stores, weekly, 4 weeks ahead, 12 origins",
        "wape": round(served.wape, 4),
        "bias": round(served.bias, 4),
        "coverage": round(served.coverage, 4),
        "coverage_band": "95 %",
        "commit": report["commit"],
        "measured_at": report["measured_at"],
    }
    REFERENCE_PATH.write_text(json.dumps(reference, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
