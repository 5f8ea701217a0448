from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.params)


class RefundHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.tenant)


from enum import Enum


class Operation(str, Enum):
    QUERY = "orders.query"
    REFUND = "orders.refund"


def register(registry: Registry) -> None:
    for operation, handler in ((Operation.QUERY, OrdersHandler()), (Operation.REFUND, RefundHandler())):
        _add(registry, operation, handler)


def _add(registry: Registry, name, handler) -> None:
    registry.register(name.value, handler=handler)
