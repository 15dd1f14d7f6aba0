"""Second step of scripts/up, inside .venv: servers, schema, services, demo shop, until told to stop."""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Protocol

from scripts.local import assets, install_secrets, processes, steps
from scripts.local.errors import SetupError
from scripts.local.lock import RunLock
from scripts.local.logs import rotate
from scripts.local.paths import ROOT, VAR
from scripts.local.servers import Servers
from scripts.local.services import child_environment, chosen_ports, is_one_port, programs
from scripts.local.single_process import SingleProcess
from scripts.local.sockets import check_free
from scripts.local.supervisor import Supervisor

_READY_SECONDS = 120
_WATCH_SECONDS = 0.5
_INTERRUPTED = 130


class Host(Protocol):
    """What runs the services: a supervisor of processes, or this process itself."""

    def start(self) -> None:
        """Start all."""

    async def wait_until_ready(self, *, timeout_seconds: float) -> None:
        """Until all answer."""

    def check(self) -> None:
        """Raises SetupError when it can no longer do its work."""

    async def stop(self) -> None:
        """End all."""


def main(arguments: Sequence[str]) -> int:
    """Run the platform; the exit code says whether it ended as asked."""
    options = _parse(arguments)
    lock = RunLock(VAR)
    try:
        if options.wipe_demo:
            return _wipe_demo(lock)
        if lock.is_held():
            return _tell_running(lock)
        if options.detach:
            return _detach(lock, [word for word in arguments if word != "--detach"])
        return asyncio.run(_run(lock, single_process=options.single_process))
    except SetupError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/up", description="Runs the whole platform on this machine until Ctrl-C or scripts/down."
    )
    parser.add_argument("--detach", action="store_true", help="leave it running in the background")
    parser.add_argument("--single-process", action="store_true", help="run everything in one process")
    parser.add_argument("--wipe-demo", action="store_true", help="remove the demo shop for good, and end")
    return parser.parse_args(arguments)


async def _run(lock: RunLock, *, single_process: bool) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if not lock.take():
        return _tell_running(lock)
    try:
        async with AsyncExitStack() as stack:
            await _run_until(stop, stack, lock, single_process=single_process)
            print("Stopping", flush=True)
    except steps.StoppedError:
        pass
    finally:
        lock.release()
    print("Stopped. The data stays in var/.", flush=True)
    return 0


async def _run_until(
    stop: asyncio.Event, stack: AsyncExitStack, lock: RunLock, *, single_process: bool
) -> None:
    began = time.monotonic()
    ports = chosen_ports(os.environ, single_process=single_process)
    servers, environment = _start_servers(stack, ports)
    logs, seen = VAR / "logs", servers.marks
    await steps.migrate(environment, stop, logs=logs, seen=seen)
    await steps.open_demo(environment, stop, logs=logs, seen=seen)
    host = _host(environment, ports, single_process=single_process)
    host.start()
    stack.push_async_callback(host.stop)
    await _ready_or_stopped(host, stop)
    has_demo = environment["ENVIRONMENT"] == "demo" and not (seen and steps.is_wiped(seen))
    greeting = _greeting(ports, has_demo=has_demo, seconds=time.monotonic() - began)
    print("\n".join(greeting), flush=True)
    lock.tell(greeting)
    seeding = asyncio.create_task(steps.seed(environment, stop, logs=logs, seen=seen))
    try:
        await _watch(servers, host, stop)
    finally:
        stop.set()
        await seeding


def _start_servers(stack: AsyncExitStack, ports: Mapping[str, int]) -> tuple[Servers, dict[str, str]]:
    """What must be there before the services; a leftover of a killed run is ended first."""
    ended = processes.stop_leftovers(VAR / "run")
    if ended:
        print(f"Ended what an earlier run left: {', '.join(ended)}", flush=True)
    check_free(ports)
    assets.ensure()
    secrets = install_secrets.load(VAR / "secrets.json", os.environ)
    servers = _servers()
    servers.start()
    stack.callback(servers.stop)
    return servers, child_environment(servers.addresses, ports, secrets, VAR / "objects")


