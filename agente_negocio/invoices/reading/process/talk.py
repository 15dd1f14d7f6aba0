"""What the reading process and its parent tell each other: one JSON line each, and nothing executable."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from agente_negocio.invoices.reading.errors import UnreadableCode
from agente_negocio.invoices.reading.model import ReadDocument, ReadingOptions
from agente_negocio.invoices.reading.process.limits import Limits

DOCUMENTS = TypeAdapter(
    tuple[ReadDocument, ...], config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
)


@dataclass(frozen=True, slots=True)
class Job:
    """What the parent asks for; the files are in a folder."""

    options: ReadingOptions
    limits: Limits


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the files cannot be read."""

    code: UnreadableCode
    detail: str


@dataclass(frozen=True, slots=True)
class Said:
    """One thing the child says: how many pages there are, how far it is, or one of three ends.

    missing: what the recogniser lacks on this machine. documents: base64 of `DOCUMENTS` as JSON, and
    cpu_seconds: what they cost, without loading the libraries.
    """

    pages: Annotated[int, Field(ge=1)] | None = None
    progress: Annotated[float, Field(ge=0, le=1)] | None = None
    refusal: Refusal | None = None
    missing: str | None = None
    documents: str | None = None
    cpu_seconds: Annotated[float, Field(ge=0)] | None = None

    @property
    def is_last(self) -> bool:
        """Whether nothing follows."""
        return self.pages is None and self.progress is None


JOB = TypeAdapter(Job)
SAID = TypeAdapter(Said)
