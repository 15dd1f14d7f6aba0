"""The fixed prediction paths, as anyone may call them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ml.forecasting.room import Room
from ml.main_ml_service import build
from shared.config.settings import Settings
from tests.factories import make_organisation, people_keys
from tests.integration.conftest import Serve

DEMAND = "/api/v1/predictions/demand"


@pytest.fixture(scope="module")
async def client(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(build(settings, people_keys=people_keys)) as client:
        yield client


async def demand(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post(DEMAND, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refused(client: httpx.AsyncClient, path: str = DEMAND, **body: Any) -> dict[str, str]:
    """The reason of each field at fault."""
    answer = await client.post(path, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return {field["path"]: field["msg"] for field in answer.json()["fields"]}


class TestFixedCalls:
    async def test_health_names_the_model(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/v1/predictions/health")

        assert answer.status_code == 200
        assert answer.json()["status"] == "healthy"
        assert answer.json()["model"]

    @pytest.mark.parametrize("content", [b"", b"{}", b'{"test": true}', b'{"test_data": [1, 2, 3]}'])
    async def test_a_trial_answers_with_a_prediction(self, client: httpx.AsyncClient, content: bytes) -> None:
        headers = {"content-type": "application/json"} if content else {}

        answer = await client.post("/api/v1/predictions/test", content=content, headers=headers)

        assert answer.status_code == 200, answer.text
        assert answer.json()["success"] is True
        assert answer.json()["prediction"] > 0
        assert len(answer.json()["predictions"]) == 7

    async def test_a_trial_forecasts_what_it_was_given(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/api/v1/predictions/test", json={"test_data": [4, 4, 4]})

        assert answer.json()["prediction"] == 4

    async def test_three_sales_are_enough(self, client: httpx.AsyncClient) -> None:
        (found,) = (await demand(client, products=[{"id": 1, "sales": [10, 15, 12]}]))["predictions"]

        assert found["id"] == 1
        assert found["demand"] == 12.333
        assert found["forecast"] == [12.333] * 7
        assert found["p10"][0] <= found["p50"][0] <= found["p90"][0]
        assert (found["low_data"], found["history_points"]) == (True, 3)
        assert "3 días" in found["reason"]


class TestDemand:
    async def test_ids_come_back_with_their_type_in_their_order(self, client: httpx.AsyncClient) -> None:
        sent: list[Any] = [7, "7", "yerba", 0, 7]

        found = await demand(client, products=[{"id": one, "sales": [1, 2]} for one in sent])

        ids = [one["id"] for one in found["predictions"]]
        assert ids == sent
        assert [type(one) for one in ids] == [type(one) for one in sent]

    async def test_no_products_give_no_predictions(self, client: httpx.AsyncClient) -> None:
        assert (await demand(client, products=[]))["predictions"] == []

    async def test_no_sales_give_zeros_and_say_so(self, client: httpx.AsyncClient) -> None:
        found = await demand(client, products=[{"id": 1, "sales": []}, {"id": 2, "sales": [5, 5]}])

        empty, other = found["predictions"]
        assert empty["forecast"] == [0.0] * 7
        assert empty["p90"] == [0.0] * 7
        assert empty["note"] == "no_history"
        assert other["demand"] == 5

    async def test_a_weekly_pattern_is_followed(self, client: httpx.AsyncClient) -> None:
        week = [4.0, 4.0, 4.0, 4.0, 4.0, 20.0, 9.0]

        found = await demand(client, products=[{"id": 1, "sales": week * 12}], horizon=14)

        assert found["predictions"][0]["forecast"] == pytest.approx(week * 2, rel=0.05)
        assert found["predictions"][0]["note"] == "tested"

    async def test_levels_name_their_lists_and_rise(self, client: httpx.AsyncClient) -> None:
        sales = [3, 0, 5, 1, 0, 0, 8, 2, 1, 0, 4, 4] * 5

        found = await demand(
            client, products=[{"id": 1, "sales": sales}], levels=[0.975, 0.05, 0.5], horizon=3
        )

        one = found["predictions"][0]
        assert all(a <= b <= c for a, b, c in zip(one["p5"], one["p50"], one["p97.5"], strict=True))

    async def test_days_left_out_between_dates_sold_nothing(self, client: httpx.AsyncClient) -> None:
        product = {"id": 1, "sales": [6, 6], "dates": ["2026-11-02", "2026-11-05"]}

        found = (await demand(client, products=[product]))["predictions"][0]

        assert (found["history_points"], found["demand"]) == (4, 3)

    async def test_dates_line_products_up(self, client: httpx.AsyncClient) -> None:
        early = {"id": 1, "sales": [8, 8], "dates": ["2026-11-01", "2026-11-02"]}
        late = {"id": 2, "sales": [5], "dates": ["2026-11-04"]}

        found = (await demand(client, products=[early, late]))["predictions"]

        assert [one["history_points"] for one in found] == [4, 1]

    async def test_periods_without_stock_do_not_count(self, client: httpx.AsyncClient) -> None:
        product = {"id": 1, "sales": [10, 0, 10, 0], "in_stock": [True, False, True, False]}

        assert (await demand(client, products=[product]))["predictions"][0]["demand"] == 10

    @pytest.mark.parametrize(("frequency", "horizon"), [("D", 7), ("W", 4), ("M", 3)])
    async def test_each_frequency_has_its_horizon(
        self, client: httpx.AsyncClient, frequency: str, horizon: int
    ) -> None:
        found = await demand(client, products=[{"id": 1, "sales": [1, 2, 3]}], frequency=frequency)

        assert len(found["predictions"][0]["forecast"]) == horizon

    async def test_decimal_strings_are_amounts(self, client: httpx.AsyncClient) -> None:
        found = await demand(client, products=[{"id": 1, "sales": ["1.5", 2.5]}])

        assert found["predictions"][0]["demand"] == 2


class TestRefusals:
    @pytest.mark.parametrize(
        ("product", "path"),
        [
            ({"id": 1, "sales": [1, -2]}, "products[0].sales[1]"),
            ({"id": 1, "sales": [1, None]}, "products[0].sales[1]"),
            ({"id": 1, "sales": ["nan"]}, "products[0].sales[0]"),
            ({"id": 1, "sales": "12"}, "products[0].sales"),
            ({"id": 1}, "products[0].sales"),
            ({"id": 1, "sales": [1], "dates": ["2026-01-01", "2026-01-02"]}, "products[0]"),
            ({"id": 1, "sales": [1, 1], "dates": ["2026-01-02", "2026-01-01"]}, "products[0]"),
            ({"id": 1, "sales": [1], "dates": ["9999-12-31"]}, "products[0].dates[0]"),
            ({"id": 1, "sales": [1], "in_stock": []}, "products[0]"),
            ({"id": 1, "sales": [1], "colour": "red"}, "products[0].colour"),
        ],
    )
    async def test_the_field_at_fault_is_named(
        self, client: httpx.AsyncClient, product: dict[str, Any], path: str
    ) -> None:
        reasons = await refused(client, products=[product])

        assert list(reasons) == [path]
        assert reasons[path].endswith(".")

    async def test_a_bare_nan_is_refused(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(
            DEMAND,
            content=b'{"products": [{"id": 1, "sales": [1, NaN]}]}',
            headers={"content-type": "application/json"},
        )

        assert answer.status_code == 422
        assert answer.json()["fields"][0]["path"] == "products[0].sales[1]"

    @pytest.mark.parametrize("horizon", [0, -1, 181, 1.5, "many"])
    async def test_a_horizon_out_of_range_is_refused(
        self, client: httpx.AsyncClient, horizon: object
    ) -> None:
        assert "horizon" in await refused(client, products=[{"id": 1, "sales": [1]}], horizon=horizon)

    @pytest.mark.parametrize("levels", [[], [0], [1], [0.5, 2], [1 - 1e-16], [1e-9]])
    async def test_levels_lie_well_between_0_and_1(
        self, client: httpx.AsyncClient, levels: list[float]
    ) -> None:
        reasons = await refused(client, products=[{"id": 1, "sales": [1]}], levels=levels)

        assert all(path.startswith("levels") for path in reasons)

    async def test_five_thousand_products_are_the_most(self, client: httpx.AsyncClient) -> None:
        products = [{"id": at, "sales": [1, 2]} for at in range(5001)]

        assert "products" in await refused(client, products=products)
        assert len((await demand(client, products=products[:5000]))["predictions"]) == 5000


def much(*, products: int, longest: int) -> list[dict[str, Any]]:
    """One long series among short ones: little to send, much to forecast."""
    return [{"id": 0, "sales": [1] * longest}, *({"id": at, "sales": [1]} for at in range(1, products))]


class TestCost:
    async def test_a_long_series_beside_many_short_ones_counts_for_each(
        self, client: httpx.AsyncClient
    ) -> None:
        reasons = await refused(client, products=much(products=200, longest=1300))

        assert list(reasons) == ["products"]
        assert "200 productos por 1300 períodos" in reasons["products"]

    async def test_days_far_apart_count_for_each(self, client: httpx.AsyncClient) -> None:
        products = [
            {"id": 1, "sales": [1], "dates": ["1900-01-01"]},
            *({"id": at, "sales": [1], "dates": ["2026-01-01"]} for at in range(2, 8)),
        ]

        assert list(await refused(client, products=products)) == ["products"]

    async def test_the_serving_path_is_bounded_alike(self, client: httpx.AsyncClient) -> None:
        products = much(products=200, longest=1300)

        assert list(await refused(client, "/predict", products=products)) == ["products"]

    async def test_levels_of_many_periods_of_many_products_are_bounded(
        self, client: httpx.AsyncClient
    ) -> None:
        levels = [at / 21 for at in range(1, 21)]

        reasons = await refused(client, products=much(products=50, longest=1), horizon=180, levels=levels)

        assert list(reasons) == ["horizon"]
        assert "180000" in reasons["horizon"]

    async def test_who_signs_in_may_ask_for_more(self, client: httpx.AsyncClient, database_url: str) -> None:
        person = make_organisation(database_url).add_person()
        body = {"products": much(products=200, longest=1300)}

        answer = await client.post(DEMAND, json=body, headers=person.headers)
        too_much = await client.post(
            DEMAND, json={"products": much(products=800, longest=1300)}, headers=person.headers
        )

        assert answer.status_code == 200, answer.text
        assert too_much.json()["code"] == "prediction.too_much_history"

    async def test_nobody_waits_for_long(self, settings: Settings, serve: Serve) -> None:
        app = build(settings)
        async with serve(app) as client:
            app.state.prediction_room = Room(1, patience_seconds=0.05)
            async with app.state.prediction_room.place():
                refusal = await client.post(DEMAND, json={"products": [{"sales": [1]}]})
            answer = await client.post(DEMAND, json={"products": [{"sales": [1]}]})

        assert (refusal.status_code, refusal.json()["code"]) == (503, "prediction.no_room")
        assert int(refusal.headers["Retry-After"]) > 0
        assert answer.status_code == 200


class TestServing:
    @pytest.mark.parametrize(
        "body",
        [
            {"products": [{"id": 0, "sales": [10, 15, 12]}]},
            {"inputs": [10, 15, 12]},
            {"inputs": [[10, 15, 12]]},
            {"inputs": [{"id": 0, "sales": [10, 15, 12]}]},
            {"dataframe_split": {"columns": ["id", "sales"], "data": [[0, [10, 15, 12]]]}},
            {"dataframe_split": {"columns": ["id", "sales"], "data": [[0, 10], [0, 15], [0, 12]]}},
            {"dataframe_records": [{"id": 0, "sales": [10, 15, 12]}]},
        ],
    )
    async def test_every_shape_of_a_scoring_server_gives_the_same(
        self, client: httpx.AsyncClient, body: dict[str, Any]
    ) -> None:
        answer = await client.post("/predict", json=body)

        assert answer.status_code == 200, answer.text
        assert [(one["id"], one["demand"]) for one in answer.json()["predictions"]] == [(0, 12.333)]
        assert answer.json()["model_version"]

    async def test_rows_are_gathered_by_id(self, client: httpx.AsyncClient) -> None:
        rows = [[1, 2], ["1", 9], [1, 4]]

        answer = await client.post(
            "/predict", json={"dataframe_split": {"columns": ["id", "sales"], "data": rows}}
        )

        assert [(one["id"], one["demand"]) for one in answer.json()["predictions"]] == [(1, 3), ("1", 9)]

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"inputs": [[1, -1]]}, "inputs[0].sales[1]"),
            ({"inputs": ["x"]}, "inputs[0]"),
            ({"dataframe_split": {"columns": ["id"], "data": [[1]]}}, "dataframe_split.data[0].sales[0]"),
            ({"dataframe_split": {"columns": ["id", "sales"], "data": [[[1], 2]]}}, None),
            ({}, ""),
            ({"inputs": [1], "products": []}, ""),
        ],
    )
    async def test_what_does_not_fit_is_refused(
        self, client: httpx.AsyncClient, body: dict[str, Any], path: str | None
    ) -> None:
        reasons = await refused(client, "/predict", **body)

        assert reasons
        if path:
            assert path in reasons

    async def test_the_horizon_may_come_as_a_parameter(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/predict", json={"inputs": [1, 2], "params": {"horizon": 2}})

        assert len(answer.json()["predictions"][0]["forecast"]) == 2


async def test_the_served_model_tells_what_it_is_worth(client: httpx.AsyncClient) -> None:
    facts = (await client.get("/model/info")).json()

    assert facts["name"] == "gondola-demand"
    assert facts["stage"] == "production"
    assert facts["metrics_source"] == "reference_data"
    assert 0 < facts["metrics"]["wape"] < 1
    assert facts["features"]
