"""The platform really does its work: it reads an invoice, forecasts, and lets people in."""

import re
from typing import Any

from scripts.demo.published import DEMO_PASSWORD, DEMO_USERNAME
from scripts.production.verification.asking import (
    OK,
    Asking,
    Check,
    CheckFailedError,
    CheckSkippedError,
    Facts,
)
from scripts.production.verification.targets import Targets

_FORBIDDEN, _NO_CONTENT, _SEE_OTHER = 403, 204, 303
_REFUSED = {401, 429}
_WEEK = [8.0, 7.0, 9.0, 10.0, 14.0, 21.0, 12.0]
_FACTOR, _TOLERANCE = 3.0, 0.15
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


def working_checks(targets: Targets) -> list[Check]:
    """The checks of the work itself. That the demo's door is shut is looked at in production only."""
    checks = [
        Check("ocr", _ocr),
        Check("prediction", _prediction),
        Check("sign-in:api", _sign_in),
        Check("sign-in:web", _sign_in_web),
    ]
    return [*checks, Check("demo-sign-in-refused", _no_demo)] if targets.is_production else checks


async def _ocr(asking: Asking) -> tuple[str, Facts]:
    """The built-in invoice is a picture: Tesseract and the reading process both have to work."""
    health = await asking.json("negocio", "/api/v1/ocr/health")
    if not health.get("engine") or "spa" not in health.get("languages", []):
        raise CheckFailedError(f"Tesseract with Spanish is not there: {health!r}.")
    read = await asking.json("negocio", "/api/v1/ocr/test", method="POST", json={"test": True})
    if read.get("success") is not True:
        raise CheckFailedError(f"The built-in invoice was not read: {read!r}.")
    return f"read in {read.get('elapsed_ms')} ms", {"elapsed_ms": read.get("elapsed_ms"), **health}


async def _prediction(asking: Asking) -> tuple[str, Facts]:
    """Sales three times as large get about three times the forecast: no fixed answer does that."""
    small, large = await _forecast(asking, 1.0), await _forecast(asking, _FACTOR)
    if not min(_WEEK) <= small <= max(_WEEK):
        raise CheckFailedError(f"For sales of {min(_WEEK)} to {max(_WEEK)} a day it predicts {small}.")
    if abs(large / small - _FACTOR) > _FACTOR * _TOLERANCE:
        raise CheckFailedError(
            f"For sales {_FACTOR:g} times as large it predicts {large} instead of {small}."
        )
    return f"{small:g} a day, {large:g} for sales {_FACTOR:g} times as large", {"prediction": small}


async def _forecast(asking: Asking, factor: float) -> float:
    body = {"test_data": [factor * units for units in _WEEK * 8]}
    answer = await asking.json("ml", "/api/v1/predictions/test", method="POST", json=body)
    prediction = answer.get("prediction")
    if not isinstance(prediction, int | float) or isinstance(prediction, bool):
        raise CheckFailedError(f"The prediction is no number: {answer!r}.")
    return float(prediction)


async def _sign_in(asking: Asking) -> tuple[str, Facts]:
    """The probe's token is good at every service, and not any more after signing out."""
    probe = _probe(asking)
    tokens = await asking.json("negocio", "/api/v1/auth/login", method="POST", json=probe)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = await asking.json("negocio", "/api/v1/auth/me", headers=bearer)
    for service, path in (("deposito", "/api/v1/inventory/stats"), ("ml", "/api/v1/forecasts?limit=1")):
        answer = await asking.send(service, path, headers=bearer)
        # A role without the permission is known and refused; only a stranger gets 401.
        if answer.status_code not in {OK, _FORBIDDEN}:
            raise CheckFailedError(f"{service} answers {answer.status_code} to the probe's token.")
    left = await asking.send("negocio", "/api/v1/auth/logout", method="POST", headers=bearer)
    again = await asking.send("negocio", "/api/v1/auth/me", headers=bearer)
    if left.status_code != _NO_CONTENT or again.status_code not in _REFUSED:
        raise CheckFailedError(
            f"Signing out answers {left.status_code}, the token afterwards {again.status_code}."
        )
    return f"as {me['user']['role']}, good at every service", {"role": me["user"]["role"]}


async def _sign_in_web(asking: Asking) -> tuple[str, Facts]:
    """As a browser does: the page, the form with its token, the home page behind it."""
    probe = _probe(asking)
    page = await _page(asking, "/entrar")
    token = _CSRF.search(page)
    if token is None:
        raise CheckFailedError("/entrar has no sign-in form.")
    form = {"csrf": token[1], "usuario": probe["username"], "clave": probe["password"], "volver": "/"}
    origin = {"Origin": asking.targets.urls["dashboard"]}
    entered = await asking.send("dashboard", "/entrar", method="POST", data=form, headers=origin)
    if entered.status_code != _SEE_OTHER:
        raise CheckFailedError(f"The form answers {entered.status_code}.")
    home = await _page(asking, "/")
    leaving = _CSRF.search(home)
    if leaving is None:
        raise CheckFailedError("The home page shows nobody signed in.")
    await asking.send("dashboard", "/salir", method="POST", data={"csrf": leaving[1]}, headers=origin)
    asking.http.cookies.clear()
    return "form, home page and way out work", {}


async def _no_demo(asking: Asking) -> tuple[str, Facts]:
    body = {"username": DEMO_USERNAME, "password": DEMO_PASSWORD}
    answer = await asking.send("negocio", "/api/v1/auth/login", method="POST", json=body)
    if answer.status_code not in _REFUSED:
        raise CheckFailedError(
            f"The published demo sign-in answers {answer.status_code}: change that password now, "
            "or remove the demo with python -m scripts.demo.wipe."
        )
    return "refused", {}


async def _page(asking: Asking, path: str) -> str:
    answer = await asking.send("dashboard", path)
    if answer.status_code != OK:
        raise CheckFailedError(f"{path} answers {answer.status_code}.")
    return answer.text


def _probe(asking: Asking) -> dict[str, Any]:
    probe = asking.targets.probe
    if probe is None:
        raise CheckSkippedError("set PROBE_USERNAME and PROBE_PASSWORD to an account that may sign in")
    return {"username": probe.username, "password": probe.password}
