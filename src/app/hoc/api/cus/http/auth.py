# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Demand a valid API key with a scope, and hand the router its principal.
# Callers: app.hoc.api.cus.**
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Demand a valid API key with a scope, and hand the router its principal."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.hoc.api.cus.http.errors import ApiError
from app.hoc.cus.hoc_spine.auth.key_service import authenticate
from app.hoc.cus.hoc_spine.auth.principal import Principal, validate_scopes

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="ApiKey",
    bearerFormat="hoc_<prefix>_<secret>",
    description="An API key made by `hoc keys create`.",
)


async def current_principal(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Principal:
    """Return who is calling; 401 without a valid key. The answer does not say what is wrong with the key."""
    principal = await authenticate(credentials.credentials) if credentials is not None else None
    if principal is None:
        raise ApiError(
            401,
            "UNAUTHENTICATED",
            "A valid API key is required; send it as 'Authorization: Bearer <key>'.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return principal


def require_scope(scope: str) -> Callable[[Principal], Awaitable[Principal]]:
    """Return a dependency that yields the principal, or answers 401 without a valid key and 403 without
    ``scope``.

    Use it as ``principal: Annotated[Principal, Depends(require_scope("costsim:read"))]``.
    """
    validate_scopes([scope])

    async def dependency(principal: Annotated[Principal, Depends(current_principal)]) -> Principal:
        if not principal.permits(scope):
            raise ApiError(403, "FORBIDDEN", f"The API key lacks the scope {scope}.")
        return principal

    return dependency
