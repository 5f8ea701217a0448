# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The shape of every response body, as typed models so that OpenAPI states it truly.
# Callers: app.hoc.api.cus.**
# Allowed Imports: app.infra, pydantic_core
# Forbidden Imports: L5, L6, L7
"""The shape of every response body, as typed models so that OpenAPI states it truly.

``data`` is what was asked for, ``meta`` says when and under which request id it was answered; the same id is
in the log and in the ``X-Request-ID`` header. Answers about a moment have the moment and the data's version instead.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, Field
from pydantic_core import to_json

from app.infra.request_id import current_request_id, new_request_id
from app.infra.time import utc_now

T = TypeVar("T")


class Meta(BaseModel):
    """When (UTC) and under which id a request was answered."""

    timestamp: datetime
    request_id: str


class PageMeta(Meta):
    """A page of a list: ``total`` counts all matches, not those on the page."""

    total: int = Field(ge=0)
    limit: int = Field(ge=1)
    offset: int = Field(ge=0)
    has_more: bool


class AsOfMeta(BaseModel):
    """The moment the data was read at, and its version. Equal questions about an equal moment get equal bytes, so
    nothing of the request is in here: its id is in the header ``X-Request-ID`` alone.
    """

    as_of: datetime
    data_version: str = Field(
        description="Equal questions about an equal as_of at an equal version have equal answers. Another version "
        "says that something was recorded later for an earlier time."
    )


class AsOfPageMeta(AsOfMeta):
    """As ``AsOfMeta``; ``total`` counts all matches, not those on the page."""

    total: int = Field(ge=0)
    limit: int = Field(ge=1)
    offset: int = Field(ge=0)
    has_more: bool


class Envelope(BaseModel, Generic[T]):
    """A successful answer."""

    success: Literal[True] = True
    data: T
    meta: Meta


class ListEnvelope(BaseModel, Generic[T]):
    """One page of a list."""

    success: Literal[True] = True
    data: list[T]
    meta: PageMeta


class AsOfEnvelope(BaseModel, Generic[T]):
    """A successful answer about a moment."""

    success: Literal[True] = True
    data: T
    meta: AsOfMeta


class AsOfListEnvelope(BaseModel, Generic[T]):
    """One page of a list as it was at a moment."""

    success: Literal[True] = True
    data: list[T]
    meta: AsOfPageMeta


class ErrorDetail(BaseModel):
    """One thing wrong with a request: where, and what."""

    field: str
    message: str


class ErrorBody(BaseModel):
    """Why a request failed: a stable code for programs, a message for people."""

    code: str
    message: str
    details: list[ErrorDetail] = []


class ErrorEnvelope(BaseModel):
    """A failed request."""

    success: Literal[False] = False
    error: ErrorBody
    meta: Meta


def wrap_dict(data: T) -> Envelope[T]:
    """Wrap one finished value (a response model, not a row or a result)."""
    return Envelope[T](data=data, meta=Meta(timestamp=utc_now(), request_id=_request_id()))


def wrap_list(items: Sequence[T], *, total: int, limit: int, offset: int) -> ListEnvelope[T]:
    """Wrap one page; ``total`` is the real count of all matches."""
    meta = PageMeta(
        timestamp=utc_now(),
        request_id=_request_id(),
        total=total,
        limit=limit,
        offset=offset,
        has_more=offset + len(items) < total,
    )
    return ListEnvelope[T](data=list(items), meta=meta)


def wrap_dict_as_of(data: T, as_of: datetime, data_version: str | None = None) -> AsOfEnvelope[T]:
    """Wrap one finished value that was read at a moment. Where the domain counts no versions, the version is a
    digest of the data.
    """
    return AsOfEnvelope[T](data=data, meta=AsOfMeta(as_of=as_of, data_version=data_version or _digest(data)))


def wrap_list_as_of(
    items: Sequence[T], *, total: int, limit: int, offset: int, as_of: datetime
) -> AsOfListEnvelope[T]:
    """Wrap one page that was read at a moment; ``total`` is the real count of all matches."""
    data = list(items)
    meta = AsOfPageMeta(
        as_of=as_of,
        data_version=_digest(data),
        total=total,
        limit=limit,
        offset=offset,
        has_more=offset + len(data) < total,
    )
    return AsOfListEnvelope[T](data=data, meta=meta)


def wrap_error(code: str, message: str, details: Sequence[ErrorDetail] = ()) -> ErrorEnvelope:
    """Wrap a failure."""
    return ErrorEnvelope(
        error=ErrorBody(code=code, message=message, details=list(details)),
        meta=Meta(timestamp=utc_now(), request_id=_request_id()),
    )


def _digest(data: object) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a value as JSON."""
    return hashlib.sha256(to_json(data)).hexdigest()[:16]


def _request_id() -> str:
    return current_request_id() or new_request_id()
