"""The fixed paths, entry points and names: each exists and does real work."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from benchmarks.rehearsals.system import ROOT, System
from scripts.local.servers.process import free_port
from shared.config.settings import Settings

SERVICES = ("negocio", "deposito", "ml", "dashboard")


# The variables people were promised; local ports are read by scripts/up alone.
PROMISED = """
ENVIRONMENT DEBUG LOG_LEVEL SECRET_KEY JWT_SECRET_KEY JWT_SECRET_KEY_PREVIOUS DATABASE_URL DATABASE_URL_DIRECT
REDIS_URL AFIP_ENVIRONMENT AFIP_CUIT AFIP_CERTIFICATE AFIP_PRIVATE_KEY CUIT_EMPRESA OPENAI_API_KEY
TELEGRAM_BOT_TOKEN WORKERS_COUNT MAX_CONNECTIONS CACHE_TTL PORT AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
AWS_REGION AWS_BUCKET_NAME AWS_ENDPOINT_URL_S3 MLFLOW_TRACKING_URI NEGOCIO_URL DEPOSITO_URL ML_URL
ALLOWED_HOSTS CORS_ORIGINS"""


@pytest.mark.parametrize("name", PROMISED.split())
def test_every_promised_variable_is_known(name: str) -> None:
    assert name.lower() in Settings.model_fields


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_healthy_and_ready(demo_system: System, http: httpx.Client, service: str) -> None:
    url = demo_system.url(service)

    health = http.get(f"{url}/health")
    ready = http.get(f"{url}/health/ready")

    assert (health.status_code, health.json()) == (200, {"status": "healthy"})
    assert (ready.status_code, ready.json()["status"]) == (200, "ready"), ready.text
    assert http.get(f"{url}/version").json()["service"] == service


def test_login_by_form_as_by_json(demo_system: System, http: httpx.Client) -> None:
    answer = http.post(
        f"{demo_system.url('negocio')}/api/v1/auth/login",
        data={"username": "admin", "password": "test_password"},
    )

    assert answer.status_code == 200
    assert answer.json()["access_token"]


def test_ocr_probes_read_a_real_invoice(demo_system: System, http: httpx.Client) -> None:
    url = demo_system.url("negocio")

    health = http.get(f"{url}/api/v1/ocr/health").json()
    test = http.post(f"{url}/api/v1/ocr/test", json={"test": True})

    assert health["status"] == "healthy"
    assert "spa" in health["languages"]
    assert test.status_code == 200, test.text
    assert "success" in test.text
    assert test.json()["success"] is True


def test_inventory_stats_for_anyone_and_for_the_owner(
    demo_system: System, http: httpx.Client, owner: dict[str, str]
) -> None:
    url = f"{demo_system.url('deposito')}/api/v1/inventory/stats"

    anonymous = http.get(url)
    own = http.get(url, headers=owner)

    assert (anonymous.status_code, anonymous.json()["total_products"]) == (200, 0)
    assert own.json()["total_products"] >= 290


@pytest.mark.parametrize(
    ("path", "body", "key"),
    [
        ("/api/v1/predictions/test", {"test_data": [1, 2, 3]}, "prediction"),
        ("/api/v1/predictions/test", {"test": True}, "prediction"),
        ("/api/v1/predictions/demand", {"products": [{"id": 1, "sales": [10, 15, 12]}]}, "predictions"),
        ("/predict", {"inputs": [[10, 15, 12]]}, "predictions"),
    ],
)
def test_predictions(
    demo_system: System, http: httpx.Client, path: str, body: dict[str, object], key: str
) -> None:
    answer = http.post(demo_system.url("ml") + path, json=body)

    assert answer.status_code == 200, answer.text
    assert key in answer.text


def test_predictions_health_and_model_info(demo_system: System, http: httpx.Client) -> None:
    url = demo_system.url("ml")

    assert http.get(f"{url}/api/v1/predictions/health").status_code == 200
    assert http.get(f"{url}/model/info").json()["name"]


def test_dashboard_status_names_every_service(demo_system: System, http: httpx.Client) -> None:
    status = http.get(f"{demo_system.url('dashboard')}/api/dashboard/status")

    assert status.status_code == 200
    assert {"negocio", "deposito", "ml"} <= status.json()["services"].keys()


@pytest.mark.parametrize(
    ("folder", "command"),
    [
        ("agente_negocio", ["-m", "uvicorn", "main:app"]),
        ("agente_deposito", ["-m", "uvicorn", "main:app"]),
        ("ml", ["-m", "uvicorn", "main_ml_service:app"]),
        (".", ["-m", "uvicorn", "agente_negocio.main:app"]),
        (".", ["-m", "uvicorn", "agente_deposito.main:app"]),
        (".", ["-m", "uvicorn", "ml.main_ml_service:app"]),
        (".", ["web_dashboard/dashboard_api.py"]),
        ("web_dashboard", ["dashboard_api.py"]),
    ],
    ids=lambda value: value if isinstance(value, str) else value[-1],
)
def test_services_start_from_the_root_and_from_inside_their_folder(
    demo_system: System, folder: str, command: list[str], tmp_path: Path
) -> None:
    port = free_port()
    arguments = [*command, "--port", str(port)] if "uvicorn" in command else command
    environment = {**demo_system.environment, "PORT": str(port), "PATH": os.environ["PATH"]}
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT / folder, env=environment, stdout=output, stderr=output
        )
    try:
        assert _is_up(f"http://127.0.0.1:{port}/health"), log.read_text()
    finally:
        process.terminate()
        process.wait(30)


def _is_up(url: str) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=2).is_success:
                return True
        except httpx.TransportError:
            time.sleep(0.1)
    return False
