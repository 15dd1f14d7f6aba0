"""Wire format of the ledger."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, Field
from sqlalchemy import Row

from agente_deposito.stock.rules import (
    BY_HAND,
    CountResult,
    MovementKind,
    MovementLine,
    Posted,
    document_link,
)
from agente_deposito.stock.service.integrity import Integrity
from agente_deposito.stock.service.moving import describe_shortages
from agente_deposito.stock.service.telling import Explanation
from shared.web.schemas import Answer, Body, DecimalOut, Instant, MoneyIn, Note, QuantityIn

MOST_LINES = 1000
NegativeStock = Literal["allow", "warn", "block"]


def _by_hand(kind: MovementKind) -> MovementKind:
    if kind not in BY_HAND:
        raise ValueError("Tiene que ser uno de: " + ", ".join(sorted(BY_HAND)) + ".")
    return kind


HandKind = Annotated[MovementKind, AfterValidator(_by_hand)]


class MovementIn(Body):
    """A line: signed base units. unit_cost: of what enters, or the new cost of a revaluation."""

    product_id: UUID
    location_id: UUID
    quantity: QuantityIn
    kind: HandKind = Field(default=MovementKind.ADJUSTMENT, validation_alias=AliasChoices("kind", "reason"))
    unit_cost: MoneyIn | None = None

    def to_value(self) -> MovementLine:
        return MovementLine(self.product_id, self.location_id, self.kind, self.quantity, self.unit_cost)


class MovementsCreate(Body):
    """Movements entered by hand: all or none. id: the client's own, so that a retry changes nothing."""

    id: UUID | None = None
    lines: Annotated[list[MovementIn], Field(min_length=1, max_length=MOST_LINES)]
    occurred_at: Instant | None = None
    note: Note | None = None


class ReasonIn(Body):
    """Why something is undone."""

    reason: Note


class PostedMovementRead(Answer):
    """A written line."""

    id: UUID
    product_id: UUID
    location_id: UUID
    kind: str
    quantity: DecimalOut
    unit_cost: DecimalOut | None
    value: DecimalOut
    balance_after: DecimalOut


class Notice(Answer):
    """Something that was done all the same, and that somebody should look at."""

    code: str
    detail: dict[str, str]


class PostedRead(Answer):
    """A posting. replayed: it had been written before.

    posting_id is null for a count that found the books right.
    """

    posting_id: UUID | None
    replayed: bool
    recorded_at: datetime | None
    movements: list[PostedMovementRead]
    warnings: list[Notice]

    @classmethod
    def of_count(cls, result: CountResult) -> Self:
        """From a count, which posts nothing when the books already say so."""
        if result.posted is not None:
            return cls.of(result.posted)
        return cls(posting_id=None, replayed=result.is_replay, recorded_at=None, movements=[], warnings=[])

    @classmethod
    def of(cls, posted: Posted) -> Self:
        """From what was posted."""
        return cls(
            posting_id=posted.posting_id,
            replayed=posted.is_replay,
            recorded_at=posted.recorded_at,
            movements=[PostedMovementRead.model_validate(movement) for movement in posted.movements],
            warnings=shortage_warnings(posted),
        )


def shortage_warnings(posted: Posted) -> list[Notice]:
    """One warning per line that took its balance below zero."""
    return [Notice(code="stock.below_zero", detail=shortage) for shortage in describe_shortages(posted)]


class MovementRead(Answer):
    """A line of the ledger. source: what caused it; reversed_by: the posting that undid it."""

    id: UUID
    posting_id: UUID
    source: str
    link: str | None
    kind: str
    product_id: UUID
    product_name: str
    location_id: UUID
    location_name: str
    quantity: DecimalOut
    unit_cost: DecimalOut | None
    value: DecimalOut
    balance_after: DecimalOut
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: UUID
    reversed_by: UUID | None
    note: str | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """From a row of the list."""
        return cls.model_validate({**row._asdict(), "link": document_link(row.source)})


class GroupRead(Answer):
    """What one kind of movement added or took."""

    kind: str
    movements: int
    quantity: DecimalOut
    value: DecimalOut


class DocumentRead(Answer):
    """A document behind the number. link: where it is read; reversed_by: what undid it."""

    posting_id: UUID
    source: str
    link: str | None
    kind: str | None
    quantity: DecimalOut
    value: DecimalOut
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: UUID
    reversed_by: UUID | None
    note: str | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """From a row; a reversal links to what it reversed."""
        link = document_link(row.reverses_source or row.source)
        return cls.model_validate({**row._asdict(), "link": link})


class PolicyIn(Body):
    """What a product may do below zero in a branch; null leaves it to the product and its place."""

    product_id: UUID
    branch_id: UUID
    negative_stock: NegativeStock | None


class PolicyRead(Answer):
    """What a product may do below zero in a branch."""

    product_id: UUID
    branch_id: UUID
    negative_stock: NegativeStock


class FiguresRead(Answer):
    """Quantity and value."""

    quantity: DecimalOut
    value: DecimalOut


class ExplanationRead(Answer):
    """How a number came to be: opening plus the groups. documents: the latest hundred."""

    product_id: UUID
    product_name: str
    base_unit: str
    location_id: UUID | None
    first: datetime = Field(serialization_alias="from")
    at: datetime
    opening: FiguresRead
    quantity: DecimalOut
    value: DecimalOut
    groups: list[GroupRead]
    documents: list[DocumentRead]

    @classmethod
    def of(cls, told: Explanation) -> Self:
        """From an explanation."""
        return cls(
            product_id=told.product.id,
            product_name=told.product.name,
            base_unit=told.product.base_unit,
            location_id=told.story.location_id,
            first=told.story.first,
            at=told.story.at,
            opening=FiguresRead(quantity=told.opening[0], value=told.opening[1]),
            quantity=told.quantity,
            value=told.value,
            groups=[GroupRead.model_validate(group) for group in told.groups],
            documents=[DocumentRead.of(row) for row in told.documents],
        )


class DifferenceRead(Answer):
    """A balance that is not the sum of its movements, or of its days."""

    product_id: UUID
    location_id: UUID
    quantity: DecimalOut
    summed_quantity: DecimalOut
    days_quantity: DecimalOut
    value: DecimalOut
    summed_value: DecimalOut


class NightlyRead(Answer):
    """The latest nightly check."""

    checked_at: datetime
    checked: int
    wrong: int


class IntegrityRead(Answer):
    """Whether the books agree; at most a hundred differences."""

    ok: bool
    checked: int
    wrong: int
    differences: list[DifferenceRead]
    last_nightly: NightlyRead | None

    @classmethod
    def of(cls, found: Integrity) -> Self:
        """From a check."""
        nightly = found.last_nightly
        return cls(
            ok=found.wrong == 0,
            checked=found.checked,
            wrong=found.wrong,
            differences=[DifferenceRead.model_validate(row) for row in found.differences],
            last_nightly=NightlyRead.model_validate(nightly) if nightly is not None else None,
        )
