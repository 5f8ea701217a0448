import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

import attrs
import msgspec
from pydantic import BaseModel, ConfigDict

value = partial(dataclass, frozen=True)


@dataclass(frozen=True)
class Order:
    total: int
    lines: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", max(self.total, 0))


@value
class Line:
    id: int


@attrs.frozen
class Tag:
    name: str


class Point(NamedTuple):
    x: int


class State(str, enum.Enum):
    OPEN = "open"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    text: str


class Answer(Message):
    """Frozen as its base."""


class Body(BaseModel):
    model_config = ConfigDict(frozen=True)
    extra: Mapping[str, int]


class Bodies(Body):
    """Frozen as its base."""


class Port(Protocol):
    def send(self) -> None: ...


class Refused(Exception):
    """Not a value."""
