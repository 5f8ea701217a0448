"""How a command runs an operation: for one tenant, with one scope, through the registry that HTTP uses."""

from typing import Any

import click


def execute(tenant: str, scope: str, operation: str, params: dict[str, Any]) -> Any:
    """Give the operation's data. The tenant is created if need be.

    Raises click.ClickException with the error and its code when the operation is refused.
    """
    from app.lifecycle import run

    return run(lambda: _execute(tenant, scope, operation, params))


async def _execute(tenant: str, scope: str, operation: str, params: dict[str, Any]) -> Any:
    from app.db import get_async_session
    from app.hoc.cus.hoc_spine.auth.key_service import create_tenant
    from app.hoc.cus.hoc_spine.auth.principal import Principal
    from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
    from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

    registry = build_registry()
    await create_tenant(tenant)
    principal = Principal(tenant, "cli", frozenset({scope}))
    async with get_async_session() as session:
        result = await registry.execute(operation, OperationContext.for_principal(principal, session, params))
    if not result.success:
        raise click.ClickException(f"{result.error} [{result.error_code}]")
    return result.data
