"""scripts/up with real processes: start, crash, kill -9, taken ports, clean stop."""

import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.integration.scripts.local.toy import Toy, interrupt, make, wait_for


@pytest.fixture
def toy() -> Iterator[Toy]:
    """A toy checkout that is stopped and removed, whatever the test does to it."""
    with tempfile.TemporaryDirectory(prefix="gondola-toy-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        toy = make(Path(name))
        try:
            yield toy
        finally:
            toy.clean_up()


def read_until_ready(process: subprocess.Popen[str]) -> str:
    """What scripts/up prints until it says that it is ready and how to stop it."""
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if line.startswith("  Stop"):
            return printed
    raise AssertionError(f"it ended before it was ready:\n{printed}")


def visits(toy: Toy) -> int:
    """How often the schema was brought up to date, as the toy's database tells."""
    url = httpx.get(toy.url("negocio", "/negocio/environment")).json()["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM visit").fetchone()
    assert row
    return int(row[0])


def test_it_starts_everything_and_stops_it_cleanly(toy: Toy) -> None:
    process = toy.start()
    printed = read_until_ready(process)
    environment = httpx.get(toy.url("negocio", "/negocio/environment")).json()
    wait_for(lambda: len(toy.on_file()) == 9)
    pids = toy.on_file()

    output = interrupt(process)

    assert "admin / test_password" in printed
    assert f"http://localhost:{toy.ports['dashboard']}" in printed
    assert set(pids) == {
        *("dashboard", "negocio", "deposito", "ml", "postgres", "valkey"),
        *("negocio-worker", "deposito-worker", "ml-worker"),
    }
    assert environment["ENVIRONMENT"] == "demo"
    assert environment["DEPOSITO_URL"] == f"http://127.0.0.1:{toy.ports['deposito']}"
    assert environment["PORT"] == str(toy.ports["negocio"])
    assert len(environment["SECRET_KEY"]) >= 43
    assert environment["SECRET_KEY"] != environment["JWT_SECRET_KEY"]
    assert process.returncode == 0, output
    assert toy.on_file() == {}
    assert all((toy.root / "var" / f"clean-{name}").exists() for name in toy.ports)
    assert (toy.root / "var/secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_second_start_keeps_data_and_secrets_and_migrates_only_when_needed(toy: Toy) -> None:
    first = toy.start()
    read_until_ready(first)
    secret = httpx.get(toy.url("ml", "/ml/environment")).json()["SECRET_KEY"]
    interrupt(first)

    second = toy.start()
    read_until_ready(second)

    assert visits(toy) == 1
    assert httpx.get(toy.url("ml", "/ml/environment")).json()["SECRET_KEY"] == secret
    interrupt(second)

    (toy.root / "scripts/migrations/another.py").write_text("")
    third = toy.start()
    read_until_ready(third)

    assert visits(toy) == 2
    interrupt(third)


def test_a_killed_run_blocks_nothing(toy: Toy) -> None:
    first = toy.start()
    read_until_ready(first)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()

    second = toy.start()
    read_until_ready(second)

    assert visits(toy) == 1
    assert interrupt(second)
    assert second.returncode == 0


def test_killing_the_launcher_ends_its_children(toy: Toy) -> None:
    process = toy.start()
    read_until_ready(process)
    assert toy.on_file()

    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    wait_for(lambda: toy.on_file() == {})


def test_a_killed_service_runs_again(toy: Toy) -> None:
    process = toy.start()
    read_until_ready(process)
    killed = toy.pid("deposito")

    os.kill(killed, signal.SIGKILL)

    wait_for(lambda: toy.answers("deposito") and toy.pid("deposito") != killed)
    assert "deposito ended (signal 9)" in interrupt(process)


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_a_killed_server_runs_again_at_the_same_address(toy: Toy, name: str) -> None:
    process = toy.start()
    read_until_ready(process)
    killed = toy.on_file()[name]

    os.kill(killed, signal.SIGKILL)

    assert process.stdout
    assert "runs again" in process.stdout.readline()
    assert toy.on_file()[name] != killed
    assert visits(toy) == 1
    interrupt(process)


def test_a_taken_port_is_said_in_one_sentence(toy: Toy) -> None:
    with socket.create_server(("127.0.0.1", toy.ports["negocio"])):
        process = toy.start()
        output, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert f"Port {toy.ports['negocio']} (negocio) is in use" in output
    assert "PORT_NEGOCIO=" in output
    assert "Traceback" not in output
    assert toy.on_file() == {}


def test_a_service_that_cannot_start_is_named_with_its_reason(toy: Toy) -> None:
    (toy.root / "ml/main_ml_service.py").write_text("raise RuntimeError('the model is missing')\n")

    process = toy.start()
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "ml does not start" in output
    assert "the model is missing" in output
    assert toy.on_file() == {}


def test_a_second_run_beside_the_first_only_tells_the_addresses(toy: Toy) -> None:
    first = toy.start()
    read_until_ready(first)

    second = toy.start()
    output, _ = second.communicate(timeout=30)

    assert second.returncode == 0
    assert "already running" in output
    assert f"http://localhost:{toy.ports['dashboard']}" in output
    assert toy.is_ready()
    interrupt(first)


def test_detached_it_goes_on_until_scripts_down(toy: Toy) -> None:
    process = toy.start("--detach")
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 0, output
    assert "Góndola is ready" in output
    assert toy.is_ready()

    stopped = toy.down()

    assert stopped.returncode == 0
    assert "Stopped" in stopped.stdout
    assert toy.on_file() == {}
    assert "Nothing was running" in toy.down().stdout


def test_single_process_serves_all_four_ports(toy: Toy) -> None:
    process = toy.start("--single-process")
    read_until_ready(process)

    pids = {toy.pid(name) for name in toy.ports}
    on_file = set(toy.on_file())
    interrupt(process)

    assert pids == {process.pid}
    assert on_file == {"postgres", "valkey"}
    assert process.returncode == 0
    assert all((toy.root / "var" / f"clean-{name}").exists() for name in toy.ports)


def test_single_process_with_only_a_port_serves_every_path_there(toy: Toy) -> None:
    port = toy.ports["dashboard"]
    toy.ports = {}
    process = toy.start("--single-process", PORT=str(port))
    read_until_ready(process)
    base = f"http://localhost:{port}"

    names = {
        name: httpx.get(f"{base}/{name}/pid").json() for name in ("dashboard", "negocio", "deposito", "ml")
    }
    jobs = {prefix: httpx.get(f"{base}/api/v1/jobs/{prefix}_1").json() for prefix in ("neg", "dep", "ml")}
    ready = httpx.get(f"{base}/health/ready")
    docs = httpx.get(f"{base}/services/deposito/docs")
    unknown = httpx.get(f"{base}/nowhere")
    interrupt(process)

    assert set(names.values()) == {process.pid}
    assert jobs == {"neg": "negocio", "dep": "deposito", "ml": "ml"}
    assert ready.status_code == 200
    assert "/services/deposito/openapi.json" in docs.text
    assert unknown.status_code == 404
    assert process.returncode == 0


def add_demo(toy: Toy, *, seed: str) -> None:
    """A demo shop: its owner leaves a mark, its seed is the given code."""
    demo = toy.root / "scripts" / "demo"
    (demo / "loading").mkdir()
    (demo / "__init__.py").write_text("")
    (demo / "loading" / "__init__.py").write_text("")
    (demo / "loading" / "people.py").write_text(
        "import pathlib\n\n\nasync def ensure_organisation(_):\n    pathlib.Path('var/owner').touch()\n"
    )
    (demo / "seed.py").write_text(seed)


def test_the_demo_fills_up_behind_a_platform_that_is_ready(toy: Toy) -> None:
    add_demo(toy, seed="import pathlib, time\npathlib.Path('var/filling').touch()\ntime.sleep(60)\n")
    process = toy.start()
    printed = read_until_ready(process)

    assert "admin / test_password" in printed
    assert (toy.root / "var" / "owner").exists()
    wait_for((toy.root / "var" / "filling").exists)
    interrupt(process)

    assert process.returncode == 0
    assert not (toy.root / "var" / "postgres" / "seeded").exists()


def test_a_demo_that_cannot_be_filled_stops_nothing_and_is_tried_again(toy: Toy) -> None:
    add_demo(toy, seed="raise SystemExit('no suppliers')\n")
    first = toy.start()
    read_until_ready(first)
    assert first.stdout
    told = [first.stdout.readline() for _ in range(4)]

    assert "no suppliers" in "".join(told)
    assert toy.is_ready()
    interrupt(first)

    (toy.root / "scripts" / "demo" / "seed.py").write_text("")
    second = toy.start()
    read_until_ready(second)
    assert second.stdout
    told = [second.stdout.readline() for _ in range(2)]

    assert "The demo shop is complete." in told[1]
    interrupt(second)
    assert (toy.root / "var" / "postgres" / "seeded").exists()
