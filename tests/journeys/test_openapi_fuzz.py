"""What the OpenAPI documents promise, tried with generated requests over HTTP in an owner's name.

FUZZ_EXAMPLES raises the number of examples for each endpoint.
"""

import asyncio
import os
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.journeys.asking import Life
from tests.journeys.life import bearer, sign_in
from tests.journeys.town import SERVICES, Town

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "15"))
# They end the session that every other request needs.
ENDS_THE_SESSION = {"/api/v1/auth/logout", "/api/v1/auth/password", "/api/v1/auth/switch"}
# Each call reads a picture in a child process, whatever is sent.
SLOW = {"/api/v1/ocr/test"}
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_endpoint_keeps_its_promises(town: Town, rough_shop: Life, service: str) -> None:
    headers = bearer(await sign_in(rough_shop, "duena"))
    document = (await town.send(service, "GET", "/openapi.json")).json()

    tried = await asyncio.to_thread(_try_all, document, town.url(service), headers)

    paths = {path for path in document["paths"] if path not in ENDS_THE_SESSION | SLOW}
    assert tried == paths


def _try_all(document: dict[str, Any], url: str, headers: dict[str, str]) -> set[str]:
    """In a thread: the services answer in this process's loop. Gives the paths that were tried."""
    schema: Any = schemathesis.openapi.from_dict(document)
    tried, faults = set(), []
    with requests.Session() as session:
        for result in schema.get_all_operations():
            operation = result.ok()
            if operation.path in ENDS_THE_SESSION | SLOW:
                continue
            tried.add(operation.path)
            try:
                _try(operation, url, headers, session)
            except (Failure, FailureGroup) as error:
                # Every endpoint is tried, then all faults are told.
                told = getattr(error, "exceptions", [error])
                faults += [f"{operation.label}: {each}" for each in told]
    assert not faults, "\n\n".join(faults)
    return tried


def _try(operation: Any, url: str, headers: dict[str, str], session: requests.Session) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def attempt(case: Any) -> None:
        case.call_and_validate(
            base_url=url, headers=headers, session=session, checks=list(CHECKS), timeout=60
        )

    given(case=operation.as_strategy())(attempt)()
