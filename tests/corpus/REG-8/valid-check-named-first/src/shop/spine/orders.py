from typing import Any

from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        given = dict(ctx.params)
        is_unsaid = "order_id" not in given or not given["order_id"]
        problems: list[str] = []
        if ctx.tenant == "":
            problems.append("nobody asks")
        if problems:
            return Result.fail(", ".join(problems))
        if is_unsaid:
            return Result.fail("no order_id")
        return Result.ok(await find(ctx.tenant, **given))


async def find(tenant: str, *, order_id: str) -> Any:
    return tenant, order_id


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