def _host(environment: Mapping[str, str], ports: Mapping[str, int], *, single_process: bool) -> Host:
    if single_process:
        # The terminal is for people; the log goes where that of the processes would.
        log = VAR / "logs" / "single-process.log"
        rotate(log)
        # The services read their settings when they are imported.
        os.environ.update({**environment, "LOG_FILE": str(log)})
        return SingleProcess(ports)
    return Supervisor(programs(environment, ports), root=ROOT, folder=VAR)


async def _ready_or_stopped(host: Host, stop: asyncio.Event) -> None:
    ready = asyncio.create_task(host.wait_until_ready(timeout_seconds=_READY_SECONDS))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if ready.done():
        ready.result()
        return
    ready.cancel()
    raise steps.StoppedError


async def _watch(servers: Servers, host: Host, stop: asyncio.Event) -> None:
    """Until asked to stop: start PostgreSQL and Valkey again when they die, and see that the host works."""
    stopped = asyncio.create_task(stop.wait())
    while not stop.is_set():
        for name in servers.revive():
            print(f"{name} had died and runs again.", flush=True)
        host.check()
        await asyncio.wait({stopped}, timeout=_WATCH_SECONDS)


def _greeting(ports: Mapping[str, int], *, has_demo: bool, seconds: float) -> list[str]:
    def docs(name: str) -> str:
        prefix = f"/services/{name}" if is_one_port(ports) else ""
        return f"http://localhost:{ports[name]}{prefix}/docs"

    sign_in = ["  Sign in    admin / test_password"] if has_demo else []
    return [
        f"Góndola is ready ({seconds:.1f} s).",
        f"  Web        http://localhost:{ports['dashboard']}",
        *sign_in,
        f"  API        {docs('negocio')}  {docs('deposito')}  {docs('ml')}",
        f"  Logs       {VAR / 'logs'}",
        "  Stop       Ctrl-C or scripts/down",
    ]


def _wipe_demo(lock: RunLock) -> int:
    """Without the services: nobody writes meanwhile, and the demo does not come back on the next start."""
    if not lock.take():
        raise SetupError("It is running: stop it with scripts/down, then scripts/up --wipe-demo.")
    from scripts.demo.wipe import wipe  # noqa: PLC0415  a checkout need not have a demo

    servers = _servers()
    try:
        servers.start()
        removed = wipe(servers.addresses.database_url)
        if servers.marks:
            steps.forget_demo(servers.marks)
    finally:
        servers.stop()
        lock.release()
    print(f"Removed {sum(removed.values())} rows of the demo shop from {len(removed)} tables.")
    return 0


def _servers() -> Servers:
    return Servers(
        VAR, fast=False, database_url=os.environ.get("DATABASE_URL"), redis_url=os.environ.get("REDIS_URL")
    )


def _tell_running(lock: RunLock) -> int:
    holder = lock.holder()
    if holder and holder.greeting:
        print("\n".join(["It is already running.", *holder.greeting[1:]]))
    else:
        print("It is already starting in another terminal; scripts/down stops it.")
    return 0


def _detach(lock: RunLock, arguments: Sequence[str]) -> int:
    """Start the same in a session of its own, and show what it says until it is ready or has given up."""
    log = VAR / "logs" / "up.log"
    rotate(log)
    with log.open("ab") as stream:
        background = subprocess.Popen(
            [sys.executable, "-m", "scripts.local.up", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    try:
        with log.open() as said:
            while not _is_ready(lock, background.pid):
                print(said.read(), end="", flush=True)
                if background.poll() is not None:
                    print(said.read(), end="", flush=True)
                    return background.returncode or 1
                time.sleep(_WATCH_SECONDS / 5)
            print(said.read(), end="", flush=True)
    except KeyboardInterrupt:
        background.terminate()
        background.wait()
        raise
    # It goes on without us; a Popen that is dropped while its process runs would complain.
    background.returncode = 0
    return 0


def _is_ready(lock: RunLock, pid: int) -> bool:
    holder = lock.holder()
    return holder is not None and holder.pid == pid and bool(holder.greeting)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
