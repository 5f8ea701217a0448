from shop.spine.registry import Context, Registry, Result


async def list_orders(registry: Registry, tenant: str) -> Result:
    return await _run(registry, "policies.activate", tenant)


async def _run(registry: Registry, operation: str, tenant: str) -> Result:
    return await registry.execute(operation, Context(tenant))  #! own-domain
