"""The applications under test."""

import importlib

from fastapi import FastAPI

API_MODULES = ("agente_negocio.main", "agente_deposito.main", "ml.main_ml_service")


def api_apps() -> list[FastAPI]:
    """The three services with an API of their own."""
    return [importlib.import_module(module).app for module in API_MODULES]
