"""Wire format of predictions for sales sent in the request: the fixed paths."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ml.forecasting.raw import RawSeries
from ml.forecasting.rules import DEFAULT_LEVELS
from ml.history.rules import Frequency
from shared.web.schemas import Answer, Body

MOST_PRODUCTS = 5000
MOST_POINTS = 3660
MOST_POINTS_IN_ALL = 1_000_000
LONGEST_HORIZON = 180
_DEFAULT_HORIZON = {Frequency.DAY: 7, Frequency.WEEK: 4, Frequency.MONTH: 3}

Units = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
EchoedId = Annotated[int, Field(strict=True)] | Annotated[str, Field(strict=True, max_length=200)] | None
# Further out scipy may search for ever, and no shop has that many days behind it.
Level = Annotated[float, Field(ge=0.001, le=0.999, allow_inf_nan=False)]
# Far enough from the ends of the calendar for every horizon.
Day = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))]
Sales = Annotated[list[Units], Field(max_length=MOST_POINTS)]


class ProductSales(Body):
    """Sales of one product, oldest first.

    dates: the day each amount belongs to, strictly rising; a period not listed sold nothing.
    in_stock: false where the goods were missing, so that the amount understates demand.
    """

    id: EchoedId = None
    sales: Sales
    dates: list[Day] | None = None
    in_stock: list[bool] | None = None

    @model_validator(mode="after")
    def _lists_match(self) -> Self:
        for name, given in (("dates", self.dates), ("in_stock", self.in_stock)):
            if given is not None and len(given) != len(self.sales):
                raise ValueError(f"{name} tiene que tener tantos elementos como sales ({len(self.sales)}).")
        if self.dates:
            if any(later <= earlier for earlier, later in zip(self.dates, self.dates[1:], strict=False)):
                raise ValueError("dates tiene que ir de la más vieja a la más nueva, sin repetir.")
            if (self.dates[-1] - self.dates[0]).days >= MOST_POINTS:
                raise ValueError(f"dates puede abarcar hasta {MOST_POINTS} días.")
        return self


class PredictionOptions(Body):
    """How far and how to forecast. horizon: periods, 7 days, 4 weeks or 3 months by default."""

    horizon: Annotated[int, Field(ge=1, le=LONGEST_HORIZON)] | None = None
    frequency: Frequency = Frequency.DAY
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=20)] = DEFAULT_LEVELS

    @property
    def periods(self) -> int:
        """The horizon, or the default of the frequency."""
        return self.horizon or _DEFAULT_HORIZON[self.frequency]

    @property
    def rising_levels(self) -> tuple[float, ...]:
        """Each level once, lowest first."""
        return tuple(sorted(set(self.levels)))


class DemandRequest(PredictionOptions):
    """Products whose sales come with the request; nothing is stored."""

    products: Annotated[list[ProductSales], Field(max_length=MOST_PRODUCTS)]

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if sum(len(product.sales) for product in self.products) > MOST_POINTS_IN_ALL:
            raise ValueError(f"Entre todos los productos puede haber hasta {MOST_POINTS_IN_ALL} ventas.")
        return self

    def to_series(self) -> list[RawSeries]:
        """The products as the rules take them."""
        return [
            RawSeries(
                tuple(product.sales),
                None if product.dates is None else tuple(product.dates),
                None if product.in_stock is None else tuple(product.in_stock),
            )
            for product in self.products
        ]


class TrialRequest(BaseModel):
    """A trial run: one series of sales, or nothing to use a built-in one."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    test: bool = True
    test_data: Sales | None = None


class Split(Body):
    """MLflow's dataframe_split: columns and rows."""

    columns: Annotated[list[str], Field(max_length=10)]
    data: Annotated[list[list[Any]], Field(max_length=MOST_POINTS_IN_ALL)]
    index: list[Any] | None = None


class ServingRequest(BaseModel):
    """What MLflow's scoring server takes: exactly one of the four ways to send sales.

    inputs: one series, a list of series, or a list of products. dataframe_split and
    dataframe_records: columns id and sales; sales holds a list, or one amount per row, oldest first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    products: list[Any] | None = None
    inputs: list[Any] | None = None
    dataframe_split: Split | None = None
    dataframe_records: list[dict[str, Any]] | None = None
    params: PredictionOptions = PredictionOptions()
    horizon: Annotated[int, Field(ge=1, le=LONGEST_HORIZON)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.products, self.inputs, self.dataframe_split, self.dataframe_records)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("Mandá las ventas de una sola forma: products, inputs o dataframe_split.")
        return self

    def plain_products(self) -> tuple[str, list[Any]]:
        """The part of the body that was used, and its products, not validated yet."""
        if self.products is not None:
            return "products", self.products
        if self.inputs is not None:
            return "inputs", _products_of_inputs(self.inputs)
        if self.dataframe_split is not None:
            columns = self.dataframe_split.columns
            rows = [dict(zip(columns, row, strict=False)) for row in self.dataframe_split.data]
            return "dataframe_split.data", _products_of_rows(rows)
        return "dataframe_records", _products_of_rows(self.dataframe_records or [])


def _products_of_inputs(inputs: list[Any]) -> list[Any]:
    if inputs and all(isinstance(value, int | float) for value in inputs):
        return [{"id": 0, "sales": inputs}]
    return [
        {"id": place, "sales": value} if isinstance(value, list) else value
        for place, value in enumerate(inputs)
    ]


def _products_of_rows(rows: list[dict[str, Any]]) -> list[Any]:
    """Rows whose sales are lists stay as they are; rows of single amounts are gathered by id."""
    if any(isinstance(row.get("sales"), list) for row in rows):
        return list(rows)
    # By their spelling: 1 and "1" are two products, and what is no id at all is refused later.
    gathered: dict[str, dict[str, Any]] = {}
    for row in rows:
        product = gathered.setdefault(repr(row.get("id")), {"id": row.get("id"), "sales": []})
        product["sales"].append(row.get("sales"))
    return list(gathered.values())


class Prediction(Answer):
    """Forecast of one product, besides one list per level named p10, p50, p97.5 ...

    demand: mean per period. total_sd: standard deviation of the sum over the whole horizon.
    note: tested, untested, low_data, never_sold or no_history; reason says it in Spanish.
    """

    model_config = ConfigDict(extra="allow")

    id: EchoedId
    demand: float
    forecast: list[float]
    total_sd: float
    method: str
    pattern: str
    history_points: int
    low_data: bool
    note: str
    reason: str


class PredictionsRead(Answer):
    """Predictions in the order of the products sent."""

    predictions: list[Prediction]
    horizon: int
    frequency: Frequency
    model: str
    model_version: str


class TrialAnswer(Answer):
    """What the trial run found."""

    status: str
    success: bool
    prediction: float
    predictions: list[float]
    method: str
    reason: str
    model_version: str


class PredictionsHealth(Answer):
    """The model that would answer."""

    status: str
    model: str
    version: str
