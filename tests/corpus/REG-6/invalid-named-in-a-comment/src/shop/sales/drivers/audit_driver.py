async def audit(order_id: str) -> None:  #! wired
    print(order_id)
