"""The deployed configuration of NGINX in a folder of its own, services that only echo, a certificate."""

import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scripts.local.servers.process import free_port
from scripts.production.processes import ROOT

DEPLOYED = ROOT / "deploy" / "nginx"
ADDRESS = re.compile(r"127\.0\.0\.1:\d+")


class Echo(BaseHTTPRequestHandler):
    """Answers who it is and what reached it."""

    protocol_version = "HTTP/1.1"
    name = ""

    def _answer(self) -> None:
        received = self.rfile.read(int(self.headers.get("content-length") or 0))
        told = {
            "service": self.name,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "bytes": len(received),
        }
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815  names of the base class

    def log_message(self, *_arguments: object) -> None:
        return


@contextmanager
def echoing(name: str, port: int = 0) -> Iterator[int]:
    """An echo of one service; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Named", (Echo,), {"name": name}))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Door:
    """A running NGINX in a folder of its own."""

    program: Path
    folder: Path
    port: int

    def command(self, *arguments: str) -> list[str]:
        where = ["-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", "stderr"]
        return [str(self.program), *where, *arguments]

    def check(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command("-t"), capture_output=True, text=True, check=False)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def ask(self, path: str, method: str = "GET", **options: Any) -> dict[str, Any]:
        answer = httpx.request(method, self.url(path), **options)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told


def install(folder: Path, program: Path) -> Door:
    """The deployed configuration in a folder, with blue active, on a free port."""
    shutil.copytree(DEPLOYED, folder, dirs_exist_ok=True)
    # Debian's is older than what this file needs; Compose brings a newer one.
    shutil.rmtree(folder / "newer")
    shutil.copy(folder / "blue.conf", folder / "active.conf")
    port = free_port()
    listen = (folder / "listen.conf").read_text()
    (folder / "listen.conf").write_text(
        re.sub(r"^listen (\[::\]:)?80\b", rf"listen \g<1>{port}", listen, flags=re.MULTILINE)
    )
    return Door(program, folder, port)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that workers of NGINX reach: started by root they are somebody else."""
    with tempfile.TemporaryDirectory(prefix="gondola-nginx-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "nginx"


@contextmanager
def running(door: Door) -> Iterator[None]:
    process = subprocess.Popen(door.command("-g", "daemon off;"), stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while not _listens(door.port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def certify(folder: Path) -> None:
    """A certificate for localhost that nobody else trusts."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder / "privkey.pem").chmod(0o600)
