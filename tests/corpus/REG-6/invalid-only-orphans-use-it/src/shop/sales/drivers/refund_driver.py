async def store(order_id: str) -> None:  #! wired
    print(order_id)
