def refund(order_id: str, depth: int = 0) -> str:  #! wired
    return order_id if depth else refund(order_id, depth - 1)
