"""Wire format of the registry's facts."""

from datetime import datetime
from typing import Self

from ml.registry.rules import FEATURES, MODEL_NAME, MODEL_VERSION, ServedModel
from shared.web.schemas import Answer


class MetricsRead(Answer):
    """wape and bias as shares of what was sold; coverage: share of periods inside the band named."""

    wape: float | None
    bias: float | None
    coverage: float | None
    coverage_band: str


class ModelInfo(Answer):
    """The served model. metrics_source: own_history (your shop's backtest) or reference_data."""

    name: str
    version: str
    stage: str
    trained_at: datetime | None
    metrics: MetricsRead
    metrics_source: str
    features: list[str]
    run_id: str | None

    @classmethod
    def of(cls, model: ServedModel) -> Self:
        """The served model with its fixed facts."""
        return cls(
            name=MODEL_NAME,
            version=MODEL_VERSION,
            stage="production",
            trained_at=model.trained_at,
            metrics=MetricsRead.model_validate(model.metrics),
            metrics_source=model.metrics_source,
            features=list(FEATURES),
            run_id=model.run_id,
        )
