"""The applications under test, and every endpoint they have."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

API_MODULES = ("agente_negocio.main", "agente_deposito.main", "ml.main_ml_service")


def api_apps() -> list[FastAPI]:
    """The three services with an API of their own."""
    return [importlib.import_module(module).app for module in API_MODULES]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path, with what its function depends on."""

    method: str
    path: str
    dependant: Dependant

    def calls(self) -> Iterator[object]:
        """Every dependency, at any depth."""
        yield from _calls(self.dependant)


def endpoints(app: FastAPI) -> list[Endpoint]:
    """Those of an app and of the routers it includes."""
    return [
        Endpoint(method, str(context.path), context.dependant)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in sorted(context.methods or ())
    ]


def _calls(dependant: Dependant) -> Iterator[object]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _calls(dependency)
