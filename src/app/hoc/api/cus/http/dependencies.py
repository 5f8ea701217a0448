# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: What routers take by injection: the operation registry and the session of an operation.
# Callers: app.hoc.api.cus.**
# Allowed Imports: L4
# Forbidden Imports: L5, L6, L7
"""What routers take by injection: the operation registry and the session of an operation."""

from typing import Annotated

from fastapi import Depends, Request

from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationRegistry
from app.hoc.cus.hoc_spine.orchestrator.session_provider import (
    OperationSession,
    provide_read_session,
    provide_session,
)


def get_registry(request: Request) -> OperationRegistry:
    """Return the registry of the application that serves the request."""
    registry = request.app.state.registry
    if not isinstance(registry, OperationRegistry):
        raise TypeError(
            f"app.state.registry holds {type(registry).__name__}; create the app by app.main.create_app()."
        )
    return registry


Registry = Annotated[OperationRegistry, Depends(get_registry)]
# For operations that write: no transaction is open yet, the operation begins its own.
WriteSession = Annotated[OperationSession, Depends(provide_session)]
# For operations that read: the database refuses writes.
ReadSession = Annotated[OperationSession, Depends(provide_read_session)]
