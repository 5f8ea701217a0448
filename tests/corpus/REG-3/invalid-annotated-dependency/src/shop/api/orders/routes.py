from typing import Annotated

from fastapi import Depends, Request

from shop.spine.registry import Context, Registry, Result


def provide(request: Request) -> Registry:
    return request.app.state.registry


Operations = Annotated[Registry, Depends(provide)]


async def list_orders(operations: Operations, tenant: str) -> Result:
    run = operations.execute
    return await run("policies.activate", Context(tenant))  #! own-domain
