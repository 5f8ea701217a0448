from shop.drivers.orders import OrdersDriver
from shop.engines.orders import OrdersEngine


class OrdersHandler:
    async def execute(self, context):
        methods = {"list": self._list, "cancel": self._cancel}
        method = methods.get(context.params["method"])
        if method is None:
            raise LookupError(context.params["method"])
        arguments = {key: value for key, value in context.params.items() if key != "method"}
        return await method(OrdersEngine(OrdersDriver(context.session)), context.tenant_id, **arguments)

    async def _list(self, engine, tenant_id, *, status="open"):
        return await engine.list_orders(tenant_id, status)

    async def _cancel(self, engine, tenant_id, *, order_id):
        return await engine.cancel(tenant_id, order_id)


def register(registry):
    registry.register("orders", OrdersHandler())
