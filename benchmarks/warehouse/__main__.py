"""Measures pgbench, the ledger's function called directly and the HTTP service in one rotation."""

import argparse
import asyncio
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.provenance import commit
from benchmarks.warehouse.limit import transactions_per_second, write_script
from benchmarks.warehouse.load import HttpClient, Pace, direct, measure
from benchmarks.warehouse.shop import BenchShop, make_shop
from scripts.local.servers import running
from scripts.local.servers.process import free_port
from scripts.migrations.run import migrate

RESULTS = Path(__file__).parents[1] / "results" / "warehouse.json"
_LINES = (1, 100)
_CONNECTIONS = 32
_PRODUCTS = 5000
_START_SECONDS = 60


def main() -> int:
    """Print a table, then one JSON line; keep the JSON of a full run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=20261121)
    options = parser.parse_args()
    rounds, seconds = (2, 2.0) if options.quick else (5, 6.0)
    with tempfile.TemporaryDirectory(prefix="gondola-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        # Durable, as in production: fsync and synchronous_commit stay on.
        with running(folder) as addresses:
            migrate(addresses.database_url)
            shop = make_shop(addresses.database_url, products=_PRODUCTS)
            _configure(addresses.database_url, addresses.redis_url)
            measured = asyncio.run(
                _rotate(
                    addresses.database_url, shop, folder, rounds=rounds, seconds=seconds, seed=options.seed
                )
            )
    report = _report(measured, quick=options.quick, seed=options.seed)
    _print(report)
    if not options.quick:
        RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report))
    return 0


def _configure(database_url: str, redis_url: str) -> None:
    os.environ.update(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SECRET_KEY": secrets.token_urlsafe(32),
            "JWT_SECRET_KEY": secrets.token_urlsafe(32),
            "ENVIRONMENT": "test",
            "LOG_LEVEL": "WARNING",
            "MAX_CONNECTIONS": "16",
            "RATE_PER_USER": "1000000000",
            "RATE_PER_ORGANISATION": "1000000000",
        }
    )


async def _rotate(  # noqa: PLR0913  what a measurement is made of are these
    database_url: str, shop: BenchShop, folder: Path, *, rounds: int, seconds: float, seed: int
) -> dict[tuple[str, int], list[Pace]]:
    """Every way in every round, one after the other, so that a noisy machine is as noisy for each."""
    # Settings are read from the environment that was just made.
    from benchmarks.warehouse.app import signing_key  # noqa: PLC0415
    from shared.config.settings import get_settings  # noqa: PLC0415
    from shared.database.session import open_database  # noqa: PLC0415

    chance = random.Random(seed)
    scripts = {lines: write_script(folder, shop, lines=lines) for lines in _LINES}
    database = open_database(get_settings(), role="app_deposito")
    measured: dict[tuple[str, int], list[Pace]] = defaultdict(list)
    with _service() as port:
        for turn in range(-1, rounds):
            for lines in _LINES:
                client = HttpClient(port, shop.token(signing_key()), shop, lines=lines, chance=chance)
                limit = await asyncio.to_thread(
                    transactions_per_second,
                    database_url,
                    scripts[lines],
                    seconds=seconds,
                    seed=seed + turn + 1,
                )
                work = direct(database, shop, lines=lines, chance=chance)
                called = await measure(work, workers=_CONNECTIONS, seconds=seconds)
                served = await measure(client, workers=_CONNECTIONS, seconds=seconds)
                client.close()
                # The first turn warms everything up.
                if turn >= 0:
                    measured["pgbench", lines].append(Pace(limit, 0, 0))
                    measured["direct", lines].append(called)
                    measured["http", lines].append(served)
    await database.close()
    return measured


@contextmanager
def _service() -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.warehouse.app:app", "--port", str(port)]
    command += ["--log-level", "warning", "--no-access-log"]
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The service did not start.")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).is_success
    except httpx.HTTPError:
        return False


def _report(measured: dict[tuple[str, int], list[Pace]], *, quick: bool, seed: int) -> dict[str, object]:
    rows = []
    for (way, lines), paces in measured.items():
        limits = [pace.per_second for pace in measured["pgbench", lines]]
        ratios = [pace.per_second / limit for pace, limit in zip(paces, limits, strict=True)]
        middle = sorted(paces, key=lambda pace: pace.per_second)[len(paces) // 2]
        rows.append(
            {
                "way": way,
                "lines": lines,
                "ratio_to_pgbench": round(statistics.median(ratios), 3),
                "ratio_lowest": round(min(ratios), 3),
                "ratio_highest": round(max(ratios), 3),
                **{name: round(value, 2) for name, value in asdict(middle).items()},
            }
        )
    return {
        "benchmark": "warehouse",
        "commit": commit(),
        "seed": seed,
        "quick": quick,
        "connections": _CONNECTIONS,
        "products": _PRODUCTS,
        "cpus": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "results": rows,
    }


def _print(report: dict[str, object]) -> None:
    rows = report["results"]
    assert isinstance(rows, list)
    names = ("way", "lines", "ratio", "lowest", "highest", "per s", "p50 ms", "p99 ms")
    print("".join(f"{name:>9}" for name in names))
    for row in rows:
        print("".join(f"{value:>9}" for value in row.values()))


if __name__ == "__main__":
    sys.exit(main())
