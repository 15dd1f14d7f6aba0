"""Wire format of suppliers and their aliases."""

from datetime import datetime, time
from typing import Annotated
from uuid import UUID

from pydantic import Field, WithJsonSchema, field_validator

from shared.web.schemas import Answer, Body, Clean, Code, DecimalOut, MoneyIn, Name, Note

_WeekDay = Annotated[int, Field(ge=0, le=6)]
_Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"), Clean]
_LeadDays = Annotated[int, Field(ge=0, le=365)]
# JSON Schema's own "time" would demand a zone.
_LocalTime = Annotated[
    time,
    WithJsonSchema({"type": "string", "pattern": r"^[0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"}),
]


class _Profile(Body):
    visit_days: Annotated[list[_WeekDay], Field(max_length=7)] | None = None
    cutoff: _LocalTime | None = None
    lead_days: _LeadDays | None = None
    min_order: MoneyIn | None = None
    email: _Email | None = None
    phone: Code | None = None
    notes: Note | None = None

    @field_validator("cutoff")
    @classmethod
    def _local(cls, value: time | None) -> time | None:
        if value is not None and value.tzinfo is not None:
            raise ValueError("La hora va sin zona, por ejemplo 16:30.")
        return value


class SupplierCreate(_Profile):
    """A supplier a person enters; cuit may be missing."""

    name: Name
    cuit: Code | None = None

    def values(self) -> dict[str, object]:
        """Columns of the new row."""
        return {
            name: getattr(self, name) for name in self.model_fields_set if getattr(self, name) is not None
        }


class SupplierChange(_Profile):
    """Fields to change; what is left out stays, null empties what may be empty."""

    name: Name = ""
    cuit: Code | None = None
    archived: bool = False

    def changes(self) -> dict[str, object]:
        """Only what was sent."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        if "visit_days" in sent and sent["visit_days"] is None:
            sent["visit_days"] = []
        return sent


class SupplierRead(Answer):
    """A supplier. visit_days: 0 is Monday. is_confirmed: a person accepted a paper of theirs."""

    id: UUID
    version: int
    name: str
    cuit: str | None
    is_confirmed: bool
    visit_days: list[int]
    cutoff: _LocalTime | None
    lead_days: int | None
    min_order: DecimalOut | None
    email: str | None
    phone: str | None
    notes: str | None
    archived_at: datetime | None
    created_at: datetime


class AliasRead(Answer):
    """What a code or wording of the supplier means here."""

    id: UUID
    kind: str
    key: str
    product_id: UUID
    product_name: str
    pack_factor: DecimalOut
    times_used: int
    last_used_at: datetime
    learned_from: UUID | None
