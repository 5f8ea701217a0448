from shop.spine.orders import Handler
from shop.spine.registry import Context, Registry, Result


async def list_orders(registry: Registry, tenant: str) -> Result:
    await registry.execute("orders.query", Context(tenant))
    return await Handler().execute(Context(tenant))  #! own-domain
