from shop.models import Order
def decide(order: Order) -> None:
    order.state = "done"  #! engines-run-no-statement
