# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: The error of a request the domain refuses, with a stable code and a message fit for the caller.
# Callers: L5_engines, spine handlers
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`RequestRefusedError`: how engines say no."""

from __future__ import annotations


class RequestRefusedError(ValueError):
    """The domain refuses a request. ``code`` is stable, the message is shown to the caller as it is.

    Codes begin with ``INVALID_`` or ``MISSING_`` for requests that make no sense, are ``NOT_FOUND`` or
    ``CONFLICT`` for those the state does not allow, and ``UNAVAILABLE`` when nothing could be read.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
