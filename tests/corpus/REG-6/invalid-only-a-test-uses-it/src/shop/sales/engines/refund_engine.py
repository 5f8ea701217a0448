def refund(order_id: str) -> str:  #! wired
    return order_id
