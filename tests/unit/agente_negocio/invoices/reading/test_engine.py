"""The reader from the event loop: cancelling it ends its process, so that a worker can leave."""

import asyncio
import time
from pathlib import Path

import pytest

from agente_negocio.invoices import engine
from agente_negocio.invoices.reading import ReadingOptions
from shared.config.settings import Settings
from tests.unit.agente_negocio.invoices.reading.conftest import SAMPLES, FakeRecogniser

PICTURE = (SAMPLES / "rcel_factura_A.png").read_bytes()


def test_a_cancelled_reading_lets_its_process_and_the_loop_end(
    recogniser: FakeRecogniser, offline_settings: Settings
) -> None:
    folder = recogniser.install('echo $$ > "$HERE/pid"; exec sleep 600')

    async def cancel_while_it_reads() -> float:
        reading = asyncio.create_task(
            engine.read([PICTURE], ReadingOptions(), offline_settings, lambda _share: None)
        )
        while not (folder / "pid").exists():
            await asyncio.sleep(0.05)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        return time.monotonic()

    cancelled = asyncio.run(cancel_while_it_reads())

    # The loop waits for its threads when it ends: this one had to hear that nobody waits for it.
    assert time.monotonic() - cancelled < 10
    pid = int((folder / "pid").read_text())
    assert _ends(Path(f"/proc/{pid}/stat"))


def _ends(stat: Path) -> bool:
    """Whether a killed process is gone, or only waits to be buried, within a moment."""
    for _ in range(100):
        try:
            if stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def offline_settings() -> Settings:
    """Settings of a process without servers."""
    return Settings.model_validate(
        {
            "environment": "test",
            "secret_key": "test-secret-key-of-no-value-0123456789",
            "jwt_secret_key": "test-jwt-key-of-no-value-9876543210-abc",
            "database_url": "postgresql://nobody@127.0.0.1:1/none",
            "redis_url": "redis://127.0.0.1:1/0",
        }
    )
