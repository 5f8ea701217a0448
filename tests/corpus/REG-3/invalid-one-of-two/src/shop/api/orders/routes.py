from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, tenant: str, urgent: bool) -> Result:
    name = "policies.activate" if urgent else "orders.query"
    return await registry.execute(name, Context(tenant))  #! own-domain
