"""Predictions for sales that come with the request: nothing is read, nothing is stored."""

from ml.forecasting.raw import RawSeries, lay_out
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


def predict(request: DemandRequest) -> PredictionsRead:
    """Forecast every product of the request, in its order. Costs CPU: run it off the event loop."""
    forecasts = None
    if request.products:
        history = lay_out(request.to_series(), request.frequency)
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
