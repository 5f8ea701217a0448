from shop.sales.drivers.refund_driver import store


async def refund(order_id: str) -> None:  #! wired
    await store(order_id)
