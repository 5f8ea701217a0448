"""The id of the request being served, so that a log line and a response envelope can be matched."""

import uuid
from contextvars import ContextVar, Token

_current: ContextVar[str | None] = ContextVar("hoc_request_id", default=None)


def new_request_id() -> str:
    """Return a fresh id: ``req-`` and 12 hexadecimal digits."""
    return f"req-{uuid.uuid4().hex[:12]}"


def current_request_id() -> str | None:
    """Return the id of the request this task serves, or None outside a request."""
    return _current.get()


def enter_request(request_id: str) -> Token[str | None]:
    """Make ``request_id`` current for this task; hand the token to :func:`leave_request`."""
    return _current.set(request_id)


def leave_request(token: Token[str | None]) -> None:
    """Restore what was current before :func:`enter_request`."""
    _current.reset(token)
