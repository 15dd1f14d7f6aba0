"""Proof that reading works here: the engine's version and a built-in invoice read for real."""

import time
from dataclasses import dataclass
from importlib import resources

from agente_negocio.invoices.reading import ocr
from agente_negocio.invoices.reading.model import ReadingOptions
from agente_negocio.invoices.reading.reader import read

_SAMPLE = "sample_invoice.png"
_EXPECTED_TOTAL = "163933.09"
_EXPECTED_NUMBER = "3733"


@dataclass(frozen=True, slots=True)
class EngineState:
    """What the recogniser is and which languages it knows."""

    version: str
    languages: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether Spanish can be read."""
        return ocr.LANGUAGE in self.languages


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The result of reading the built-in invoice. rows: items that multiply."""

    ok: bool
    engine: EngineState
    total: str | None
    rows: int
    accepted: bool
    elapsed_ms: int


def engine_state() -> EngineState:
    """Version and languages. Raises RecogniserMissingError."""
    return EngineState(version=ocr.engine_version(), languages=ocr.languages())


def sample_invoice() -> bytes:
    """The built-in invoice, a picture without text layer."""
    return resources.files(__package__).joinpath(_SAMPLE).read_bytes()


def self_test() -> SelfTest:
    """Read the built-in invoice from its pixels. Raises RecogniserMissingError."""
    started = time.perf_counter()
    state = engine_state()
    document = read([sample_invoice()], ReadingOptions())[0]
    header = document.header
    total = header.total.value if header.total else None
    number = header.number.value if header.number else None
    rows = sum(not line.doubts for line in document.lines)
    return SelfTest(
        ok=total == _EXPECTED_TOTAL and number == _EXPECTED_NUMBER and rows == len(document.lines) > 0,
        engine=state,
        total=total,
        rows=rows,
        accepted=document.accepted,
        elapsed_ms=round(1000 * (time.perf_counter() - started)),
    )
