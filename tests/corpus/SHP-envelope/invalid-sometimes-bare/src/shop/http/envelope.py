from typing import Generic, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


class Envelope(BaseModel, Generic[T]):
    data: T
    meta: dict[str, str]


class ListEnvelope(BaseModel, Generic[T]):
    data: list[T]
    meta: dict[str, str]


def wrap(data: T) -> Envelope[T]:
    return Envelope(data=data, meta={})
