"""Every refusal of the platform has its Spanish text, and every text its refusal."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import agente_deposito
import agente_negocio
import ml
import shared
import web_dashboard
from shared.kernel.errors import DomainError
from shared.web.problem_texts import PROBLEM_TEXTS

# Given by the error handlers themselves, not by an exception of ours.
OF_HANDLERS = {
    "request.invalid",
    "request.malformed",
    "request.too_large",
    "request.not_found",
    "request.method_not_allowed",
    "request.failed",
    "conflict",
    "busy",
    "internal",
}


def refusals(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from refusals(child)


def import_everything() -> None:
    for package in (agente_negocio, agente_deposito, ml, web_dashboard, shared):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def test_every_refusal_has_its_text_and_every_text_its_refusal() -> None:
    import_everything()

    codes = {refusal.code for refusal in refusals() if "code" in vars(refusal)}

    assert codes - PROBLEM_TEXTS.keys() == set()
    assert PROBLEM_TEXTS.keys() - codes - OF_HANDLERS == set()


def test_codes_are_unique_and_texts_are_sentences() -> None:
    import_everything()

    codes = [refusal.code for refusal in refusals() if "code" in vars(refusal)]

    assert len(codes) == len(set(codes))
    for code, text in PROBLEM_TEXTS.items():
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", code), code
        assert text.detail.endswith((".", "?", "}")), code
