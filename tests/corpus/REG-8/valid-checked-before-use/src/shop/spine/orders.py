from typing import Any

from shop.spine.registry import Context, Registry, Result

NEEDED = ("order_id",)


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        given = dict(ctx.params)
        missing = [name for name in NEEDED if not given.get(name)]
        if missing:
            return Result.fail(f"missing: {missing}")
        return Result.ok(await find(ctx.tenant, **given))


async def find(tenant: str, *, order_id: str) -> Any:
    return tenant, order_id


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
