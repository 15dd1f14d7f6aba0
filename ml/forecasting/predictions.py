"""Predictions for sales that come with the request: nothing is read, nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from ml.forecasting.errors import TooMuchAskedError, TooMuchHistoryError
from ml.forecasting.raw import RawSeries, lay_out, longest
from ml.forecasting.reasons import reason
from ml.forecasting.rules import Forecasts, Note, forecast_demand
from ml.forecasting.schemas.predictions import (
    DemandRequest,
    EchoedId,
    Prediction,
    PredictionsRead,
    TrialAnswer,
)
from ml.history.rules import Frequency
from ml.registry.rules import MODEL_NAME, MODEL_VERSION

_DECIMALS = 3
# Eight weeks of a kiosk's bottled water, for trial runs without sales of their own.
_TRIAL_SALES = tuple(float(units) for units in [8, 7, 9, 10, 14, 21, 12] * 8)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much one request may cost; both cost some microseconds apiece.

    periods: of history, products times the longest of them. values: products times periods ahead
    times levels.
    """

    periods: int
    values: int


FOR_ANYONE = Allowance(periods=250_000, values=150_000)
FOR_PEOPLE = Allowance(periods=1_000_000, values=1_000_000)
"""Of callers with a token, who can be told from each other and held to account."""


def predict(request: DemandRequest, allowance: Allowance) -> PredictionsRead:
    """Forecast every product of the request, in its order. Costs CPU: run it off the event loop.

    Raises TooMuchHistoryError, TooMuchAskedError.
    """
    forecasts = None
    if request.products:
        series = request.to_series()
        _check_cost(request, series, allowance)
        history = lay_out(series, request.frequency)
        forecasts = forecast_demand(history, request.periods, levels=request.rising_levels)
    return PredictionsRead(
        predictions=[
            _prediction(forecasts, row, product.id, request.frequency)
            for row, product in enumerate(request.products)
            if forecasts is not None
        ],
        horizon=request.periods,
        frequency=request.frequency,
        model=MODEL_NAME,
        model_version=MODEL_VERSION,
    )


def try_out(sales: list[float] | None) -> TrialAnswer:
    """Forecast one series, the built-in one when none is given, to show that the model answers."""
    series = RawSeries(_TRIAL_SALES if sales is None else tuple(sales), None, None)
    found = _prediction(forecast_demand(lay_out([series], Frequency.DAY), 7), 0, None, Frequency.DAY)
    return TrialAnswer(
        status="success",
        success=True,
        prediction=found.demand,
        predictions=found.forecast,
        method=found.method,
        reason=found.reason,
        model_version=MODEL_VERSION,
    )


def _check_cost(request: DemandRequest, series: Sequence[RawSeries], allowance: Allowance) -> None:
    """A few short series beside a long one are few bytes and much work, so the work is what is bounded."""
    periods = longest(series, request.frequency)
    if len(series) * periods > allowance.periods:
        raise TooMuchHistoryError(products=len(series), periods=periods, maximum=allowance.periods)
    asked = len(series) * request.periods * len(request.rising_levels)
    if asked > allowance.values:
        raise TooMuchAskedError(asked=asked, maximum=allowance.values)


def _prediction(forecasts: Forecasts, row: int, product_id: EchoedId, frequency: Frequency) -> Prediction:
    note, points = forecasts.notes[row], int(forecasts.points[row])
    method = str(forecasts.method[row])
    bands = {
        f"p{100 * level:g}": forecasts.quantiles[at, row].round(_DECIMALS).tolist()
        for at, level in enumerate(forecasts.levels)
    }
    return Prediction.model_validate(
        {
            "id": product_id,
            "demand": round(float(forecasts.mean[row].mean()), _DECIMALS),
            "forecast": forecasts.mean[row].round(_DECIMALS).tolist(),
            **bands,
            "total_sd": round(float(forecasts.total_sd[row, -1]), _DECIMALS),
            "method": method,
            "pattern": str(forecasts.pattern[row]),
            "history_points": points,
            "low_data": note in {Note.LOW_DATA, Note.NO_HISTORY},
            "note": note,
            "reason": reason(note, method=method, points=points, frequency=frequency),
        }
    )
