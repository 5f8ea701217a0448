from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, tenant: str, operation: str) -> Result:
    return await registry.execute(operation, Context(tenant))  #? own-domain
