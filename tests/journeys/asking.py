"""Requests as a shop sends them, and the shop that sends and notes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx

from scripts.demo.papers import Paper, Traits, sample_paper
from scripts.demo.papers.paper import ZERO
from scripts.demo.papers.sampling import REGISTERED_BUYER
from scripts.demo.papers.vocabulary import invented_cuit
from tests.journeys.town import Town

_JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that was answered well. route: with its parameters in braces. files: of an upload."""

    service: str
    method: str
    route: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str] | None = None
    files: tuple[bytes, ...] = ()

    @property
    def target(self) -> str:
        """The route with its parameters filled in."""
        return self.route.format(**self.path)

    @property
    def key(self) -> tuple[str, str, str]:
        """Which endpoint it is."""
        return self.service, self.method, self.route

    def options(self) -> _JSON:
        """As httpx takes it."""
        options: _JSON = {"params": dict(self.query)}
        if self.files:
            options["files"] = [("files", (f"{n}.pdf", file)) for n, file in enumerate(self.files)]
            options["data"] = dict(self.form or {})
        elif self.body is not None:
            options["json"] = self.body
        return options


@dataclass(slots=True)
class Life:
    """An organisation, its owner's headers, and everything it asked. marker: part of every name it gives."""

    town: Town
    marker: str
    organisation_id: UUID = field(default_factory=uuid4)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    chosen: set[str] = field(default_factory=set)
    """Ids that the client draws itself; another shop may draw the same."""
    ids: dict[str, str] = field(default_factory=dict)

    async def ask(self, request: Asked, *, headers: dict[str, str] | None = None, expect: int = 0) -> Any:
        """Send, note, and give the decoded body. expect: a status that is no success but meant."""
        answer = await self.send(request, headers=headers)
        assert answer.is_success or answer.status_code == expect, (request, answer.status_code, answer.text)
        if request not in self.asked:
            self.asked.append(request)
        is_json = answer.content and "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json else answer.content

    async def send(self, request: Asked, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """Send without noting."""
        return await self.town.send(
            request.service,
            request.method,
            request.target,
            headers=self.headers if headers is None else headers,
            **request.options(),
        )

    def draw_id(self) -> str:
        """An id of the client's own."""
        self.chosen.add(drawn := str(uuid4()))
        return drawn

    def name(self, thing: str) -> str:
        """A name that shows whose it is."""
        return f"{thing} {self.marker}"

    def email(self, who: str) -> str:
        """An address that shows whose it is."""
        return f"{who}@{self.marker.lower()}.example"

    def paper(self, number: int) -> Paper:
        """An invoice that a supplier of this shop issued."""
        drawn = sample_paper("isolation:1", "rcel")
        return replace(
            drawn,
            type_code=1,
            issuer=replace(
                drawn.issuer,
                name=f"DISTRIBUIDORA {self.marker}",
                cuit=invented_cuit(500_000 + sum(map(ord, self.marker))),
            ),
            receiver=REGISTERED_BUYER,
            number=number,
            lines=tuple(replace(line, iva_rate=Decimal(21), internal_tax=ZERO) for line in drawn.lines[:2]),
            perceptions=(),
            discount_rate=ZERO,
            currency="ARS",
            exchange_rate=Decimal(1),
            authorization_code="86381234567812",
            authorization_due=drawn.issued_on + timedelta(days=10),
            traits=Traits(),
        )


def negocio(method: str, route: str, **parts: Any) -> Asked:
    """A request to negocio."""
    return Asked("negocio", method, f"/api/v1{route}", **parts)


def deposito(method: str, route: str, **parts: Any) -> Asked:
    """A request to deposito."""
    return Asked("deposito", method, f"/api/v1{route}", **parts)


def ml(method: str, route: str, **parts: Any) -> Asked:
    """A request to ml; its paths have more than one beginning."""
    return Asked("ml", method, route, **parts)
