from shop.drivers.orders import OrdersDriver
from shop.engines.orders import OrdersEngine


class OrdersHandler:
    async def execute(self, context):
        methods = {"list": self._list, "count": self._count}
        method = methods.get(context.params["method"])
        if method is None:
            raise LookupError(context.params["method"])
        arguments = {key: value for key, value in context.params.items() if key != "method"}
        return await method(context, **arguments)

    async def _list(self, context, *, as_of, limit=50):
        return await OrdersEngine(OrdersDriver(context.session)).list_orders(
            context.tenant_id, as_of=as_of, limit=limit
        )

    async def _count(self, context, *, as_of):
        return await OrdersEngine(OrdersDriver(context.session)).count_orders(context.tenant_id, as_of=as_of)


def register(registry):
    registry.register("orders.query", OrdersHandler())
