from shop.drivers.orders import OrdersDriver
from shop.engines.orders import OrdersEngine


class OrdersHandler:
    async def execute(self, context):
        methods = {"list": self._list, "count": self._count}
        return await methods[context.params["method"]](context)

    async def _list(self, context):
        as_of = context.params["as_of"]
        limit = context.params.get("limit", 50)
        return await OrdersEngine(OrdersDriver(context.session)).list_orders(
            context.tenant_id, as_of=as_of, limit=limit
        )

    async def _count(self, context):
        as_of = context.params.get("as_of")
        return await OrdersEngine(OrdersDriver(context.session)).count_orders(context.tenant_id, as_of=as_of)


def register(registry):
    registry.register("orders.query", OrdersHandler())
