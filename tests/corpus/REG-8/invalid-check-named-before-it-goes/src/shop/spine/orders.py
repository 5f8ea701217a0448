from typing import Any

from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        given = dict(ctx.params)
        is_said = "order_id" in given
        given.pop("order_id", None)
        if not is_said:
            return Result.fail("no order_id")
        return Result.ok(await find(ctx.tenant, **given))


async def find(tenant: str, *, order_id: str) -> Any:
    return tenant, order_id


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
