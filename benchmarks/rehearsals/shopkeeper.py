"""A shopkeeper who never gives up: every act has its own key, and is repeated until it is answered."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx

_PATIENCE_SECONDS = 300
_PAUSE_SECONDS = 0.1
_AGAIN = {401, 429, 500, 502, 503, 504}


class GaveUpError(Exception):
    """An act got no final answer in time, or one that should not be."""


@dataclass(slots=True)
class Shopkeeper:
    """Signs in by itself; `unexpected` collects every answer of 500, which none should be.

    after: called right after each act was answered, before its consequences arrived.
    """

    negocio: str
    deposito: str
    ml: str
    dashboard: str
    username: str
    password: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))
    browser: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))
    unexpected: list[str] = field(default_factory=list)
    token: str = ""
    after: Callable[[str], None] = lambda _act: None

    def ask(self, method: str, url: str, *, expected: tuple[int, ...] = (), **options: Any) -> Any:
        """The decoded final answer. Writes need an Idempotency-Key among the headers."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            answer = self._try(method, url, options)
            if answer is None or answer.status_code in _AGAIN:
                time.sleep(_PAUSE_SECONDS)
                continue
            if answer.is_error and answer.status_code not in expected:
                raise GaveUpError(f"{method} {url}: {answer.status_code} {answer.text[:1000]}")
            return answer.json() if answer.content else None
        raise GaveUpError(f"{method} {url}: no answer in {_PATIENCE_SECONDS} s")

    def write(self, method: str, url: str, body: Any, *, key: str | None = None) -> Any:
        """One act, done once however often it is sent."""
        return self.ask(method, url, json=body, headers={"Idempotency-Key": key or uuid4().hex})

    def wait(self, what: str, ready: Callable[[], bool]) -> None:
        """Until something becomes true. Raises GaveUpError."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not ready():
            if time.monotonic() > deadline:
                raise GaveUpError(f"Waited in vain for {what}.")
            time.sleep(_PAUSE_SECONDS)

    def _try(self, method: str, url: str, options: dict[str, Any]) -> httpx.Response | None:
        try:
            if not self.token:
                self._sign_in()
            headers = {**options.get("headers", {}), "Authorization": f"Bearer {self.token}"}
            answer = self.http.request(method, url, **{**options, "headers": headers})
        except httpx.TransportError:
            return None
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self.token = ""
        if answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
            self.unexpected.append(f"{method} {url}: {answer.text[:500]}")
        return answer

    def _sign_in(self) -> None:
        answer = self.http.post(
            f"{self.negocio}/api/v1/auth/login",
            json={"username": self.username, "password": self.password},
        )
        if answer.is_success:
            self.token = answer.json()["access_token"]

    # What a shopkeeper does.

    def branch_with_location(self, name: str) -> tuple[str, str]:
        """Open a branch and wait for its place. Returns both ids."""
        branch = self.write("POST", f"{self.negocio}/api/v1/branches", {"name": name}, key=f"branch:{name}")
        found: list[str] = []

        def has_location() -> bool:
            listed = self.ask("GET", f"{self.deposito}/api/v1/locations")["items"]
            found[:] = [place["id"] for place in listed if place["branch_id"] == branch["id"]]
            return bool(found)

        self.wait("the branch's location", has_location)
        return branch["id"], found[0]

    def upload(self, content: bytes, media_type: str, branch_id: str, *, key: str) -> str:
        """Send one paper and wait until it was read. Returns the invoice's id."""
        answer = self.ask(
            "POST",
            f"{self.negocio}/api/v1/ocr/documents",
            files=[("files", ("paper", content, media_type))],
            data={"branch_id": branch_id, "source": "api"},
            headers={"Idempotency-Key": key},
        )
        self.after("send")
        job: dict[str, Any] = {}

        def is_read() -> bool:
            job.update(self.ask("GET", f"{self.negocio}/api/v1/jobs/{answer['job_id']}"))
            return job["status"] in {"done", "failed"}

        self.wait("the paper to be read", is_read)
        self.after("read")
        if job["status"] == "failed" or not job["result"]["invoice_ids"]:
            raise GaveUpError(f"The paper was not read: {job}")
        invoice_id: str = job["result"]["invoice_ids"][0]
        return invoice_id

    def name_products(self, invoice_id: str, products: dict[str, tuple[str, Decimal]]) -> Any:
        """Match each line by its description's product and factor. Returns the draft."""
        url = f"{self.negocio}/api/v1/invoices/{invoice_id}"
        draft = self.ask("GET", url)
        for line in draft["lines"]:
            product_id, factor = products[line["code"]]
            if line["product"] and line["product"]["id"] == product_id and line["pack_factor"] == str(factor):
                continue
            body = {"product_id": product_id, "pack_factor": str(factor), "remember": True}
            draft = self.write("POST", f"{url}/lines/{line['id']}/match", body)
        self.after("name")
        return draft

    def confirm(self, invoice_id: str, location_id: str, *, key: str) -> None:
        """Confirm and wait until the goods are in."""
        url = f"{self.negocio}/api/v1/invoices/{invoice_id}"
        self.write("POST", f"{url}/confirm", {"location_id": location_id}, key=key)
        self.after("confirm")
        self.wait("the goods", lambda: self.ask("GET", f"{url}/receipt")["status"] == "done")

    def reverse(self, invoice_id: str, *, key: str) -> None:
        """Undo and wait until the goods are out."""
        url = f"{self.negocio}/api/v1/invoices/{invoice_id}"
        self.write("POST", f"{url}/reverse", {"reason": "Ensayo"}, key=key)
        self.after("reverse")
        self.wait("the take-back", lambda: self.ask("GET", f"{url}/receipt")["status"] == "taken_back")

    def sell(self, sale_id: UUID, branch_id: str, product_id: str, quantity: Decimal, at: str) -> None:
        """One sale of one product."""
        line = {"product_id": product_id, "quantity": str(quantity), "unit_price": "100"}
        body = {"id": str(sale_id), "branch_id": branch_id, "occurred_at": at, "lines": [line]}
        self.write("POST", f"{self.deposito}/api/v1/sales", body, key=f"sale:{sale_id}")
        self.after("sell")

    def forecast(self, *, key: str) -> None:
        """Ask for new forecasts and wait until they are there."""
        job = self.write("POST", f"{self.ml}/api/v1/forecasts/run", {}, key=key)
        self.after("forecast")
        url = f"{self.ml}/api/v1/jobs/{job['job_id']}"
        self.wait("the forecasts", lambda: self.ask("GET", url)["status"] == "done")

    def look(self, invoice_id: str) -> None:
        """Read the paper's page in the web app, signing in when it asks for it."""
        page = f"{self.dashboard}/facturas/{invoice_id}"
        self.wait("the paper's page", lambda: self._sees(page, invoice_id))
        self.after("look")

    def close(self) -> None:
        """Let the connections go."""
        self.http.close()
        self.browser.close()

    def _sees(self, page: str, words: str) -> bool:
        try:
            answer = self.browser.get(page)
            if answer.is_redirect:
                self._sign_in_with_form()
        except httpx.TransportError:
            return False
        if answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
            self.unexpected.append(f"GET {page}: 500")
        return answer.is_success and words in answer.text

    def _sign_in_with_form(self) -> None:
        form = self.browser.get(f"{self.dashboard}/entrar").text
        token = re.search(r'name="csrf"[^>]*value="([^"]+)"', form)
        if token is not None:
            values = {"csrf": token[1], "usuario": self.username, "clave": self.password, "volver": "/"}
            self.browser.post(f"{self.dashboard}/entrar", data=values, headers={"Origin": self.dashboard})
