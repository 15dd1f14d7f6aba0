"""How long each process takes until it is ready, and what it holds in memory after it has worked.

`python -m benchmarks.rehearsals.footprint [--quick] [--starts N]` prints a table, then one JSON line. What a
worker holds while it reads papers is measured by `python -m benchmarks.reading`; here workers are idle.
"""

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.rehearsals.switching.telling import tell
from benchmarks.rehearsals.system import ROOT, System, running_system
from scripts.local.servers.process import free_port
from scripts.local.services import SERVICES, WORKERS
from scripts.production.processes import PROCESSES
from scripts.production.switching import warm

READY_SECONDS = 3.0
MEGABYTES = {
    **dict.fromkeys(("web-dashboard", "agente-negocio", "agente-deposito"), 150),
    "ml": 350,
    "negocio-worker": 450,
    "single": 700,
}
_PATIENCE_SECONDS = 120
_PAUSE_SECONDS = 0.01
_VARIABLES = {
    "web-dashboard": "DASHBOARD_URL",
    "agente-negocio": "NEGOCIO_URL",
    "agente-deposito": "DEPOSITO_URL",
    "ml": "ML_URL",
}
_TICKS = os.sysconf("SC_CLK_TCK")


def rehearse(*, starts: int) -> dict[str, object]:
    """The figures of every process; "faults" names those past their goal."""
    found: dict[str, dict[str, float]] = {}
    programs = [service.name for service in SERVICES] + list(WORKERS) + ["telegram"]
    with running_system(without=programs, settings={"ENVIRONMENT": "production"}) as system:
        for name in (*_VARIABLES, *WORKERS, "single"):
            found[name] = _measure(system, name, starts)
    faults = []
    for name, figures in found.items():
        # All services in one process have no goal of their own.
        if name != "single" and figures["ready_seconds"] > READY_SECONDS:
            faults.append(f"{name} is ready after {figures['ready_seconds']} s, not {READY_SECONDS:g}")
        most = MEGABYTES.get(name, MEGABYTES["negocio-worker"])
        if figures["megabytes"] > most:
            faults.append(f"{name} holds {figures['megabytes']} MB, not {most}")
    return {"starts": starts, "load_of_the_machine": round(os.getloadavg()[0], 1), **found, "faults": faults}


def _measure(system: System, name: str, starts: int) -> dict[str, float]:
    """Medians. cpu_seconds: until ready, which other work on the machine hardly changes."""
    runs = [_once(system, name) for _ in range(starts)]
    return {what: round(statistics.median(run[what] for run in runs), 2) for what in runs[0]}


def _once(system: System, name: str) -> dict[str, float]:
    port = free_port()
    told = {**system.environment, "PYTHON": sys.executable, "PORT": str(port), "METRICS_PORT": str(port)}
    if name == "single":
        # Its parts find each other behind its own port.
        told = {key: value for key, value in told.items() if key not in _VARIABLES.values()}
    with (system.folder / f"{name}.log").open("ab") as log:
        began = time.monotonic()
        process = subprocess.Popen(
            [ROOT / "scripts" / "start-production.sh", name], env=told, stdout=log, stderr=log
        )
    try:
        _wait_until_ready(name, process, port, "/health/ready" if PROCESSES[name].is_web else "/metrics")
        ready_seconds, cpu_seconds = time.monotonic() - began, _cpu_seconds(process.pid)
        _work(name, port, told)
        return {
            "ready_seconds": ready_seconds,
            "cpu_seconds": cpu_seconds,
            "megabytes": _megabytes(process.pid),
        }
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_ready(name: str, process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _answers(port, path):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{name} did not become ready")
        time.sleep(_PAUSE_SECONDS)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _work(name: str, port: int, environment: Mapping[str, str]) -> None:
    """What a deploy has a service do before people come; a single process does it for all four."""
    mine = list(_VARIABLES.values()) if name == "single" else [_VARIABLES[name]] if name in _VARIABLES else []
    if not mine:
        return
    command = [sys.executable, "-m", warm.__name__, *mine]
    told = {**environment, **dict.fromkeys(mine, f"http://127.0.0.1:{port}")}
    subprocess.run(command, cwd=ROOT, env=told, check=True)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _megabytes(pid: int) -> float:
    """Resident, of the process alone: it counts what it shares with others as its own."""
    (line,) = [
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:")
    ]
    return int(line.split()[1]) / 1024


def main() -> int:
    """Measure; 0 when every goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one start each, no result kept")
    parser.add_argument("--starts", type=int, default=5)
    options = parser.parse_args()
    figures = rehearse(starts=1 if options.quick else options.starts)
    return tell("footprint", figures, is_kept=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
