"""What the warehouse's answers mean to who works on a paper."""

import pytest

from agente_negocio.invoices.errors import ProductUnknownError, WarehouseRefusedError
from agente_negocio.invoices.peers import explain
from shared.clients.base import PeerRefusedError, PeerUnavailableError
from shared.kernel.errors import DomainError
from shared.security.errors import ForbiddenError, NotSignedInError


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (401, NotSignedInError),
        (403, ForbiddenError),
        (404, ProductUnknownError),
        (409, WarehouseRefusedError),
        (422, WarehouseRefusedError),
        (429, PeerUnavailableError),
        (500, PeerUnavailableError),
        (507, PeerUnavailableError),
    ],
)
def test_a_refusal_is_told_and_a_failure_is_an_absence(status: int, meaning: type[DomainError]) -> None:
    assert type(explain(PeerRefusedError("deposito", status, {}))) is meaning
