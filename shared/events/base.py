"""What a fact is: frozen, versioned, in the past tense, delivered once to each subscriber."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A task of one service's worker that hears of a fact. queue is the service's name."""

    queue: str
    task: str


class Event(BaseModel):
    """A fact. Fields are added, never changed; `id` is what subscribers write under."""

    model_config = ConfigDict(frozen=True)

    name: ClassVar[str]
    subscribers: ClassVar[tuple[Subscriber, ...]]

    id: UUID

    def subject(self) -> str:
        """Facts about the same subject reach a subscriber in the order they were made."""
        raise TypeError(f"{type(self).__name__} names no subject")
